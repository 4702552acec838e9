"""Forms of observations and actions, as plain values: an observation becomes a vector, numbers an action.

A form says of a space of gymnasium's what it takes to use a network, without gymnasium. It goes through
JSON: manifests and exported networks hold it.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.formats import json_text

#: Where a number is: keys and places, from the outside in.
Path = tuple[int | str, ...]

_LONGEST = 60  # characters of a value that a sentence shows


class Form(ABC):
    """The form of an observation or an action.

    Attributes:
        kind: What it is called in JSON.
    """

    kind: ClassVar[str]

    @property
    @abstractmethod
    def size(self) -> int:
        """Numbers of the vector of an observation."""

    @property
    @abstractmethod
    def binary(self) -> NDArray[np.bool_]:
        """(size,) bool: whether a number of the vector is 0 or 1, which one of a few things it is."""

    @abstractmethod
    def paths(self) -> list[Path]:
        """Return where the numbers of a value are; a choice is one number."""

    @abstractmethod
    def names(self, name: str) -> list[str]:
        """Return the names of the (size,) numbers of a vector, of an observation of that name."""

    @abstractmethod
    def fill(self, value: Any, vector: NDArray[np.float64], name: str) -> None:
        """Write a value into a vector, (size,) of zeros; the order is that of gymnasium's `flatten`.

        Raises:
            InputError: The value is not of this form; `name` says which one it is.
        """

    @abstractmethod
    def build(self, numbers: Iterator[Any]) -> Any:
        """Make a value of its numbers, one for each of `paths`."""

    def vector(self, value: Any) -> NDArray[np.float64]:
        """Return an observation as a vector, (size,) float64.

        Raises:
            InputError: It is not of this form; its numbers may be any.
        """
        vector = np.zeros(self.size)
        self.fill(value, vector, "observation")
        return vector

    def to_json(self) -> dict[str, Any]:
        """Return the form as JSON values."""
        return {"kind": self.kind} | _plain(asdict(self))  # type: ignore[call-overload]


@dataclass(frozen=True)
class Choice(Form):
    """One of several whole numbers: an observation has a 1 for it among zeros.

    Attributes:
        count: How many there are, ≥ 1.
        start: The first.
        type: NumPy's name of its type.
    """

    kind = "choice"

    count: int
    start: int = 0
    type: str = "int64"

    @property
    def size(self) -> int:
        """A number for each choice."""
        return self.count

    @property
    def binary(self) -> NDArray[np.bool_]:
        """All are."""
        return np.ones(self.count, np.bool_)

    def paths(self) -> list[Path]:
        """Return that of the one number."""
        return [()]

    def names(self, name: str) -> list[str]:
        """Return `name = 0` and so on."""
        return [f"{name} = {self.start + choice}" for choice in range(self.count)]

    def fill(self, value: Any, vector: NDArray[np.float64], name: str) -> None:
        """Write a 1; raise InputError for what is no choice."""
        vector[_choice(value, self.start, self.count, name)] = 1.0

    def build(self, numbers: Iterator[Any]) -> Any:
        """Return the number."""
        return np.dtype(self.type).type(next(numbers))


@dataclass(frozen=True)
class Choices(Form):
    """An array, each number of it one of several, as `Choice`.

    Attributes:
        shape: Of the array.
        counts: How many choices each number has, in the order of the array's numbers.
        starts: The first of each.
        type: NumPy's name of its type.
    """

    kind = "choices"

    shape: tuple[int, ...]
    counts: tuple[int, ...]
    starts: tuple[int, ...]
    type: str = "int64"

    @property
    def size(self) -> int:
        """A number for each choice of each."""
        return sum(self.counts)

    @property
    def binary(self) -> NDArray[np.bool_]:
        """All are."""
        return np.ones(self.size, np.bool_)

    def paths(self) -> list[Path]:
        """Return the places of the array."""
        return _places(self.shape)

    def names(self, name: str) -> list[str]:
        """Return `name[0] = 0` and so on."""
        each = zip(self.paths(), self.each, strict=True)
        return [text for path, form in each for text in form.names(f"{name}{_brackets(path)}")]

    def fill(self, value: Any, vector: NDArray[np.float64], name: str) -> None:
        """Write a 1 for each number; raise InputError for another shape, or what is no choice."""
        numbers = np.asarray(value)
        _check_shape(numbers, self.shape, name)
        first = 0
        for path, form, number in zip(self.paths(), self.each, numbers.flat, strict=True):
            form.fill(number, vector[first : first + form.count], f"{name}{_brackets(path)}")
            first += form.count

    def build(self, numbers: Iterator[Any]) -> NDArray[Any]:
        """Return the array."""
        return _array(numbers, self.shape, self.type)

    @property
    def each(self) -> list[Choice]:
        """The form of each number."""
        return [
            Choice(count, start, self.type)
            for count, start in zip(self.counts, self.starts, strict=True)
        ]


@dataclass(frozen=True)
class Numbers(Form):
    """An array of numbers.

    Attributes:
        shape: Of the array; () is a single number.
        type: NumPy's name of its type.
        bits: Whether they are 0 or 1, each telling of something of its own.
    """

    kind = "numbers"

    shape: tuple[int, ...]
    type: str = "float64"
    bits: bool = False

    @property
    def size(self) -> int:
        """All numbers of the array."""
        return math.prod(self.shape)

    @property
    def binary(self) -> NDArray[np.bool_]:
        """Those of bits are."""
        return np.full(self.size, self.bits)

    def paths(self) -> list[Path]:
        """Return the places of the array."""
        return _places(self.shape)

    def names(self, name: str) -> list[str]:
        """Return `name[0]` and so on; that of a single number is the name."""
        return [f"{name}{_brackets(path)}" for path in self.paths()]

    def fill(self, value: Any, vector: NDArray[np.float64], name: str) -> None:
        """Write the numbers; raise InputError for another shape, or what is no number."""
        try:
            numbers = np.asarray(value, np.float64)
        except (TypeError, ValueError):
            raise InputError(f"{name} must be numbers (got {_brief(value)})") from None
        _check_shape(numbers, self.shape, name)
        vector[:] = numbers.ravel()

    def build(self, numbers: Iterator[Any]) -> NDArray[Any]:
        """Return the array."""
        return _array(numbers, self.shape, self.type)


@dataclass(frozen=True)
class Parts(Form):
    """Several values, in a tuple or by name.

    Attributes:
        keys: Their names; None for a tuple.
        parts: Their forms.
    """

    kind = "parts"

    keys: tuple[str, ...] | None
    parts: tuple[Form, ...]

    @property
    def size(self) -> int:
        """Those of all parts."""
        return sum(part.size for part in self.parts)

    @property
    def binary(self) -> NDArray[np.bool_]:
        """Those of all parts, one after the other."""
        return np.concatenate([part.binary for part in self.parts])

    def paths(self) -> list[Path]:
        """Return those of all parts, each behind its name or place."""
        each = zip(self._keys(), self.parts, strict=True)
        return [(key, *path) for key, part in each for path in part.paths()]

    def names(self, name: str) -> list[str]:
        """Return those of all parts; of what is observed, parts with a name go by it."""
        named = [self._name(name, key) for key in self._keys()]
        each = zip(named, self.parts, strict=True)
        return [text for whole, part in each for text in part.names(whole)]

    def fill(self, value: Any, vector: NDArray[np.float64], name: str) -> None:
        """Write the parts; raise InputError for others."""
        self._check(value, name)
        first = 0
        for place, (key, part) in enumerate(zip(self._keys(), self.parts, strict=True)):
            inner = value[place if self.keys is None else key]
            part.fill(inner, vector[first : first + part.size], self._name(name, key))
            first += part.size

    def build(self, numbers: Iterator[Any]) -> Any:
        """Return a tuple, or a dictionary."""
        made = [part.build(numbers) for part in self.parts]
        return tuple(made) if self.keys is None else dict(zip(self.keys, made, strict=True))

    def to_json(self) -> dict[str, Any]:
        """Return the form as JSON values."""
        keys = None if self.keys is None else list(self.keys)
        return {"kind": self.kind, "keys": keys, "parts": [part.to_json() for part in self.parts]}

    def _keys(self) -> Path:
        return tuple(range(len(self.parts))) if self.keys is None else self.keys

    def _name(self, name: str, key: int | str) -> str:
        if isinstance(key, int):
            return f"{name}[{key}]"
        return key if name == "observation" else f"{name}.{key}"

    def _check(self, value: Any, name: str) -> None:
        if self.keys is None:
            if not isinstance(value, tuple | list | np.ndarray) or len(value) != len(self.parts):
                raise InputError(
                    f"{name} must be a tuple of {len(self.parts)} (got {_brief(value)})"
                )
        elif not isinstance(value, Mapping) or {*value} != {*self.keys}:
            keys = ", ".join(self.keys)
            raise InputError(f"{name} must be a dictionary of {keys} (got {_brief(value)})")


def form_from_json(found: object, where: str) -> Form:
    """Read what `Form.to_json` returned, of which nothing is known.

    Raises:
        InputError: It is not that.
    """
    if not isinstance(found, dict):
        raise InputError(f"{where} is {json_text.shown(found)}; it must be an object")
    match found.get("kind"):
        case "choice":
            count = json_text.whole(found.get("count"), f"{where}: count", 1, _MOST)
            start = json_text.whole(found.get("start"), f"{where}: start", -_MOST, _MOST)
            return Choice(count, start, _type(found, where))
        case "choices":
            counts = _wholes(found, "counts", where, 1)
            starts = _wholes(found, "starts", where, -_MOST)
            shape = _wholes(found, "shape", where, 0)
            if not math.prod(shape) == len(counts) == len(starts):
                raise InputError(f"{where}: counts and starts must be as many as shape says")
            return Choices(shape, counts, starts, _type(found, where))
        case "numbers":
            shape = _wholes(found, "shape", where, 0)
            return Numbers(shape, _type(found, where), found.get("bits") is True)
        case "parts":
            inner = json_text.entries(found, "parts")
            parts = tuple(
                form_from_json(part, f"{where}: parts[{n}]") for n, part in enumerate(inner)
            )
            keys = found.get("keys")
            if keys is not None and (not isinstance(keys, list) or len(keys) != len(parts)):
                raise InputError(f"{where}: keys must be as many as parts")
            return Parts(None if keys is None else tuple(map(str, keys)), parts)
    raise InputError(
        f"{where}: kind is {json_text.shown(found.get('kind'))}; it must be choice, choices, numbers "
        "or parts"
    )


_MOST = 2**63 - 1


def _wholes(found: Mapping[str, Any], key: str, where: str, low: int) -> tuple[int, ...]:
    values = json_text.entries(found, key)
    return tuple(json_text.whole(value, f"{where}: {key}", low, _MOST) for value in values)


def _type(found: Mapping[str, Any], where: str) -> str:
    try:
        return str(np.dtype(json_text.text(found.get("type"), f"{where}: type")))
    except TypeError:
        raise InputError(
            f"{where}: type is {found.get('type')!r}; it must be a type of NumPy's"
        ) from None


def _choice(value: Any, start: int, count: int, name: str) -> int:
    """Return the place of a choice, 0 … count - 1."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if isinstance(value, np.ndarray):
        whole = value.shape == () and value.dtype.kind in "iu"
    place = int(value) - start if whole else -1
    if not 0 <= place < count:
        raise InputError(
            f"{name} must be a whole number from {start} to {start + count - 1} (got {_brief(value)})"
        )
    return place


def _check_shape(numbers: NDArray[Any], shape: tuple[int, ...], name: str) -> None:
    if numbers.shape != shape:
        raise InputError(f"{name} has the shape {numbers.shape}, but it must be {shape}")


def _array(numbers: Iterator[Any], shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
    count = math.prod(shape)
    return np.array([next(numbers) for _ in range(count)], dtype).reshape(shape)


def _places(shape: tuple[int, ...]) -> list[Path]:
    return [tuple(place) for place in np.ndindex(shape)]


def _brackets(path: Path) -> str:
    return "".join(f"[{key}]" for key in path)


def _brief(value: object) -> str:
    """Return a value in one short line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
