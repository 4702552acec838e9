"""When a search last gained something: what the best networks were then, compared with those of now.

By counts and scores alone, never by a clock: so a search that ends because it gains nothing ends in the
same generation wherever it runs.
"""

from typing import NamedTuple

from ...measurements import SCORE, SYNAPSES
from ...results.summaries.intervals import standard_error
from .individual import Individual, Level, Standing
from .search import Search

#: A measurement of good networks is better once it is so by this share.
SHARE = 0.05


class Best(NamedTuple):
    """How good the best networks of a search are.

    Attributes:
        level: How far the best of them has come.
        value: Its mean score if it is feasible, else the value of its standing.
        sizes: Of those within one standard error of its score the least number of synapses, then the
            best mean of each objective but the score; negative where the smaller one is better. Empty
            if none is feasible.
    """

    level: Level = Level.FAILED
    value: float = 0.0
    sizes: tuple[float, ...] = ()


class Gain(NamedTuple):
    """What a search gained last.

    Attributes:
        cost: What the search had cost by then, in evaluations; 0 before any gain.
        best: The best networks then.
    """

    cost: float = 0.0
    best: Best = Best()


def latest_gain(search: Search, samples: int, cost: float, before: Gain) -> Gain:
    """Return the latest gain of a search, which may be the one before.

    Small gains add up: what is compared are the best networks at the latest gain, not those of the last
    generation.

    Args:
        search: After its last closed generation.
        samples: Training samples of the task, 0 where it has episodes.
        cost: What the search has cost so far, in evaluations.
        before: The latest gain so far.
    """
    now = best_networks(search, samples)
    step = _step(search, samples, now.value)
    return Gain(cost, now) if _is_better(now, before.best, step) else before


def best_networks(search: Search, samples: int) -> Best:
    """Return how good the best of the population and the archive are, lucky newborns left out."""
    needed = search.settings.archive_evaluations
    known = [i for i in (*search.population, *search.archive) if i.evaluations >= needed]
    feasible = [individual for individual in known if individual.feasible]
    if not feasible:
        standing = max((i.standing for i in known), default=Standing(Level.FAILED))
        return Best(standing.level, standing.value)
    score = max(individual.score for individual in feasible)
    within = score - (standard_error(score, samples) if samples else 0.0)
    good = [individual for individual in feasible if individual.score >= within]
    columns = zip(*(_sizes(individual, search) for individual in good), strict=True)
    return Best(Level.FEASIBLE, score, tuple(map(max, columns)))


def _sizes(individual: Individual, search: Search) -> tuple[float, ...]:
    """Return what is compared of an individual besides its score, larger is better."""
    pairs = zip(search.settings.objectives, individual.fitness.wvalues, strict=True)
    others = (value for objective, value in pairs if objective.column != SCORE)
    return (-individual.means[SYNAPSES], *others)


def _step(search: Search, samples: int, score: float) -> float:
    """Return by how much a score must rise: a sample, or a hundredth of what it is above chance.

    It is half a sample, since differences of shares of samples are rounded.
    """
    return 0.5 / samples if samples else 0.01 * abs(score - search.settings.chance_score)


def _is_better(now: Best, before: Best, step: float) -> bool:
    """Tell whether there is a measurable gain; any one is until a network is feasible."""
    if now.level != before.level:
        return now.level > before.level
    if now.level < Level.FEASIBLE:
        return now.value > before.value
    if now.value > before.value + step:
        return True
    pairs = zip(now.sizes, before.sizes, strict=True)
    return now.value >= before.value and any(x > y + SHARE * abs(y) for x, y in pairs)
