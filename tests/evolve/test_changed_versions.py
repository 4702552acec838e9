"""A run that goes on with other versions of packages: refused in one sentence, or noted where that is allowed."""

import json
import shutil
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.engines.ray.worker import Worker
from spikevolve.evolve.evaluation.versions import installed_versions, version_differences
from spikevolve.evolve.runs.run import Outcome, resume, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.start_or_resume import begin_or_go_on
from spikevolve.results.store.reader import compare_tables

pytestmark = pytest.mark.slow  # starts runs

WORDS = {"task": "iris", "gradient": "off", "population": 8, "workers": 1}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    settings = settings_from({**WORDS, "generations": 2, "out": str(folder)})
    start(settings, lambda _: None, threading.Event())
    return folder


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


def go_on(folder: Path, generations: int = 3, **place: Any) -> Outcome:
    limits = {"generations": generations}
    return resume(folder, lambda _: None, threading.Event(), limits=limits, place=place)


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return found


def change(folder: Path, versions: object) -> None:
    (folder / "run.json").write_text(json.dumps({**manifest_of(folder), "versions": versions}))


def test_other_versions_are_refused_by_name_and_nothing_is_written(run: Path) -> None:
    own = manifest_of(run)["versions"]
    change(run, {**own, "numpy": "1.2.3", "numba": "0.5", "ray": "1.0", "pandas": "1.0"})
    before = {path: path.read_bytes() for path in run.rglob("*.*") if path.is_file()}
    said = rf"numba 0.5 \(now {version('numba')}\), numpy 1.2.3 \(now {version('numpy')}\); install"

    with pytest.raises(InputError, match=said):
        go_on(run)

    assert {path: path.read_bytes() for path in run.rglob("*.*") if path.is_file()} == before


def test_a_run_that_is_done_says_so_whatever_the_versions(run: Path) -> None:
    change(run, {"python": "2.7.18"})

    assert resume(run, lambda _: None, threading.Event()).state == "done"


def test_where_it_is_allowed_versions_are_noted_and_compared_with_from_then_on(
    run: Path, whole: Path, tmp_path: Path
) -> None:
    change(run, {**manifest_of(run)["versions"], "deap": "0.1"})
    assert go_on(run, allow_version_change=True).state == "done"
    [noted] = manifest_of(run)["version_changes"]
    assert noted["from_generation"] == 2
    assert noted["versions"]["deap"] == version("deap")
    assert f"with other versions: deap 0.1 (now {version('deap')})" in (run / "log.txt").read_text()

    assert go_on(run, 4).state == "done"
    assert len(manifest_of(run)["version_changes"]) == 1
    other = Path(shutil.copytree(whole, tmp_path / "other" / "run"))
    go_on(other, 4)
    assert compare_tables(run, other) == []


def test_a_line_for_every_start_of_a_job_may_allow_it(run: Path) -> None:
    change(run, {**manifest_of(run)["versions"], "spikevolve": "0.0"})

    def ask(**further: Any) -> Outcome:
        settings = settings_from({**WORDS, "generations": 3, "out": str(run), **further})
        return begin_or_go_on(settings, lambda _: None, threading.Event())

    with pytest.raises(InputError, match=r"spikevolve 0\.0 \(now "):
        ask()
    assert ask(allow_version_change=True).state == "done"


@pytest.mark.parametrize("versions", [None, [], "1", {"numpy": 1}, {"numpy": None}])
def test_versions_that_are_none_are_damage(versions: object, run: Path) -> None:
    change(run, versions)

    with pytest.raises(InputError, match=r"run\.json is damaged: versions must be "):
        go_on(run)


def test_a_worker_with_other_versions_than_the_search_takes_no_task() -> None:
    search = installed_versions() | {"numba": "0.1", "python": "3.0"}
    sentence = f"numba {version('numba')} (here 0.1), python "

    kind, said = Worker([], ".", search).hold(None, None) or ("", "")

    assert kind == "failure"
    assert sentence in said
    assert Worker([], ".", installed_versions()).hold(None, None) is None
    assert Worker([], ".", None).hold(None, None) is None


def test_a_package_that_only_one_side_has_differs() -> None:
    here = installed_versions(["no-such-package"])

    assert version_differences(here, here | {"no-such-package": "1"}, "here") == (
        "no-such-package none (here 1)"
    )
