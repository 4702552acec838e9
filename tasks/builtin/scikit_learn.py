"""Data sets that ship with scikit-learn, read from its files.

Importing scikit-learn takes two seconds, more than a short search, and nothing else here needs it.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import MachineError
from ..data.anomaly import AnomalyDetection
from ..data.classification import Classification
from ..task import TaskSettings

DIGITS = "digits.csv.gz"


class Table(NamedTuple):
    """A table of labelled samples.

    Attributes:
        features: (samples, features) float64.
        classes: (samples,) int64, number of the class of each sample.
        names: Names of the classes, empty where the file has none.
    """

    features: NDArray[np.float64]
    classes: NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def labels(self) -> NDArray[np.str_]:
        """(samples,) name of the class of each sample."""
        return np.array(self.names)[self.classes]


def read_table(name: str) -> Table:
    """Read a file of scikit-learn's: a row a sample, the class in the last column.

    The first row of a `.csv` file has the numbers of samples and features, then the names of the
    classes.

    Raises:
        MachineError: The installed scikit-learn has no such file.
    """
    spec = find_spec("sklearn")  # finds the package, but does not import it
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    file = package / "datasets" / "data" / name
    names: tuple[str, ...] = ()
    try:
        if file.suffix == ".csv":
            with file.open(encoding="utf-8") as lines:
                names = tuple(lines.readline().strip().split(",")[2:])
        rows = np.loadtxt(file, delimiter=",", skiprows=1 if names else 0)
    except OSError as error:
        raise MachineError(f"{file}, data of scikit-learn's, cannot be read: {error}") from error
    return Table(rows[:, :-1], rows[:, -1].astype(np.int64), names)


class Iris(Classification):
    """`iris`: three species of iris, four lengths (Fisher, 1936); 150 samples."""

    name = "iris"
    feature_names = ("sepal length", "sepal width", "petal length", "petal width")

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
        """Load (150, 4) lengths in cm, (150,) species."""
        table = read_table("iris.csv")
        return table.features, table.labels


class Wine(Classification):
    """`wine`: three cultivars, thirteen chemical measurements (Aeberhard, Forina, 1992); 178."""

    name = "wine"
    feature_names = (
        *("alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols"),
        *("flavanoids", "nonflavanoid phenols", "proanthocyanins", "color intensity", "hue"),
        *("od280/od315 of diluted wines", "proline"),
    )

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
        """Load (178, 13) measurements, (178,) cultivars."""
        table = read_table("wine_data.csv")
        return table.features, table.labels


class BreastCancer(Classification):
    """`breast_cancer`: malignant or benign, thirty features of cell nuclei (Street, Wolberg,
    Mangasarian, 1993); 569.
    """  # noqa: D205 - the first sentence is a definition

    name = "breast_cancer"
    feature_names = tuple(
        name.format(measured)
        for name in ("mean {}", "{} error", "worst {}")
        for measured in (
            *("radius", "texture", "perimeter", "area", "smoothness", "compactness"),
            *("concavity", "concave points", "symmetry", "fractal dimension"),
        )
    )

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
        """Load (569, 30) features, (569,) diagnoses."""
        table = read_table("breast_cancer.csv")
        return table.features, table.labels


class Digits(Classification):
    """`digits`: handwritten digits, 8 x 8 pixels of 0 … 16 (Alpaydin, Kaynak, 1998); 1,797."""

    name = "digits"
    scaling = "none"
    feature_names = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))

    def __init__(self, settings: TaskSettings) -> None:
        """Load the data; with a readout, which weighs spikes, every brightness has its own number."""
        if settings.readout:
            self.encoder, self.ticks = "rate:16", 24
        super().__init__(settings)

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Load (1797, 64) brightness in 0 … 1, (1797,) digits."""
        table = read_table(DIGITS)
        return table.features / 16.0, table.classes


class BreastCancerAnomaly(AnomalyDetection):
    """`breast_cancer_anomaly`: malignant findings by networks that learn benign ones only; 569."""

    name = "breast_cancer_anomaly"
    normal = "benign"
    feature_names = BreastCancer.feature_names

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
        """Load (569, 30) features, (569,) diagnoses."""
        table = read_table("breast_cancer.csv")
        return table.features, table.labels
