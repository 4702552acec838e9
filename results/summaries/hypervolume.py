"""How far a front has come: the hypervolume that it dominates, generation by generation."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .run_names import Objective

MOST_OBJECTIVES = 5  # of more the time for a large front explodes
_MOST = 200  # generations of which it is worked out


def hypervolumes(
    individuals: pd.DataFrame, objectives: Sequence[Objective], chance: float | None
) -> pd.Series:
    """Return the share of a box that the networks found so far dominate (Zitzler and Thiele 1998).

    The box reaches from the worst to the best that the run has seen in each objective; in the score
    from chance on, where that is known. So 1 would be a network with the best of everything. A
    network that is measured again counts by its latest means.

    Args:
        individuals: `generation`, `id`, `objectives` (lists) and `feasible` of all rows, in order; one
            row at least.
        objectives: What the lists are of.
        chance: Score of chance, None where it is not known.

    Returns:
        Shares by generation, of long runs every so many; 0 before any network is feasible. Nothing
        for more than `MOST_OBJECTIVES`.
    """
    from moocore import hypervolume

    if len(objectives) > MOST_OBJECTIVES:
        return pd.Series(dtype=float, name="hypervolume")
    last = int(individuals["generation"].max())
    asked = np.unique(np.linspace(0, last, min(last + 1, _MOST)).astype(int))
    shares = pd.Series(0.0, pd.Index(asked, name="generation"), name="hypervolume")
    rows = individuals[individuals["feasible"]]
    if rows.empty:
        return shares
    ids, when, points = (
        rows["id"].to_numpy(),
        rows["generation"].to_numpy(),
        _scaled(np.stack(rows["objectives"].to_list()), objectives, chance),
    )
    # A hair beyond the worst, so that one objective alone has a volume, too.
    corner = [1.0 + 1e-9] * len(objectives)
    front: dict[str, NDArray[np.float64]] = {}
    begin = 0
    for generation, end in zip(asked, np.searchsorted(when, asked, side="right"), strict=True):
        latest = zip(ids[begin:end], points[begin:end], strict=True)
        front, begin = _nondominated(front | dict(latest)), end
        if front:
            shares[generation] = hypervolume(np.stack(list(front.values())), corner)
    return shares.clip(upper=1.0)


def _scaled(
    points: NDArray[np.float64], objectives: Sequence[Objective], chance: float | None
) -> NDArray[np.float64]:
    """Return objectives with the best of each at 0 and the worst, or chance, at 1; NaN as the worst."""
    points = points * [-1.0 if objective.larger_is_better else 1.0 for objective in objectives]
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    for number, objective in enumerate(objectives):
        if objective.name == "score" and chance is not None:
            high[number] = -chance
    scaled = (points - low) / np.where(high > low, high - low, 1.0)
    return np.asarray(np.where(np.isnan(scaled), 1.0, scaled))


def _nondominated(points: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    from moocore import is_nondominated

    if not points:
        return points
    kept = is_nondominated(np.stack(list(points.values())))
    return {name: point for (name, point), keep in zip(points.items(), kept, strict=True) if keep}
