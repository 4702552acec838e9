"""Champions answer to samples as they did in their run's test, whatever they are read from."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.network_files import export
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.prepared_again import prepared_again
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.genomes import random_genome
from spikevolve.results.store.reader import read_table
from spikevolve.sim.batch import pack
from spikevolve.tasks.data.classification import Classification
from spikevolve.tasks.data.data_task import DataTask
from spikevolve.tasks.data.regression import Regression

pytestmark = pytest.mark.slow  # starts runs, or compiles much

RUNS: dict[str, dict[str, Any]] = {
    "iris": {"task": "iris"},
    "an encoder of its own": {"task": "iris", "evolve_encoder": True, "encoder": "rate:mirrored"},
    "chance": {"task": "iris", "encoder": "poisson", "seed": 3},
    "charges": {"task": "iris", "encoder": "charge", "profile": "int8", "decoder": "membrane"},
    "a readout": {"task": "wine", "readout": "ridge:20", "split_seed": 2},
    "a series": {"task": "cylinder_bell_funnel", "gradient": "off"},
    "a fold": {"task": "wine", "folds": 3, "fold": 2, "score": "f1"},
    "numbers": {"task": "mackey_glass", "gradient": "off"},
    "many numbers by a readout": {"task": "recall", "readout": "ridge:20"},
    "spikes": {"task": "moving_digits", "gradient": "off"},
}


def evolved(words: Mapping[str, Any], folder: Path) -> Path:
    settings = {"population": 20, "generations": 3, "workers": 1, **words, "out": str(folder)}
    start(settings_from(settings), lambda _: None, threading.Event())
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    root, made = tmp_path_factory.mktemp("runs"), set()

    def of(name: str) -> Path:
        folder = root / name.replace(" ", "-")
        if name not in made:
            evolved(RUNS[name], folder)
            made.add(name)
        return folder

    return of


def held_out(task: DataTask) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the test samples of a task and their targets, as `load` gave them."""
    features, targets = task.load()  # type: ignore[attr-defined]
    return np.asarray(features)[task._divided.test], np.asarray(targets)[task._divided.test]


@pytest.mark.parametrize("name", RUNS)
def test_the_champion_scores_on_the_test_samples_what_its_run_says(
    name: str, run: Callable[[str], Path]
) -> None:
    folder = run(name)
    champion, task = Champion.read(folder), prepared_again(folder).task
    assert isinstance(task, DataTask)
    samples, targets = held_out(task)

    front = read_table(folder, "front")
    row = front[front["champion"]].iloc[0]
    answers = champion.predict(samples)

    assert champion.id == row["id"]
    assert champion.score(samples, targets) == row["test_score"]
    assert answers["spikes"].mean() == row["test_spikes"]
    assert answers["latency"].mean() == row["test_latency"]
    if champion.task.score == "accuracy":
        assert (answers["answer"] == targets.astype(str)).mean() == row["test_score"]
    if isinstance(task, Regression):
        said = answers.filter(like="answer").to_numpy()
        right = targets.reshape(said.shape)
        size = np.ptp(champion.task.ends, axis=0)
        if champion.task.score == "smape":
            size = np.abs(said) + np.abs(right)
        off = np.abs(said - right) / size
        assert 1 - np.minimum(off, 1).mean() == pytest.approx(row["test_score"], abs=1e-12)


@pytest.mark.parametrize("name", RUNS)
def test_an_exported_champion_answers_the_same_bit_for_bit(
    name: str, run: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = run(name)
    champion, task = Champion.read(folder), prepared_again(folder).task
    assert isinstance(task, DataTask)
    samples, _ = held_out(task)
    expected = champion.predict(samples)

    for form in ("champion", "network", "genome"):
        file = tmp_path / form
        file.write_text(export(folder, None, form))
        again = Champion.read(str(file))
        pd.testing.assert_frame_equal(again.predict(samples), expected, check_exact=True)
        assert (again.labels, again.network.hash) == (champion.labels, champion.network.hash)


@pytest.mark.parametrize(
    "words",
    [{"task": "iris", "decoder": "first_to:2"}, {"task": "mackey_glass"}, RUNS["a readout"]],
)
def test_a_champion_made_from_a_genome_scores_what_its_task_measures(words: Any) -> None:
    prepared = prepare(settings_from(words))
    task, search = prepared.task, prepared.search
    assert isinstance(task, Classification | Regression)
    genome = random_genome(
        task.inputs, task.outputs, search.profile, search.initial, np.random.default_rng(5)
    )

    champion = Champion.from_genome(genome, search.profile, task)

    workload = task.workload("test", 1)
    readouts = task.readouts(task.workload("train", 1), [champion.network])
    measured = task.evaluate(task.equip(workload, readouts), pack([champion.network]))
    samples, targets = held_out(task)
    assert champion.score(samples, targets) == measured.score[0]
    assert champion.predict(samples)["spikes"].mean() == measured.spikes[0]


def test_many_samples_get_the_answers_that_each_gets_alone(run: Callable[[str], Path]) -> None:
    champion = Champion.read(run("iris"))
    samples = np.random.default_rng(1).uniform(0, 8, (2100, 4))

    together = champion.predict(samples)

    for sample in (0, 1023, 1024, 2099):
        alone = champion.predict(samples[sample : sample + 1])
        pd.testing.assert_series_equal(alone.iloc[0], together.iloc[sample], check_names=False)
    assert list(champion.predict(samples[:0]).columns) == list(together.columns)


def test_columns_are_matched_by_name_in_any_order_and_the_index_is_kept(
    run: Callable[[str], Path],
) -> None:
    champion = Champion.read(run("iris"))
    samples, _ = held_out(prepared_again(run("iris")).task)  # type: ignore[arg-type]
    names = ["sepal length (cm)", "sepal_width", "petal length", "PETAL WIDTH"]
    table = pd.DataFrame(samples, columns=names, index=range(100, 150))
    table.insert(0, "species", "unknown")

    found = champion.predict(table[table.columns[::-1]])

    assert list(found.index) == list(range(100, 150))
    pd.testing.assert_frame_equal(found.reset_index(drop=True), champion.predict(samples))


def test_shares_are_of_all_output_spikes_and_missing_where_there_are_none(
    run: Callable[[str], Path],
) -> None:
    champion = Champion.read(run("iris"))
    samples, _ = held_out(prepared_again(run("iris")).task)  # type: ignore[arg-type]

    shares = champion.predict(samples).filter(like="share").to_numpy()

    counts = champion.respond(samples).counts.T
    silent = counts.sum(axis=1) == 0
    assert np.isnan(shares[silent]).all()
    assert shares[~silent].sum(axis=1) == pytest.approx(1)
    assert shares[~silent] == pytest.approx(counts[~silent] / counts[~silent].sum(1, keepdims=True))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            pd.DataFrame({"sepal length": [1.0], "petal width": [1.0], "petal length": [1.0]}),
            "the data have no column 'sepal width'; the network takes sepal length, sepal width",
        ),
        (
            pd.DataFrame([[1.0, 2.0, 3.0, "a"]]).set_axis(
                ["sepal length", "sepal width", "petal length", "petal width"], axis=1
            ),
            "the data, row 0, column 'petal width': 'a' is not a finite number",
        ),
        (
            pd.DataFrame([[1.0, 2.0, 3.0, np.nan]]).set_axis(
                ["sepal length", "sepal width", "petal length", "petal width"], axis=1
            ),
            "the data, row 0, column 'petal width': the value is missing",
        ),
        (np.zeros((2, 3)), r"the data have the shape \(2, 3\); the network takes \(samples, 4\)"),
        (np.zeros(4), r"the data have the shape \(4,\); the network takes \(samples, 4\)"),
        ([[1, 2], [3]], "the data must be as many numbers for each sample"),
        (np.full((1, 4), np.inf), "the data: sample 0, feature 0 is inf"),
    ],
)
def test_samples_that_do_not_fit_are_refused(
    data: Any, sentence: str, run: Callable[[str], Path]
) -> None:
    with pytest.raises(InputError, match=sentence):
        Champion.read(run("iris")).predict(data)


def test_right_answers_that_do_not_fit_are_refused(run: Callable[[str], Path]) -> None:
    champion = Champion.read(run("iris"))

    with pytest.raises(
        InputError, match="sample 1 is of class 'rosa', which the network has never seen; it knows"
    ):
        champion.score(np.zeros((2, 4)), ["setosa", "rosa"])
    with pytest.raises(InputError, match="there are 1 targets, but 2 samples"):
        champion.score(np.zeros((2, 4)), ["setosa"])
    with pytest.raises(InputError, match="answers to samples instead of acting: use predict"):
        champion.policy()


def test_signals_and_spikes_of_another_shape_are_refused(run: Callable[[str], Path]) -> None:
    series, spikes = Champion.read(run("a series")), Champion.read(run("spikes"))

    with pytest.raises(InputError, match=r"the network takes \(samples, 128, 1\)"):
        series.predict(np.zeros((2, 64, 1)))
    with pytest.raises(InputError, match="not a table of columns"):
        series.predict(pd.DataFrame(np.zeros((2, 128))))
    with pytest.raises(InputError, match=r"the network takes spikes, \(samples, ticks, 50\)"):
        spikes.predict(np.zeros((2, 30, 49)))
    with pytest.raises(InputError, match="must be spikes: true or false, or 0 and 1"):
        spikes.predict(np.full((2, 30, 50), 0.5))
    with pytest.raises(InputError, match="the samples last 31 ticks, but the network's window has"):
        spikes.predict(np.zeros((2, 31, 50), bool))
    one_channel = np.random.default_rng(1).random((3, 128))
    pd.testing.assert_frame_equal(
        series.predict(one_channel), series.predict(one_channel[:, :, np.newaxis])
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"schema": 2},
            "schema is 2, but this version of spikevolve reads 1: read it with the version",
        ),
        ({"task": {}}, "task must be an object that says what the champion is for"),
        ({"task": {"name": "iris"}}, "task iris says neither classes, numbers nor variables"),
        ({"task.inputs": 9}, "the network has 8 inputs, but its task says 9"),
        ({"task.ticks": 0}, "ticks is 0; it must be a whole number from 1 to"),
        ({"task.encoder": "sonar"}, "unknown encoder 'sonar'"),
        ({"task.decoder": None}, "decoder is null; it must be a text"),
        ({"task.traits": {"gain": 1}}, "traits must be settings of the encoder rate"),
        ({"task.scaling": {"low": [0], "high": [1, 2]}}, "scaling has 1 low and 2 high ends"),
        ({"task.classes": "abc"}, 'classes is "abc"; it must be a list of names'),
        ({"task.run": {"seed": -1}}, "seed is -1; it must be a whole number from 0"),
        ({"format": "spikevolve network", "task": None}, "does not say what its network is for"),
    ],
)
def test_mistakes_in_a_file_are_named(
    change: dict[str, Any], sentence: str, run: Callable[[str], Path], tmp_path: Path
) -> None:
    text = json.loads(export(run("iris"), None, "champion"))
    for key, value in change.items():
        place, _, inner = key.partition(".")
        if inner:
            text[place][inner] = value
        else:
            text[place] = value
    if "format" in change:
        del text["id"], text["task"]
    file = tmp_path / "c.json"
    file.write_text(json.dumps(text))

    with pytest.raises(InputError, match=f"{file.name}.*{sentence}"):
        Champion.read(file)


def test_neurons_have_names_in_exported_files(run: Callable[[str], Path]) -> None:
    text = json.loads(export(run("iris"), None, "champion"))

    names = [neuron["name"] for neuron in text["neurons"]]
    assert names[:2] == ["sepal length", "sepal length (mirrored)"]
    assert names[8:11] == ["setosa", "versicolor", "virginica"]
    told = {name: value for name, value in text["task"]["run"].items() if value is not None}
    assert told == {"name": "iris", "seed": 1, "split_seed": 1}
