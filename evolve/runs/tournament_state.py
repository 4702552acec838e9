"""The state of a tournament of searches as plain values, and a tournament restored from them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
from ..search.tournament.stages import Ablation, Judging

#: Returns the individual with an id, as JSON has it.
Named = Callable[[Any], Individual]


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
    winner, ever = (state[name] and named(state[name]) for name in ("winner", "ever"))
    stage = state["stage"]
    return SearchTournament(
        settings,
        generation,
        round=state["round"],
        heat=state["heat"],
        step=Step(state["step"]),
        searches=[_member(settings, member, named) for member in state["searches"]],
        stage=stage and _stage(settings, stage, named),
        winner=winner,
        ever=ever,
    )


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
        return DirectSearch(
            _number(state, "island"),
            settings,
            _numbers(settings, state["numbers"], named),
            _number(state, "spent"),
            state["highest"],
            _number(state, "waited"),
            state["proved"] and named(state["proved"]),
        )
    if state["coarse"]:
        settings = replace(settings, profile=coarse_profile(settings.profile))
    search = Search(
        replace(settings, given=()), population=[named(one) for one in state["members"]]
    )
    search.first = state["first"]
    return PopulationSearch(
        _number(state, "island"), search, state["coarse"], _number(state, "spent")
    )


def _numbers(settings: SearchSettings, state: Mapping[str, Any], named: Named) -> NumbersSearch:
    genome = genome_from_columns(state["genome"])
    validate(genome, settings.profile)
    return NumbersSearch(
        _number(state, "island"),
        settings,
        Topology(genome, settings.profile),
        cma_es.restored(state["cma"]),
        state["source"],
        tuple(IndividualId(*parent) for parent in state["parents"]),
        _number(state, "spent"),
        state["mean"] and named(state["mean"]),
        state["proved"] and named(state["proved"]),
        [named(one) for one in state["best"]],
    )


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
    scores = [-np.inf if score is None else score for score in state["scores"]]
    if state["kind"] == "ablation":
        return Ablation(named(state["network"]), np.array(scores), state["looks"])
    candidates = [named(one) for one in state["candidates"]]
    ids = [individual.id for individual in candidates]
    return Judging(
        candidates,
        [named(one) for one in state["left"]],
        state["keep"],
        dict(zip(ids, scores, strict=True)),
        dict(zip(ids, state["looks"], strict=True)),
        state["look"],
    )


def _finite(scores: Sequence[float]) -> list[float | None]:
    """Return scores as JSON has them: that of a fault, which is infinitely low, is null."""
    return [score if math.isfinite(score) else None for score in scores]


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


__all__ = ["restored_tournament", "tournament_state"]


def _number(state: Mapping[str, Any], name: str) -> int:
    """Return a count; raises ValueError where it is none."""
    value = state[name]
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError(f"{name} is {value!r}")
    return value
