"""A run that is many searches, as a state machine that is asked and told as one search is.

A round is a tournament:

1. heats: new searches with different starts and sources, each for some evaluations; their best are
   judged on common starts that nobody has seen, and the better half of the searches goes on, for twice
   as long, until one is left;
2. polish: CMA-ES with small steps on the numbers of its best network; if that is of few numbers, its search goes
   on instead;
3. prune: a third of the synapses that the network misses least leaves, what is left is polished, and so on down
   to the smallest network that is of use;
4. the winner of the round is judged against the best so far.

Then the next round begins, twice as long. The first of its populations begins with the best networks so far, and
where no search of it finds a better one, the best so far is polished and pruned again. All of this
is counted in evaluations and depends on no clock and no limit, so a limit only cuts it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ....genomes import Genome, Profile, validate
from ....genomes.topology import Topology
from ..individual import Individual, by_score
from ..search import Search, update_standing
from .direct import new_direct
from .searches import (
    MemberSearch,
    NumbersSearch,
    PopulationSearch,
    coarse_profile,
    new_coarse_population,
    new_numbers,
    new_population,
    polishing,
)
from .settings import CMA_ES, COARSE, DIRECT, MOST_NUMBERS, VARIATION, TournamentSettings
from .stages import FEWEST, Ablation, Judging


class Step(StrEnum):
    """Where in a round a tournament is."""

    HEAT = "heat"
    JUDGE_SEARCHES = "judge searches"
    POLISH = "polish"
    JUDGE_POLISHED = "judge polished"
    ABLATE = "ablate"
    POLISH_SMALLER = "polish smaller"
    JUDGE_SMALLER = "judge smaller"
    JUDGE_ROUND = "judge round"


#: What the steps after the heats take, in evaluations of a search in the first heat.
POLISH_UNITS, SMALLER_UNITS = 4.0, 0.5

#: A smaller network is of use that has come so far from chance to the score of the winner.
OF_USE = 0.5

#: Networks of all rounds so far that the first search of a round begins with.
GIVEN = 10


@dataclass
class SearchTournament(Search):
    """Many searches in one run; see the top of this file.

    Attributes:
        round: Number of the round, from 0.
        heat: Number of the heat, from 0.
        step: Where in the round it is.
        searches: Those that are in the round still.
        stage: What is asked and told in a step that is no heat.
        winner: The best network of the round, once it is polished.
        ever: The best network of all rounds that are over.
    """

    round: int = 0
    heat: int = 0
    step: Step = Step.HEAT
    searches: list[MemberSearch] = field(default_factory=list)
    stage: Judging | Ablation | NumbersSearch | None = None
    winner: Individual | None = None
    ever: Individual | None = None

    @property
    def tournament(self) -> TournamentSettings:
        """How many searches, of which kinds."""
        assert self.settings.tournament is not None
        return self.settings.tournament

    @property
    def asks_for_cases(self) -> bool:
        """Whether `ask` needs scores of single episodes: never."""
        return False

    def ask(self, cases: NDArray[np.float64] | None = None) -> list[Individual]:
        """Return what is to be measured in the open generation; asking twice gives equal individuals."""
        if self.stage is not None:
            return self.stage.ask(self.generation)
        return self._turn().ask(self.generation)

    def tell(
        self,
        asked: Sequence[Individual],
        network_hashes: Sequence[str],
        rows: Sequence[Sequence[float]],
    ) -> None:
        """Close the open generation, and go on with the step or to the next one.

        Args:
            asked: What `ask` returned.
            network_hashes: As of `Search.tell`.
            rows: As of `Search.tell`.
        """
        self.record(asked, network_hashes, rows)
        self.toolbox.rank(list(asked))
        if self.stage is None:
            self._turn().tell(asked)
        else:
            self.stage.tell(asked)
        self.generation += 1
        if self._step_is_over():
            self._next_step()
        self.population = self._members()

    def _turn(self) -> MemberSearch:
        """Return the search whose turn it is; a new one begins where there are too few."""
        if self.step is Step.POLISH:
            return self.searches[0]
        waiting = [search for search in self.searches if search.spent < self._spent_after_heat()]
        if waiting:
            return waiting[0]
        self.searches.append(self._new_search(len(self.searches)))
        return self.searches[-1]

    def _new_search(self, number: int) -> MemberSearch:
        """Return a new search of the round, by its number in it."""
        island = self.round * self.tournament.searches + number
        source = self.tournament.source(number)
        settings = replace(self.settings, initial=self.tournament.first_networks(number), given=())
        if source == CMA_ES:
            return new_numbers(settings, island, self.generation)
        if source == DIRECT:
            return new_direct(self.settings, island)
        if number == self.tournament.first_population:
            source, given = self._given(source)
            settings = replace(settings, given=given)
        make = new_coarse_population if source == COARSE else new_population
        return make(settings, island, self.generation)

    def _given(self, source: str) -> tuple[str, tuple[Genome, ...]]:
        """Return what the first population of a round begins with, and of which source it is.

        The best so far, of which a coarse population takes those that have its few numbers; or what the user
        gave, which seldom has.
        """
        if self.round == 0:
            return (VARIATION if self.settings.given else source), self.settings.given
        best = [i.genome for i in sorted(self.archive, key=by_score)]
        if source == COARSE:
            coarse = coarse_profile(self.settings.profile)
            best = [genome for genome in best if _is_valid(genome, coarse)]
        return source, tuple(best[:GIVEN])

    def _spent_after_heat(self) -> int:
        """Return what a search has spent when the heat is over: units of 1, 1 + 2, 1 + 2 + 4 …."""
        return self._unit * ((2 << self.heat) - 1)

    @property
    def _unit(self) -> int:
        return self.tournament.unit(self.round)

    def _step_is_over(self) -> bool:
        if self.step is Step.HEAT:
            begun = self.heat > 0 or len(self.searches) == self.tournament.searches
            return begun and all(s.spent >= self._spent_after_heat() for s in self.searches)
        if self.step is Step.POLISH and self.stage is None:
            end = self._spent_after_heat() + POLISH_UNITS * self._unit
            return self.searches[0].spent >= end
        if isinstance(self.stage, NumbersSearch):
            units = POLISH_UNITS if self.step is Step.POLISH else SMALLER_UNITS
            return self.stage.spent >= units * self._unit
        assert self.stage is not None
        return self.stage.finished

    def _next_step(self) -> None:
        stage = self.stage
        if self.step is Step.HEAT:
            candidates = [one for search in self.searches for one in search.candidates()]
            keep = max(1, len(candidates) // 4)
            if len(self.searches) <= 2:  # the last heat: who is the best of all?
                candidates, keep = candidates + ([self.ever] if self.ever else []), 1
            self._judge(candidates, Step.JUDGE_SEARCHES, keep)
        elif self.step is Step.POLISH:
            polished = self.searches[0] if stage is None else stage
            assert isinstance(polished, PopulationSearch | NumbersSearch)
            before = [self.winner] if self.winner else []
            self._judge([*polished.candidates(), *before], Step.JUDGE_POLISHED)
            self.searches = []
        elif isinstance(stage, NumbersSearch):
            self._judge(stage.candidates(), Step.JUDGE_SMALLER)
        elif isinstance(stage, Ablation):
            self.step = Step.POLISH_SMALLER
            self.stage = polishing(self.settings, stage.network, stage.smaller())
        elif stage is not None:
            self._after_judging(stage.order())

    def _after_judging(self, ranked: list[Individual]) -> None:
        """Go on from candidates that have been told apart, the best first."""
        if self.step is Step.JUDGE_SEARCHES:
            self._halve(ranked)
        elif self.step is Step.JUDGE_POLISHED:
            self.winner = ranked[0]
            self._prune(ranked[0])
        elif self.step is Step.JUDGE_SMALLER:
            self._prune(ranked[0])
        else:
            self.ever = ranked[0]
            self.round, self.heat, self.step = self.round + 1, 0, Step.HEAT
            self.stage, self.winner, self.searches = None, None, []

    def _halve(self, ranked: list[Individual]) -> None:
        """Let the better half of the searches go on, or polish the best network of the last one."""
        place = {individual.id: number for number, individual in enumerate(ranked)}
        worst = len(ranked)

        def best_place(search: MemberSearch) -> int:
            return min(place.get(individual.id, worst) for individual in search.candidates())

        self.searches.sort(key=best_place)
        self.searches = self.searches[: (len(self.searches) + 1) // 2]
        self.stage = None
        if len(self.searches) > 1:
            self.step, self.heat = Step.HEAT, self.heat + 1
            return
        self.winner, last = ranked[0], self.searches[0]
        if _is_coarse(last) and last.island == self.winner.island:
            self.step = Step.POLISH
        elif self._fits(self.winner.genome):
            self.step, self.searches = Step.POLISH, []
            self.stage = polishing(self.settings, self.winner, self.winner.genome)
        else:
            self.searches = []
            self._judge_round(self.winner)

    def _prune(self, network: Individual) -> None:
        """Prune a network further, unless it is small or no longer of use."""
        assert self.winner is not None
        chance = self.settings.chance_score
        lowest = chance + OF_USE * (self.winner.score - chance)
        if network.genome.synapses > FEWEST and network.score >= lowest:
            self.step, self.stage = Step.ABLATE, Ablation.of(network)
        else:
            self._judge_round(self.winner)

    def _judge_round(self, winner: Individual) -> None:
        """Judge the winner of the round against the best networks that there are."""
        best = sorted(self.archive, key=by_score)[:GIVEN]
        before = [self.ever] if self.ever else []
        self._judge([winner, *best, *before], Step.JUDGE_ROUND)

    def _judge(self, candidates: Sequence[Individual], step: Step, keep: int = 1) -> None:
        enough = self.settings.archive_evaluations
        judging = Judging.of(candidates, enough, keep)
        for individual in judging.candidates:
            update_standing(individual, self.settings)  # of a record that begins anew, too
        self.step, self.stage = step, judging

    def _fits(self, genome: Genome) -> bool:
        return 0 < Topology(genome, self.settings.profile).size <= MOST_NUMBERS

    def _members(self) -> list[Individual]:
        """Return all individuals that it needs to go on, the best score first."""
        groups = [search.members() for search in self.searches]
        groups += [self.stage.members()] if self.stage is not None else []
        groups += [[one] for one in (self.winner, self.ever) if one is not None]
        unique = {individual.id: individual for group in groups for individual in group}
        return sorted(unique.values(), key=by_score)


def _is_coarse(search: MemberSearch) -> bool:
    """Tell whether networks of a search are of few numbers.

    These often rest on sums that are exactly a threshold, so that no step is small: of 16 neighbours at a
    step of 0.005 of one that held `cartpole_hard` for 8,970 steps none lasted 1,000.
    """
    return isinstance(search, PopulationSearch) and search.coarse


def _is_valid(genome: Genome, profile: Profile) -> bool:
    try:
        validate(genome, profile)
    except InputError:
        return False
    return True


__all__ = ["PopulationSearch", "SearchTournament", "Step"]
