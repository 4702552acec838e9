"""What a study has found: the champion of each run, and their mean, deviation and median."""

from pathlib import Path
from statistics import mean, median, stdev
from typing import TypedDict

from ..store.study import DIFFER_BY, Member, Study, read_study
from .front_rows import Row
from .page import Markup, Table, written
from .run_names import cell, count, objectives
from .run_report import TESTED, Report, about_baselines, build_report
from .run_status import read_status


class StudyReport(TypedDict):
    """What `report_study` returns: plain JSON values; null is what was not measured."""

    task: str
    seeds: list[int]
    folds: int | None  # of a cross-validation
    score: str  # name of the score in `test_score`
    runs: int  # all, begun or not
    done: int  # runs
    champions: list[
        Row
    ]  # of runs that are tested or done: `seed` and `fold`, `id` and what is averaged
    mean: Row  # test score, objectives on test data, synapses: over these champions
    standard_deviation: Row  # likewise, of a sample (divided by n - 1); null for fewer than two
    median: Row
    baselines: dict[str, float]  # what else scores on the same test data, means by name


def report_study(folder: Path) -> StudyReport:
    """Return what a study has found so far.

    Raises:
        InputError: A manifest or a run folder is damaged.
    """
    study = read_study(folder)
    settings = study.settings
    reports = [(member, build_report(member.folder)) for member in study.members if member.begun]
    compared = [objective.name for objective in objectives(settings)]
    tests = [f"test_{name}" for name in compared if f"test_{name}" in TESTED]
    averaged = [*tests, *(name for name in compared if f"test_{name}" not in TESTED)]
    averaged += ["synapses"] if "synapses" not in averaged else []
    champions = [row for member, report in reports for row in _champion(member, report, averaged)]
    known = {name: [float(c[name]) for c in champions if c[name] is not None] for name in averaged}
    first = reports[0][1] if reports else None
    return StudyReport(
        task=first["task"] if first else settings["task"],
        seeds=_seeds(study),
        folds=settings.get("folds"),
        score=first["score"] if first else "score",
        runs=len(study.members),
        done=sum(report["state"] == "done" for _, report in reports),
        champions=champions,
        mean={name: mean(found) if found else None for name, found in known.items()},
        standard_deviation={
            name: stdev(found) if found[1:] else None for name, found in known.items()
        },
        median={name: median(found) if found else None for name, found in known.items()},
        baselines=_mean_baselines([report["baselines"] for _, report in reports]),
    )


def _champion(member: Member, report: Report, averaged: list[str]) -> list[Row]:
    """Return the champion of a run as a list of one row, empty where it has none, or none for good."""
    champion = report["champion"]
    if not champion or (report["state"] != "done" and champion["test_score"] is None):
        return []
    return [{**member.differs, **{name: champion[name] for name in ("id", *averaged)}}]


def _seeds(study: Study) -> list[int]:
    found = [member.differs.get("seed", study.settings["seed"]) for member in study.members]
    return list(dict.fromkeys(found))


def _mean_baselines(of_runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean over the runs that have been tested, of what all of these have."""
    known = [scores for scores in of_runs if scores]
    names = [name for name in known[0] if all(name in scores for scores in known)] if known else []
    return {name: mean(scores[name] for scores in known) for name in names}


def summarize_study(folder: Path, markup: Markup = "text") -> str:
    """Return the report as a page: every run's champion, mean ± standard deviation.

    Args:
        folder: The folder of the study.
        markup: `text` or `md`.

    Raises:
        InputError: A manifest or a run folder is damaged.
    """
    report = report_study(folder)
    average, spread = report["mean"], report["standard_deviation"]
    called = {"test_score": f"test {report['score']}"}
    differs = [name for name in DIFFER_BY if name in read_study(folder).members[0].differs]
    headings = [called.get(name, name.replace("_", " ")) for name in average]
    rows = []
    for champion in report["champions"]:
        rows.append([cell(champion[name]) for name in (*differs, "id", *average)])
    empty = [""] * len(differs)
    for label, values in (("mean", average), ("deviation", spread), ("median", report["median"])):
        rows.append([label, *empty, *(cell(value) for value in values.values())])
    return written(
        [
            f"{_title(report)}: {report['done']} of {count(report['runs'], 'run')} done",
            Table([*differs, "champion", *headings], rows, words=1 + len(differs)),
            f"{report['score']} on held-out data, mean ± standard deviation: "
            f"{cell(average['test_score'])} ± {cell(spread['test_score'])}",
            *about_baselines(report["baselines"], "means on the same data"),
        ],
        markup,
    )


def _title(report: StudyReport) -> str:
    """Return "iris, seeds 1 to 5", "iris, seed 1, 3 folds" and so on."""
    seeds = report["seeds"]
    rising = seeds == list(range(seeds[0], seeds[-1] + 1))
    said = f"{seeds[0]} to {seeds[-1]}" if rising else ", ".join(map(str, seeds))
    words = f"seeds {said}" if seeds[1:] else f"seed {seeds[0]}"
    folds = report["folds"]
    return f"{report['task']}, {words}" + (f", {folds} folds" if folds else "")


def status_study(folder: Path) -> str:
    """Return a line or two for each run that has begun, and one for the others.

    Raises:
        InputError: A manifest or a run folder is damaged.
    """
    members = read_study(folder).members
    lines = [str(read_status(member.folder)) for member in members if member.begun]
    missing = sum(not member.begun for member in members)
    return "\n".join([*lines, *([f"runs not begun: {missing}"] if missing else [])])
