"""The networks of a front that matter: the champion, a knee, the extremes, and some between them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .run_names import Objective, extreme

Row = dict[str, Any]

LISTED = 10  # networks on a page


def mean_score(row: Row) -> float:
    """Return a network's score, its mean over all episodes so far where there is one."""
    value = row["score"] if row["mean_score"] is None else row["mean_score"]
    return float("-inf") if value is None else value


def rows_that_matter(
    front: Sequence[Row],
    objectives: Sequence[Objective],
    chance: float | None,
    limit: int = LISTED,
) -> dict[str, list[str]]:
    """Choose the networks of a front to look at first.

    They are the champion, the best score, the knee and the best in each other objective; the rest are
    spread over the front, each as far as can be from those chosen before (Gonzalez 1985, Clustering to
    minimize the maximum intercluster distance). A network less than half-way from chance to the best
    score is none of them, unless it is the champion: that it has few spikes is no merit.

    Args:
        front: Rows with `id`, the measurements, `mean_score` and `champion`.
        objectives: What the search compared, the score first.
        chance: Score of chance, None where it is not known.
        limit: How many at most.

    Returns:
        What each is, by its id, best score first: `champion`, `best score`, `knee`, `fewest spikes`
        and the like; nothing for those between.
    """
    able = [row for row in front if row["champion"] or _is_able(row, front, chance)]
    if not able:
        return {}
    values = _scaled(able, objectives)
    marks: dict[int, list[str]] = {}
    for place, row in enumerate(able):
        if row["champion"]:
            marks[place] = ["champion"]
    ends = [(int(values[:, n].argmin()), o) for n, o in enumerate(objectives)]
    if len(objectives) > 1:
        ends.insert(1, (knee(values), None))  # type: ignore[arg-type]
    for place, objective in ends:
        name = "knee" if objective is None else _called(objective)
        marks.setdefault(place, []).append(name)
    chosen = list(marks)[:limit]
    while len(chosen) < min(limit, len(able)):
        apart = np.linalg.norm(values[:, np.newaxis] - values[chosen], axis=2).min(axis=1)
        apart[chosen] = -1.0
        chosen.append(int(apart.argmax()))
    chosen.sort(key=lambda place: -mean_score(able[place]))
    return {able[place]["id"]: marks.get(place, []) for place in chosen}


def knee(values: NDArray[np.float64]) -> int:
    """Return the network at the knee of a front, beyond which a gain in one objective costs most in others.

    It is the one farthest from the plane through the best in each objective, towards the ideal (Das
    1999, On characterizing the "knee" of the Pareto curve). With every objective scaled to 0, its best,
    … 1, its worst, that is the least sum.

    Args:
        values: (networks, objectives), scaled so; lower is better.
    """
    return int(values.sum(axis=1).argmin())


def _is_able(row: Row, front: Sequence[Row], chance: float | None) -> bool:
    best = max(map(mean_score, front))
    return chance is None or mean_score(row) >= (chance + best) / 2


def _scaled(rows: Sequence[Row], objectives: Sequence[Objective]) -> NDArray[np.float64]:
    """Return (rows, objectives), the best of each 0 and the worst 1; what is missing counts as worst."""
    columns = []
    for objective in objectives:
        name = objective.name
        found = np.array([mean_score(row) if name == "score" else row[name] for row in rows], float)
        found = -found if objective.larger_is_better else found
        measured = np.isfinite(found)
        low, high = (found[measured].min(), found[measured].max()) if measured.any() else (0.0, 0.0)
        scaled = (found - low) / ((high - low) or 1.0)
        columns.append(np.where(measured, scaled, float(measured.any())))
    return np.stack(columns, axis=1)


def _called(objective: Objective) -> str:
    return "best score" if objective.name == "score" else extreme(objective)
