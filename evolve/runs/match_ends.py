"""Inputs and outputs of a network and of a task, matched by what they stand for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import InputError

#: Names that were made up for what had none: of features, of columns, and of observations.
_MADE_UP = re.compile(r"(x|column |observation )?\d+|observation\[\d+\]")

_SHOWN = 4  # names that a sentence lists


def made_up(names: Sequence[str]) -> bool:
    """Return whether names were made up for what had none, all of them."""
    return all(map(_MADE_UP.fullmatch, names))


@dataclass(frozen=True)
class Ends:
    """Inputs or outputs.

    Attributes:
        count: How many there are.
        names: Names of the features, classes or actions, of each of which there are as many; empty
            where they are unknown.
    """

    count: int
    names: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Inputs of a feature, lying together."""
        return self.count // max(len(self.names), 1) if self.names else 1

    @property
    def named(self) -> bool:
        """Whether somebody has given names, all different."""
        return len(set(self.names)) == len(self.names) and not made_up(self.names)

    @property
    def counted(self) -> bool:
        """Whether the names are numbers from 0 on, as actions have them that nobody has named."""
        return self.names == tuple(map(str, range(len(self.names))))


def ends(count: int, names: Sequence[str]) -> Ends:
    """Return inputs or outputs, without names that are not their own."""
    fit = len(names) > 0 and count % len(names) == 0
    return Ends(count, tuple(names) if fit else ())


class Match(NamedTuple):
    """What inputs or outputs of a task are in a network.

    Attributes:
        places: For each of the task's the number of the network's, None for what it lacks.
        said: What has no counterpart, in words; empty if all have one.
    """

    places: tuple[int | None, ...]
    said: str = ""


def match(theirs: Ends, ours: Ends, what: str, where: str, task: str) -> Match:
    """Match by name where both sides have names, else by position where there are as many.

    Names are compared without case, units in brackets and signs between words. The inputs of a
    feature are matched in their order.

    Args:
        theirs: Of the network.
        ours: Of the task.
        what: `input` or `output`.
        where: Where the network is from, for messages.
        task: Name of the task.

    Raises:
        InputError: Nothing matches; says what would have to change.
    """
    counted = theirs.count == ours.count and (theirs.counted or ours.counted)
    if theirs.named and ours.named and not (counted and not {*theirs.names} & {*ours.names}):
        return _by_name(theirs, ours, what, where, task)
    if theirs.names and len(theirs.names) == len(ours.names):
        features: list[int | None] = list(range(len(ours.names)))
        return Match(_places(features, theirs, ours), _widths(theirs, ours, what))
    if theirs.count == ours.count:
        return Match(tuple(range(ours.count)))
    raise InputError(
        f"{where} has {theirs.count} {what}s without names that task {task} knows, which has "
        f"{ours.count}: there would have to be as many of them, or names on both sides"
    )


def _by_name(theirs: Ends, ours: Ends, what: str, where: str, task: str) -> Match:
    their_words, our_words = _words(theirs.names, ours.names)
    found = [their_words.index(word) if word in their_words else None for word in our_words]
    if not any(place is not None for place in found):
        raise InputError(
            f"{where} has none of the {what}s of task {task}: its own are {_listed(theirs.names)}, "
            f"those of the task {_listed(ours.names)}; they are matched by name, so some would have "
            "to be renamed"
        )
    new = [name for name, place in zip(ours.names, found, strict=True) if place is None]
    left_out = [name for place, name in enumerate(theirs.names) if place not in found]
    said = [
        f"{what}s {how} {_listed(names)}"
        for how, names in (("left out are", left_out), ("new are", new))
        if names
    ]
    if widths := _widths(theirs, ours, what):
        said.append(widths)
    return Match(_places(found, theirs, ours), ", ".join(said))


def _places(features: Sequence[int | None], theirs: Ends, ours: Ends) -> tuple[int | None, ...]:
    """Return the places of single inputs, given those of features."""
    return tuple(
        None if feature is None or number >= theirs.width else feature * theirs.width + number
        for feature in features
        for number in range(ours.width)
    )


def _widths(theirs: Ends, ours: Ends, what: str) -> str:
    if theirs.width == ours.width:
        return ""
    return f"a feature has {ours.width} {what}s instead of {theirs.width}"


def _words(*sides: Sequence[str]) -> tuple[list[str], ...]:
    """Return names as they are compared, or as they are if that would make some of them equal."""
    plain = tuple([plain_name(name) for name in side] for side in sides)
    if all(len(set(words)) == len(words) for words in plain):
        return plain
    return tuple(list(side) for side in sides)


def plain_name(name: str) -> str:
    """Return a name as it is compared: without case, units in brackets and signs between words."""
    without_units = re.sub(r"\(.*?\)|\[.*?\]", " ", name)
    words = re.findall(r"\w+", without_units.casefold().replace("_", " "))
    pushes = len(words) > 1 and words[0] == "push"  # before 0.2 "push left" was "left"
    return " ".join(words[pushes:])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
