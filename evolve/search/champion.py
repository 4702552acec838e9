"""Which network of a front is the champion."""

import math
from collections.abc import Sequence

from ...measurements import LATENCY, NEURONS, SPIKES, SYNAPSES
from ...results.summaries.intervals import standard_error
from .individual import Individual


def by_validation(front: Sequence[Individual], validation_scores: Sequence[float]) -> Individual:
    """Choose the best validation score.

    Ties, frequent where a score has a ceiling, go to the one that has proved itself in training:
    the better mean score, then the longer record; then fewer spikes, lower latency, fewer synapses,
    lower id. A score that is NaN, where the evaluation failed, is below all others.
    """
    numbers = (-math.inf if math.isnan(score) else score for score in validation_scores)
    pairs = zip(front, numbers, strict=True)
    return min(pairs, key=lambda pair: (-pair[1], *_record(pair[0]), *_ties(pair[0])))[0]


def pooled_scores(
    front: Sequence[Individual],
    validation_scores: Sequence[float],
    training_episodes: int,
    validation_episodes: int,
) -> list[float]:
    """Average each one's score over all of its episodes, those of training and the further ones.

    A hundred further episodes leave the mean of an unsteady network uncertain; an elite has lived
    through many more, fresh ones in every generation.

    Args:
        front: Individuals with their mean training scores.
        validation_scores: Their mean scores on the further episodes.
        training_episodes: Episodes of one evaluation in training.
        validation_episodes: Number of further episodes.
    """
    scores = []
    for individual, score in zip(front, validation_scores, strict=True):
        trained = individual.evaluations * training_episodes
        total = individual.score * trained + score * validation_episodes
        scores.append(total / (trained + validation_episodes))
    return scores


def by_one_standard_error(front: Sequence[Individual], samples: int) -> Individual:
    """Choose the smallest network whose training score is as good as the best one's, within noise.

    The one-standard-error rule (Breiman et al. 1984, Classification and regression trees, section
    3.4.3): fewest synapses, then neurons, among scores that are at most a `standard_error` below the
    best one.

    Args:
        front: At least one individual.
        samples: Number of training samples, at least 1.
    """
    best = max(individual.score for individual in front)
    within = best - standard_error(best, samples)
    good = (individual for individual in front if individual.score >= within)
    return min(good, key=lambda i: (i.means[SYNAPSES], i.means[NEURONS], -i.score, *_ties(i)))


def _record(individual: Individual) -> tuple[float, float]:
    return (-individual.score, -individual.evaluations)


def _ties(individual: Individual) -> tuple[float, float, float, int, int]:
    means = individual.means
    return (means[SPIKES], means[LATENCY], means[SYNAPSES], *individual.id)
