"""The end of a run, and the rows of its tables: the champion, the front on data never used."""

import math
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...genomes import Genome, genome_columns
from ...measurements import EVALUATED, NAMES, SCORE
from ...tasks.data.learning.learner import Stage
from ...tasks.task import Task
from ...tasks.user_code import describe
from ..evaluation.expressed import (
    Workloads,
    equipped,
    expressed_network,
    fitted_readouts,
    workloads,
)
from ..evaluation.learn import Lesson
from ..search.archives import thin
from ..search.champion import (
    by_one_standard_error,
    by_validation,
    pooled_scores,
)
from ..search.individual import Individual, IndividualId, by_score
from ..search.objectives import Objective
from ..search.search import Search, update_standing
from ..search.selection.pareto_ranking import best_of_sizes
from .measure import Stopped, measure_on
from .run_state import Evaluator, Note


class Episodes(NamedTuple):
    """How long an evaluation is.

    Attributes:
        all: Episodes of a whole one, None where the task has samples.
        first: Of one that ended early, None where there is no racing.
    """

    all: int | None
    first: int | None = None

    def lived_through(self, individual: Individual) -> int | None:
        """Return how many episodes an individual's means are of."""
        if self.all is None:
            return None
        return self.all * individual.evaluations if individual.evaluations else self.first


def individual_columns(
    individuals: Sequence[Individual],
    generation: int,
    survivors: set[IndividualId],
    episodes: Episodes,
    objectives: Sequence[Objective],
) -> dict[str, Sequence[Any]]:
    """Return the rows of one generation, one per measured individual.

    Args:
        individuals: In the order of `Search.ask`, after `Search.tell`.
        generation: The generation that was told.
        survivors: Ids of the population after it.
        episodes: How long an evaluation is.
        objectives: What the search optimises.
    """
    count, compared = len(individuals), [objective.column for objective in objectives]
    columns: dict[str, Sequence[Any]] = {
        "generation": [generation] * count,
        "index": range(count),
        "objectives": [
            [_or_nan(i.means[column]) for column in compared] if i.evaluations else []
            for i in individuals
        ],
        "rank": [i.rank if i.evaluations else None for i in individuals],
        "feasible": [i.feasible for i in individuals],
        "survived": [i.id in survivors for i in individuals],
    }
    return columns | identity_columns(individuals) | measurement_columns(individuals, episodes)


def identity_columns(individuals: Sequence[Individual]) -> dict[str, Sequence[Any]]:
    """Return who the individuals are and where they come from."""
    return {
        "id": [str(i.id) for i in individuals],
        "birth_generation": [i.id.generation for i in individuals],
        "birth_index": [i.id.position for i in individuals],
        "source": [i.source for i in individuals],
        "island": [i.island for i in individuals],
        "parents": [[str(parent) for parent in i.parents] for i in individuals],
        "operators": [i.operators for i in individuals],
        "traits": [_traits(i) for i in individuals],
        "genome_hash": [i.genome.content_hash for i in individuals],
        "network_hash": [i.network_hash for i in individuals],
    }


def measurement_columns(
    individuals: Sequence[Individual], episodes: Episodes
) -> dict[str, Sequence[Any]]:
    """Return what was measured of individuals.

    Args:
        individuals: Measured at least once.
        episodes: How long an evaluation is.
    """
    measured = np.array([i.measured for i in individuals], np.float64).reshape(-1, len(NAMES))
    columns: dict[str, Any] = dict(zip(NAMES, measured.T, strict=True))
    columns |= {
        "genome_neurons": [len(i.genome.neuron_ids) for i in individuals],
        "genome_synapses": [len(i.genome.weights) for i in individuals],
        "mean_score": [_or_nan(i.score) for i in individuals],
        "episodes": [episodes.lived_through(i) for i in individuals],
    }
    return columns


def genome_rows(genomes: Mapping[str, Genome]) -> dict[str, list[Any]]:
    """Return genomes, at least one, by the ids of individuals as rows of the table of genomes."""
    rows = [
        {"genome_hash": genome.content_hash, "id": name, **genome_columns(genome)}
        for name, genome in genomes.items()
    ]
    return {name: [row[name] for row in rows] for name in rows[0]}


def _or_nan(mean: float) -> float:
    """Return a mean, or NaN, which tables leave empty, if an evaluation failed."""
    return mean if math.isfinite(mean) else math.nan


def _traits(individual: Individual) -> str:
    return ",".join(f"{name}={value:.15g}" for name, value in individual.genome.traits)


#: How many members of the front are measured on validation data, at most.
CANDIDATES = 50


class Front(NamedTuple):
    """The outcome of a search.

    Attributes:
        members: What `front_members` returns.
        champion: The one to use; None if there is no feasible individual, or none chosen yet.
        validation: Scores on validation data by id, for those who were candidates.
        test: Rows on test data by id, for those who were tested.
        readouts: Readouts by network hash, where the task has them, for those who were candidates.
    """

    members: list[Individual]
    champion: Individual | None
    validation: Mapping[IndividualId, float]
    test: Mapping[IndividualId, Sequence[float]]
    readouts: Mapping[str, NDArray[np.float64]] = MappingProxyType({})


def finish(search: Search, evaluator: Evaluator, stop: threading.Event) -> Front:
    """Choose the champion of a search and measure the front on test data.

    At most 50 members are candidates: the best scores, the best of sizes, and of the rest what crowding
    leaves. Where
    the task can validate, the champion is their best on validation data (on fresh episodes: over
    these and those of its training), else the one-standard-error rule chooses it. The champion and
    the other candidates are tested, so many of these as `Task.most_tested` leaves, chosen in the
    same way. Nothing here changes the search.

    Raises:
        Stopped: `stop` was set meanwhile.
    """
    members = front_members(search)
    if not members:
        return Front([], None, {}, {})
    candidates = _thinned(members, CANDIDATES)
    seed, task = search.settings.seed, evaluator.task
    champion = None
    if task.selection_split == "selection":
        # What the search measured on is what validates: it knows better who is the best.
        champion = refitted(search, evaluator, min(members, key=by_score), stop)
        members = members if champion in members else [*members, champion]
        candidates = [champion, *(c for c in candidates if c is not champion)][:CANDIDATES]
    elif not task.has_validation:
        champion = by_one_standard_error(members, task.samples)
        if champion not in candidates:
            candidates = [champion, *candidates[: CANDIDATES - 1]]
    networks = [
        expressed_network(individual.genome, evaluator.profile) for individual in candidates
    ]
    readouts = fitted_readouts(task, networks, seed)

    def measured_on(data: Workloads, some: list[Individual]) -> dict[IndividualId, Sequence[float]]:
        rows = measure_on(evaluator, equipped(task, data, networks, readouts), some, stop)
        return {i.id: row for i, row in zip(some, rows, strict=True)}

    validation: dict[IndividualId, float] = {}
    if task.has_validation:
        further = workloads(task, "validation", seed)
        rows = measured_on(further, candidates)
        validation = {who: row[SCORE] for who, row in rows.items()}
        champion = champion or best_validated(task, candidates, validation, further(()).size)
    test: dict[IndividualId, Sequence[float]] = {}
    if task.has_test:
        tested = _tested(candidates, champion, task.most_tested)
        test = measured_on(workloads(task, "test", seed), tested)
    return Front(members, champion, validation, test, readouts)


def best_validated(
    task: Task,
    candidates: Sequence[Individual],
    validation: Mapping[IndividualId, float],
    size: int,
) -> Individual:
    """Choose the best of candidates on validation data, on fresh episodes over those of training, too.

    Args:
        task: What the networks are for.
        candidates: At least one; all have been validated.
        validation: Their scores, by id.
        size: Samples or episodes of the validation data.
    """
    scores = [validation[i.id] for i in candidates]
    if task.fresh and task.episodes:
        scores = pooled_scores(candidates, scores, task.episodes, size)
    return by_validation(candidates, scores)


def refitted(
    search: Search, evaluator: Evaluator, champion: Individual, stop: threading.Event
) -> Individual:
    """Have a champion learn once more, from all data that are not for the test.

    Returns:
        What it has become, or the champion itself if that scores better on these data, or alone meets
        the constraints.

    Raises:
        Stopped: `stop` was set meanwhile.
    """
    settings, task = search.settings, evaluator.task
    learning = settings.learning
    assert learning is not None  # else nothing is selected on what validates
    stage = Stage(learning.refit_epochs, None, learning.step / 2)
    seed = settings.seed
    lesson = Lesson(champion.genome, settings.profile, (stage,), learning.manners[0], seed)
    data = workloads(task, "all", seed)
    genome = champion.genome
    with closing(evaluator.engine.learn(task, data(genome.traits), [lesson])) as pieces:
        for piece in pieces:
            if stop.is_set():
                raise Stopped
            genome = piece.genomes[0] if piece and piece.genomes else genome
    again = Individual(
        IndividualId(search.generation, 0),
        genome,
        parents=(champion.id,),
        operators=("refit",),
        source="refit",
        epochs=learning.refit_epochs,
    )
    before, after = measure_on(evaluator, data, [champion, again], stop)
    if after[SCORE] < before[SCORE]:
        return champion
    [row] = measure_on(evaluator, workloads(task, task.selection_split, seed), [again], stop)
    again.network_hash = expressed_network(genome, evaluator.profile).hash
    again.measured, again.means, again.evaluations = row, row, 1
    update_standing(again, settings)
    return again if again.feasible else champion


def baseline_scores(task: Task, note: Note) -> dict[str, float]:
    """Return what the task's baselines score on test data, by name; what fails is noted and left out."""
    try:
        scores = {str(name): float(score) for name, score in task.baselines().items()}
    except Exception as error:  # a run has found what it has found
        note(f"the baselines of task {task.name} could not be scored: {describe(error)}")
        return {}
    return {name: score for name, score in scores.items() if math.isfinite(score)}


def front_members(search: Search) -> list[Individual]:
    """Return the archive, or all feasible survivors if nothing has been archived yet, by id."""
    members = search.archive or [i for i in search.population if i.feasible]
    return sorted(members, key=lambda i: i.id)


def front_columns(front: Front, episodes: int | None) -> dict[str, Sequence[Any]]:
    """Return the front as columns of its table; what was not measured is null.

    Args:
        front: The outcome of the search.
        episodes: Episodes of one evaluation, None where the task has samples.
    """
    members = front.members
    columns = identity_columns(members) | measurement_columns(members, Episodes(episodes))
    columns["generation"] = columns["birth_generation"]
    columns["index"] = columns["birth_index"]
    columns["champion"] = [member is front.champion for member in members]
    columns["validation_score"] = [front.validation.get(member.id) for member in members]
    nothing = np.empty(0)
    columns["readout"] = [front.readouts.get(m.network_hash, nothing).ravel() for m in members]
    for column, measurement in enumerate(EVALUATED):
        if measurement.tested:
            tested = [_of(front.test, member, column) for member in members]
            columns[f"test_{measurement.name}"] = tested
    return columns


def _thinned(members: list[Individual], limit: int) -> list[Individual]:
    """Return those of the best scores, half of the limit, the best of sizes, and what crowding leaves.

    The best of sizes are up to a quarter, from the largest to the smallest that is not among the best scores.
    """
    ranked = sorted(members, key=by_score)
    chosen = ranked[: limit // 2]
    sizes = [i for i in best_of_sizes(ranked) if i not in chosen]
    if sizes and limit >= 4:
        places = np.linspace(0, len(sizes) - 1, min(len(sizes), limit // 4)).round().astype(int)
        chosen += [sizes[place] for place in places]
    rest = sorted((i for i in ranked if i not in chosen), key=lambda i: i.id)
    return chosen + thin(rest, limit - len(chosen))


def _tested(
    candidates: list[Individual], champion: Individual | None, limit: int
) -> list[Individual]:
    """Return the champion and as many of the other candidates as the limit leaves."""
    others = [individual for individual in candidates if individual is not champion]
    chosen = {individual.id for individual in _thinned(others, limit - 1)}
    return [i for i in candidates if i is champion or i.id in chosen]


def _of(
    rows: Mapping[IndividualId, Sequence[float]], member: Individual, column: int
) -> float | None:
    row = rows.get(member.id)
    return None if row is None else row[column]
