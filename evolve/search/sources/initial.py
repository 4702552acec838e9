"""Random first networks."""

from typing import ClassVar

from deap.base import Toolbox

from ....genomes import random_genome
from ..individual import Individual, Place
from ..random_streams import Places, Stream
from ..settings import SearchSettings
from .opening import Opening


class Initial:
    """Draws the whole first generation at random.

    Args:
        settings: Those of the search.
    """

    name: ClassVar[str] = "initial"

    def __init__(self, settings: SearchSettings) -> None:
        self._count = settings.population
        self._places = Places(settings.seed, Stream.INITIAL)
        self._toolbox = Toolbox()
        self._toolbox.register(
            "genome",
            random_genome,
            settings.inputs,
            settings.outputs,
            settings.profile,
            settings.initial,
        )

    def candidates(self, opening: Opening, first: int) -> list[Individual]:
        """Return random individuals in generation 0, none later."""
        if opening.generation > 0:
            return []
        return [self._random(index) for index in range(first, first + self._count)]

    def _random(self, index: int) -> Individual:
        genome = self._toolbox.genome(self._places.at(0, index))
        return Individual(Place(0, index), genome, operators=("random",), source=self.name)
