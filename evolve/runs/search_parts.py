"""The parts that a search is put together from, by the names that users give.

A part of the user's own is a function, named `module:function` or `path/to/file.py:function`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...errors import InputError, did_you_mean
from ...tasks.text_form import parse
from ...tasks.user_code import module_at, source_digest
from ..search.objectives import Objective, objectives
from ..search.selection import (
    PARENTS,
    SURVIVORS,
    ParentSelection,
    SurvivorSelection,
    Tournament,
)
from ..search.selection.own import OwnParents, OwnSurvivors
from .settings import Settings

#: Settings that name a part, and the parts of each that there are.
PARTS: Mapping[str, Mapping[str, Any]] = {"selection": SURVIVORS, "parents": PARENTS}

_CHOOSES = {"selection": "survivors", "parents": "parents"}


def survivor_selection(text: str) -> SurvivorSelection:
    """Return the selection of survivors that a text names.

    Raises:
        InputError: There is none, or a setting of it is not allowed.
    """
    if is_own("selection", text):
        return OwnSurvivors(text, _function(text, "selection"))
    _check_kind("selection", text)
    return parse(text, SURVIVORS, "selection")


def parent_selection(text: str, tournament: int | None, by_merit: float | None) -> ParentSelection:
    """Return the selection of parents that a text names.

    Args:
        text: The text.
        tournament: Individuals per tournament, where it is tournaments.
        by_merit: Share of the tournaments that the score decides, where it is tournaments.

    Raises:
        InputError: There is none, or a setting of it is not allowed.
    """
    if is_own("parents", text):
        return OwnParents(text, _function(text, "parents"))
    _check_kind("parents", text)
    if text == Tournament.name:
        return Tournament(tournament or Tournament.size, by_merit or 0.0)
    found = parse(text, PARENTS, "parents")
    if isinstance(found, Tournament):
        raise InputError(
            f"parents is {text!r}, but what tournaments are is said by --tournament and --by-merit"
        )
    return found


def weighted_objectives(text: str, weights: str | Sequence[float] | None) -> tuple[Objective, ...]:
    """Return the objectives that a text names, with their weights.

    Args:
        text: `NAME,NAME,…`.
        weights: `NAME=X,…`, or three numbers: the weights of score, spikes and latency.

    Raises:
        InputError: A name or a weight is wrong.
    """
    if weights is None:
        return objectives(text)
    if isinstance(weights, str) and "=" not in weights:
        weights = _three_numbers(weights)
    if isinstance(weights, str):
        return objectives(text, _weights(weights))
    return objectives(text, dict(zip(("score", "spikes", "latency"), weights, strict=True)))


def is_own(setting: str, text: str) -> bool:
    """Return whether a text names code of the user's that is to be imported.

    Args:
        setting: `selection` or `parents`.
        text: Its value.
    """
    return ":" in text and text.partition(":")[0] not in {*SURVIVORS, *PARENTS}


def own_parts(settings: Settings) -> dict[str, str]:
    """Return the texts of the settings that name parts of the user's own, by setting."""
    given = {name: getattr(settings, name) for name in PARTS}
    return {name: text for name, text in given.items() if text and is_own(name, text)}


def own_source_digest(*parts: object) -> str | None:
    """Return the SHA-256 (hex) of the files that the user's own parts are from, or None."""
    functions = [part.function for part in parts if isinstance(part, OwnSurvivors | OwnParents)]
    return source_digest([function.__module__ for function in functions])


def _check_kind(setting: str, text: str) -> None:
    """Raise InputError where a text names a part of the other kind, or none."""
    name = text.partition(":")[0].strip()
    for other, known in PARTS.items():
        if other != setting and name in known:
            raise InputError(
                f"{setting} is {text!r}, but that chooses {_CHOOSES[other]}: say --{other} {text}"
            )
    if name not in PARTS[setting]:
        raise InputError(
            f"{setting}: there is no {name!r}{did_you_mean(name, PARTS[setting])}; "
            "your own is given as module:function or path/to/file.py:function"
        )


def _function(spec: str, setting: str) -> Callable[..., Any]:
    where, _, name = spec.rpartition(":")
    module = module_at(where, setting)
    found = getattr(module, name, None)
    if found is None:
        there = [key for key, value in vars(module).items() if callable(value)]
        hint = did_you_mean(name, there) if there else " (it has none)"
        raise InputError(f"{setting} {spec!r}: there is no function {name!r}{hint}")
    if not callable(found):
        raise InputError(f"{setting} {spec!r}: {name} is not a function")
    function: Callable[..., Any] = found
    return function


def _three_numbers(text: str) -> list[float] | str:
    """Return the numbers of a text that is three numbers, else the text."""
    try:
        found = [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        return text
    return found if len(found) == 3 else text


def _weights(text: str) -> dict[str, float]:
    """Return weights by name; a `-` before a name, as in the objectives, changes nothing."""
    found: dict[str, float] = {}
    for item in text.split(","):
        name, equals, number = (part.strip() for part in item.partition("="))
        name = name.removeprefix("-")
        if not equals:
            raise InputError(f"weights {text!r} must be NAME=X,…, such as score=1,spikes=0.001")
        if name in found:
            raise InputError(f"weights {text!r}: {name!r} is given twice")
        try:
            found[name] = float(number)
        except ValueError:
            found[name] = float("nan")
        if not abs(found[name]) < float("inf"):
            raise InputError(f"weights {text!r}: {number!r} must be a finite number")
    return found
