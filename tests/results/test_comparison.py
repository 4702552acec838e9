"""Groups of runs beside one another: paired where they are, measured alike, different tasks refused."""

import json
import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.errors import InputError
from spikevolve.results.summaries.compared_runs import read_groups
from spikevolve.results.summaries.comparison import (
    as_page,
    as_rows,
    compare,
    curves,
)

MAKE_RUN: Callable[..., Path] = runpy.run_path(str(Path(__file__).with_name("study_runs.py")))[
    "make_run"
]
OURS, THEIRS = [0.9, 0.8, 0.95, 0.7, 0.85, 0.9], [0.8, 0.75, 0.9, 0.72, 0.7, 0.85]


def entry(score: float, spikes: float = 1.0, test: float | None = None) -> dict[str, Any]:
    return {"score": score, "spikes": spikes, "test_score": test, "test_spikes": spikes}


@pytest.fixture
def groups(tmp_path: Path) -> list[str]:
    """Two groups of the same six seeds, a last test score each."""
    for name, scores in (("ours", OURS), ("theirs", THEIRS)):
        for seed, score in enumerate(scores, 1):
            best = [None, score - 0.1, score]
            front = [entry(score, test=score)]
            MAKE_RUN(tmp_path / name / f"s{seed}", seed, best, front)
    return [f"{tmp_path}/ours/*", f"{tmp_path}/theirs/*"]


def row_of(rows: list[dict[str, Any]], measure: str, group: str = "") -> dict[str, Any]:
    [found] = [r for r in rows if r["measure"] == measure and group in (r["group"], "")]
    return found


def test_groups_of_the_same_seeds_are_compared_pair_by_pair(groups: list[str]) -> None:
    found = compare(read_groups(groups), measures=["test_score"])

    names = list(found["runs"])
    median = row_of(found["groups"], "test_score", names[0])
    assert (median["n"], median["median"]) == (6, np.median(OURS))
    assert median["lower_quartile"] == pytest.approx(np.quantile(OURS, 0.25))
    test = row_of(found["tests"], "test_score")
    assert (test["test"], test["n"]) == ("Wilcoxon signed-rank", 6)
    assert test["p"] == pytest.approx(stats.wilcoxon(OURS, THEIRS).pvalue)
    assert test["p_holm"] == test["p"]
    assert test["median"] == pytest.approx(np.median(np.subtract(OURS, THEIRS)))


def test_groups_of_other_seeds_are_independent(groups: list[str], tmp_path: Path) -> None:
    MAKE_RUN(tmp_path / "theirs" / "s9", 9, [0.5], [entry(0.5, test=0.5)])

    test = row_of(compare(read_groups(groups), measures=["test_score"])["tests"], "test_score")

    assert test["test"] == "Mann-Whitney U"
    assert test["p"] == pytest.approx(stats.mannwhitneyu(OURS, [*THEIRS, 0.5]).pvalue)


def test_a_pair_without_a_test_is_left_out(groups: list[str], tmp_path: Path) -> None:
    MAKE_RUN(tmp_path / "ours" / "s7", 7, [0.5], [entry(0.5)], state="stopped")
    MAKE_RUN(tmp_path / "theirs" / "s7", 7, [0.5], [entry(0.5, test=0.1)])

    found = compare(read_groups(groups))

    assert row_of(found["tests"], "test_score")["n"] == 6
    assert row_of(found["tests"], "best_score")["n"] == 7
    assert "Not ended yet: 1 of 14 runs." in found["notes"]


def test_p_values_are_corrected_over_all_tests(groups: list[str]) -> None:
    found = compare(read_groups(groups))

    first = min(row["p"] for row in found["tests"])
    assert len(found["tests"]) > 3
    assert min(row["p_holm"] for row in found["tests"]) == min(1.0, first * len(found["tests"]))


def test_evaluations_to_a_target_are_those_of_the_first_generation_there(tmp_path: Path) -> None:
    curves_of: dict[str, list[list[float | None]]] = {
        "a": [[0.2, 0.6, 0.9], [0.6, 0.7, 0.7]],
        "b": [[0.1, 0.2, 0.3], [None, 0.5, 0.6]],
    }
    for name, both in curves_of.items():
        for seed, best in enumerate(both):
            MAKE_RUN(tmp_path / name / f"{seed}", seed, best, [entry(0.5, test=0.5)])

    found = compare(read_groups([f"{tmp_path}/a/*", f"{tmp_path}/b/?"]), target=0.6)

    ours = row_of(found["groups"], "evaluations_to_target", "a/*")
    assert ours["median"] == 15.0  # 20 and 10
    theirs = row_of(found["groups"], "evaluations_to_target", "b/?")
    assert (theirs["n"], theirs["median"]) == (2, None)  # never, and 30
    assert found["notes"][-1] == "b/?: 1 of 2 runs reached 0.6."


def test_hypervolumes_are_shares_of_one_box_for_all(tmp_path: Path) -> None:
    fronts = {
        "a": [entry(1.0, spikes=4.0), entry(0.5, spikes=0.0)],
        "b": [entry(0.5, spikes=4.0)],
        "c": [],
    }
    for name, front in fronts.items():
        MAKE_RUN(tmp_path / name, 1, [0.5], front)

    rows = compare(read_groups([f"{tmp_path}/{name}" for name in fronts]))["groups"]

    # Scores 1 … 0.5 and spikes 0 … 4 become 0 … 1; the box ends at 1.1 in both.
    box = 1.1**2
    a = 1.1 * 0.1 + 0.1 * 1.1 - 0.1 * 0.1
    expected = {"a": a / box, "b": 0.1 * 0.1 / box, "c": 0.0}
    for name, share in expected.items():
        assert row_of(rows, "hypervolume", name)["median"] == pytest.approx(share)


def test_few_pairs_are_said_to_prove_nothing(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for seed in range(5):
            MAKE_RUN(tmp_path / name / str(seed), seed, [0.5], [entry(0.5, test=seed / 10)])

    found = compare(read_groups([f"{tmp_path}/a/*", f"{tmp_path}/b/[0-9]"]))

    assert (
        "5 pairs cannot give a p-value below 0.0625, whatever the difference" in found["notes"][0]
    )


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"task": {"name": "wine"}}, "runs of different tasks are not compared: .* iris, .* wine"),
        ({"data": "d2"}, "runs of different data are not compared: .* has d1, .* has d2"),
        (
            {"task": {"score": "f1"}},
            "runs of different scores are not compared: .* accuracy, .* f1",
        ),
    ],
)
def test_what_does_not_compare_is_refused(
    tmp_path: Path, about: dict[str, Any], sentence: str
) -> None:
    MAKE_RUN(tmp_path / "a", 1, [0.5])
    MAKE_RUN(tmp_path / "b", 1, [0.5], **about)

    with pytest.raises(InputError, match=sentence):
        read_groups([f"{tmp_path}/a", f"{tmp_path}/b"])


def test_runs_that_climb_different_scores_are_compared_by_the_others(tmp_path: Path) -> None:
    MAKE_RUN(tmp_path / "a", 1, [0.5], [entry(0.5, test=0.5)])
    other = {"training_score": "h_credit"}
    MAKE_RUN(tmp_path / "b", 1, [0.5], [entry(0.5, test=0.6)], task=other)
    groups = read_groups([f"{tmp_path}/a", f"{tmp_path}/b"])

    found = compare(groups, target=0.4)

    measures = {row["measure"] for row in found["groups"]}
    assert "test_score" in measures
    assert not measures & {"best_score", "hypervolume", "evaluations_to_target"}
    assert found["training_score"] is None
    with pytest.raises(InputError, match="scores on training data, accuracy and h_credit"):
        curves(groups)


def test_an_unknown_measure_and_a_group_given_twice_are_refused(groups: list[str]) -> None:
    with pytest.raises(InputError, match=r"no measure 'tst_score' \(did you mean 'test_score'\?\)"):
        compare(read_groups(groups), measures=["tst_score"])
    with pytest.raises(InputError, match=r"is given twice"):
        read_groups([groups[0], groups[0]])


def test_curves_hold_the_last_score_and_begin_where_most_runs_have_one(tmp_path: Path) -> None:
    for seed, best in enumerate([[0.1, 0.2, 0.3], [None, 0.4, 0.6], [0.5]]):
        MAKE_RUN(tmp_path / str(seed), seed, best)

    rows = curves(read_groups([f"{tmp_path}/*"]))

    assert [row["evaluations"] for row in rows] == [10.0, 20.0, 30.0]
    assert [row["median"] for row in rows] == [0.1, 0.4, 0.5]
    assert rows[0]["lower_quartile"] is None
    assert rows[2]["upper_quartile"] == pytest.approx(0.55)


def test_the_command_hands_over_every_format(groups: list[str], tmp_path: Path) -> None:
    def spikevolve(*more: str) -> str:
        result = CliRunner().invoke(app, ["compare", *groups, "--target", "0.8", *more])
        assert result.exit_code == 0, result.output
        return result.stdout

    found = compare(read_groups(groups), target=0.8)
    assert json.loads(spikevolve("--format", "json")) == json.loads(json.dumps(found))
    assert spikevolve() == as_page(found)
    lines = spikevolve("--format", "csv").splitlines()
    assert len(lines) == 1 + len(as_rows(found))
    assert math.isclose(float(lines[1].split(",")[3]), float(np.median(OURS)))
    spikevolve("--plot", str(tmp_path / "c.svg"))
    assert (tmp_path / "c.svg").read_bytes().startswith(b"<?xml")
    place = ("--plot", str(tmp_path / "d.png"), "--to", str(tmp_path / "d.csv"))
    refused = CliRunner().invoke(app, ["compare", *groups, *place])
    assert refused.exit_code == 2
    assert "give --to another name" in refused.stderr
    assert not list(tmp_path.glob("d.*"))
    spikevolve("--plot", str(tmp_path / "c.png"), "--to", str(tmp_path / "c.md"))
    assert (tmp_path / "c.md").read_text() == as_page(found)
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "c.csv").read_text().startswith("group,evaluations,lower_quartile,median")
