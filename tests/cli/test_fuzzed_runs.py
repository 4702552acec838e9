"""Run folders in which anything stands in the place of anything: one sentence or an answer, and nothing written."""

import copy
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from

pytestmark = pytest.mark.slow  # starts runs

WORDS: dict[str, Any] = {"task": "iris", "gradient": "off", "population": 8, "workers": 1}
SEARCHES: dict[str, Any] = {
    **{"task": "cartpole", "population": 8, "elites": 2, "workers": 1, "heat": 20, "episodes": 2},
    **{"searches": 2, "sources": "variation,cma_es", "ranges": {"max_synapses": 8}},
}
GENERATIONS = {"run": 2, "tournament": 4}
JSON = ("run.json", "state.json", "answers.json", "baselines.json")
REMOVED = object()

#: What may stand in the place of any value; 1e400 and its like are written as they are.
OTHERS = st.one_of(
    st.sampled_from([None, True, -1, 0, 1.5, 1e308, 2**62, 10**30, "", "text", "9" * 50, REMOVED]),
    st.sampled_from([float("nan"), float("inf"), -float("inf"), "\ud800", "\x00", "../.."]),
    st.sampled_from([[], {}, [[]], [None], ["x"], [1, 2], [-1, -1], {"a": 1}]),
)
READ = ("report RUN", "report RUN --json", "status RUN", "table RUN", "runs RUN", "export RUN")
USED = ("predict RUN NEW", "evaluate RUN iris", "plot RUN", "lineage RUN")

_fuzz = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two short runs, and with new samples."""
    folder = tmp_path_factory.mktemp("whole")
    for name, words in (("run", WORDS), ("tournament", SEARCHES)):
        words = {**words, "generations": GENERATIONS[name], "out": str(folder / name)}
        start(settings_from(words), lambda _: None, threading.Event())
    names = "sepal length,sepal width,petal length,petal width"
    (folder / "new.csv").write_text(f"{names}\n5.1,3.5,1.4,0.2\n")
    return folder


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of the values in a value; of long lists those of the first three."""
    entries = value.items() if isinstance(value, dict) else enumerate(value[:3])
    for key, inner in entries:
        yield (*above, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*above, key))


def changed(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """A value with another one at a place."""
    whole = inner = copy.deepcopy(value)
    for key in place[:-1]:
        inner = inner[key]
    if new is REMOVED:
        del inner[place[-1]]
    else:
        inner[place[-1]] = new
    return whole


def check(folder: Path, command: str) -> None:
    """Give a command: it answers, or refuses in one sentence and has written nothing."""
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    words = {"RUN": str(folder), "NEW": str(folder.parent / "new.csv")}
    result = CliRunner().invoke(app, [words.get(word, word) for word in command.split()])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 2), result.output
    if result.exit_code == 2:
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        after = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
        pictures = folder / "plots"  # those before the one that cannot be drawn
        assert {
            path: data for path, data in after.items() if pictures not in path.parents
        } == before


def copied(whole: Path, name: str, tmp_path: Path) -> Path:
    shutil.rmtree(tmp_path / "fuzzed", ignore_errors=True)
    shutil.copytree(whole / name, tmp_path / "fuzzed" / name)
    shutil.copy(whole / "new.csv", tmp_path / "fuzzed")
    return tmp_path / "fuzzed" / name


def put(folder: Path, file: str, which: int, new: Any) -> None:
    """Put something in the place of the value with a number, of all in a file."""
    content = json.loads((folder / file).read_text())
    found = list(places(content))
    text = json.dumps(changed(content, found[which % len(found)], new))
    (folder / file).write_text(text)


@_fuzz
@given(st.sampled_from(JSON), st.integers(0, 10**4), OTHERS, st.sampled_from(READ + USED))
def test_whatever_stands_in_a_file_commands_answer_or_refuse(
    whole: Path, tmp_path: Path, file: str, which: int, new: Any, command: str
) -> None:
    folder = copied(whole, "run", tmp_path)
    put(folder, file, which, new)

    check(folder, command)


@_fuzz
@given(st.sampled_from(JSON[:2]), st.integers(0, 10**4), OTHERS, st.sampled_from([*GENERATIONS]))
def test_whatever_stands_in_a_file_a_run_goes_on_or_is_refused(
    whole: Path, tmp_path: Path, file: str, which: int, new: Any, name: str
) -> None:
    folder = copied(whole, name, tmp_path)
    put(folder, file, which, new)

    check(folder, f"resume RUN --quiet --generations {GENERATIONS[name] + 1}")


@_fuzz
@given(st.data())
def test_bytes_that_are_lost_or_turned_are_answered_or_refused(
    whole: Path, tmp_path: Path, data: st.DataObject
) -> None:
    folder = copied(whole, "run", tmp_path)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files), label="file")
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1), label="place")
    if data.draw(st.booleans(), label="cut"):
        del content[place:]
    else:
        content[place] ^= 1 << data.draw(st.integers(0, 7), label="bit")
    path.write_bytes(content)
    resume = f"resume RUN --quiet --generations {GENERATIONS['run'] + 1}"

    check(folder, data.draw(st.sampled_from([*READ, *USED, resume]), label="command"))
