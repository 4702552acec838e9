"""Learning in a generation: what its newborn are to learn is carried out before they are measured."""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing

from ...tasks.task import Traits
from ..evaluation.expressed import Workloads
from ..evaluation.learn import Lesson
from ..search.individual import Individual
from .run_state import Run


def learn_generation(
    run: Run,
    data: Workloads,
    individuals: Sequence[Individual],
    stop: threading.Event,
    answered: Callable[[Run], None],
) -> bool:
    """Give the newborn of the open generation the genomes that their lessons make.

    Args:
        run: Its `learned` are filled as they come in; those already there are not made again.
        data: What is learned from.
        individuals: Those of the generation; they take up what they have learned.
        stop: Gives up when set.
        answered: Called whenever something has come in.

    Returns:
        False if it was stopped or ran out of time.
    """
    for traits, lessons in _todo(run, individuals).items():
        pieces = run.engine.learn(run.task, data(traits), [lesson for lesson, _ in lessons])
        with closing(pieces) as found:
            for piece in found:
                if piece is not None:
                    run.start_clock(piece.seconds)
                    _, members = lessons[piece.lesson]
                    run.learned |= dict(zip(members, piece.genomes, strict=False))
                if stop.is_set() or run.limits.out_of_time(run.seconds):
                    return False
                answered(run)
    for index, individual in enumerate(individuals):
        if individual.lesson is not None:
            # Where a worker has died of the lesson, the genome is measured as it was.
            individual.genome = run.learned.get(index, individual.genome)
            individual.lesson = None
    return True


def _todo(
    run: Run, individuals: Sequence[Individual]
) -> dict[Traits, list[tuple[Lesson, list[int]]]]:
    """Return lessons by the traits of their genomes, with the indices that their stages make."""
    members: dict[int, list[int]] = {}
    for index, individual in enumerate(individuals):
        if individual.lesson is not None:
            members.setdefault(id(individual.lesson), []).append(index)
    found: dict[Traits, list[tuple[Lesson, list[int]]]] = {}
    for indices in members.values():
        lesson = individuals[indices[0]].lesson
        if lesson is not None and not run.learned.keys() >= set(indices):
            found.setdefault(lesson.genome.traits, []).append((lesson, indices))
    return found
