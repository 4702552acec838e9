"""NSGA-III: front by front, the last one thinned by niches around reference points."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import comb
from typing import ClassVar

from deap import tools
from numpy.random import Generator

from ....errors import InputError
from ..individual import Individual
from ..objectives import Objective
from .by_deap import select_scaled
from .ranking import rank_by_fronts


@dataclass(frozen=True)
class NSGA3:
    """NSGA-III (Deb, Jain 2014), as DEAP has it, without memory of extreme points.

    Tournaments for parents compare fronts and crowding, as under NSGA-II.

    Attributes:
        divisions: Divisions of each objective between reference points, p in the paper, at least 1;
            0 for as many as give no more points than survivors.

    Raises:
        InputError: There are fewer than 0 divisions, or more than 100.
    """

    name: ClassVar[str] = "nsga3"
    main: ClassVar[str | None] = "divisions"

    divisions: int = 0

    def __post_init__(self) -> None:
        """Check the divisions."""
        if not 0 <= self.divisions <= 100:
            raise InputError(
                f"selection nsga3: divisions must be from 0 to 100 (got {self.divisions})"
            )

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
        """Return those of the first fronts, of the last one those of the emptiest niches."""
        divisions = self.divisions or _divisions(len(objectives), count)
        points = tools.uniform_reference_points(len(objectives), divisions)
        sorting = "log" if len(objectives) > 1 else "standard"  # the former needs two
        select = partial(tools.selNSGA3, ref_points=points, nd=sorting)
        return select_scaled(select, individuals, count, rng)


def _divisions(objectives: int, count: int) -> int:
    """Return the most divisions that give at most `count` reference points, at least 1."""
    divisions = 1
    while objectives > 1 and comb(divisions + objectives, objectives - 1) <= count:
        divisions += 1
    return divisions
