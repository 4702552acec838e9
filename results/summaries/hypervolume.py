"""How far a front has come: the hypervolume that it dominates, generation by generation."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .run_names import Objective


def hypervolumes(
    individuals: pd.DataFrame, objectives: Sequence[Objective], chance: float | None
) -> pd.Series:
    """Return the share of a box that the networks found so far dominate (Zitzler and Thiele 1998).

    The box reaches from the worst to the best that the run has seen in each objective; in the score
    from chance on, where that is known. So 1 would be a network with the best of everything. A
    network that is measured again counts by its latest means.

    Args:
        individuals: `generation`, `id`, `objectives` (lists) and `feasible` of all rows, in order.
        objectives: What the lists are of.
        chance: Score of chance, None where it is not known.

    Returns:
        Shares by generation, 0 before any network is feasible.
    """
    from moocore import hypervolume

    generations = pd.RangeIndex(0, int(individuals["generation"].max() + 1), name="generation")
    shares = pd.Series(0.0, generations, name="hypervolume")
    rows = individuals[individuals["feasible"]]
    if rows.empty:
        return shares
    points = np.stack(rows["objectives"].to_list()) * [
        -1.0 if o.larger_is_better else 1.0 for o in objectives
    ]
    rows, points = rows[np.isfinite(points).all(axis=1)], points[np.isfinite(points).all(axis=1)]
    low, high = points.min(axis=0), points.max(axis=0)
    for number, objective in enumerate(objectives):
        if objective.name == "score" and chance is not None:
            high[number] = -chance
    points = (points - low) / np.where(high > low, high - low, 1.0)
    ids, when = rows["id"].to_numpy(), rows["generation"].to_numpy()
    edge = np.searchsorted(when, [*generations, len(generations)])
    front: dict[str, NDArray[np.float64]] = {}
    for generation in generations:
        new = slice(edge[generation], edge[generation + 1])
        front = _nondominated(front | dict(zip(ids[new], points[new], strict=True)))
        if front:
            # A hair beyond the worst, so that one objective alone has a volume, too.
            shares[generation] = hypervolume(
                np.stack(list(front.values())), [1.0 + 1e-9] * len(low)
            )
    return shares.clip(upper=1.0)


def _nondominated(points: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    from moocore import is_nondominated

    if not points:
        return points
    kept = is_nondominated(np.stack(list(points.values())))
    return {name: point for (name, point), keep in zip(points.items(), kept, strict=True) if keep}
