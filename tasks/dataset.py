"""Samples and their classes, checked."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import InputError


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


def dataset(features: Any, labels: Any, where: str) -> Dataset:
    """Check samples and number their classes in ascending order of the labels.

    Args:
        features: (samples, features) numbers, signals, (samples, steps, channels) numbers, or
            spikes, (samples, ticks, inputs) bool.
        labels: (samples,) whole numbers or texts.
        where: Whose data these are, for messages: ``task moons``.

    Raises:
        InputError: Wrong shapes, no samples, NaN or infinity, labels that are no classes, or one
            class only.
    """
    features, labels = np.asarray(features), np.asarray(labels)
    if not (features.dtype == np.bool_ and features.ndim == 3):
        features = _numbers(features, where)
    if 0 in features.shape:
        raise InputError(f"{where}: features have shape {features.shape}: nothing there")
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


def _numbers(features: NDArray[Any], where: str) -> NDArray[np.float64]:
    if features.ndim not in (2, 3) or features.dtype.kind not in "iufb":
        raise InputError(
            f"{where}: features must be numbers of shape (samples, features) or (samples, steps, "
            "channels), or bool spikes of shape (samples, ticks, inputs) "
            f"(got {features.dtype} of shape {features.shape})"
        )
    values = np.ascontiguousarray(features, np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        sample, *place = (int(i) for i in bad[0])
        what = f"step {place[0]}, channel {place[1]}" if len(place) == 2 else f"feature {place[0]}"
        raise InputError(
            f"{where}: sample {sample}, {what} is {values[sample, *place]}; "
            "every feature must be a finite number"
        )
    return values
