"""The same table in a file of the user's is searched for as the built-in task that it is.

What a search does follows from what the data are, never from a task's name.
"""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spikevolve.evolve.runs.prepare import Prepared, prepare
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import Settings
from spikevolve.results.store.reader import read_table
from spikevolve.tasks import Classification, load

#: What the task says of itself that decides what a network is for it.
WINDOW = (
    *("encoder", "ticks", "decoder", "score", "training_score", "inputs", "outputs"),
    *("classes", "samples", "measured"),
)

#: Of the fifty or more that are held out.
TWO_SAMPLES = 0.04

RENAMED = """
from spikevolve.tasks.builtin.scikit_learn import Iris, Wine

class Flowers(Iris):
    name = "flowers"

class Bottles(Wine):
    name = "bottles"
"""

#: The built-in task with its features in the order of the alphabet, as networks receive columns of tables.
IN_ORDER = """
from spikevolve.tasks.builtin.scikit_learn import Iris, Wine

class InOrder({task}):
    name = "any"
    feature_names = tuple(sorted({task}.feature_names))

    def load(self):
        features, labels = super().load()
        return features[:, [{task}.feature_names.index(name) for name in self.feature_names]], labels
"""


def written(folder: Path, name: str) -> Path:
    """Write a built-in table as CSV, under the names of its features."""
    task = load(name)
    assert isinstance(task, Classification)
    features, labels = task.load()
    names = [*task.feature_names, "label"]
    rows = [[*map(repr, row), label] for row, label in zip(features.tolist(), labels, strict=True)]
    file = folder / "table.csv"
    file.write_text("\n".join(",".join(row) for row in [names, *rows]) + "\n")
    return file


def in_order(folder: Path, name: str) -> str:
    """Write the built-in task with its features in order, and return what it is called."""
    (folder / "any.py").write_text(IN_ORDER.format(task=name.capitalize()))
    return f"{folder / 'any.py'}:InOrder"


def without_source(found: Prepared) -> tuple[Any, ...]:
    settings = replace(found.settings, task="any", data=None)
    told = found.task.describe()
    jitter = getattr(found.task, "jitter", None)
    return settings, [told[key] for key in WINDOW], jitter, found.search, found.limits


@pytest.mark.parametrize("gradient", ["auto", "off"])
@pytest.mark.parametrize("name", ["iris", "wine"])
def test_a_table_in_a_file_gets_the_search_of_the_built_in_task(
    name: str, gradient: str, tmp_path: Path
) -> None:
    own = prepare(Settings("data", data=str(written(tmp_path, name)), gradient=gradient))
    built_in = prepare(Settings(in_order(tmp_path, name), gradient=gradient))

    assert without_source(own) == without_source(built_in)
    assert (own.search.learning is None) == (gradient == "off")
    assert own.task.input_names == built_in.task.input_names


@pytest.mark.parametrize(("name", "other"), [("iris", "Flowers"), ("wine", "Bottles")])
def test_a_built_in_task_of_another_name_is_searched_for_alike(
    name: str, other: str, tmp_path: Path
) -> None:
    file = tmp_path / "renamed.py"
    file.write_text(RENAMED)

    assert without_source(prepare(Settings(f"{file}:{other}"))) == without_source(
        prepare(Settings(name))
    )


def champion(folder: Path, **settings: Any) -> dict[Any, Any]:
    words = {"generations": 2, "population": 20, "workers": 1, **settings, "out": str(folder)}
    start(Settings(**words), lambda progress: None, threading.Event())
    return dict(read_table(folder, "front").query("champion").iloc[0].items())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["iris", "wine"])
def test_a_table_in_a_file_is_learned_as_well_as_the_built_in_task(
    name: str, tmp_path: Path
) -> None:
    own = champion(tmp_path / "own", task="data", data=str(written(tmp_path, name)))
    built_in = champion(tmp_path / "built_in", task=in_order(tmp_path, name))

    assert abs(own["test_score"] - built_in["test_score"]) <= TWO_SAMPLES
    assert own["genome_hash"] == built_in["genome_hash"]  # so far they are even the same run
