"""What a run has found, as plain values and as a page of text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

from ..store.blocks import read_arrow
from ..store.folder import read_commit, read_manifest
from ..store.schema import AVERAGE, MEASUREMENTS, TESTS
from .duration import duration
from .status import read_status

Row = dict[str, Any]

ENTRY = (
    "id",
    *(column.name for column in (*MEASUREMENTS, *AVERAGE)),
    "validation_score",
    *(column.name for column in TESTS),
    "traits",
    "genome_hash",
    "network_hash",
)
SHOWN = ("spikes", "latency", "synapses", "hidden")
SHOWN_TESTS = ("test_score", "test_spikes", "test_latency")
LISTED = 20  # networks of the front on the page


class Report(TypedDict):
    """What `build_report` returns: plain JSON values; null is what was not measured."""

    task: str
    seed: int
    state: str  # "running", "stopped" or "done"
    generations: int  # closed ones
    evaluations: int
    seconds: float  # of search, pauses left out
    champion: Row | None  # an entry of the front
    front: list[Row]  # best score first; keys are `ENTRY`


def build_report(folder: Path) -> Report:
    """What a run has found.

    Raises:
        InputError: not a run folder, or damaged.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    status = read_status(folder)
    rows: list[Row] = read_arrow(folder, "front", [*ENTRY, "champion"]).to_pylist()
    rows.sort(key=lambda row: -_score(row))
    front = [{name: row[name] for name in ENTRY} for row in rows]
    champions = [entry for entry, row in zip(front, rows, strict=True) if row["champion"]]
    return Report(
        task=str(_entry(manifest, "task").get("name", "")),
        seed=_entry(manifest, "settings").get("seed", 0),
        state=status.state,
        generations=sum(read_commit(folder).blocks["generations"]),
        evaluations=status.evaluations,
        seconds=status.seconds,
        champion=champions[0] if champions else None,
        front=front,
    )


def summarize(folder: Path) -> str:
    """The report as a page of text: best per objective, Pareto front, test measurements.

    Of a large front the `LISTED` best scores stand there; `build_report` has them all.

    Raises:
        InputError: not a run folder, or damaged.
    """
    report = build_report(folder)
    front = report["front"]
    held_out = _entry(read_manifest(folder), "task").get("has_test") is not False
    averaged = any(row["episodes"] is not None for row in front)
    score = "mean_score" if averaged else "score"
    shown = ("id", score, *SHOWN, *(SHOWN_TESTS if held_out else ()))
    parts = [_headline(report)]
    if front:
        best = {label: [cell(row[name]) for name in shown] for label, row in _best(report).items()}
        table = [["", *shown], *([label, *cells] for label, cells in best.items())]
        parts += [aligned(table, words=2)]
        rows = [list(shown), *([cell(row[name]) for name in shown] for row in front[:LISTED])]
        size = _count(len(front), "network") + (f", the best {LISTED}" if front[LISTED:] else "")
        parts += [f"Pareto front: {size}\n\n{aligned(rows, words=1)}"]
        parts += _about_traits(report)
        parts += _about_scores(_entry(read_manifest(folder), "task"))
        parts += [_about_test(report, held_out, folder)]
    else:
        parts += [_about_no_front(report, folder)]
    return "\n\n".join(parts)


def _headline(report: Report) -> str:
    return (
        f"{report['task']}, seed {report['seed']}: {report['state']} after "
        f"{_count(report['generations'], 'generation')}, "
        f"{_count(report['evaluations'], 'evaluation')}, {duration(report['seconds'])}"
    )


def _best(report: Report) -> dict[str, Row]:
    """The champion and the best of the front in each objective, ties by the better score."""
    front = report["front"]
    best = {"champion": report["champion"]} if report["champion"] else {}
    best["best score"] = front[0]
    for label, name in (("fewest spikes", "spikes"), ("lowest latency", "latency")):
        measured = [row for row in front if row[name] is not None]
        if measured:
            best[label] = min(measured, key=lambda row: (row[name], -_score(row)))
    return best


def _about_traits(report: Report) -> list[str]:
    champion = report["champion"]
    traits = champion["traits"] if champion else ""
    return [f"The champion's own settings of the encoder: {traits}"] if traits else []


def _about_scores(task: Mapping[str, object]) -> list[str]:
    """A sentence where training data have a score of their own."""
    training, other = task.get("training_score"), task.get("score")
    if training is None or training == other:
        return []
    return [
        f"score is {training}, by which the search went on training data; test_score is {other}."
    ]


def _about_test(report: Report, held_out: bool, folder: Path) -> str:
    if not held_out:
        return f"Nothing is held out: {report['task']} has no test data, so test_… is empty."
    tested = sum(row["test_score"] is not None for row in report["front"])
    if not tested:
        return f"Test data have not been read yet: `spikevolve test {folder}` measures test_…."
    return f"test_… was measured on held-out data or unseen starts ({_count(tested, 'network')})."


def _about_no_front(report: Report, folder: Path) -> str:
    if report["state"] == "done":
        chance = _entry(read_manifest(folder), "task").get("chance_score")
        known = "" if chance is None else f", a score of {cell(chance)}"
        return f"The front is empty: no network came above chance{known}."
    return (
        "There is no front yet: it is written when the run ends. Once the run has stopped, "
        f"`spikevolve test {folder}` makes one from where it stands."
    )


def _entry(manifest: Mapping[str, object], key: str) -> dict[str, Any]:
    value = manifest.get(key)
    return value if isinstance(value, dict) else {}


def _score(row: Row) -> float:
    """The mean over all episodes so far where there is one."""
    value = row["score"] if row["mean_score"] is None else row["mean_score"]
    return float("-inf") if value is None else value


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cell(value: object) -> str:
    """A value for reading; a hyphen where there is none."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def aligned(rows: Sequence[Sequence[str]], words: int) -> str:
    """Rows as columns of text: the first `words` flush left, numbers flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
