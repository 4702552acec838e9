"""What is kept of a champion's answers is what was measured of it, and its interval is right."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from spikevolve.evolve.runs.champion_answers import class_interval
from spikevolve.evolve.runs.run import measure_test, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.folder import read_answers
from spikevolve.results.store.reader import read_table
from spikevolve.results.summaries.run_report import build_report
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.data.scoring import Answers

pytestmark = pytest.mark.slow  # starts runs, or compiles much


def run(folder: Path, **values: Any) -> Path:
    settings = settings_from({"out": str(folder), "workers": 1, **values})
    assert start(settings, lambda _: None, threading.Event())[:2] == (folder, "done")
    return folder


def score_of_the_champion(folder: Path) -> float:
    front = read_table(folder, "front")
    return float(front.loc[front["champion"], "test_score"].iloc[0])


@pytest.mark.parametrize("score", ["accuracy", "balanced_accuracy", "f1", "auc"])
def test_the_answers_of_a_champion_give_its_test_score(score: str, tmp_path: Path) -> None:
    folder = run(
        tmp_path / "run", task="iris", population=10, generations=2, gradient="off", score=score
    )
    kept = read_answers(folder)

    assert kept is not None
    truth, decided = np.array(kept["truth"]), np.array(kept["decided"])
    assert kept["n"] == len(truth) == 50
    by_scikit_learn = {
        "accuracy": np.mean(truth == decided),
        "balanced_accuracy": balanced_accuracy_score(truth, decided),
        "f1": f1_score(truth, decided, average="macro"),
    }
    if score != "auc":  # which is of more than decisions
        assert score_of_the_champion(folder) == pytest.approx(by_scikit_learn[score])
    assert kept["interval"]["low"] <= score_of_the_champion(folder) <= kept["interval"]["high"]
    assert kept["interval"]["method"] == ("Wilson" if score == "accuracy" else "bootstrap")
    (folder / "answers.json").unlink()
    measure_test(folder, threading.Event())
    assert read_answers(folder) == kept


@pytest.mark.parametrize(
    ("task", "n"), [({"task": "cartpole"}, 1000), ({"task": "mackey_glass"}, 750)]
)
def test_single_scores_have_the_mean_that_was_measured(
    task: dict[str, Any], n: int, tmp_path: Path
) -> None:
    folder = run(tmp_path / "run", population=12, generations=3, gradient="off", **task)
    kept = read_answers(folder)

    assert kept is not None
    assert kept["n"] == len(kept["scores"]) == n
    assert np.mean(kept["scores"]) == pytest.approx(score_of_the_champion(folder))
    test = build_report(folder)["test"]
    assert test is not None
    assert (test["lowest"], test["highest"]) == (min(kept["scores"]), max(kept["scores"]))


def test_the_bootstrap_of_a_balanced_accuracy_is_as_wide_as_its_standard_error() -> None:
    """Of recalls r of n samples: the variance of their mean is the mean of r(1 - r)/n over classes."""
    task = load("iris", TaskSettings(score="balanced_accuracy"))
    labels = np.repeat(np.arange(3), 200).astype(np.int32)
    decided = labels.copy()
    decided[:60], decided[200:220] = 1, 2  # recalls of 0.7, 0.9 and 1
    answers = Answers(
        decided[np.newaxis],
        np.ones((1, 600), np.int32),
        np.zeros((1, 2), np.int64),
        np.empty((0, 0, 0), np.int32),
    )
    error = np.sqrt((0.7 * 0.3 + 0.9 * 0.1) / 200) / 3

    found = class_interval(task, answers, labels)  # type: ignore[arg-type]

    assert found is not None
    assert found.low == pytest.approx(2.6 / 3 - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(2.6 / 3 + 1.96 * error, abs=0.15 * error)
