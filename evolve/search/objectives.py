"""What a search optimises: objectives, constraints, and the standing that follows from them.

Both are of measurements that an evaluation yields, as means over the evaluations of an individual.

Constraints and the rule that a network must beat chance join in this order, each level dominating the
next (constrained domination, Deb et al. 2002, section VI, extended by two levels):

1. feasible: above the chance score, and all constraints are met; compared by the objectives;
2. above the chance score, but constraints are violated; the smaller total violation wins;
3. not above the chance score; the higher score wins, nothing else counts;
4. an evaluation has failed.

So a search first learns something and then comes to meet the constraints: the other way round, empty
networks, which meet every limit on size, would crowd out what has learnt.
"""

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ...errors import InputError, did_you_mean
from ...measurements import MEASUREMENTS, NAMES, SCORE, Measurement
from .individual import Level, Standing

#: Objectives of a search if nobody chooses.
DEFAULT_OBJECTIVES = "score,spikes,latency"

#: Weight in a weighted sum, if nobody chooses: of the score, and of any other objective.
SCORE_WEIGHT, OTHER_WEIGHT = 1.0, 0.001

_RELATIONS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
)
_CONSTRAINT = re.compile(r"\s*([\w-]+)\s*(<=|>=|<|>)\s*([^\s<>=]+)\s*")
_BY_NAME = {measurement.name: measurement for measurement in MEASUREMENTS}
_COSTED = "energy"  # has no value in any profile


class Objective(NamedTuple):
    """A measurement that a search makes as large, or as small, as it can.

    Attributes:
        name: Name of the measurement.
        larger_is_better: Whether it is maximised.
        weight: Its weight in a weighted sum; what is minimised is subtracted.
    """

    name: str
    larger_is_better: bool
    weight: float = OTHER_WEIGHT

    @property
    def column(self) -> int:
        """Its index in a row of measurements."""
        return NAMES.index(self.name)


class Constraint(NamedTuple):
    """A bound that the mean of a measurement must keep.

    Attributes:
        name: Name of the measurement.
        relation: `<=`, `>=`, `<` or `>`.
        bound: What it is compared with, finite.
    """

    name: str
    relation: str
    bound: float

    def __str__(self) -> str:
        """Return the text form, which `constraint` reads."""
        return f"{self.name} {self.relation} {self.bound:.17g}"

    def met(self, means: Sequence[float]) -> bool:
        """Tell whether a row of measurements keeps the bound."""
        return _RELATIONS[self.relation](means[NAMES.index(self.name)], self.bound)

    def violation(self, means: Sequence[float]) -> float:
        """Return how far a row of measurements lies beyond the bound, in shares of the bound.

        Shares let synapses and scores be added up; where the bound is 0 they are of 1.
        """
        if self.met(means):
            return 0.0
        return abs(means[NAMES.index(self.name)] - self.bound) / (abs(self.bound) or 1.0)


def objectives(text: str, weights: Mapping[str, float] | None = None) -> tuple[Objective, ...]:
    """Return the objectives that a text names: `NAME,NAME,…`, a `-` turns a direction.

    Args:
        text: At least one name, such as `score,spikes,-activation_sparsity`.
        weights: Weights in a weighted sum by the names of objectives.

    Raises:
        InputError: A name is unknown, repeated or cannot be searched by, or a weight is of something
            that is no objective.
    """
    named = [item.strip() for item in text.split(",")]
    found: dict[str, Objective] = {}
    for item in named:
        name = item.removeprefix("-")
        measurement = _searchable(name, f"objectives {text!r}")
        if name in found:
            raise InputError(f"objectives {text!r}: {name!r} is given twice")
        turned = item.startswith("-")
        weight = SCORE_WEIGHT if name == NAMES[SCORE] else OTHER_WEIGHT
        found[name] = Objective(name, measurement.larger_is_better != turned, weight)
    for name, weight in (weights or {}).items():
        if name not in found:
            raise InputError(
                f"weights: {name!r} is no objective (the objectives are: {', '.join(found)})"
            )
        found[name] = found[name]._replace(weight=weight)
    return tuple(found.values())


def constraint(text: str) -> Constraint:
    """Return the constraint that a text names: `NAME <= NUMBER`, or with `>=`, `<`, `>`.

    Raises:
        InputError: It has another form, or names no measurement that can be searched by.
    """
    match = _CONSTRAINT.fullmatch(text)
    if match is None:
        raise InputError(
            f"constraint {text!r} must be MEASUREMENT <= NUMBER, or with >=, < or >, "
            "such as 'synapses <= 10'"
        )
    name, relation, number = match.groups()
    _searchable(name, f"constraint {text!r}")
    try:
        bound = float(number)
    except ValueError:
        bound = math.nan
    if not math.isfinite(bound):
        raise InputError(f"constraint {text!r}: {number!r} must be a finite number")
    return Constraint(name, relation, bound)


def standing(
    means: Sequence[float], chance_score: float, constraints: Iterable[Constraint]
) -> Standing:
    """Return what constrained domination compares of an individual before its objectives.

    Args:
        means: Mean of each measurement; the score is NaN where an evaluation failed.
        chance_score: Score that a network must be above.
        constraints: Bounds that it must keep.
    """
    score = means[SCORE]
    if math.isnan(score):
        return Standing(Level.FAILED)
    if not score > chance_score:
        return Standing(Level.CHANCE, score)
    if all(constraint.met(means) for constraint in constraints):
        return Standing(Level.FEASIBLE)
    return Standing(Level.VIOLATING, -math.fsum(c.violation(means) for c in constraints))


def signed(objectives: Iterable[Objective], means: Sequence[float]) -> tuple[float, ...]:
    """Return the means of the objectives, all to be maximised."""
    return tuple(
        means[objective.column] if objective.larger_is_better else -means[objective.column]
        for objective in objectives
    )


def _searchable(name: str, where: str) -> Measurement:
    """Return the measurement of a name, if every evaluation yields it.

    Raises:
        InputError: It is unknown, of the genome alone, of test data, or has no value.
    """
    found = _BY_NAME.get(name)
    if found is None and name.removeprefix("test_") in _BY_NAME:
        raise InputError(f"{where}: {name!r} is measured on test data, which no search may see")
    if found is None:
        usable = (name for name in NAMES if name != _COSTED)
        raise InputError(f"{where}: there is no measurement {name!r}{did_you_mean(name, usable)}")
    if name == _COSTED:
        raise InputError(f"{where}: {name!r} has no value, since no profile publishes a cost")
    if found.source == "genome":
        raise InputError(
            f"{where}: {name!r} counts what may not be expressed; take "
            f"{name.removeprefix('genome_')!r}, of the network"
        )
    return found
