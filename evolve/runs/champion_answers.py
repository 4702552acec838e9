"""What a champion answered on test data, kept when a run ends: nobody reads these data again for it."""

import threading
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...results.store.writer import RunWriter
from ...results.summaries.intervals import LEVEL, Interval, of_mean, of_share
from ...sim.batch import Batch, pack
from ...tasks.data.classification import Classification
from ...tasks.data.scores import SCORES
from ...tasks.data.scoring import Answers
from ...tasks.task import Task
from ...tasks.workload import Workload
from ..evaluation.expressed import equipped, expressed_network, workloads
from .finish import Front
from .measure import Stopped
from .run_state import Evaluator


class Judged(Protocol):
    """Who says which score counts, and what the classes are called."""

    @property
    def score(self) -> str:
        """Name of the score."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""


_RESAMPLES, _AT_ONCE = 2000, 100  # of a bootstrap


def keep_answers(
    writer: RunWriter, evaluator: Evaluator, front: Front, seed: int, stop: threading.Event
) -> None:
    """Keep what the champion of a front answered on test data, where it was tested.

    Raises:
        Stopped: `stop` was set meanwhile.
    """
    champion, task = front.champion, evaluator.task
    if champion is None or champion.id not in front.test:
        return
    network = expressed_network(champion.genome, evaluator.profile)
    data = equipped(task, workloads(task, "test", seed), [network], front.readouts)
    workload, batch = data(network.traits), pack([network.network])
    if isinstance(task, Classification):
        found = class_answers(task, workload, batch)
    else:
        found = _scores(evaluator, workload, batch, stop)
    writer.write_answers({"id": str(champion.id), "n": workload.size} | found)


def class_answers(task: Classification, workload: Workload, batch: Batch) -> dict[str, Any]:
    """Return what a network decided on every sample, as plain values.

    Args:
        task: What it is for.
        workload: Any data of the task, with the network's readout where it has one.
        batch: The network alone.

    Returns:
        `classes`, their names; `truth` and `decided`, numbers of classes, a number for each sample;
        `interval` of the task's score, or None.
    """
    answers, labels = task.answers(workload, batch), workload.arrays[1]
    interval = class_interval(task, answers, labels)
    return {
        "classes": list(task.classes),
        "truth": labels.tolist(),
        "decided": answers.decisions[0].tolist(),
        "interval": None if interval is None else interval._asdict(),
    }


def class_interval(task: Judged, answers: Answers, labels: NDArray[np.int32]) -> Interval | None:
    """Return the interval of a network's score: Wilson's of an accuracy, else by bootstrap.

    The bootstrap (Efron and Tibshirani 1993, An introduction to the bootstrap, section 13.3) draws as
    many samples of each class as there are, so that none is ever missing.

    Args:
        task: It says which score.
        answers: Of one network.
        labels: (samples,) the right classes.

    Returns:
        None where a class has a single sample, which cannot be resampled.
    """
    from scipy.stats import bootstrap  # takes half a second to load, and a run begins without it

    if task.score == "accuracy":
        return of_share(int((answers.decisions[0] == labels).sum()), len(labels))
    of_class = [np.flatnonzero(labels == k) for k in np.unique(labels)]
    if min(map(len, of_class)) < 2:
        return None
    if not answers.counts.size:  # only the area under the curve reads them
        answers = answers._replace(counts=np.zeros((1, len(task.classes), len(labels)), np.int32))
    found = bootstrap(
        of_class,
        partial(_resampled, task, answers, labels[np.concatenate(of_class)]),
        n_resamples=_RESAMPLES,
        batch=_AT_ONCE,
        vectorized=True,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Interval(float(found.low), float(found.high), LEVEL, "bootstrap")


def _resampled(
    task: Judged,
    answers: Answers,
    labels: NDArray[np.int32],
    *drawn: NDArray[np.int64],
    axis: int = -1,
) -> NDArray[np.float64]:
    """Return the scores of resampled answers; those of each class are drawn, (…, samples of it)."""
    places = np.concatenate(drawn, axis=-1)
    rows = places.reshape(-1, places.shape[-1])
    counts = np.moveaxis(answers.counts[0][:, rows], 0, 1)  # (resamples, outputs, samples)
    again = answers._replace(decisions=answers.decisions[0][rows], counts=counts)
    scores = SCORES[task.score].of(again, labels, len(task.classes))
    return scores.reshape(places.shape[:-1])


def _scores(
    evaluator: Evaluator, workload: Workload, batch: Batch, stop: threading.Event
) -> dict[str, Any]:
    """Return a network's score in every sample or episode, none where the task cannot tell.

    Raises:
        Stopped: `stop` was set meanwhile.
    """
    scores: list[float] = []
    task = evaluator.task
    with closing(evaluator.engine.score_cases(task, workload, batch)) as pieces:
        for piece in pieces:
            if stop.is_set():
                raise Stopped
            if piece is not None and not piece.faults:
                scores = piece.measurements[0].tolist()
    interval = case_interval(task, scores)
    return {
        "scores": [task.score_of_mean(score) for score in scores],
        "interval": None if interval is None else interval._asdict(),
    }


def case_interval(task: Task, scores: Sequence[float]) -> Interval | None:
    """Return the interval of a network's score from its `case_scores`; None where it cannot be told."""
    low, high = (end if np.isfinite(end) else None for end in task.score_range)
    found = of_mean(scores, (low, high))
    return None if found is None else found.through(task.score_of_mean)
