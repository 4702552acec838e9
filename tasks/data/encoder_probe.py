"""Which encoder and window suit a table of values: found by a linear model on what encoders let through.

A network sees nothing but the spikes that its encoder sends. So each of a few encoders is judged by
how well a multinomial logistic regression tells the classes apart from the spike counts of the
inputs alone, in cross-validation on training data. The same bits on every processor: sums of
counts are whole numbers; the solver adds up in a fixed order and has an exponential function of
its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..encoders import encoder
from ..encoders.encoder_kinds import Setting


class Candidate(NamedTuple):
    """An encoder that is tried, with the window that suits it.

    Attributes:
        encoder: As text.
        ticks: Length of the window.
    """

    encoder: str
    ticks: int


#: What data tasks have that choose nothing, with which networks began to be evolved.
USUAL = Candidate("rate:mirrored", 10)

#: What signals have: a tick for each step, in which the input of the part of the range spikes. Windows are
#: an eighth as long as with spikes in proportion, and networks that learn tell more of them apart.
FOR_SIGNALS = "bins:4"

#: What is tried, from the cheapest on: by inputs of a feature times ticks. The first is kept unless
#: another is clearly better. Small networks live on its second input of a feature, which is the more
#: active the smaller the value: without it, networks evolved for `wine` lose four points, and learned
#: ones two. The others are for data that need finer steps.
FOR_FEW_FEATURES = (
    Candidate("rate:8,mirrored", 10),
    Candidate("rate:16", 20),
    Candidate("rate:32", 40),
)

#: Between many classes all differences are fine, and hidden neurons find them, which the linear model of the
#: probe does not have: there the first is left out.
FEW_CLASSES = 5

#: Of more than `FEW` features, such as pixels, networks weigh so many that one input each is enough.
FOR_MANY_FEATURES = (Candidate("rate:8", 10),)

#: Between two classes: a weight for each part of a feature's range. With more of them so many synapses come
#: together that hidden neurons, which all outputs share, do it with a tenth.
FOR_FEW_FEATURES_OF_TWO = Candidate("argyle:8,spikes=4", 10)
FOR_MANY_FEATURES_OF_TWO = Candidate("argyle:4,spikes=4", 10)

FEW = 32  # features
MOST_INPUTS = 400  # of an encoder that is tried, and
MOST_SAMPLES = 2000  # that it is tried on: a second or two of one core
TOLERANCE = 0.015  # of accuracy: less does not pay for more inputs or a longer window
FOLDS = 5
MOST_REPEATS = 4  # of the cross-validation, each with folds of its own, where samples are few
PENALTY = 1.0  # of a squared weight, of features scaled to a standard deviation of 1
ITERATIONS = 30
_STREAM = 3  # keeps the draw of folds apart from other draws by the same seed


class Figures(NamedTuple):
    """What cross-validation found of an encoder.

    Attributes:
        encoder: As text.
        ticks: Length of the window.
        accuracy: Share of the samples that the linear model decides rightly.
        brier: Mean squared error of its probabilities, Σ over classes, 0 … 2 (Brier, 1950).
        behind: How much larger that is than the best candidate's, ≥ 0.
        standard_error: Of `behind`, from the differences in each sample.
    """

    encoder: str
    ticks: int
    accuracy: float
    brier: float
    behind: float
    standard_error: float


class _Judgement(NamedTuple):
    losses: NDArray[np.float64]  # (samples,) squared errors of the probabilities
    accuracy: float


class Probe(NamedTuple):
    """What was chosen, and why.

    Attributes:
        encoder: The encoder that was chosen, as text.
        ticks: Length of its window.
        candidates: Figures of all that were tried, from the cheapest on.
    """

    encoder: str
    ticks: int
    candidates: tuple[Figures, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the choice as plain values, for the manifest of a run."""
        return {
            "encoder": self.encoder,
            "ticks": self.ticks,
            "candidates": [figures._asdict() for figures in self.candidates],
        }


def remembered(measured: Mapping[str, Any], where: str) -> Probe:
    """Return the choice that `Probe.to_json` described.

    Raises:
        InputError: It names no encoder, or no window.
    """
    found, ticks = measured.get("encoder"), measured.get("ticks")
    if not isinstance(found, str) or type(ticks) is not int or ticks < 1:
        raise InputError(
            f"{where}: what was measured when the run began is damaged: it must name an encoder, "
            f"a text, and ticks, a whole number of at least 1 (got {found!r} and {ticks!r})"
        )
    try:
        figures = tuple(Figures(**entry) for entry in measured.get("candidates", ()))
    except TypeError as error:
        raise InputError(
            f"{where}: what was measured when the run began is damaged: candidates must be figures"
        ) from error
    return Probe(found, ticks, figures)


def candidates(features: int, classes: int) -> tuple[Candidate, ...]:
    """Return what is tried for so many features and classes, the usual encoder first; at least that one."""
    few = features <= FEW
    usual, *others = FOR_FEW_FEATURES if few else FOR_MANY_FEATURES
    if few and classes > FEW_CLASSES:
        usual, *others = others
    if classes == 2:
        others.append(FOR_FEW_FEATURES_OF_TWO if few else FOR_MANY_FEATURES_OF_TWO)
    fitting = [c for c in others if encoder(c.encoder).inputs(features) <= MOST_INPUTS]
    return usual, *fitting


def probe(values: NDArray[np.float64], labels: NDArray[np.int32], split_seed: int) -> Probe:
    """Choose the cheapest encoder that is about as good as the best.

    The best is the one of the smallest mean squared error of probabilities, a smoother measure
    than accuracy. As good is what is behind it by no more than a standard error, that of the
    differences sample by sample, or decides but `TOLERANCE`, and one sample, fewer rightly.

    Args:
        values: (samples, features) training data in [0, 1].
        labels: (samples,) classes, 0 … classes - 1.
        split_seed: Seed that the samples, where there are too many, and the folds are drawn by, ≥ 0.
    """
    tried = candidates(values.shape[1], int(labels.max()) + 1)
    if len(tried) == 1:
        return Probe(*tried[0])
    rng = np.random.default_rng(np.random.SeedSequence(split_seed, spawn_key=(_STREAM,)))
    some = np.sort(rng.permutation(len(labels))[:MOST_SAMPLES])
    values, labels = values[some], labels[some]
    repeats = min(max(MOST_SAMPLES // len(labels), 1), MOST_REPEATS)
    folds = [_folds(labels, rng) for _ in range(repeats)]
    return _cheapest(tried, [_judge(candidate, values, labels, folds) for candidate in tried])


def _cheapest(tried: Sequence[Candidate], judged: Sequence[_Judgement]) -> Probe:
    means = [_mean(each.losses) for each in judged]
    best = judged[means.index(min(means))]
    enough = best.accuracy - TOLERANCE - 1.0 / len(best.losses)
    figures = []
    for candidate, mean, (losses, accuracy) in zip(tried, means, judged, strict=True):
        error = _standard_error(losses - best.losses)
        figures.append(Figures(*candidate, accuracy, mean, mean - min(means), error))
    chosen = next(f for f in figures if f.behind <= f.standard_error or f.accuracy >= enough)
    return Probe(chosen.encoder, chosen.ticks, tuple(figures))


def _folds(labels: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int64]:
    """Deal the samples out to folds, class by class, like cards."""
    order = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    )
    folds = np.empty(len(labels), np.int64)
    folds[order] = np.arange(len(labels)) % FOLDS
    return folds


def _judge(
    candidate: Candidate,
    values: NDArray[np.float64],
    labels: NDArray[np.int32],
    repeats: Sequence[NDArray[np.int64]],
) -> _Judgement:
    """Cross-validate the linear model on the spike counts of an encoder's inputs."""
    from .logistic_regression import cross_validate  # here, so that only who asks compiles it

    rng = np.random.default_rng(0)  # no candidate draws from it
    spikes = encoder(candidate.encoder).encode(values, Setting(candidate.ticks), rng)
    counts, losses, right = spikes.sum(axis=0, dtype=np.int64).T, np.zeros(len(labels)), 0
    for folds in repeats:
        said = cross_validate(counts, labels.astype(np.int64), folds, PENALTY, ITERATIONS)
        errors = said - np.equal.outer(np.arange(len(said)), labels)
        losses += np.cumsum(errors * errors, axis=0)[-1]
        right += int(np.count_nonzero(said.argmax(axis=0) == labels))
    return _Judgement(losses / len(repeats), right / (len(labels) * len(repeats)))


def _mean(values: NDArray[np.float64]) -> float:
    """Return the mean, added up from first to last, as no sum of NumPy's is."""
    return float(np.cumsum(values)[-1]) / len(values)


def _standard_error(values: NDArray[np.float64]) -> float:
    deviations = values - _mean(values)
    return float(np.sqrt(_mean(deviations * deviations) / len(values)))
