"""Anomaly detection: what is learned from, what is tested on, and what it is compared with."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from spikevolve.errors import InputError
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.data.anomaly import AnomalyDetection, unlike

RNG = np.random.default_rng(8)
LABELS = np.repeat(["fine", "hot", "loose"], [90, 20, 10])


class Machines(AnomalyDetection):
    """Three states, of which one is usual."""

    def load(self) -> tuple[NDArray[np.float64], NDArray[Any]]:
        values = np.random.default_rng(3).normal(size=(120, 4))
        values[90:110, 0] += 6.0
        values[110:, 3] -= 6.0
        return values, LABELS


def test_networks_learn_the_normal_class_alone_and_are_tested_on_all_others() -> None:
    task = Machines(TaskSettings())

    assert (task.classes, task.normal) == (("anomaly", "normal"), "fine")
    train, validation, test = task._divided
    assert not len(validation)
    assert np.all(LABELS[train[train < 120]] == "fine")
    assert np.count_nonzero(train >= 120) == 4 * np.count_nonzero(train < 120) == 240
    assert np.all(task._targets[train] == (train < 120))
    assert np.array_equal(np.flatnonzero(LABELS != "fine"), test[30:])
    assert task.workload("test", 1).arrays[1].tolist() == [1] * 30 + [0] * 30


def test_the_score_is_auc_by_default_and_chance_a_half() -> None:
    task = Machines(TaskSettings())

    assert (task.score, task.training_score, task.chance_score) == ("auc", "auc", 0.5)


def test_made_anomalies_differ_from_a_sample_in_some_features_within_the_ranges() -> None:
    known = RNG.normal(size=(500, 6))

    made = unlike(known, known, np.random.default_rng(1))

    changed = made != known
    assert changed.any(axis=1).all()
    assert 0.45 < changed.mean() < 0.62  # half of them, and one for sure
    low, high = known.min(axis=0), known.max(axis=0)
    quarter = 0.25 * (high - low)
    assert np.all(made >= low - quarter)
    assert np.all(made <= high + quarter)
    assert np.all(made.min(axis=0) < low)
    assert np.all(made.max(axis=0) > high)


def test_the_same_seed_makes_the_same_anomalies() -> None:
    first, again, other = (Machines(TaskSettings(split_seed=seed)) for seed in (1, 1, 2))

    assert first._values is not None
    assert np.array_equal(first._values, again._values)  # type: ignore[arg-type]
    assert not np.array_equal(first._values[120:], other._values[120:])  # type: ignore[index]


def test_the_isolation_forest_is_scikit_learn_s_on_the_same_samples() -> None:
    task = Machines(TaskSettings())
    features, _ = Machines.load(task)
    train, _, test = task._divided
    learnt = features[train[train < 120]]
    scaler = StandardScaler().fit(learnt)
    forest = IsolationForest(random_state=0).fit(scaler.transform(learnt))

    found = task.baselines()

    normality = forest.decision_function(scaler.transform(features[test]))
    expected = roc_auc_score(LABELS[test] == "fine", normality)
    assert found["isolation forest"] == pytest.approx(expected, abs=1e-3)
    assert {*found} == {"isolation forest", "one-class SVM"}


def test_benign_findings_are_normal_in_the_built_in_task() -> None:
    task = load("breast_cancer_anomaly")
    told: Any = task.describe()

    assert isinstance(task, AnomalyDetection)
    assert (told["normal"], told["classes"]) == ("benign", ["anomaly", "normal"])
    assert told["splits"] == {"train": 5 * 239, "validation": 0, "test": 118 + 212}
    assert min(task.baselines().values()) > 0.9


def write(file: Path, labels: NDArray[Any], shift: float = 0.0) -> None:
    rows = RNG.normal(size=(len(labels), 2)) + shift
    lines = [f"{a:.4f},{b:.4f},{c}" for (a, b), c in zip(rows, labels, strict=True)]
    file.write_text("a,b,state\n" + "\n".join(lines) + "\n")


@pytest.mark.parametrize("name", ["data", "csv"])
def test_a_file_s_normal_class_is_the_one_named_or_the_largest(tmp_path: Path, name: str) -> None:
    write(tmp_path / "a.csv", LABELS)

    usual = load(name, TaskSettings(data=tmp_path / "a.csv", kind="anomaly"))
    named = load(name, TaskSettings(data=tmp_path / "a.csv", kind="anomaly", normal="hot"))

    assert (usual.describe()["normal"], named.describe()["normal"]) == ("fine", "hot")
    learned = "13 samples of class 'hot' are learned, and 4 anomalies made of each"
    assert named.notes[-1] == f"task {name}: {learned}"
    assert named.samples == 65  # 13 of 20, and four that are made of each


def test_test_data_of_their_own_may_have_classes_that_nobody_knows(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", np.repeat(["fine", "hot"], [40, 5]))
    write(tmp_path / "t.csv", np.repeat(["fine", "broken"], [10, 7]))

    task = load(
        "data",
        TaskSettings(data=tmp_path / "a.csv", kind="anomaly", test_data=tmp_path / "t.csv"),
    )

    told: Any = task.describe()
    assert told["splits"] == {"train": 200, "validation": 0, "test": 17}
    assert task.workload("test", 1).arrays[1].tolist() == [1] * 10 + [0] * 7


def test_anomalies_of_a_group_that_is_learned_are_not_tested_on(tmp_path: Path) -> None:
    labels = np.array(["fine", "fine", "fine", "hot"] * 12)
    rows = [f"{n},{n * n % 7},g{n // 4},{label}" for n, label in enumerate(labels)]
    (tmp_path / "a.csv").write_text("a,b,g,state\n" + "\n".join(rows) + "\n")

    task: Any = load("data", TaskSettings(data=tmp_path / "a.csv", kind="anomaly", groups="g"))

    train, _, test = task._divided
    assert not {*(train[train < 48] // 4)} & {*(test // 4)}
    assert len(test) == 16  # 4 of 12 groups


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "anomaly", "normal": "fien"}, "there is no class 'fien' .did you mean 'fine'"),
        ({"normal": "fine"}, "task data takes no normal"),
        ({"kind": "anomaly", "target_column": "a"}, "task data takes no target_column"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, settings: dict[str, Any], message: str
) -> None:
    write(tmp_path / "a.csv", LABELS)
    with pytest.raises(InputError, match=message):
        load("data", TaskSettings(data=tmp_path / "a.csv", **settings))


def test_signals_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=RNG.normal(size=(20, 5, 2)), y=np.arange(20) % 2)
    with pytest.raises(InputError, match="anomalies are found in tables of values only"):
        load("data", TaskSettings(data=tmp_path / "a.npz", kind="anomaly"))
