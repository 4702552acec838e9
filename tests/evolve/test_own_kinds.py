"""Runs on the user's files that predict numbers or find anomalies, from the search to their later use."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.evaluate_network import evaluate_network
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.reader import read_table

pytestmark = pytest.mark.slow  # starts runs

X = np.random.default_rng(12).random((90, 3)).round(3)
TABLE = pd.DataFrame(X, columns=["a", "b", "c"])

KINDS: dict[str, dict[str, Any]] = {
    "numbers": {"target_column": "y,z", "score": "r2", "groups": "batch"},
    "anomaly": {"kind": "anomaly", "label": "state", "normal": "fine", "held_out": 0.4},
}
RIGHT = {"numbers": "y,z", "anomaly": "state"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    numbers = TABLE.assign(y=3 * TABLE.a - TABLE.b, z=TABLE.c * 10, batch=np.arange(90) // 6)
    numbers.to_csv(root / "numbers.csv", index=False)
    odd = TABLE.assign(state=["fine"] * 60 + ["hot"] * 20 + ["loose"] * 10)
    odd.loc[60:, "a"] += 2.0
    odd.to_csv(root / "anomaly.csv", index=False)
    for name, words in KINDS.items():
        given: dict[str, Any] = {"task": "data", "data": str(root / f"{name}.csv"), **words}
        given |= {"out": str(root / name), "population": 12, "generations": 2, "workers": 1}
        start(settings_from(given), lambda _: None, threading.Event())
    return root


@pytest.mark.parametrize("name", KINDS)
def test_evaluate_takes_over_what_the_run_wanted_and_how_it_cut(name: str, folder: Path) -> None:
    front = read_table(folder / name, "front")
    row = front[front["champion"]].iloc[0]

    found = evaluate_network(folder / name, {"task": "data", "data": str(folder / f"{name}.csv")})

    assert found.score == row["test_score"]
    assert found.notes == ()


@pytest.mark.parametrize("name", KINDS)
def test_a_champion_scores_rows_whose_right_answers_are_known(name: str, folder: Path) -> None:
    champion = Champion.read(folder / name)

    samples = champion.read_samples(folder / f"{name}.csv", RIGHT[name])
    answers = champion.predict(pd.read_csv(folder / f"{name}.csv"))

    right = champion.right_answers(samples.labels)
    assert len(answers) == len(right) == 90
    if name == "anomaly":
        assert right.tolist() == [1] * 60 + [0] * 30
        assert {*answers.answer} <= {"anomaly", "normal"}
    else:
        truth = pd.read_csv(folder / "numbers.csv")[["y", "z"]].to_numpy()
        said = answers[["answer 0", "answer 1"]].to_numpy()
        r2 = 1 - ((said - truth) ** 2).mean(axis=0) / truth.var(axis=0)
        assert champion.score(X, truth) == pytest.approx(r2.mean())


@pytest.mark.parametrize("name", KINDS)
def test_such_runs_go_on(name: str, folder: Path) -> None:
    resume(folder / name, lambda _: None, threading.Event(), limits={"generations": 3})

    assert read_table(folder / name, "generations")["generation"].max() == 2
