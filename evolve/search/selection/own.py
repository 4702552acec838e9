"""Selections that a user wrote as functions, DEAP's own among them.

A function is called as DEAP's are, with individuals and how many to choose, and gets by name what else
it has parameters for:

    def survivors(individuals, count, objectives, rng) -> list
    def parents(individuals, count, cases, rng) -> list

`objectives` are the search's `Objective`s, `cases` the scores of the individuals in every sample or
episode, (individuals, cases) float64, `rng` a `numpy.random.Generator`. An individual has `fitness`,
whose `wvalues` are the means of the objectives, all to be maximised, and all else that is said of
`Individual`. The global generators of `random` and of NumPy may be drawn from, too; they are seeded for
the call.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ....errors import InputError
from ..individual import Individual
from ..objectives import Objective
from ..random_streams import deap_randomness
from .pareto_ranking import rank_by_fronts

Function = Callable[..., Any]


@dataclass(frozen=True)
class OwnSurvivors:
    """A user's selection of survivors.

    It is handed the feasible individuals alone, and only where there are more of them than are to
    survive; otherwise they all do, and others fill up by their standing. Tournaments for parents
    compare fronts and crowding.

    Attributes:
        spec: What the user calls it.
        function: Returns so many of the individuals, none twice.
    """

    name: ClassVar[str] = "module:function"
    takes: ClassVar[frozenset[str]] = frozenset({"objectives", "rng"})

    spec: str
    function: Function

    def __post_init__(self) -> None:
        """Check the function's parameters."""
        _asked_for(self.function, self.takes, f"selection {self.spec!r}")

    def rank(self, individuals: Sequence[Individual], objectives: Sequence[Objective]) -> None:
        """Rank individuals by their fronts."""
        rank_by_fronts(individuals)

    def select(
        self,
        individuals: Sequence[Individual],
        count: int,
        objectives: Sequence[Objective],
        rng: Generator,
    ) -> list[Individual]:
        """Return what the function chooses.

        Raises:
            InputError: It raises an exception, or chooses others, or too few or too many.
        """
        feasible = [individual for individual in individuals if individual.feasible]
        if len(feasible) <= count:
            others = [individual for individual in individuals if not individual.feasible]
            others.sort(key=attrgetter("standing"), reverse=True)
            return [*feasible, *others[: count - len(feasible)]]
        offered = {"objectives": objectives, "rng": rng}
        where = f"selection {self.spec!r}"
        chosen = _call(self.function, feasible, count, self.takes, offered, where)
        if len({individual.id for individual in chosen}) < count:
            raise InputError(f"{where}: it must return no individual twice")
        return chosen


@dataclass(frozen=True)
class OwnParents:
    """A user's selection of parents.

    Attributes:
        spec: What the user calls it.
        function: Returns so many of the individuals, the same one more than once if it likes.
    """

    name: ClassVar[str] = "module:function"
    takes: ClassVar[frozenset[str]] = frozenset({"cases", "rng"})

    spec: str
    function: Function

    def __post_init__(self) -> None:
        """Check the function's parameters."""
        _asked_for(self.function, self.takes, f"parents {self.spec!r}")

    @property
    def asks_for_cases(self) -> bool:
        """Whether the function has a parameter for the scores in every case."""
        return "cases" in inspect.signature(self.function).parameters

    def select(
        self,
        population: Sequence[Individual],
        count: int,
        cases: NDArray[np.float64] | None,
        rng: Generator,
    ) -> list[Individual]:
        """Return what the function chooses.

        Raises:
            InputError: It raises an exception, or chooses others, or too few or too many.
        """
        offered = {"cases": cases, "rng": rng}
        where = f"parents {self.spec!r}"
        return _call(self.function, list(population), count, self.takes, offered, where)


def _asked_for(function: Function, known: frozenset[str], where: str) -> set[str]:
    """Return the names that a function has parameters for.

    Raises:
        InputError: It has others, without default values.
    """
    try:
        _, _, *rest = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise InputError(f"{where}: it must be a function of individuals and a count") from None
    for parameter in rest:
        needed = parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        )
        if needed and parameter.name not in known:
            raise InputError(
                f"{where}: its parameters after individuals and a count can be "
                f"{' and '.join(sorted(known))} (it has {parameter.name!r})"
            )
    return {parameter.name for parameter in rest} & known


def _call(
    function: Function,
    individuals: list[Individual],
    count: int,
    known: frozenset[str],
    offered: dict[str, Any],
    where: str,
) -> list[Individual]:
    """Return so many individuals as a function chooses them."""
    asked = {name: offered[name] for name in _asked_for(function, known, where)}
    with deap_randomness(offered["rng"]):
        try:
            said = function(individuals, count, **asked)
            chosen = list(said)
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"{where} raised {type(error).__name__}: {error}") from error
    there = {id(individual) for individual in individuals}
    if len(chosen) != count or any(id(one) not in there for one in chosen):
        raise InputError(f"{where}: it must return {count} of the individuals that it is given")
    return chosen
