"""Work that does not stop when it is asked to, in a process of its own."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spikevolve.cli import exit_status
from spikevolve.cli.stoppable_run import command_line

STUBBORN = """
import sys, time
from pathlib import Path
from spikevolve.cli import stoppable_run

def work(watch, stop):
    print("working", flush=True)
    stop.wait()
    print("asked", flush=True)
    while True:
        time.sleep(0.01)

stoppable_run.PATIENCE_SECONDS = float(sys.argv[2])
stoppable_run.carry_out(work, Path(sys.argv[1]), quiet=False, again="spikevolve resume it")
"""

OBEDIENT = """
import sys
import typer
from pathlib import Path
from spikevolve.cli import stoppable_run
from spikevolve.evolve.runs.run import Outcome

def work(watch, stop):
    print("working", flush=True)
    stop.wait()
    print("saving", flush=True)
    (Path(sys.argv[1]) / "saved").touch()
    return Outcome(Path(sys.argv[1]), "stopped")

stoppable_run.PATIENCE_SECONDS = 60
try:
    stoppable_run.carry_out(work, Path(sys.argv[1]), quiet=False, again="spikevolve resume it")
except typer.Exit as left:
    sys.exit(left.exit_code)
"""


def stubborn(folder: Path, patience: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBORN, str(folder), str(patience)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for_line(process, "working")
    return process


def wait_for_line(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == f"{line}\n"


@pytest.mark.slow
def test_what_does_not_stop_in_time_is_left(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    process = stubborn(tmp_path, patience=0.1)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 143
    assert err == (
        "Stopped at once by SIGTERM; what was saved before stays. To go on: spikevolve resume it\n"
    )


@pytest.mark.slow
def test_a_second_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    process = stubborn(tmp_path, patience=60)
    process.send_signal(signal.SIGINT)
    wait_for_line(process, "asked")
    time.sleep(exit_status.REPEAT_SECONDS + 0.1)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err.startswith("Stopped at once by Ctrl-C; what was saved before stays. ")


@pytest.mark.slow
def test_before_there_is_a_run_nobody_waits(tmp_path: Path) -> None:
    process = stubborn(tmp_path, patience=60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err == "Stopped at once by Ctrl-C; nothing had been saved yet\n"


def test_the_command_that_goes_on_can_be_pasted() -> None:
    assert command_line("resume", Path("my runs/1"), {"task": None}) == (
        "spikevolve resume 'my runs/1'"
    )
    named = {"task": "m:T", "selection": None, "parents": "my file.py:f"}
    assert command_line("resume", Path("a"), named) == (
        "spikevolve resume a --task m:T --parents 'my file.py:f'"
    )


@pytest.mark.slow
def test_a_terminal_that_closes_ends_the_work_in_order(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", OBEDIENT, str(tmp_path)])
    shown = b""
    while b"working" not in shown:
        shown += os.read(terminal, 1000)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
    assert (tmp_path / "saved").exists()
