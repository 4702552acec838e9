"""What a setting of a run may be, and how one is declared.

A kind says which values are allowed (`accepts`), how a sentence about any other value ends
(`allowed`), and what help calls a value (`metavar`). The command line makes an option of each kind
in `cli/options_from_settings.py`. Kinds are plain classes: each dataclass would add a millisecond to `--help`.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, fields
from typing import Any, NamedTuple, TypeGuard


class Whole:
    """A whole number from `low` to `high`."""

    metavar = "N"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.allowed = f"a whole number from {low} to {high}"

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        # True and False are integers to Python, but not to whoever writes them.
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.low <= value <= self.high


class Numbers:
    """Whole numbers from `low` to `high` as a text: single ones and spans, such as `1-10,42`."""

    metavar = "N-N"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.allowed = (
            f"numbers and spans such as 1-10 or 1,4,7, each once, at most {MOST_NUMBERS} numbers "
            f"from {low} to {high}"
        )

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        if not isinstance(value, str) or not re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", value):
            return False
        spans = list(_spans(value))
        if sum(max(0, last - first + 1) for first, last in spans) > MOST_NUMBERS:
            return False
        numbers = numbers_of(value)
        within = all(self.low <= first <= last <= self.high for first, last in spans)
        return within and len(set(numbers)) == len(numbers)


#: So many numbers a text may stand for at most.
MOST_NUMBERS = 10_000


def numbers_of(text: str) -> list[int]:
    """Return the numbers that a text of the kind `Numbers` stands for, in its order."""
    return [number for first, last in _spans(text) for number in range(first, last + 1)]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield int(first), int(last or first)


class UpTo:
    """A whole number, the highest, or the lowest and the highest as a text, such as `3,6`."""

    metavar = "N"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.allowed = (
            f"a whole number from {low} to {high}, or two such as 3,6, the lowest and the highest"
        )

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        if isinstance(value, str):
            if not re.fullmatch(r"\d{1,9},\d{1,9}", value):
                return False
            lowest, highest = map(int, value.split(","))
            return self.low <= lowest <= highest <= self.high
        return Whole(self.low, self.high).accepts(value)


def lowest_and_highest(value: int | str) -> tuple[int | None, int]:
    """Return what a value of the kind `UpTo` stands for; the lowest is None where it is not said."""
    if isinstance(value, int):
        return None, value
    lowest, highest = map(int, value.split(","))
    return lowest, highest


class Real:
    """A finite number from `low` to `high`."""

    metavar = "X"

    def __init__(self, low: float = -math.inf, high: float = math.inf) -> None:
        self.low, self.high = low, high
        if math.isinf(low):
            self.allowed = "a number"
        elif math.isinf(high):
            self.allowed = f"a number of at least {low:g}"
        else:
            self.allowed = f"from {low:g} to {high:g}"

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        return _is_number(value) and self.low <= value <= self.high


class Choice:
    """One of a few words."""

    metavar = "NAME"

    def __init__(self, *words: str) -> None:
        self.words = words
        self.allowed = f"one of {', '.join(words)}"

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        return value in self.words


class Text:
    """A text that is not empty; what it may say is checked where it is read."""

    metavar = "TEXT"
    allowed = "a text that is not empty"

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        return isinstance(value, str) and value != ""


class FilePath(Text):
    """The path of a file or folder, as text; shells complete it."""

    metavar = "PATH"


class Texts:
    """Texts that are not empty: an option that is given again and again, in TOML a list."""

    metavar = "TEXT"
    allowed = "a list of texts that are not empty"

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        return isinstance(value, tuple) and all(map(Text().accepts, value))


class YesNo:
    """Yes or no.

    Args:
        no: The option that says no, without dashes in front; the setting's own name says yes.
    """

    metavar = None
    allowed = "true or false"

    def __init__(self, no: str) -> None:
        self.no = no

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed."""
        return isinstance(value, bool)


class Table:
    """A table of values by name: an option that is given again and again, in TOML a table.

    Args:
        names: What the names are.
        example: What one may say after the option.
    """

    metavar = "KEY=VALUE"

    def __init__(self, names: str, example: str) -> None:
        self.example = example
        self.allowed = f"a table of {names}"

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed; what reads the table checks what is in it."""
        return isinstance(value, Mapping)


class Weights:
    """Weights by name as a text, or three numbers: in TOML a list, after an option three values."""

    metavar = "NAME=X,…"
    allowed = (
        "a text such as score=1,spikes=0.001, or three numbers: the weights of score, spikes and "
        "latency"
    )

    def accepts(self, value: object) -> bool:
        """Return whether a value is allowed; what reads the text checks what is in it."""
        if isinstance(value, tuple):
            return len(value) == 3 and all(map(_is_number, value))
        return Text().accepts(value)


Kind = Whole | Numbers | UpTo | Real | Choice | Text | Texts | YesNo | Table | Weights


class Setting(NamedTuple):
    """A setting as it is declared.

    Attributes:
        name: Its word in TOML files and run folders; with dashes, the option.
        kind: What it may be.
        group: Heading under which help lists it.
        help: What help says of it.
        metavar: What help calls its value; None for yes or no.
        fallback: Value where neither the user nor the task chooses; None if it stays open.
        check: Whether `spikevolve check` takes it as `spikevolve run` does.
    """

    name: str
    kind: Kind
    group: str
    help: str
    metavar: str | None
    fallback: object
    check: bool


def setting(
    kind: Kind,
    group: str,
    help_text: str,
    *,
    default: object = None,
    fallback: object = None,
    metavar: str | None = None,
    check: bool = False,
) -> Any:
    """Declare a setting as a field of a dataclass.

    Args:
        kind: What it may be.
        group: Heading under which help lists it.
        help_text: What help says of it; its row in docs/commands.md begins with the same words.
        default: Value of the field if the user gives none; None leaves it open, MISSING requires
            one. A table is empty.
        fallback: Value where neither the user nor the task chooses.
        metavar: What help calls its value, if not what it calls all of the kind.
        check: Whether `spikevolve check` takes it, too.
    """
    declared = {
        "kind": kind,
        "group": group,
        "help": help_text,
        "metavar": metavar or kind.metavar,
        "fallback": fallback,
        "check": check,
    }
    if isinstance(kind, Table):
        return field(default_factory=dict, metadata=declared)
    return field(default=default, metadata=declared)


def declared_in(settings: type) -> tuple[Setting, ...]:
    """Return the settings that the fields of a dataclass declare, in their order."""
    return tuple(Setting(entry.name, **entry.metadata) for entry in fields(settings))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
