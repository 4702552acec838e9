"""What a run has found, as plain values and as a page of text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from ..store.folder import RELEASES, read_baselines, read_commit, read_manifest
from ..store.reader import read_arrow
from ..store.schema import AVERAGE, MEASURED, TESTS
from .run_names import (
    ScoreNames,
    aligned,
    cell,
    count,
    duration,
    evaluations,
    extreme,
    gain,
    objectives,
    score_names,
)
from .run_status import about_front, read_status

Row = dict[str, Any]

ENTRY = (
    "id",
    *(column.name for column in (*MEASURED, *AVERAGE)),
    "validation_score",
    *(column.name for column in TESTS),
    "traits",
    "genome_hash",
    "network_hash",
)
SIZE = ("synapses", "hidden")  # stand on the page whether they are objectives or not
TESTED = frozenset(column.name for column in TESTS)
LISTED = 20  # networks of the front on the page


class Report(TypedDict):
    """What `build_report` returns: plain JSON values; null is what was not measured."""

    task: str
    seed: int
    training_score: str  # name of the score in `score` and `mean_score`
    score: str  # name of the score in `validation_score` and `test_score`
    objectives: list[str]  # measurements that the search compared
    state: str  # "running", "stopped" or "done"
    generations: int  # closed ones
    evaluations: int
    cost: float  # in evaluations, an epoch of learning counting as three
    gained: float | None  # cost at the latest gain; null where that is not known
    seconds: float  # of search, pauses left out
    champion: Row | None  # an entry of the front
    front: list[Row]  # best score first; keys are `ENTRY`
    baselines: dict[str, float]  # what else scores on the same test data, by name


def build_report(folder: Path) -> Report:
    """Return what a run has found.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    status = read_status(folder)
    rows: list[Row] = read_arrow(folder, "front", [*ENTRY, "champion"]).to_pylist()
    rows.sort(key=lambda row: -_score(row))
    front = [{name: row[name] for name in ENTRY} for row in rows]
    champions = [entry for entry, row in zip(front, rows, strict=True) if row["champion"]]
    task, settings = _entry(manifest, "task"), _entry(manifest, "settings")
    scores = score_names(task)
    return Report(
        task=str(task.get("name", "")),
        seed=settings.get("seed", 0),
        training_score=scores.training,
        score=scores.test,
        objectives=[objective.name for objective in objectives(settings)],
        state=status.state,
        generations=sum(read_commit(folder).blocks["generations"]),
        evaluations=status.evaluations,
        cost=status.cost,
        gained=status.gained,
        seconds=status.seconds,
        champion=champions[0] if champions else None,
        front=front,
        baselines=read_baselines(folder),
    )


def summarize(folder: Path) -> str:
    """Return the report as a page of text: best per objective, Pareto front, test measurements.

    Of a large front the `LISTED` best scores stand there; `build_report` has them all.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    report, manifest = build_report(folder), read_manifest(folder)
    front = report["front"]
    held_out = _entry(manifest, "task").get("has_test") is not False
    tested = any(row["test_score"] is not None for row in front)
    parts = [_headline(report), *filter(None, [about_front(folder)])]
    if front:
        headings = _headings(report, tested)
        names = tuple(headings.values())
        best = _best(report, manifest)
        table = [[label, *(cell(row[key]) for key in headings)] for label, row in best.items()]
        parts += [aligned([["", *names], *table], words=2)]
        rows = [[cell(row[key]) for key in headings] for row in front[:LISTED]]
        size = count(len(front), "network") + (f", the best {LISTED}" if front[LISTED:] else "")
        parts += [f"Pareto front: {size}\n\n{aligned([names, *rows], words=1)}"]
        parts += _about_traits(report)
        parts += _about_scores(report)
        parts += [_about_test(report, held_out, _test_command(folder, manifest))]
    else:
        parts += [_about_no_front(report, manifest)]
    parts += about_baselines(report["baselines"], "on the same test data")
    return "\n\n".join(parts)


def _headline(report: Report) -> str:
    return (
        f"{report['task']}, seed {report['seed']}: {report['state']} after "
        f"{count(report['generations'], 'generation')}, "
        f"{evaluations(report['evaluations'], report['cost'])}, {duration(report['seconds'])}"
        f"{gain(report['gained'], report['evaluations'], report['cost'])}"
    )


def _headings(report: Report, tested: bool) -> dict[str, str]:
    """Return the columns of the page, and what they are called there: scores by their names."""
    averaged = any(row["episodes"] is not None for row in report["front"])
    compared = [name for name in report["objectives"] if name != "score"]
    shown = list(dict.fromkeys(["id", "mean_score" if averaged else "score", *compared, *SIZE]))
    if tested:
        shown += [f"test_{name}" for name in ("score", *compared) if f"test_{name}" in TESTED]
    elif any(row["validation_score"] is not None for row in report["front"]):
        shown += ["validation_score"]
    scores = ScoreNames(report["training_score"], report["score"])
    called = {
        "validation_score": f"validation {scores.test}",
        "score": scores.training_label,
        "mean_score": f"mean {scores.training_label}",
        "test_score": f"test {scores.test}",
    }
    return {name: called.get(name, name.replace("_", " ")) for name in shown}


def _best(report: Report, manifest: Mapping[str, object]) -> dict[str, Row]:
    """Return the champion and the best of the front in each objective, ties by the better score."""
    front = report["front"]
    best = {"champion": report["champion"]} if report["champion"] else {}
    best["best score"] = front[0]
    for objective in objectives(_entry(manifest, "settings")):
        name, sign = objective.name, -1.0 if objective.larger_is_better else 1.0
        measured = [row for row in front if row[name] is not None]
        if name != "score" and measured:
            key = [(sign * row[name], -_score(row)) for row in measured]
            best[extreme(objective)] = measured[key.index(min(key))]
    return best


def _about_traits(report: Report) -> list[str]:
    champion = report["champion"]
    traits = champion["traits"] if champion else ""
    return [f"The champion's own settings of the encoder: {traits}"] if traits else []


def _about_scores(report: Report) -> list[str]:
    """Return a sentence where training data have a score of their own."""
    training, other = report["training_score"], report["score"]
    if training == other:
        return []
    return [f"The search went by {training} on training data; networks are tested by {other}."]


def _test_command(folder: Path, manifest: Mapping[str, Any]) -> str:
    release = RELEASES.get(manifest["schema"])  # an older run is read, but never gone on with
    return f"`spikevolve test {folder}`" + (f" of spikevolve {release}" if release else "")


def _about_test(report: Report, held_out: bool, command: str) -> str:
    if not held_out:
        return f"Nothing is held out: {report['task']} has no test data, so nothing was tested."
    tested = sum(row["test_score"] is not None for row in report["front"])
    if not tested:
        return f"Test data have not been read yet: {command} measures on them."
    return f"Tested on held-out data or unseen starts: {count(tested, 'network')}."


def about_baselines(scores: Mapping[str, float], where: str) -> list[str]:
    """Return a line that says what else scores, if anything does."""
    said = ", ".join(f"{name} {score:.3f}" for name, score in scores.items())
    return [f"For comparison, {where}: {said}."] if scores else []


def _about_no_front(report: Report, manifest: Mapping[str, Any]) -> str:
    if report["state"] == "done":
        chance = _entry(manifest, "task").get("chance_score")
        known = "" if chance is None else f", a score of {cell(chance)}"
        bounds = " within all constraints" if _entry(manifest, "settings").get("constraint") else ""
        return f"The front is empty: no network{bounds} came above chance{known}."
    if not report["generations"]:
        return "There is no front yet: no generation has been saved."
    return "There is no front yet: no network has come above chance within all constraints so far."


def _entry(manifest: Mapping[str, object], key: str) -> dict[str, Any]:
    value = manifest.get(key)
    return value if isinstance(value, dict) else {}


def _score(row: Row) -> float:
    """Return the mean over all episodes so far where there is one."""
    value = row["score"] if row["mean_score"] is None else row["mean_score"]
    return float("-inf") if value is None else value
