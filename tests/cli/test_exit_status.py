"""Every ending of a command: its exit status, one sentence, no traceback."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.errors import MachineError
from spikevolve.evolve.runs import run as library
from spikevolve.results.store.reader import read_table

TINY = ("--population", "8", "--generations", "2", "--workers", "1", "--seed", "1")
PATIENT = (  # however long the disk takes
    "from spikevolve.cli import main, stoppable_run; stoppable_run.PATIENCE_SECONDS = 60; "
    "main.app(prog_name='spikevolve')"
)
ENDLESS = ("--population", "20", "--minutes", "5", "--workers", "1")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def spikevolve(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, arguments, prog_name="spikevolve")
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code, result.stdout, result.stderr


def mistake(*arguments: str) -> str:
    """The last line of a command that must end with status 2 and without a traceback."""
    status, out, err = spikevolve(*arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    return err.splitlines()[-1]


def test_a_run_that_is_done_ends_with_0_and_a_report() -> None:
    status, out, err = spikevolve("run", "xor", *TINY, "--out", "a")

    assert (status, err) == (0, "The run is in a\n")
    assert out.startswith("generation 1 of 2: best accuracy")
    assert "xor, seed 1: done after 2 generations" in out
    assert out.endswith("The run is in a\n")


def test_a_quiet_run_prints_nothing() -> None:
    assert spikevolve("run", "xor", *TINY, "--quiet") == (0, "", "")
    assert [p.name.startswith("xor-1-") for p in Path("runs").iterdir()] == [True]


def test_the_words_of_a_file_and_of_flags_are_the_same() -> None:
    Path("run.toml").write_text(
        'task = "xor"\nseed = 1\npopulation = 8\ngenerations = 9\nworkers = 1\nquiet = true\n'
    )

    assert spikevolve("run", "--config", "run.toml", "--generations", "2", "--out", "a")[0] == 0
    assert spikevolve("run", "xor", *TINY, "--out", "b", "--quiet")[0] == 0
    own = ["run"]  # the name of the folder
    a, b = (read_table(Path(run), "front").drop(columns=own) for run in ("a", "b"))
    assert a.equals(b)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "iriss"], r"Error: .*'iriss'.*'iris'"),
        (["run"], r"Error: .*no task"),
        (["run", "xor", "--popultion", "9"], r"Error: No such option.*--population"),
        (
            ["run", "xor", "--population", "x"],
            r"Error: Invalid value for '--population': 'x' is not a whole number",
        ),
        (["run", "xor", "--minutes", "x"], r"Error: Invalid value.*'x' is not a number"),
        (["run", "xor", "--population", "1"], r"Error: population is 1, but it must be a whole"),
        (["run", "xor", "--encoder", "ratte"], r"Error: unknown encoder 'ratte'.*'rate'"),
        (["run", "xor", "--decoder", "first_to:0"], r"Error: .*first_to.*0"),
        (["run", "xor", "--profile", "int9"], r"Error: .*'int9'.*'int8'"),
        (["run", "xor", "--ranges", "wieght=[0, 1]"], r"Error: .*'wieght'.*'weight'"),
        (["run", "xor", "--ranges", "5"], r"Error: --ranges '5' must be KEY=VALUE"),
        (["run", "xor", "--engine", "rai"], r"Error: engine is 'rai'.*auto, local, ray"),
        (
            ["run", "xor", "--selection", "best"],
            r"Error: selection: there is no 'best'.*nsga2, weighted",
        ),
        (["run", "xor", "--data", "a.csv"], r"Error: task xor takes no data"),
        (
            ["run", "cartpole", "--gradient", "on"],
            r"Error: gradient is 'on', but task cartpole has",
        ),
        (
            ["run", "xor", "--gradient", "off", "--paths", "3"],
            r"Error: paths is 3, but no network learns: gradient is off",
        ),
        (
            ["run", "cartpole", "--paths", "3"],
            r"Error: paths is 3, but no network learns: task cart",
        ),
        (["run", "xor", "--gradient", "maybe"], r"Error: gradient is 'maybe'.*auto, on, off"),
        (
            ["run", "gym:FrozenLake-v1", "--env", "slippery=false"],
            r"Error: env: gym:FrozenLake-v1 takes no argument 'slippery'; it takes .*is_slippery",
        ),
        (
            ["run", "gym:FrozenLake-v1", "--env", "map_name=9x9"],
            r"Error: gym:FrozenLake-v1 cannot be made with map_name='9x9'",
        ),
        (
            ["run", "gym:FrozenLake-v1", "--wrap", "Flaten"],
            r"Error: wrap: gymnasium has no wrapper 'Flaten'; did you mean",
        ),
        (["run", "xor", "--env", "a=1"], r"Error: task xor takes no env \(got {'a': 1}\)"),
        (["run", "xor", "--max-steps", "0"], r"Error: max_steps is 0, but it must be a whole"),
        (["run", "csv"], r"Error: .*data"),
        (["run", "csv", "--data", "no.csv"], r"Error: no\.csv cannot be read"),
        (["run", "no_such_module:Task"], r"Error: .*'no_such_module'"),
        (["run", "xor", "--config", "no.toml"], r"Error: no\.toml: cannot read this file"),
        (["rnu", "xor"], r"Error: No such command 'rnu'\..*run"),
        (["resume"], r"Error: Missing argument 'RUN'"),
        (["resume", "no"], r"Error: no is not a run folder: there is no such folder"),
        (["resume", "."], r"Error: \. is not a run folder: it is empty"),
        (["report", "no"], r"Error: no is not a run folder"),
        (["status", "no"], r"Error: no is not a run folder"),
        (["test", "no"], r"Error: no is not a run folder"),
        (["plot", "no"], r"Error: no is not a run folder"),
    ],
    ids=" ".join,
)
def test_a_mistake_of_the_users_ends_with_2_and_a_sentence(
    arguments: list[str], sentence: str
) -> None:
    assert re.match(sentence, mistake(*arguments))
    assert list(Path().iterdir()) == []  # nothing half-written


def test_a_folder_that_exists_ends_with_2_and_says_how_to_resume() -> None:
    assert spikevolve("run", "xor", *TINY, "--out", "a", "--quiet")[0] == 0

    sentence = mistake("run", "xor", *TINY, "--out", "a")

    assert sentence.startswith("Error: ")
    assert f"spikevolve resume {Path('a').absolute()}" in sentence


def test_a_failing_machine_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, sentence in [
        (MachineError("the disk is full"), "Error: the disk is full"),
        (OSError(28, "No space left on device", "a"), "Error: [Errno 28] No space left"),
        (MemoryError(), "Error: the memory is full"),
    ]:
        monkeypatch.setattr(library, "resume", _raises(error))
        status, out, err = spikevolve("resume", "a")

        assert (status, out) == (1, "")
        assert err.startswith(sentence)


def _raises(error: Exception) -> object:
    def fail(*arguments: object) -> None:
        raise error

    return fail


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status", "name"),
    [
        (signal.SIGINT, 130, "Ctrl-C"),
        (signal.SIGTERM, 143, "SIGTERM"),
        (signal.SIGHUP, 129, "SIGHUP"),
        (signal.SIGXCPU, 152, "SIGXCPU"),
    ],
)
def test_a_signal_saves_the_search_and_prints_the_command_that_resumes(
    number: signal.Signals, status: int, name: str
) -> None:
    process = _start("run", "xor", *ENDLESS, "--out", "a folder")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("generation 1: ")
    process.send_signal(number)
    _, err = process.communicate(timeout=60)

    assert process.returncode == status
    assert err == (
        f"The run is in a folder\nStopped by {name}. To go on: spikevolve resume 'a folder'\n"
    )
    assert "stopped" in spikevolve("status", "a folder")[1]


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PATIENT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
