"""What the numbers of a run are called, and how numbers, time spans and tables read as text.

A search may climb another score on training data than the one that networks are validated and tested
by. Numbers of two such scores do not compare, so whatever shows a score names it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...measurements import MEASUREMENTS, PER_SAMPLE

#: What searches compare that do not say it in their settings, those of spikevolve 0.1.0.
OBJECTIVES = ("score", "spikes", "latency")

_BY_NAME = {measurement.name: measurement for measurement in MEASUREMENTS}


class ScoreNames(NamedTuple):
    """What the scores of a run are called.

    Attributes:
        training: The score on training data: of the columns `score`, `mean_score`, `best_score`.
        test: The score on validation and test data.
    """

    training: str
    test: str

    @property
    def training_label(self) -> str:
        """The score on training data beside the other: "h_credit (training)" if it is another."""
        return self.training if self.training == self.test else f"{self.training} (training)"


class Objective(NamedTuple):
    """A measurement that a search compares, and which way."""

    name: str
    larger_is_better: bool


def score_names(task: Mapping[str, Any]) -> ScoreNames:
    """Return the names of the scores of a task.

    Args:
        task: What the manifest says of it.
    """
    test = task.get("score") or ("return" if task.get("episodes") else "score")
    return ScoreNames(task.get("training_score") or test, test)


def objectives(settings: Mapping[str, Any]) -> tuple[Objective, ...]:
    """Return what a search compares, the score first in any case.

    Args:
        settings: What the manifest says of them; `objectives` is a list of names, or one text with
            commas. A `-` before a name turns its direction.
    """
    score = Objective("score", True)
    return (score, *(other for other in compared(settings) if other.name != "score"))


def compared(settings: Mapping[str, Any]) -> tuple[Objective, ...]:
    """Return what a search compares, in the order of the column `objectives`; see `objectives`."""
    said = settings.get("objectives") or OBJECTIVES
    words = said.split(",") if isinstance(said, str) else map(str, said)
    found: dict[str, Objective] = {}
    for word in map(str.strip, words):
        measurement = _BY_NAME.get(word.removeprefix("-"))
        if measurement is not None:  # a newer version may know more
            better = measurement.larger_is_better != word.startswith("-")
            found[measurement.name] = Objective(measurement.name, better)
    return tuple(found.values())


def axis_label(name: str) -> str:
    """Return a measurement with its unit, for an axis: "spikes (per sample or decision)"."""
    unit = _BY_NAME[name].unit
    words = name.replace("_", " ")
    return f"{words} ({unit})" if unit else words


def extreme(objective: Objective) -> str:
    """Return what the best in an objective is called: "fewest spikes", "lowest latency"."""
    measurement = _BY_NAME[objective.name]
    counted = measurement.unit == PER_SAMPLE or (measurement.whole and not measurement.unit)
    more, less = ("most", "fewest") if counted else ("highest", "lowest")
    words = objective.name.replace("_", " ")
    return f"{more if objective.larger_is_better else less} {words}"


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it: "0.4 s", "12 s", "3.5 min", "2.0 h", "4.1 days"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    for unit, length, most in (("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < most:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds / 86_400:.1f} days"


def count(number: int, noun: str) -> str:
    """Return a number of things: "1 network", "5,600 evaluations"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def evaluations(number: int, cost: float) -> str:
    """Return evaluations, and their cost where there is more: "40 evaluations, cost 1,240"."""
    return count(number, "evaluation") + (f", cost {cost:,.0f}" if cost != number else "")


#: A search still rises if its latest gain lies in the last part of its cost, this one's share. It is less
#: than the share without a gain that ends a search by itself.
RECENTLY = 1 / 5


def gain(gained: float | None, number: int, cost: float) -> str:
    """Return whether a search still gains something: ", still rising", or since when it stands.

    Args:
        gained: What it had cost at the latest gain; None where that is not known.
        number: Its evaluations.
        cost: What it has cost, in evaluations.
    """
    if gained is None or not cost:
        return ""
    if cost - gained <= RECENTLY * cost:
        return ", still rising"
    return f", standing since {'evaluation' if cost == number else 'cost'} {gained:,.0f}"


def cell(value: object) -> str:
    """Return a value for reading; a hyphen where there is none."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def aligned(rows: Sequence[Sequence[str]], words: int) -> str:
    """Return rows as columns of text: the first `words` flush left, numbers flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
