"""Anomaly detection: networks know one class, and are to tell what is unlike it."""

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError, did_you_mean
from ..workload import Workload
from . import baselines
from .classification import Classification
from .learning.teaching import Teaching, of_classes
from .samples import Dataset
from .splits import Parts

NORMAL, ANOMALY = "normal", "anomaly"

_EACH = 4  # anomalies that are made of a sample; one alone would soon be known by heart
_BEYOND = 0.25  # of the range of a feature, on either side: as far as anomalies are drawn
_STREAM = 5  # keeps the draw of anomalies apart from other draws by the same seed


class AnomalyDetection(Classification):
    """A labelled data set of which one class is normal, and the only one that networks learn.

    A subclass defines `load`, as of `Classification`. The normal class is the one that the setting
    `normal` or the attribute names, else the largest. Its samples are cut into training, validation
    and test data; all others are test data. What networks learn to tell normal samples from is made of
    these, see `unlike`, four of each. So no anomaly is known in training.

    The classes are `anomaly` and `normal`; the score is `auc` unless `score` names another.

    Attributes:
        normal: Name of the normal class; the largest if empty.
    """

    normal: str = ""
    _loaded: int  # samples of the data; those that are made come after them
    score = "auc"
    usually_jittered = False  # anomalies are made of the same samples, and may lie as near
    takes = Classification.takes | {"normal"}

    def divide(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> Parts:
        """Cut the normal samples as usual; no other one is for training or validation.

        With groups, and where test data are given, others that are not in the test are left out.
        """
        self.normal = self._normal_of(strata, names)
        is_normal = strata == names.index(self.normal)
        samples, groups, learnt = np.flatnonzero(is_normal), self.groups, self.learnt
        if groups is not None:
            self.groups = groups[samples]
        if learnt is not None:
            self.learnt = int(np.count_nonzero(samples < learnt))
        same = np.zeros(len(samples), np.int32)
        train, validation, test = (samples[part] for part in super().divide(same, (self.normal,)))
        others = np.flatnonzero(~is_normal)
        if learnt is not None:
            others = others[others >= learnt]
        if groups is not None:
            known = groups[np.concatenate([train, validation])]
            others = others[~np.isin(groups[others], known)]
        if not len(test):
            others = others[:0]  # nothing is held out, so nothing is tested
        return Parts(train, validation, np.sort(np.concatenate([test, others])))

    def _normal_of(self, strata: NDArray[np.int32], names: tuple[str, ...]) -> str:
        name = self.settings.normal or self.normal
        if not name:
            known = strata if self.learnt is None else strata[: self.learnt]
            return names[int(np.argmax(np.bincount(known, minlength=len(names))))]
        if name not in names:
            raise InputError(
                f"task {self.name}: there is no class {name!r}{did_you_mean(name, names)}"
            )
        return name

    def _learned_from(self, data: Dataset, parts: Parts) -> tuple[Dataset, Parts]:
        """Take all other classes for one, and add anomalies to training and validation data."""
        if data.features.ndim != 2:
            raise InputError(
                f"task {self.name}: anomalies are found in tables of values only (the data have the "
                f"shape {data.features.shape})"
            )
        labels = (data.labels == data.classes.index(self.normal)).astype(np.int32)
        stream = np.random.SeedSequence(self.settings.split_seed, spawn_key=(_STREAM,))
        rng = np.random.default_rng(stream)
        places, blocks, count = [], [data.features], len(labels)
        for part in (parts.train, parts.validation):
            samples = np.repeat(data.features[part], _EACH, axis=0)
            blocks.append(unlike(samples, data.features[parts.train], rng))
            places.append(np.concatenate([part, np.arange(count, count + len(samples))]))
            count += len(samples)
        self._loaded = len(labels)
        known = len(parts.train) + len(parts.validation)
        self.notes = (
            *self.notes,
            f"task {self.name}: {known:,} samples of class {self.normal!r} are learned, and {_EACH} "
            "anomalies made of each",
        )
        drawn = np.zeros(count - len(labels), np.int32)
        labels = np.concatenate([labels, drawn])
        both = Dataset(np.concatenate(blocks), labels, (ANOMALY, NORMAL))
        return both, Parts(places[0], places[1], parts.test)

    def class_sizes(self) -> dict[str, int]:
        """Return how many samples of the data are of each class; those that are made do not count."""
        counts = np.bincount(self._targets[: self._loaded], minlength=2)
        return dict(zip(self.classes, counts.tolist(), strict=True))

    def teaching(self, workload: Workload) -> Teaching:
        """Return what networks learn from; both classes weigh the same, though more anomalies are made."""
        inputs, labels, *_ = workload.arrays
        counts = np.bincount(labels, minlength=2)
        weights = len(labels) / (2 * np.maximum(counts, 1))
        return of_classes(inputs, labels, self._decoder, weights)

    def baselines(self) -> dict[str, float]:
        """Score scikit-learn's isolation forest and one-class SVM on the test data."""
        if not self.has_test:
            return {}
        samples = self._as_loaded()
        known = samples._replace(learnt=samples.learnt[samples.targets == 1])
        return {
            name: self._score_of(np.stack([1.0 - said, said], axis=1))
            for name, said in baselines.normality(known).items()
        }

    def describe(self) -> dict[str, object]:
        """Return the task as plain values, with the name of the normal class."""
        return super().describe() | {"normal": self.normal}


def unlike(
    features: NDArray[np.float64], known: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Make an anomaly of each sample: some of its features are drawn anew, at least one.

    They are uniform over the range of the feature and a quarter of it beyond both ends. Which ones,
    chance decides for each feature; how likely it is, it decides for each sample. Were all drawn
    anew, two or three features would give every anomaly away, and networks would watch no others.

    Args:
        features: (samples, features).
        known: (training samples, features), whose ranges count; at least one.
        rng: What draws.
    """
    samples, count = features.shape
    low, high = known.min(axis=0), known.max(axis=0)
    beyond = _BEYOND * (high - low)
    drawn = (low - beyond) + rng.random(features.shape) * (high - low + 2.0 * beyond)
    changed = rng.random(features.shape) < rng.random((samples, 1))
    changed[np.arange(samples), rng.integers(count, size=samples)] = True
    found: NDArray[np.float64] = np.where(changed, drawn, features)
    return found
