"""A `state.json` that makes no sense: one sentence, or a run that goes on; nothing is written before."""

import copy
import json
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import settings_from

pytestmark = pytest.mark.slow  # starts runs

TASKS = {"cached": {"task": "iris", "gradient": "off"}, "tournament": {"task": "cartpole"}}
WORDS = {"population": 8, "generations": 2, "workers": 1}

#: What may stand in the place of any value.
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 10**30, 1e308, "", "text", [], {}, [[]], [[-1, -1]], [1, 2, 3], {"a": 1}]),
)


@pytest.fixture(scope="module", params=TASKS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run of each kind."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    words = {**TASKS[request.param], **WORDS, "out": str(folder)}
    start(settings_from(words), lambda _: None, threading.Event())
    return folder


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a value, the first three of a list for all."""
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [p for k, v in value.items() for p in places(v, (*path, k))]
    if isinstance(value, list):
        return found + [p for n, v in enumerate(value[:3]) for p in places(v, (*path, n))]
    return found


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a value with another one in a place."""
    found = copy.deepcopy(value)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return found


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_value_in_the_place_of_another_is_told_in_one_sentence_or_taken(
    data: st.DataObject, run: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged") / "run"
    shutil.copytree(run, folder)
    state = json.loads((folder / "state.json").read_text())
    path = data.draw(st.sampled_from(places(state["search"])))
    damaged = changed(state["search"], path, data.draw(ANYTHING))
    (folder / "state.json").write_text(json.dumps({**state, "search": damaged}))
    before = (folder / "state.json").read_bytes()
    stop = threading.Event()

    with suppress(InputError):
        resume(folder, lambda _: stop.set(), stop, limits={"generations": 3})
        return
    assert (folder / "state.json").read_bytes() == before
