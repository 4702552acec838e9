"""The state of a tournament of searches as plain values, and a tournament restored from them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import NoneType
from typing import Any

import numpy as np

from ...genomes import genome_columns, genome_from_columns, validate
from ...genomes.topology import Topology
from ..search import cma_es
from ..search.individual import Individual, IndividualId
from ..search.search import Search
from ..search.search_settings import SearchSettings
from ..search.tournament.direct import DirectSearch
from ..search.tournament.search_tournament import SearchTournament, Step
from ..search.tournament.searches import (
    MemberSearch,
    NumbersSearch,
    PopulationSearch,
    coarse_profile,
)
from ..search.tournament.stages import ABLATIONS, Ablation, Judging
from .state_numbers import number, restored_count

#: Returns the individual with an id, as JSON has it.
Named = Callable[[Any], Individual]
#: Each round and each heat takes twice as long as the one before.
_MOST_ROUNDS = 60
_STAGES: Mapping[Step, type] = {
    Step.HEAT: NoneType,
    Step.JUDGE_SEARCHES: Judging,
    Step.POLISH: NumbersSearch,
    Step.JUDGE_POLISHED: Judging,
    Step.ABLATE: Ablation,
    Step.POLISH_SMALLER: NumbersSearch,
    Step.JUDGE_SMALLER: Judging,
    Step.JUDGE_ROUND: Judging,
}
_WITH_WINNER = (Step.ABLATE, Step.POLISH_SMALLER, Step.JUDGE_SMALLER)


def tournament_state(search: SearchTournament) -> dict[str, Any]:
    """Return what a tournament has beside population and archive, as JSON values; individuals by id.

    A search that has not been told anything is left out: it begins again in the same way.
    """
    return {
        "round": search.round,
        "heat": search.heat,
        "step": str(search.step),
        "searches": [_member_state(member) for member in search.searches if member.spent],
        "stage": None if search.stage is None else _stage_state(search.stage),
        "winner": _id(search.winner),
        "ever": _id(search.ever),
    }


def restored_tournament(
    settings: SearchSettings, generation: int, state: Mapping[str, Any], named: Named
) -> SearchTournament:
    """Return the tournament that `tournament_state` described, its population and archive empty.

    Args:
        settings: Those of the run.
        generation: The open generation.
        state: What `tournament_state` returned.
        named: Returns individuals by id.
    """
    winner, ever = (_named_or_none(state[name], named) for name in ("winner", "ever"))
    step, stage = Step(state["step"]), state["stage"]
    found = SearchTournament(
        settings,
        generation,
        round=restored_count(state, "round", most=_MOST_ROUNDS),
        heat=restored_count(state, "heat", most=_MOST_ROUNDS),
        step=step,
        searches=[_member(settings, member, named) for member in state["searches"]],
        stage=None if stage is None else _stage(settings, stage, named),
        winner=winner,
        ever=ever,
    )
    if len(found.searches) > found.tournament.searches:
        raise ValueError(f"it has {len(found.searches)} searches at a time")
    if not (_fits(found) and (winner is not None or step not in _WITH_WINNER)):
        raise ValueError(f"a tournament cannot be at {step} in this way")
    return found


def _fits(found: SearchTournament) -> bool:
    """Tell whether a tournament is in its step what that step asks."""
    if found.step is Step.POLISH and found.stage is None:  # a coarse search polishes its own winner
        return len(found.searches) == 1 and isinstance(found.searches[0], PopulationSearch)
    return type(found.stage) is _STAGES[found.step]


def _named_or_none(said: Any, named: Named) -> Individual | None:
    return None if said is None else named(said)


def _id(individual: Individual | None) -> list[int] | None:
    return None if individual is None else list(individual.id)


def _member_state(member: MemberSearch) -> dict[str, Any]:
    common = {"island": member.island, "spent": member.spent}
    if isinstance(member, PopulationSearch):
        population = [_id(individual) for individual in member.search.population]
        return {
            **common,
            "kind": "population",
            "coarse": member.coarse,
            "first": member.search.first,
            "members": population,
        }
    if isinstance(member, DirectSearch):
        return {
            **common,
            "kind": "direct",
            "numbers": _member_state(member.numbers),
            "highest": member.highest,
            "waited": member.waited,
            "proved": _id(member.proved),
        }
    assert isinstance(member, NumbersSearch)
    columns = genome_columns(member.topology.genome)
    return {
        **common,
        "kind": "numbers",
        "source": member.source,
        "genome": {name: _plain(value) for name, value in columns.items()},
        "cma": member.cma.state(),
        "parents": [list(parent) for parent in member.parents],
        "mean": _id(member.mean),
        "proved": _id(member.proved),
        "best": [_id(individual) for individual in member.best],
    }


def _member(settings: SearchSettings, state: Mapping[str, Any], named: Named) -> MemberSearch:
    if state["kind"] == "numbers":
        return _numbers(settings, state, named)
    if state["kind"] == "direct":
        return _direct(settings, state, named)
    if state["kind"] != "population" or type(state["coarse"]) is not bool or not state["members"]:
        raise ValueError("a search of the tournament is of no kind, or has no members")
    if state["coarse"]:
        settings = replace(settings, profile=coarse_profile(settings.profile))
    search = Search(
        replace(settings, given=()), population=[named(one) for one in state["members"]]
    )
    search.first = restored_count(state, "first")
    return PopulationSearch(
        restored_count(state, "island"), search, state["coarse"], restored_count(state, "spent")
    )


def _direct(settings: SearchSettings, state: Mapping[str, Any], named: Named) -> DirectSearch:
    return DirectSearch(
        restored_count(state, "island"),
        settings,
        _numbers(settings, state["numbers"], named),
        restored_count(state, "spent"),
        None if state["highest"] is None else number(state["highest"]),
        restored_count(state, "waited"),
        _named_or_none(state["proved"], named),
    )


def _text(state: Mapping[str, Any], name: str) -> str:
    if not isinstance(state[name], str):
        raise ValueError(f"{name} is {state[name]!r}")
    return str(state[name])


def _numbers(settings: SearchSettings, state: Mapping[str, Any], named: Named) -> NumbersSearch:
    genome = genome_from_columns(state["genome"])
    validate(genome, settings.profile)
    topology = Topology(genome, settings.profile)
    return NumbersSearch(
        restored_count(state, "island"),
        settings,
        topology,
        cma_es.restored(state["cma"], topology.size),
        _text(state, "source"),
        tuple(_id_of(parent) for parent in state["parents"]),
        restored_count(state, "spent"),
        _named_or_none(state["mean"], named),
        _named_or_none(state["proved"], named),
        [named(one) for one in state["best"]],
    )


def _id_of(said: Any) -> IndividualId:
    generation, index = said
    pair = {"generation": generation, "index": index}
    return IndividualId(restored_count(pair, "generation"), restored_count(pair, "index"))


def _stage_state(stage: Judging | Ablation | NumbersSearch) -> dict[str, Any]:
    if isinstance(stage, NumbersSearch):
        return _member_state(stage)
    if isinstance(stage, Ablation):
        scores = _finite(stage.scores.tolist())
        return {
            "kind": "ablation",
            "network": _id(stage.network),
            "scores": scores,
            "looks": stage.looks,
        }
    return {
        "kind": "judging",
        "candidates": [_id(individual) for individual in stage.candidates],
        "left": [_id(individual) for individual in stage.left],
        "keep": stage.keep,
        "scores": _finite([stage.scores[i.id] for i in stage.candidates]),
        "looks": [stage.looks[i.id] for i in stage.candidates],
        "look": stage.look,
    }


def _stage(
    settings: SearchSettings, state: Mapping[str, Any], named: Named
) -> Judging | Ablation | NumbersSearch:
    if state["kind"] == "numbers":
        return _numbers(settings, state, named)
    scores = [-np.inf if score is None else number(score) for score in state["scores"]]
    if state["kind"] == "ablation":
        network = named(state["network"])
        if len(scores) != network.genome.synapses:
            raise ValueError(f"{len(scores)} scores of networks without a synapse")
        return Ablation(network, np.array(scores), restored_count(state, "looks", most=ABLATIONS))
    if state["kind"] != "judging":
        raise ValueError(f"a stage is of the kind {state['kind']!r}")
    return _judging(state, scores, named)


def _judging(state: Mapping[str, Any], scores: Sequence[float], named: Named) -> Judging:
    candidates = [named(one) for one in state["candidates"]]
    ids = [individual.id for individual in candidates]
    looks = {
        one: restored_count({"looks": count}, "looks")
        for one, count in zip(ids, state["looks"], strict=True)
    }
    left, look = [named(one) for one in state["left"]], restored_count(state, "look")
    still = [individual.id for individual in left]
    if not still or len({*ids}) < len(ids) or len({*still}) < len(still) or not {*still} <= {*ids}:
        raise ValueError("those who are left must be some of the candidates, each once")
    if len({looks[one] for one in still}) > 1 or looks[still[0]] >= look:
        raise ValueError(f"looks are {state['looks']}, and the next to decide is {look}")
    by_id = dict(zip(ids, scores, strict=True))
    return Judging(candidates, left, restored_count(state, "keep", least=1), by_id, looks, look)


def _finite(scores: Sequence[float]) -> list[float | None]:
    """Return scores as JSON has them: that of a fault, which is infinitely low, is null."""
    return [score if math.isfinite(score) else None for score in scores]


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


__all__ = ["restored_tournament", "tournament_state"]
