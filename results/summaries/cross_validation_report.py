"""What a cross-validation has found: each fold's champion on the fold that it did not learn from."""

from pathlib import Path
from statistics import mean, stdev
from typing import TypedDict

from ..store.cross_validation import begun_folds, read_folds
from .front_rows import Row
from .page import Markup, Table, written
from .run_names import cell, objectives
from .run_report import TESTED, Report, about_baselines, build_report
from .run_status import read_status


class FoldsReport(TypedDict):
    """What `report_folds` returns: plain JSON values; null is what was not measured."""

    task: str
    seed: int
    score: str  # name of the score in `test_score`
    folds: int
    done: int  # folds
    champions: list[Row]  # of folds that are tested or done: `fold`, `id` and what is averaged
    mean: Row  # test score, objectives on test data, synapses: over these champions
    baselines: dict[str, float]  # what else scores on the same folds, means by name
    standard_deviation: Row  # likewise, of a sample (divided by n - 1); null for fewer than two


def report_folds(folder: Path) -> FoldsReport:
    """Return what a cross-validation has found so far.

    Raises:
        InputError: A manifest or a run folder is damaged.
    """
    settings = read_folds(folder)["settings"]
    reports = {number: build_report(run) for number, run in begun_folds(folder).items()}
    compared = [objective.name for objective in objectives(settings)]
    tests = [f"test_{name}" for name in compared if f"test_{name}" in TESTED]
    averaged = [*tests, *(name for name in compared if f"test_{name}" not in TESTED)]
    averaged += ["synapses"] if "synapses" not in averaged else []
    champions: list[Row] = [
        {"fold": number, **{name: report["champion"][name] for name in ("id", *averaged)}}
        for number, report in reports.items()
        if report["champion"] and _is_final(report)
    ]
    known = {name: [c[name] for c in champions if c[name] is not None] for name in averaged}
    first = next(iter(reports.values()), None)
    return FoldsReport(
        task=first["task"] if first else settings["task"],
        seed=settings["seed"],
        score=first["score"] if first else "score",
        folds=settings["folds"],
        done=sum(report["state"] == "done" for report in reports.values()),
        champions=champions,
        mean={name: mean(map(float, found)) if found else None for name, found in known.items()},
        baselines=_mean_baselines([report["baselines"] for report in reports.values()]),
        standard_deviation={
            name: stdev(map(float, found)) if found[1:] else None for name, found in known.items()
        },
    )


def _is_final(report: Report) -> bool:
    """Return whether the champion of a fold is no longer that of a search on its way."""
    champion = report["champion"] or {}
    return report["state"] == "done" or champion["test_score"] is not None


def _mean_baselines(of_folds: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean over the folds that have been tested, of what all of these have."""
    known = [scores for scores in of_folds if scores]
    names = [name for name in known[0] if all(name in scores for scores in known)] if known else []
    return {name: mean(scores[name] for scores in known) for name in names}


def summarize_folds(folder: Path, markup: Markup = "text") -> str:
    """Return the report as a page: every fold's champion, mean ± standard deviation.

    Args:
        folder: The folder of the cross-validation.
        markup: `text` or `md`.

    Raises:
        InputError: A manifest or a run folder is damaged.
    """
    report = report_folds(folder)
    average, spread = report["mean"], report["standard_deviation"]
    called = {"test_score": f"test {report['score']}"}
    headings = [called.get(name, name.replace("_", " ")) for name in average]
    rows = [["fold", "champion", *headings]]
    for champion in report["champions"]:
        rows.append([str(champion["fold"]), *(cell(champion[n]) for n in ("id", *average))])
    rows.append(["mean", "", *(cell(value) for value in average.values())])
    rows.append(["deviation", "", *(cell(value) for value in spread.values())])
    return written(
        [
            f"{report['task']}, seed {report['seed']}: cross-validation, "
            f"{report['done']} of {report['folds']} folds done",
            Table(rows[0], rows[1:], words=2),
            f"{report['score']} on held-out folds, mean ± standard deviation: "
            f"{cell(average['test_score'])} ± {cell(spread['test_score'])}",
            *about_baselines(report["baselines"], "means on the same folds"),
        ],
        markup,
    )


def status_folds(folder: Path) -> str:
    """Return a line or two for each fold that has begun, and one for the others.

    Raises:
        InputError: A manifest or a run folder is damaged.
    """
    begun = begun_folds(folder)
    lines = [str(read_status(run)) for run in begun.values()]
    missing = read_folds(folder)["settings"]["folds"] - len(begun)
    return "\n".join([*lines, *([f"folds not begun: {missing}"] if missing else [])])
