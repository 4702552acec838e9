"""A `state.json` that makes no sense: one sentence, or a run that goes on; nothing is written before."""

import copy
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import settings_from

pytestmark = pytest.mark.slow  # starts runs

#: What may stand in the place of any value.
OTHERS: tuple[Any, ...] = (None, True, -1, "text", [], {}, [[]], [[-1, -1]])


@pytest.fixture(scope="module", params=[None, 2], ids=["one search", "islands"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run, of one search and of islands."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    words = {"task": "iris", "gradient": "off", "population": 8, "generations": 2, "workers": 1}
    if request.param:
        words |= {"islands": request.param, "migration_interval": 1}
    start(settings_from({**words, "out": str(folder)}), lambda _: None, threading.Event())
    return folder


def search_of(folder: Path) -> dict[str, Any]:
    """Return what the state says of the search."""
    found: dict[str, Any] = json.loads((folder / "state.json").read_text())["search"]
    return found


def places(search: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the paths of the values of a search, and of those of its first individual."""
    individual = search["individuals"][0]
    inner: list[tuple[Any, ...]] = [("individuals", 0, name) for name in individual]
    inner += [("individuals", 0, "measured", 0), ("population", 0), ("archive", 0)]
    inner += [("gain", name) for name in search["gain"]]
    return [(name,) for name in search] + inner


def places_of_islands(search: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the paths of the values that a search of islands has beside those of others."""
    island = search["islands"][1]
    inner: list[tuple[Any, ...]] = [("islands", 1, name) for name in island]
    inner += [("islands", 1, name, 0) for name in island]
    inner += [("bests", 0, name) for name in search["bests"][0]]
    return [("islands",), ("islands", 1), ("bests",), ("bests", 0), *inner]


def test_any_value_in_the_place_of_another_is_told_in_one_sentence_or_taken(
    run: Path, tmp_path: Path
) -> None:
    refused = 0
    search = search_of(run)
    found = places_of_islands(search) if "islands" in search else places(search)
    for number, path in enumerate(found):
        for new in OTHERS:
            folder = tmp_path / f"{number}"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(run, folder)
            damaged = copy.deepcopy(search)
            inner: Any = damaged
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = new
            state = json.loads((folder / "state.json").read_text())
            (folder / "state.json").write_text(json.dumps({**state, "search": damaged}))
            before = (folder / "state.json").read_bytes()
            refused += refuses(folder, before)
    assert refused > 4 * len(found)  # most of them


def refuses(folder: Path, before: bytes) -> bool:
    """Go on with a run, and return whether that was refused before anything was written."""
    stop = threading.Event()
    try:
        resume(folder, lambda _: stop.set(), stop, limits={"generations": 3})
    except InputError as error:
        return "\n" not in str(error) and (folder / "state.json").read_bytes() == before
    return False
