"""What a tournament of searches is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ....errors import InputError, did_you_mean
from ....genomes import InitialSettings

VARIATION, COARSE, CMA_ES, DIRECT = "variation", "coarse", "cma_es", "direct"

#: Sources of candidates that the searches of a tournament have, by name.
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        VARIATION: "a population of networks, of which the better ones breed",
        COARSE: "the same among few numbers: five weights, four thresholds, two leaks, no refractory period",
        CMA_ES: "CMA-ES over the weights, thresholds and leaks of one random network",
        DIRECT: "the same over networks of inputs and outputs alone, begun anew where it gains nothing",
    }
)

#: First networks of `direct`: all inputs with all outputs.
WITHOUT_HIDDEN = InitialSettings(0, 1.0, kind="layered")

#: Most numbers that CMA-ES searches; with more of them it learns too slowly how they belong together.
MOST_NUMBERS = 300


@dataclass(frozen=True)
class TournamentSettings:
    """How many searches there are in a round, and of what kind.

    Attributes:
        searches: Searches in a round, at least two.
        sources: Their sources, by turns; names in `SOURCES`.
        initial: How their first networks are drawn, by turns.
        first_heat: Evaluations of each search in the first heat of the first round; every further round
            has twice as many.

    Raises:
        InputError: Naming the setting that is not allowed.
    """

    searches: int
    sources: tuple[str, ...]
    initial: tuple[InitialSettings, ...]
    first_heat: int

    def __post_init__(self) -> None:
        """Check them all."""
        if self.searches < 2:
            raise InputError(f"searches is {self.searches}; a tournament has 2 or more")
        if not self.sources:
            raise InputError("sources: there must be one at least")
        for name in self.sources:
            if name not in SOURCES:
                raise InputError(f"sources: there is no {name!r}{did_you_mean(name, SOURCES)}")

    def source(self, number: int) -> str:
        """Return the source of a search of a round, by its number from 0."""
        return self.sources[number % len(self.sources)]

    @property
    def first_population(self) -> int | None:
        """Return which search of a round is given the best so far: by variation, else a coarse one."""
        numbers = [
            n
            for name in (VARIATION, COARSE)
            for n in range(self.searches)
            if self.source(n) == name
        ]
        return numbers[0] if numbers else None

    def first_networks(self, number: int) -> InitialSettings:
        """Return how the first networks of a search of a round are drawn, by its number from 0."""
        if self.source(number) == DIRECT:
            return WITHOUT_HIDDEN
        return self.initial[number % len(self.initial)]

    def unit(self, round_number: int) -> int:
        """Return the evaluations of a search in the first heat of a round."""
        return self.first_heat << round_number
