"""Racing: the evaluation of a newborn network that is hopeless ends after the first episodes.

The median stopping rule (Golovin et al. 2017, Google Vizier: a service for black-box optimization,
section 3.2): hopeless is what is worse so far than the median of those before it. These are the
generation before, which is closed when a generation begins; so the order in which rows come in
decides nothing, and a resumed run decides the same. A lower quantile would spare little where bad
networks fail soon; a higher one would end those that were only unlucky in their first episodes.
"""

from collections.abc import Sequence

import numpy as np

from ...measurements import SCORE
from .individual import Individual


def bound(rows: Sequence[Sequence[float]]) -> float:
    """Return the score below which the networks of the next generation are hopeless.

    Args:
        rows: Of a whole generation; of those that lost their race, on their first episodes. A
            NaN, the score of a fault, does not count.
    """
    return float(np.nanmedian([row[SCORE] for row in rows]))


def set_aside(loser: Individual, network_hash: str, row: Sequence[float]) -> None:
    """Write down what was measured of an individual that no search is told of.

    So it has no rank, is no parent, and enters neither population nor archive.

    Args:
        loser: Its evaluation ended after the first episodes.
        network_hash: Content hash of its expressed network.
        row: What was measured on them, in the order of `measurements.NAMES`.
    """
    loser.network_hash, loser.measured = network_hash, row
    loser.means = row
