"""Samples and the right targets, checked; features scaled to [0, 1]; noisy copies."""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from .class_labels import MISSING, refuse_missing, unmasked

#: What to do about features that are missing.
FOR_GAPS = "--missing median or --missing flag fills them in"
#: Features beyond it are refused: their squares are no numbers of 64 bits any more.
LARGEST = 1e150


class Chosen(NamedTuple):
    """What is read of a data file for a network that is there already.

    Attributes:
        features: (samples, …).
        labels: (samples,), None where there are none, or they were not asked for.
    """

    features: NDArray[Any]
    labels: NDArray[Any] | None = None


class Dataset(NamedTuple):
    """Labelled samples.

    Attributes:
        features: (samples, features) float64, finite; or signals, (samples, steps, channels); or
            spikes, (samples, ticks, inputs) bool.
        labels: (samples,) int32, 0 … classes - 1; every class occurs.
        classes: Names of the classes.
    """

    features: NDArray[Any]
    labels: NDArray[np.int32]
    classes: tuple[str, ...]


def dataset(
    features: Any, labels: Any, where: str, missing: frozenset[str] = MISSING, *, gaps: bool = False
) -> Dataset:
    """Check labelled samples and number their classes in ascending order of the labels.

    Args:
        features: As of `features_of`.
        labels: (samples,) whole numbers or texts.
        where: Whose data these are, for messages: `task moons`.
        missing: Texts that stand for no label.
        gaps: Whether features may be missing, NaN.

    Raises:
        InputError: Wrong features, labels that are missing, that are no classes or not one a
            sample, or one class only.
    """
    features, labels = features_of(features, where, gaps=gaps, remedy=FOR_GAPS), unmasked(labels)
    refuse_missing(labels.ravel(), lambda sample: f"{where}: sample {sample}", missing)
    if labels.dtype == np.object_ and all(isinstance(label, str) for label in labels.flat):
        labels = labels.astype(np.str_)  # as pandas keeps texts
    if labels.shape != (len(features),):
        raise InputError(
            f"{where}: labels have shape {labels.shape}, but there are {len(features)} samples"
        )
    if labels.dtype.kind not in "iubUS":
        raise InputError(
            f"{where}: labels must be whole numbers or texts (got type {labels.dtype})"
        )
    names, numbers = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise InputError(f"{where}: all samples are of one class, {str(names[0])!r}; 2 are needed")
    return Dataset(features, numbers.astype(np.int32), tuple(str(name) for name in names))


def pair_of(loaded: Any, second: str, where: str) -> tuple[Any, Any]:
    """Check that there are two things, of which nothing more is known.

    Args:
        loaded: What `load` returned.
        second: What the second is, for messages.
        where: Whose data these are, for messages.

    Raises:
        InputError: Something else came.
    """
    several = isinstance(loaded, tuple | list)
    if not several or len(loaded) != 2:
        got = f"{len(loaded)}" if several else type(loaded).__name__
        raise InputError(
            f"{where}: load() must return two things, features and {second} (got {got})"
        )
    return loaded[0], loaded[1]


def features_of(features: Any, where: str, *, gaps: bool = False, remedy: str = "") -> NDArray[Any]:
    """Check the features of samples.

    Args:
        features: (samples, features) numbers, signals, (samples, steps, channels) numbers, or
            spikes, (samples, ticks, inputs) bool.
        where: Whose data these are, for messages.
        gaps: Whether some may be missing, NaN.
        remedy: What the end of a sentence about missing ones says.

    Returns:
        Finite float64, or bool.

    Raises:
        InputError: Wrong shapes, no samples, NaN, infinity, or numbers beyond `LARGEST`.
    """
    try:
        values: NDArray[Any] = np.asarray(features)
    except ValueError as error:  # NumPy's words are of inhomogeneous shapes
        raise InputError(f"{where}: features must be as many numbers for each sample") from error
    if not (values.dtype == np.bool_ and values.ndim == 3):
        values = _numbers(values, where, gaps, remedy)
    if 0 in values.shape:
        raise InputError(f"{where}: features have shape {values.shape}: nothing there")
    return values


def targets_of(targets: Any, samples: int, where: str) -> NDArray[np.float64]:
    """Check targets, (samples,) or (samples, numbers).

    Returns:
        (samples, numbers), finite.

    Raises:
        InputError: Some are missing, or they are not numbers, not a row for each sample, or not
            finite.
    """
    targets = unmasked(targets)
    if targets.ndim == 1:
        targets = targets[:, np.newaxis]
    if targets.ndim != 2 or len(targets) != samples or targets.shape[1] < 1:
        raise InputError(
            f"{where}: targets have shape {targets.shape}, but there are {samples} samples"
        )
    numbers = targets.shape[1]
    refuse_missing(targets.ravel(), lambda n: f"{where}: sample {n // numbers}", what="target")
    if targets.dtype.kind not in "iufb" or not np.isfinite(targets).all():
        raise InputError(f"{where}: targets must be finite numbers (got type {targets.dtype})")
    return np.ascontiguousarray(targets, np.float64)


def _numbers(features: NDArray[Any], where: str, gaps: bool, remedy: str) -> NDArray[np.float64]:
    if features.ndim not in (2, 3) or features.dtype.kind not in "iufb":
        raise InputError(
            f"{where}: features must be numbers of shape (samples, features) or (samples, steps, "
            "channels), or bool spikes of shape (samples, ticks, inputs) "
            f"(got {features.dtype} of shape {features.shape})"
        )
    values = np.ascontiguousarray(features, np.float64)
    bad = np.argwhere(~(np.abs(values) <= LARGEST) & ~(gaps & np.isnan(values)))
    if len(bad):
        sample, *place = (int(i) for i in bad[0])
        what = f"step {place[0]}, channel {place[1]}" if len(place) == 2 else f"feature {place[0]}"
        value = values[sample, *place]
        allowed = "a finite number" if not np.isfinite(value) else f"within ±{LARGEST:g}"
        more = f" ({remedy})" if np.isnan(value) and remedy else ""
        raise InputError(
            f"{where}: sample {sample}, {what} is {value}; every feature must be {allowed}{more}"
        )
    return values


# Quantiles of the training data that become 0 and 1; by the extremes themselves, one outlier would
# press all other values together.
LOW, HIGH = 0.01, 0.99


class Scaling(NamedTuple):
    """x to clip((x - low) / (high - low), 0, 1), (features,) float64 each.

    `low` and `high` are the 1 % and 99 % quantiles of the training data (linear interpolation);
    where these are equal, the smallest and largest value; of a constant feature all values are 0.5.
    The features of signals are their channels, at all steps.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def fit(cls, features: NDArray[np.float64]) -> Self:
        """Fit to training data, (samples, features) or (samples, steps, channels), not empty."""
        features = features.reshape(-1, features.shape[-1])
        low, high = np.quantile(features, [LOW, HIGH], axis=0)
        flat = low == high
        return cls(
            np.where(flat, features.min(axis=0), low), np.where(flat, features.max(axis=0), high)
        )

    @classmethod
    def unit(cls, features: NDArray[np.float64], where: str) -> Self:
        """Keep features that lie in [0, 1] already; raise InputError where they do not."""
        low, high = float(features.min()), float(features.max())
        if low < 0.0 or high > 1.0:
            raise InputError(
                f"{where}: features must lie in 0 … 1 without scaling (got {low} … {high})"
            )
        return cls(np.zeros(features.shape[-1]), np.ones(features.shape[-1]))

    @classmethod
    def named(
        cls, name: str, features: NDArray[np.float64], train: NDArray[np.float64], where: str
    ) -> Self:
        """Return the scaling that the attribute `scaling` of a task names, for features and where.

        Raises:
            InputError: There is none of that name, or it is `none` and features lie outside 0 … 1.
        """
        if name == "quantiles":
            return cls.fit(train)
        if name == "none":
            return cls.unit(features, where)
        raise InputError(f"{where}: scaling must be 'quantiles' or 'none' (got {name!r})")

    def to_json(self) -> dict[str, list[float]]:
        """Return both ends as plain values."""
        return {"low": self.low.tolist(), "high": self.high.tolist()}

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scale (samples, features) or (samples, steps, channels) to [0, 1]."""
        width = self.high - self.low
        constant = width == 0.0
        scaled = np.clip((features - self.low) / np.where(constant, 1.0, width), 0.0, 1.0)
        return np.where(constant, 0.5, scaled)


#: Noisy copies of each training sample.
COPIES = 4

_NOISE = 4  # keeps the draw of noise apart from other draws by the same seed


#: Training samples up to which noisy copies are the noisier ones, and how noisy both are.
_FEW, _FEW_NOISE, _MORE_NOISE = 400, 0.05, 0.02


def usual_noise(samples: int) -> float:
    """Return how noisy copies of so many samples are, as a share of the range."""
    return _FEW_NOISE if samples <= _FEW else _MORE_NOISE


class Noise(NamedTuple):
    """How copies differ from samples: standard deviation, as a share of the range, and seed."""

    sigma: float
    seed: int


def with_noisy_copies(
    features: NDArray[np.float64], targets: NDArray[Any], noise: Noise
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Add copies of samples scaled to [0, 1], whose every number is moved by noise, nearly normal.

    Noise is the sum of twelve uniform numbers less 6, of variance 1: the same on every processor.

    Args:
        features: (samples, …) in [0, 1].
        targets: (samples, …).
        noise: Of the copies, which stay in [0, 1].

    Returns:
        The samples, then their copies, and the targets of all.
    """
    rng = np.random.default_rng(np.random.SeedSequence(noise.seed, spawn_key=(_NOISE,)))
    drawn = (rng.random((12, *features.shape)).sum(axis=0) - 6.0 for _ in range(COPIES))
    copies = [np.clip(features + noise.sigma * each, 0.0, 1.0) for each in drawn]
    return np.concatenate((features, *copies)), np.concatenate((targets,) * (1 + COPIES))
