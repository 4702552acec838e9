"""Data sets that ship with scikit-learn."""

from typing import Any

from ...data.classification import Classification
from ...task import TaskSettings


class Iris(Classification):
    """``iris``: three species of iris, four lengths (Fisher, 1936); 150 samples."""

    name = "iris"
    encoder = "rate:8,mirrored"
    decoder = "spike_count"
    ticks = 10

    def load(self) -> tuple[Any, Any]:
        """(150, 4) lengths in cm, (150,) species."""
        from sklearn.datasets import load_iris

        data = load_iris()
        return data.data, data.target_names[data.target]


class Wine(Classification):
    """``wine``: three cultivars, thirteen chemical measurements (Aeberhard, Forina, 1992); 178."""

    name = "wine"
    encoder = "rate:8,mirrored"
    decoder = "spike_count"
    ticks = 10

    def load(self) -> tuple[Any, Any]:
        """(178, 13) measurements, (178,) cultivars."""
        from sklearn.datasets import load_wine

        data = load_wine()
        return data.data, data.target_names[data.target]


class BreastCancer(Classification):
    """``breast_cancer``: malignant or benign, thirty features of cell nuclei (Street, Wolberg,
    Mangasarian, 1993); 569.
    """  # noqa: D205 - the first sentence is a definition

    name = "breast_cancer"
    encoder = "rate:8,mirrored"
    decoder = "spike_count"
    ticks = 10

    def load(self) -> tuple[Any, Any]:
        """(569, 30) features, (569,) diagnoses."""
        from sklearn.datasets import load_breast_cancer

        data = load_breast_cancer()
        return data.data, data.target_names[data.target]


class Digits(Classification):
    """``digits``: handwritten digits, 8 x 8 pixels of 0 … 16 (Alpaydin, Kaynak, 1998); 1,797."""

    name = "digits"
    encoder = "rate:4"
    ticks = 6
    scaling = "none"

    def __init__(self, settings: TaskSettings) -> None:
        """Load the data; with a readout, which weighs spikes, every brightness has its own number."""
        if settings.readout:
            self.encoder, self.ticks = "rate:16", 24
        super().__init__(settings)

    def load(self) -> tuple[Any, Any]:
        """(1797, 64) brightness in 0 … 1, (1797,) digits."""
        from sklearn.datasets import load_digits

        data = load_digits()
        return data.data / 16.0, data.target
