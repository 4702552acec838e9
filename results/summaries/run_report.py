"""What a run has found, as plain values; `report_page` shows it to people."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from ..store.folder import read_answers, read_baselines, read_commit, read_manifest
from ..store.reader import read_arrow
from ..store.schema import AVERAGE, MEASURED, TESTS
from .front_rows import Row, mean_score, rows_that_matter
from .intervals import of_share, standard_error
from .run_names import ScoreNames, count, objectives, score_names
from .run_status import read_status

ENTRY = (
    "id",
    *(column.name for column in (*MEASURED, *AVERAGE)),
    "champion",
    "validation_score",
    *(column.name for column in TESTS),
    "operators",
    "traits",
    "genome_hash",
    "network_hash",
)
TESTED = frozenset(column.name for column in TESTS)


class Report(TypedDict):
    """What `build_report` returns: plain JSON values; null is what was not measured."""

    run: str  # its name, that of its folder when it began
    task: str
    seed: int
    training_score: str  # name of the score in `score` and `mean_score`
    score: str  # name of the score in `validation_score` and `test_score`
    chance: float | None  # score of the best constant answer on training data
    objectives: list[str]  # measurements that the search compared
    state: str  # "running", "stopped" or "done"
    generations: int  # closed ones
    evaluations: int
    cost: float  # in evaluations, an epoch of learning counting as three
    gained: float | None  # cost at the latest gain; null where that is not known
    seconds: float  # of search, pauses left out
    sizes: dict[str, Any]  # of the task: inputs, outputs, ticks, samples of each part or episodes
    settings: dict[str, Any]  # what was set, by the words of the command line
    versions: dict[str, str]  # of Python and of packages
    champion: Row | None  # an entry of the front
    why: str  # the champion is the champion; empty without one
    test: dict[str, Any] | None  # what `held_out` says of the champion
    front: list[Row]  # best score first; keys are `ENTRY`
    front_size: int
    matters: dict[str, list[str]]  # ids of the ten to look at first, and what each is
    baselines: dict[str, float]  # what else scores on the same test data, by name


def build_report(folder: Path) -> Report:
    """Return what a run has found.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    status = read_status(folder)
    front: list[Row] = read_arrow(folder, "front", ENTRY).to_pylist()
    front.sort(key=lambda row: -mean_score(row))
    champion = next((row for row in front if row["champion"]), None)
    task, settings = entry(manifest, "task"), entry(manifest, "settings")
    scores, chance = score_names(task), task.get("chance_score")
    return Report(
        run=str(manifest.get("run", folder.name)),
        task=str(task.get("name", "")),
        seed=settings.get("seed", 0),
        training_score=scores.training,
        score=scores.test,
        chance=chance,
        objectives=[objective.name for objective in objectives(settings)],
        state=status.state,
        generations=sum(read_commit(folder).blocks["generations"]),
        evaluations=status.evaluations,
        cost=status.cost,
        gained=status.gained,
        seconds=status.seconds,
        sizes={name: task[name] for name in _SIZES if task.get(name) is not None},
        settings={name: value for name, value in settings.items() if value is not None},
        versions=entry(manifest, "versions"),
        champion=champion,
        why="" if champion is None else _why(champion, front, task, scores),
        test=None if champion is None else held_out(champion, read_answers(folder)),
        front=front,
        front_size=len(front),
        matters=rows_that_matter(front, objectives(settings), chance),
        baselines=read_baselines(folder),
    )


_SIZES = (
    "inputs",
    "outputs",
    "ticks",
    "samples",
    "splits",
    "episodes",
    "validation_episodes",
    "test_episodes",
)


def held_out(champion: Row, answers: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return how the champion did on test data.

    Args:
        champion: Its row of the front.
        answers: What `read_answers` returns, of this network or another one.

    Returns:
        `score`, `n` samples or episodes and `interval` of the score, these two null where no answers
        were kept. Of classes also `recall`, a list with `class`, `n`, `recall` and its `interval`, and
        `confusion`, [truth][decided] counts; of single scores `lowest` and `highest`. None where the
        champion was not tested.
    """
    if champion["test_score"] is None:
        return None
    found: dict[str, Any] = {"score": champion["test_score"], "n": None, "interval": None}
    if answers is None or answers["id"] != champion["id"]:
        return found
    found |= {"n": answers["n"], "interval": answers["interval"]}
    if "truth" in answers:
        classes = len(answers["classes"])
        confusion = np.zeros((classes, classes), int)
        np.add.at(confusion, (answers["truth"], answers["decided"]), 1)
        found |= {
            "recall": [
                _recall(name, int(row[number]), int(row.sum()))
                for number, (name, row) in enumerate(
                    zip(answers["classes"], confusion, strict=True)
                )
            ],
            "confusion": confusion.tolist(),
        }
    elif answers["scores"]:
        found |= {"lowest": min(answers["scores"]), "highest": max(answers["scores"])}
    return found


def _recall(name: str, right: int, n: int) -> dict[str, Any]:
    interval = of_share(right, n)._asdict() if n else None
    return {"class": name, "n": n, "recall": right / n if n else None, "interval": interval}


def _why(champion: Row, front: Sequence[Row], task: Mapping[str, Any], scores: ScoreNames) -> str:
    """Say by which rule a champion was chosen; the rules are in `evolve.search.champion`."""
    if task.get("episodes"):
        more = count(task.get("validation_episodes") or 0, "further start")
        if not task.get("fresh"):
            return f"the best mean {scores.test} over {more}, which the search has not seen"
        return f"the best mean {scores.test} over its training episodes and {more}"
    held_back = (task.get("splits") or {}).get("validation") or 0
    if held_back:
        why = f"the best {scores.training} on the {count(held_back, 'validation sample')}"
        again = "refit" in champion["operators"]
        return (
            f"{why}; then it learned once more, from these too: it knows them now" if again else why
        )
    samples, best = task.get("samples") or 0, max(map(mean_score, front))
    if not samples:
        return ""
    error = standard_error(best, samples)
    if not error:
        return (
            f"the fewest synapses among those of the best {scores.training} in training, {best:.3f}"
        )
    return (
        f"the fewest synapses among those within one standard error, {error:.3f}, of the best "
        f"{scores.training} in training, {best:.3f}"
    )


def entry(manifest: Mapping[str, object], key: str) -> dict[str, Any]:
    """Return an object of a manifest, empty where it has none."""
    value = manifest.get(key)
    return value if isinstance(value, dict) else {}


def about_baselines(scores: Mapping[str, float], where: str) -> list[str]:
    """Return a line that says what else scores, if anything does."""
    said = ", ".join(f"{name} {score:.3f}" for name, score in scores.items())
    return [f"For comparison, {where}: {said}."] if scores else []


def shortened(report: Report, everything: bool, test_scores: bool) -> dict[str, Any]:
    """Return a report for printing.

    Args:
        report: What `build_report` returns.
        everything: Whether to leave the whole front; else the networks that matter.
        test_scores: Whether to leave the test scores of others than the champion.
    """
    rows = [row for row in report["front"] if everything or row["id"] in report["matters"]]
    if not test_scores:
        rows = [
            row if row["champion"] else {k: v for k, v in row.items() if k not in TESTED}
            for row in rows
        ]
    return {**report, "front": rows}
