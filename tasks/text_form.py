"""The text form of encoders and decoders: `NAME[:KEY=VALUE[,KEY=VALUE…]]`.

An encoder or decoder is a frozen dataclass; its fields are the keys. A bare value sets the field
that the class calls `main` (`first_to:3`), the bare name of a yes/no field sets it
(`rate:mirrored`).
"""

import math
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar

from ..errors import InputError, did_you_mean

_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

#: Whole numbers are at most so large, up and down; what counts ticks or spikes fits into 32 bits.
LARGEST = 10**9

_KINDS: dict[type, str] = {
    bool: "true or false",
    int: f"a whole number of at most {LARGEST}",
    float: "a number",
}


class Specified(Protocol):
    """A frozen dataclass that has a text form; fields are bool, int or float with defaults.

    A value out of range makes its `__post_init__` raise InputError.
    """

    name: ClassVar[str]
    main: ClassVar[str | None]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


S = TypeVar("S", bound=Specified)


def parse(text: str, known: Mapping[str, type[S]], what: str) -> S:
    """Make the object that a text names.

    Args:
        text: `NAME[:KEY=VALUE,…]`.
        known: Classes by name.
        what: What they are, for messages: `encoder`.

    Raises:
        InputError: Unknown name or key, or a value of the wrong kind or out of range.
    """
    if not isinstance(text, str):  # a user's class may define anything
        raise InputError(f"{what} must be a text, NAME or NAME:KEY=VALUE,… (got {text!r})")
    name, _, rest = text.strip().partition(":")
    if name not in known:
        raise InputError(f"unknown {what} {name!r}{did_you_mean(name, known)}")
    cls = known[name]
    values: dict[str, bool | int | float] = {}
    for item in filter(None, (part.strip() for part in rest.split(","))):
        key, value = _item(item, cls, f"{what} {text!r}")
        if key in values:
            raise InputError(f"{what} {text!r}: {key!r} is given twice")
        values[key] = value
    return cls(**values)


def text_of(specified: Specified) -> str:
    """Return the whole text of an encoder or decoder, every field named; `parse` reads it back."""
    items = [f"{field.name}={_plain(specified, field)}" for field in fields(specified)]
    return f"{specified.name}:{','.join(items)}" if items else specified.name


def _plain(specified: Specified, field: Field[Any]) -> str:
    value = getattr(specified, field.name)
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _item(item: str, cls: type[Specified], where: str) -> tuple[str, bool | int | float]:
    key, equals, value = (part.strip() for part in item.partition("="))
    types = {field.name: field.type for field in fields(cls)}
    if not equals:
        if types.get(key) is bool:
            return key, True
        if cls.main is None:
            raise InputError(f"{where}: {key!r} is not KEY=VALUE{_keys(types)}")
        key, value = cls.main, key
    if key not in types:
        raise InputError(f"{where}: {cls.name} has no {key!r}{_keys(types, key)}")
    return key, _value(value, types[key], f"{where}: {key}")


def _keys(types: Mapping[str, object], word: str = "") -> str:
    return did_you_mean(word, types) if types else " (it takes no settings)"


def _value(text: str, kind: object, where: str) -> bool | int | float:
    try:
        if kind is bool:
            return _YES_NO[text.lower()]
        if kind is int:
            return _whole(text)
        value = float(text)
    except (KeyError, ValueError):
        expected = _KINDS[kind] if isinstance(kind, type) else "a value"
        raise InputError(f"{where} must be {expected} (got {text!r})") from None
    if not math.isfinite(value):
        raise InputError(f"{where} must be a finite number (got {text!r})")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if abs(value) > LARGEST:
        raise ValueError(text)
    return value
