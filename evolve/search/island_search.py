"""Several searches side by side, islands, which exchange their best networks every so many generations.

Each island is a `Search` with random numbers of its own (run seed, generation, index: no two islands have
an index in common). Generation g of the run is generation g of every island. What an island sends are its
first elites: the best score, the best among smaller networks, and so on (on fresh data the best mean
scores). A copy of each is born on the island that it is sent to, where it is measured and must survive as
any newborn.

One may ask and tell the whole, or each island for some generations and then have the whole `go_on` from
them: the search is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .individual import Individual
from .random_streams import RandomStreams, Stream
from .search import Search
from .search_settings import IslandSettings


@dataclass
class IslandSearch(Search):
    """Islands as a state machine that is asked and told as one search is.

    Population and archive are those of all islands.

    Attributes:
        islands: A search for each, in order; all have closed the same generations.
    """

    islands: list[Search] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the islands, unless they have begun."""
        super().__post_init__()
        self._orders = RandomStreams(self.settings.seed, Stream.MIGRATION)
        numbers = range(self.island_settings.count)
        self.islands = self.islands or [Search(self.settings, island=n) for n in numbers]

    @property
    def island_settings(self) -> IslandSettings:
        """How many islands there are, and how they exchange networks."""
        assert self.settings.islands is not None
        return self.settings.islands

    @property
    def asks_for_cases(self) -> bool:
        """Whether `ask` needs scores of single episodes: never."""
        return False

    @property
    def at_exchange(self) -> bool:
        """Whether the islands have just exchanged networks, or would have if there were others."""
        return self.generation % self.island_settings.interval == 0

    @property
    def next_exchange(self) -> int:
        """Number of closed generations at which the islands exchange networks next."""
        interval = self.island_settings.interval
        return (self.generation // interval + 1) * interval

    def members(self) -> list[Individual]:
        """Return the individuals that the islands need to go on."""
        return [member for island in self.islands for member in island.members()]

    def ask(self, cases: NDArray[np.float64] | None = None) -> list[Individual]:
        """Return what is to be measured in the open generation, island by island."""
        return [individual for island in self.islands for individual in island.ask()]

    def tell(
        self,
        asked: Sequence[Individual],
        network_hashes: Sequence[str],
        rows: Sequence[Sequence[float]],
    ) -> None:
        """Close the open generation of every island, as `Search.tell` does."""
        for island in self.islands:
            own = [n for n, individual in enumerate(asked) if individual.island == island.island]
            island.tell(
                [asked[n] for n in own], [network_hashes[n] for n in own], [rows[n] for n in own]
            )
        self.go_on(self.islands)

    def go_on(self, islands: Sequence[Search]) -> None:
        """Go on from islands that have closed some generations, up to the next exchange at most.

        Args:
            islands: A search for each, in order; all have closed the same generations.
        """
        self.islands = list(islands)
        self.generation = self.islands[0].generation
        if self.at_exchange:
            self._exchange()
        self.population = [member for island in self.islands for member in island.population]
        members = [member for island in self.islands for member in island.archive]
        self.archive = self.toolbox.archive([], members)

    def _exchange(self) -> None:
        """Send emigrants around a ring of all islands."""
        order = list(range(len(self.islands)))
        if len(order) == 1:
            return
        if self.island_settings.migration == "random":
            order = self._orders.generator(self.generation).permutation(len(order)).tolist()
        for sender, receiver in zip(order, order[1:] + order[:1], strict=True):
            emigrants = self.islands[sender].population[: self.island_settings.emigrants]
            self.islands[receiver].immigrants = emigrants
