"""One call for every start of a job: a run begins, goes on, or is done; and runs that go on elsewhere."""

import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spikevolve.errors import InputError, MachineError
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import Settings, settings_from
from spikevolve.evolve.runs.start_or_resume import begin_or_go_on
from spikevolve.results.store.folder import read_commit
from spikevolve.results.store.reader import compare_tables

pytestmark = pytest.mark.slow  # starts runs

WORDS = {"task": "iris", "gradient": "off", "population": 8, "generations": 4, "workers": 1}


def settings(folder: Path, **changes: Any) -> Settings:
    return settings_from({**WORDS, "out": str(folder), **changes})


def ask(folder: Path, watch: Callable[[Any], None] = lambda _: None, **changes: Any) -> str:
    return begin_or_go_on(settings(folder, **changes), watch, threading.Event()).state


def stopped_after(folder: Path, generations: int) -> None:
    """Begin a run and stop it on its way."""
    stop = threading.Event()

    def watch(progress: Any) -> None:
        if progress.generation >= generations:
            stop.set()

    assert begin_or_go_on(settings(folder), watch, stop).state == "stopped"


def test_one_line_begins_goes_on_and_finds_a_run_done(tmp_path: Path) -> None:
    stopped_after(tmp_path / "often", 2)
    assert ask(tmp_path / "often") == "done"
    before = (tmp_path / "often" / "state.json").read_bytes()
    assert ask(tmp_path / "often") == "done"
    assert (tmp_path / "often" / "state.json").read_bytes() == before

    start(settings(tmp_path / "once"), lambda _: None, threading.Event())
    assert compare_tables(tmp_path / "often", tmp_path / "once") == []


def test_limits_and_workers_may_be_others(tmp_path: Path) -> None:
    assert ask(tmp_path / "a") == "done"
    assert ask(tmp_path / "a", generations=6, workers=2) == "done"
    assert read_commit(tmp_path / "a").search["generation"] == 6

    assert ask(tmp_path / "b", generations=6) == "done"
    assert compare_tables(tmp_path / "a", tmp_path / "b") == []
    assert ask(tmp_path / "a", generations=3) == "done"  # it has gone further
    assert read_commit(tmp_path / "a").search["generation"] == 6


def test_a_study_begins_goes_on_and_is_done(tmp_path: Path) -> None:
    assert ask(tmp_path / "s", seeds="1-2") == "done"
    assert ask(tmp_path / "s", seeds="1-2") == "done"
    with pytest.raises(InputError, match="seeds is '1-3', it began with '1-2'"):
        ask(tmp_path / "s", seeds="1-3")
    with pytest.raises(InputError, match="is a study, and these settings are of a run"):
        ask(tmp_path / "s")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 2}, "seed is 2, it began with 1"),
        ({"population": None}, "population is 100, it began with 8"),
        ({"task": "wine"}, "task is 'wine', it began with 'iris'"),
        ({"encoder": "rate:5"}, "encoder is 'rate:5', it began with None"),
        ({"seeds": "1-2"}, "is a run, and these settings are of a study"),
    ],
)
def test_other_settings_are_named_and_nothing_is_written(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    ask(tmp_path / "run")
    before = (tmp_path / "run" / "state.json").read_bytes()

    with pytest.raises(InputError, match=re.escape(said)):
        ask(tmp_path / "run", **changes)

    assert (tmp_path / "run" / "state.json").read_bytes() == before


@pytest.mark.parametrize("given", [{}, {"engine": "local", "workers": 2}, {"workers": 3}])
def test_a_run_goes_on_elsewhere_with_the_same_tables(
    given: dict[str, Any], tmp_path: Path
) -> None:
    stopped_after(tmp_path / "moved", 2)
    resume(tmp_path / "moved", lambda _: None, threading.Event(), place=given)
    start(settings(tmp_path / "stayed"), lambda _: None, threading.Event())

    assert compare_tables(tmp_path / "moved", tmp_path / "stayed") == []


@pytest.mark.parametrize(
    ("before", "place", "after"),
    [
        ({"address": "a:1"}, {"engine": "local"}, ("local", None)),
        ({"engine": "local"}, {"address": "a:1"}, ("auto", "a:1")),
        ({"engine": "ray"}, {"address": "a:1"}, ("ray", "a:1")),
        ({"address": "a:1"}, {"workers": 7}, ("auto", "a:1")),
        ({"address": "a:1"}, {"address": None, "engine": "auto"}, ("auto", None)),
    ],
)
def test_of_an_engine_and_an_address_that_exclude_each_other_the_given_one_counts(
    before: dict[str, Any], place: dict[str, Any], after: tuple[str, str | None]
) -> None:
    moved = settings_from({"task": "iris", **before}).elsewhere(place)

    assert (moved.engine, moved.address) == after
    assert moved.workers == place.get("workers")


def test_where_nobody_answers_there_is_no_folder(tmp_path: Path) -> None:
    with socket.socket() as taken:  # nobody else can listen there
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(MachineError, match=f"no Ray cluster answers at '{address}'"):
            ask(tmp_path / "none", address=address)
        assert not (tmp_path / "none").exists()

        stopped_after(tmp_path / "run", 2)
        with pytest.raises(MachineError, match=f"no Ray cluster answers at '{address}'"):
            ask(tmp_path / "run", address=address)
    assert ask(tmp_path / "run") == "done"


@pytest.mark.parametrize("address", ["here", "localhost", "a:b", "a:0", "a:70000", "ray://a:1"])
def test_a_text_that_is_no_address_makes_no_folder(address: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="allowed are HOST:PORT and auto"):
        ask(tmp_path / "none", address=address)
    assert not (tmp_path / "none").exists()
