"""What a study has found: the champion of each run, and mean, deviation and median for each combination of settings."""

from collections.abc import Callable
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any, TypedDict

from ...errors import InputError
from ..store.study import DIFFER_BY, Member, Study, read_study
from .front_rows import Row
from .page import Markup, Table, written
from .run_names import cell, count, objectives
from .run_report import TESTED, Report, about_baselines, build_report
from .run_status import read_status


class Group(TypedDict):
    """Runs of a study with the same settings of its grid."""

    settings: Row  # of the grid, by name
    runs: int  # all, begun or not
    champions: int  # over which the others are
    mean: Row
    standard_deviation: Row
    median: Row


class StudyReport(TypedDict):
    """What `report_study` returns: plain JSON values; null is what was not measured."""

    task: str
    seeds: list[int]
    folds: int | None  # of a cross-validation
    grid: dict[str, list[Any]]  # settings with several values; empty but in a sweep
    score: str  # name of the score in `test_score`
    runs: int  # all, begun or not
    done: int  # runs
    champions: list[
        Row
    ]  # of runs that are tested or done: `settings` of the grid, `seed`, `fold`, `id` and what is averaged
    groups: list[Group]  # one for each combination of settings of the grid, one without a grid
    mean: Row  # test score, objectives on test data, synapses: over these champions
    standard_deviation: Row  # likewise, of a sample (divided by n - 1); null for fewer than two
    median: Row
    baselines: dict[str, float]  # what else scores on the same test data, means by name
    damaged: list[str]  # why runs that are left out cannot be read, a sentence each


def report_study(folder: Path) -> StudyReport:
    """Return what a study has found so far, without its runs that cannot be read.

    Raises:
        InputError: The manifest of the study is damaged.
    """
    study = read_study(folder)
    settings = study.settings
    reports, damaged = _reports(study)
    compared = [objective.name for objective in objectives(settings)]
    tests = [f"test_{name}" for name in compared if f"test_{name}" in TESTED]
    averaged = [*tests, *(name for name in compared if f"test_{name}" not in TESTED)]
    averaged += ["synapses"] if "synapses" not in averaged else []
    champions = [
        {"settings": {name: member.differs[name] for name in study.grid}, **row}
        for member, report in reports
        for row in _champion(member, report, averaged)
    ]
    first = reports[0][1] if reports else None
    return StudyReport(
        task=first["task"] if first else settings["task"],
        seeds=_seeds(study),
        folds=settings.get("folds"),
        grid=study.grid,
        score=first["score"] if first else "score",
        runs=len(study.members),
        done=sum(report["state"] == "done" for _, report in reports),
        champions=champions,
        groups=[_group(study, members, champions, averaged) for members in study.groups.values()],
        mean=_over(champions, averaged, _mean),
        standard_deviation=_over(champions, averaged, _deviation),
        median=_over(champions, averaged, _median),
        baselines=_mean_baselines([report["baselines"] for _, report in reports]),
        damaged=damaged,
    )


def _reports(study: Study) -> tuple[list[tuple[Member, Report]], list[str]]:
    """Return the report of each run that has begun, and why others of them cannot be read."""
    reports, damaged = [], []
    for member in study.members:
        if member.begun:
            try:
                reports.append((member, build_report(member.folder)))
            except InputError as error:
                damaged.append(str(error))
    return reports, damaged


def _group(study: Study, members: list[Member], champions: list[Row], averaged: list[str]) -> Group:
    settings = {name: members[0].differs[name] for name in study.grid}
    own = [row for row in champions if row["settings"] == settings]
    return Group(
        settings=settings,
        runs=len(members),
        champions=len(own),
        mean=_over(own, averaged, _mean),
        standard_deviation=_over(own, averaged, _deviation),
        median=_over(own, averaged, _median),
    )


def _over(
    champions: list[Row], averaged: list[str], statistic: Callable[[list[float]], float | None]
) -> Row:
    """Return a statistic of what is known of each measurement."""
    known = {name: [float(c[name]) for c in champions if c[name] is not None] for name in averaged}
    return {name: statistic(values) for name, values in known.items()}


def _mean(values: list[float]) -> float | None:
    return mean(values) if values else None


def _deviation(values: list[float]) -> float | None:
    return stdev(values) if values[1:] else None


def _median(values: list[float]) -> float | None:
    return median(values) if values else None


def _champion(member: Member, report: Report, averaged: list[str]) -> list[Row]:
    """Return the champion of a run as a list of one row, empty where it has none, or none for good."""
    champion = report["champion"]
    if not champion or (report["state"] != "done" and champion["test_score"] is None):
        return []
    numbers = {name: member.differs[name] for name in DIFFER_BY if name in member.differs}
    return [{**numbers, **{name: champion[name] for name in ("id", *averaged)}}]


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
        InputError: The manifest of the study is damaged.
    """
    report = report_study(folder)
    numbers = [name for name in DIFFER_BY if name in read_study(folder).members[0].differs]
    names = [*numbers, "id", *_headings(report)]
    rows = [
        [cell(value) for value in (*champion["settings"].values(), *(champion[n] for n in names))]
        for champion in report["champions"]
    ]
    differs = [*report["grid"], *numbers]
    return written(
        [
            f"{_title(report)}: {report['done']} of {count(report['runs'], 'run')} done",
            *(_of_sweep if report["grid"] else _of_seeds)(report, differs, rows),
            *about_baselines(report["baselines"], "means on the same data"),
            *(f"Left out: {why}" for why in report["damaged"]),
        ],
        markup,
    )


def _of_seeds(report: StudyReport, differs: list[str], rows: list[list[str]]) -> list[str | Table]:
    """Return the champions with mean, deviation and median below them, and a sentence."""
    average, spread = report["mean"], report["standard_deviation"]
    empty = [""] * len(differs)
    for label, values in (("mean", average), ("deviation", spread), ("median", report["median"])):
        rows.append([label, *empty, *map(cell, values.values())])
    return [
        Table([*differs, "champion", *_headings(report).values()], rows, words=1 + len(differs)),
        f"{report['score']} on held-out data, mean ± standard deviation: "
        f"{cell(average['test_score'])} ± {cell(spread['test_score'])}",
    ]


def _of_sweep(report: StudyReport, differs: list[str], rows: list[list[str]]) -> list[str | Table]:
    """Return the champions, and a table with a row for each combination of settings."""
    groups = [
        [
            *(cell(value) for value in group["settings"].values()),
            f"{group['champions']} of {group['runs']}",
            *(
                f"{cell(group['mean'][name])} ± {cell(group['standard_deviation'][name])}"
                for name in group["mean"]
            ),
        ]
        for group in report["groups"]
    ]
    headings, grid = _headings(report).values(), [*report["grid"]]
    return [
        Table([*differs, "champion", *headings], rows, words=1 + len(differs)),
        "By settings, mean ± standard deviation of the champions on held-out data:",
        Table([*grid, "champions", *headings], groups, words=1 + len(grid)),
    ]


def _headings(report: StudyReport) -> dict[str, str]:
    """Return what columns are called, by what they hold."""
    called = {"test_score": f"test {report['score']}"}
    return {name: called.get(name, name.replace("_", " ")) for name in report["mean"]}


def _title(report: StudyReport) -> str:
    """Return "iris, seeds 1 to 5", "iris, seed 1, 3 folds" and so on."""
    seeds = report["seeds"]
    rising = seeds == list(range(seeds[0], seeds[-1] + 1))
    said = f"{seeds[0]} to {seeds[-1]}" if rising else ", ".join(map(str, seeds))
    words = f"seeds {said}" if seeds[1:] else f"seed {seeds[0]}"
    grid = [f"{name} {', '.join(map(cell, values))}" for name, values in report["grid"].items()]
    folds = [f"{report['folds']} folds"] if report["folds"] else []
    return ", ".join([report["task"], *grid, words, *folds])


def status_study(folder: Path) -> str:
    """Return a line or two for each run that has begun, and one that counts all.

    A run that cannot be read has the sentence that says why.

    Raises:
        InputError: The manifest of the study is damaged.
    """
    members = read_study(folder).members
    lines, states = [], []
    for member in members:
        if member.begun:
            try:
                status = read_status(member.folder)
            except InputError as error:
                lines.append(str(error))
                states.append("damaged")
            else:
                lines.append(str(status))
                states.append(status.state)
    known = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    missing = len(members) - len(states)
    known += [f"runs not begun: {missing}"] if missing else []
    return "\n".join([*lines, f"{count(len(members), 'run')}: {', '.join(known)}"])
