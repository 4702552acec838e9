"""The data sets that searches are measured on, and what is asked of them."""

from pathlib import Path
from typing import NamedTuple

from data_sets import KEEL, SERIES, WRITERS, file_of


class Bound(NamedTuple):
    """A network that is small or spares spikes, and what it is to score.

    Attributes:
        measurement: `spikes`, a sample, or `synapses`.
        most: Of it, as the search measured it.
        score: To be reached on test data; None where nothing is asked.
    """

    measurement: str
    most: float
    score: float | None = None


class Row(NamedTuple):
    """A row of the table: a data set, how it is run, and what is asked.

    Attributes:
        name: Of the row; of the data set, too, unless `task` names another.
        task: Name of a built-in task; `data` where a file is run.
        seeds: Seeds of search and split.
        folds: Cross-validation: the split seeds are the seeds, a row's score is the mean over folds.
        options: More options of `run`.
        score: To be reached by the median over the seeds; None where nothing is asked.
        synapses: The most that these networks may have; None for any number.
        bounds: Other members of the front that are asked for.
        opponents: The baselines of which the better is compared with.
        within: How far below that it may be; None where nothing is asked.
    """

    name: str
    task: str
    seeds: range = range(1, 6)
    folds: int | None = None
    options: tuple[str, ...] = ()
    score: float | None = None
    synapses: int | None = None
    bounds: tuple[Bound, ...] = ()
    opponents: tuple[str, ...] = ("logistic",)
    within: float | None = None

    @property
    def data_set(self) -> str:
        """Name of the data set."""
        return self.name.partition("-")[0] if self.task == "data" else self.task

    def file(self, folder: Path) -> Path | None:
        """Return the file that is run, None for a built-in task; writes it if it is not there."""
        return file_of(self.data_set, folder) if self.task == "data" else None


def _folds(name: str, score: float, synapses: int) -> Row:
    return Row(name, name, range(1, 3), folds=10, score=score, synapses=synapses)


def _beside(name: str, within: float, *opponents: str) -> Row:
    return Row(name, "data", opponents=opponents, within=within)


def _at_most(synapses: int) -> tuple[str, ...]:
    return ("--constraint", f"synapses <= {synapses}")


_DIGITS = (
    Bound("spikes", 16, 0.960),
    Bound("synapses", 200, 0.945),
    Bound("synapses", 400),
)
_FOR_SERIES = ("nearest", "logistic")
_VEHICLE = (Bound("spikes", 12, 0.78), Bound("synapses", 150, 0.80))

#: The rows of `data`.
DATA = (
    _folds("iris", 0.960, 6),
    _folds("wine", 0.978, 30),
    _folds("breast_cancer", 0.970, 40),
    Row("digits", "digits", score=0.967, bounds=_DIGITS),
    Row("digits-200", "digits", options=_at_most(200), score=0.945, synapses=200),
    Row("moving_digits", "moving_digits", score=0.945, bounds=(Bound("spikes", 25, 0.935),)),
    Row("vehicle", "data", bounds=_VEHICLE),
    Row("vehicle-150", "data", options=_at_most(150), score=0.80, synapses=150),
    Row("penguins", "data", score=0.978, synapses=15, bounds=(Bound("spikes", 4.5, 0.965),)),
    *(_beside(name, 0.01, "logistic", "SVM") for name in KEEL if name != "vehicle"),
    Row("cylinder_bell_funnel", "cylinder_bell_funnel", opponents=_FOR_SERIES),
    *(Row(name, "data", opponents=_FOR_SERIES) for name in SERIES),
)

#: A task that is solved or not: what counts is what that costs, in evaluations.
XOR = Row("xor", "xor", range(1, 101), options=("--target", "1", "--evaluations", "20000"))
XOR_COST = 700

#: The rows of `tables`: each a file that is run with no option.
TABLES = tuple(_beside(name, 0.015, "logistic") for name in WRITERS if name not in SERIES)

#: The rows of `grids`, and how far below `float` each grid may be.
GRIDS = tuple(row for row in DATA if row.name in ("digits", "wine", "vehicle"))
PROFILES: dict[str, tuple[tuple[str, ...], float]] = {
    "int8": (("--profile", "int8"), 0.01),
    "int4": (("--profile", "int8", "--ranges", "weight=[-7,7]"), 0.02),
}
