"""`--set`: settings with several values, from texts such as `mutations=1,3`."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import InputError
from ..evolve.runs.setting_kinds import Kind, Real, Texts, UpTo, Whole, YesNo
from ..evolve.runs.settings import SETTINGS, TABLES
from .config import parse_table

_KINDS: Mapping[str, Kind] = {setting.name: setting.kind for setting in SETTINGS}
_YES_NO = {"true": True, "True": True, "false": False, "False": False}


def parse_grid(texts: Sequence[str], given: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values of each setting, in the order in which they are given.

    Commas separate values. Where a value has commas itself, all are given as a list of TOML:
    `objectives=["score,spikes", "score,synapses"]`.

    Args:
        texts: What was given after `--set`, each time: `NAME=VALUE,…`, or `TABLE.KEY=VALUE,…` for an entry of a
            table.
        given: The other options by name, None, or empty, where not given.

    Raises:
        InputError: A text is of another form, or a setting is given twice.
    """
    grid: dict[str, list[Any]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        name = name.strip().replace("-", "_")
        if not (name and equals):
            raise InputError(f"--set {text!r} must be NAME=VALUE,VALUE, such as mutations=1,3")
        if name in grid:
            raise InputError(f"{name} is given twice by --set")
        grid[name] = _values(name, values, text)
        table, _, key = name.partition(".")
        option = f"--{table.replace('_', '-')}"
        if given.get(table) and (not key or key in parse_table(table, given[table])):
            raise InputError(f"{name} is given twice, by --set and by {option}")
    return grid


def _values(name: str, text: str, whole: str) -> list[Any]:
    text = text.strip()
    values: list[Any]
    if text.startswith("["):
        try:
            values = tomllib.loads(f"values={text}")["values"]
        except (ValueError, RecursionError):
            raise InputError(
                f"--set {whole!r}: what stands in brackets is no list of TOML"
            ) from None
    else:
        values = [_value(name, part.strip(), whole) for part in text.split(",")]
    if not values:
        raise InputError(f"--set {whole!r} has no value")
    if isinstance(_KINDS.get(name), Texts):
        values = [value if isinstance(value, list) else [value] for value in values]
    return values


def _value(name: str, text: str, whole: str) -> Any:
    """Return a value as the option of a setting would take it; the text where it is no value of that kind."""
    if not text:
        raise InputError(f"--set {whole!r} has an empty value")
    table, _, key = name.partition(".")
    if key and table in TABLES:
        return parse_table(table, [f"{key}={text}"])[key]
    made: Callable[[str], Any]
    match _KINDS.get(name):
        case Whole():
            made = int
        case UpTo():
            made = int if text.isdecimal() else str
        case Real():
            made = float
        case YesNo():
            made = _yes_no
        case _:
            made = str
    try:
        return made(text)
    except ValueError:
        return text


def _yes_no(text: str) -> bool | str:
    return _YES_NO.get(text, text)
