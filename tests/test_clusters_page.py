"""The job scripts of docs/clusters.md do what the page says, with stand-ins for Slurm, Ray and the search."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from typer.main import get_command

from spikevolve.cli.main import app

PAGE = (Path(__file__).parents[1] / "docs/clusters.md").read_text()
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
ONE_NODE, BY_SIGNAL, ARRAY, NODES = BLOCKS[:4]

#: Programs that note how they are called; `srun` runs what it is given, Ray's head answers the second time.
STAND_INS = {
    "spikevolve": 'echo "spikevolve $*" >> calls; exit $STATUS',
    "scontrol": 'echo "scontrol $*" >> calls',
    "srun": 'echo "srun $*" >> calls; while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"',
    "ray": 'echo "ray $*" >> calls; [ "$1" = start ] && exec sleep 2 > /dev/null 2>&1\n'
    '[ "$(grep -c health calls)" -gt 1 ]',
    "hostname": "echo 10.0.0.5 10.0.1.5",
}
SLURM = {
    "SLURM_JOB_ID": "123456",
    "SLURM_NNODES": "4",
    "SLURMD_NODENAME": "n1",
    "SLURM_CPUS_PER_TASK": "32",
    "SLURM_ARRAY_TASK_ID": "17",
}


def start(script: str, folder: Path, status: int, **stand_ins: str) -> subprocess.Popen[str]:
    """Start a script in a folder, where the search ends with a status."""
    for name, text in {**STAND_INS, **stand_ins}.items():
        (folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name).chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.Popen(
        ["bash", "-c", script.replace("source /shared/venv/bin/activate\n", "")],
        cwd=folder,
        env={**os.environ, **SLURM, "PATH": path, "STATUS": str(status)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


@pytest.mark.parametrize("script", BLOCKS)
def test_every_script_is_one(script: str) -> None:
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_every_option_that_the_page_gives_to_a_command_is_one_of_its_own() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    text = "\n".join(re.findall(r"```\w*\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", "")
    found = re.findall(r"spikevolve (\w+) ([^\n]*)", text)

    assert {name for name, _ in found} == {"run", "sweep", "status", "report", "compare", "resume"}
    for name, said in found:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", said)) <= known, said


@pytest.mark.parametrize("script", [ONE_NODE, ARRAY, NODES], ids=["one node", "array", "nodes"])
@pytest.mark.parametrize(("status", "requeued"), [(0, 0), (1, 0), (2, 0), (75, 1), (143, 0)])
def test_a_job_asks_for_another_where_its_time_was_up_alone(
    script: str, status: int, requeued: int, tmp_path: Path
) -> None:
    process = start(script, tmp_path, status)
    process.communicate(timeout=60)

    assert process.returncode == status
    assert calls(tmp_path).count("scontrol requeue 123456") == requeued
    [search] = [call for call in calls(tmp_path) if call.startswith("spikevolve")]
    assert "--or-resume --requeue-before 120s" in search
    assert ("--index 17" in search) == (script == ARRAY)


def test_a_signal_to_the_script_reaches_the_search_which_is_queued_again_once_saved(
    tmp_path: Path,
) -> None:
    saving = (
        'trap "sleep 0.2; echo saved >> calls; exit 138" USR1\nsleep 0.5\necho searching >> calls\n'
    )
    search = f"{saving}while :; do sleep 0.05; done"
    process = start(BY_SIGNAL, tmp_path, 0, spikevolve=search)
    while not (tmp_path / "calls").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGUSR1)
    process.communicate(timeout=60)

    assert calls(tmp_path) == ["searching", "saved", "scontrol requeue 123456"]
    assert process.returncode == 138


def test_nodes_join_a_head_on_a_port_of_the_jobs_own(tmp_path: Path) -> None:
    process = start(NODES, tmp_path, 0)
    process.communicate(timeout=60)
    said = [call.split() for call in calls(tmp_path)]

    [head] = [words for words in said if words[:3] == ["ray", "start", "--head"]]
    assert {"--node-ip-address=10.0.0.5", "--port=23456", "--num-cpus=32"} <= {*head}
    assert "--temp-dir=/tmp/ray-123456" in head
    assert [words for words in said if words[1] == "health-check"] == [
        ["ray", "health-check", "--address=10.0.0.5:23456"]
    ] * 2
    steps = [words for words in said if words[0] == "srun"]
    assert ["--nodelist=n1" in step for step in steps].count(True) == 1
    [others] = [step for step in steps if "--exclude=n1" in step]
    assert {"--nodes=3", "--ntasks=3", "--address=10.0.0.5:23456", "--block"} <= {*others}
    [search] = [words for words in said if words[0] == "spikevolve"]
    assert search[-2:] == ["--address", "10.0.0.5:23456"]


def test_where_the_head_cannot_start_the_job_ends(tmp_path: Path) -> None:
    process = start(NODES, tmp_path, 0, ray='[ "$1" = start ] && exit 1; sleep 0.1; exit 1')
    process.communicate(timeout=60)

    assert process.returncode == 1
    assert not any(call.startswith("spikevolve") for call in calls(tmp_path))
