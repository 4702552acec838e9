"""The grid of a study: settings with several values each, beside its seeds and folds; a run for each combination."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any

from ...errors import InputError, did_you_mean
from ...tasks.registry import is_own_wrapper
from .prepare import PARTS, is_own
from .setting_kinds import MOST_NUMBERS, numbers_of
from .settings import LENGTH, PLACE, SETTINGS, TABLES, Settings, settings_from

#: Values by setting, in the order that the user gave; `TABLE.KEY` is an entry of a table, such as `ranges.max_hidden`.
Grid = Mapping[str, Sequence[Any]]

#: The runs of a study differ by seeds and folds alone.
NO_GRID: Grid = MappingProxyType({})

#: What else the runs of a study differ by.
BY_NUMBER = ("seed", "fold")

_DECLARED = {setting.name: setting for setting in SETTINGS}
#: What the runs of a study differ by, or have in common, in another way.
_SAID_ELSEWHERE = {
    "task": "as TASK",
    "seed": "by --seeds",
    "seeds": "by --seeds",
    "fold": "by --folds",
    "folds": "by --folds",
}


def is_for_study(settings: Settings, grid: Grid = NO_GRID) -> bool:
    """Return whether settings ask for more than one run: for a grid, for seeds, or for all of the folds."""
    return bool(grid) or settings.seeds is not None or _has_all_folds(settings)


def runs_of_study(settings: Settings, grid: Grid = NO_GRID) -> list[dict[str, Any]]:
    """Return what sets each run of a study apart: settings of the grid, `seed` and `fold`.

    All seeds of a combination of settings stand together, and all folds of a seed.
    """
    axes: dict[str, Sequence[Any]] = dict(grid)
    if settings.seeds is not None:
        axes["seed"] = numbers_of(settings.seeds)
    if settings.folds is not None and _has_all_folds(settings):
        axes["fold"] = range(1, settings.folds + 1)
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def settings_of_run(settings: Settings, differs: Mapping[str, Any]) -> Settings:
    """Return the settings of one run of a study.

    Args:
        settings: Those of the study.
        differs: What sets the run apart.

    Raises:
        InputError: A setting is unknown, none that a grid may have, or its value not allowed.
    """
    words = {**settings.to_json(), "seeds": None}
    for name, value in differs.items():
        if name not in BY_NUMBER:
            check_name(name)
            _refuse_own_code(name, value)
        table, _, key = name.partition(".")
        if key and table in TABLES:
            words[table] = {**words[table], key: value}
        else:
            words[name] = value
    return settings_from(words)


def check_grid(settings: Settings, grid: Grid) -> None:
    """Refuse a grid before one of its runs begins.

    Args:
        settings: Those of the study.
        grid: Its grid.

    Raises:
        InputError: A setting is unknown, has a value twice, a value that is not allowed, or is none that a grid may
            have; or the grid is too large.
    """
    for name, values in grid.items():
        check_name(name)
        for value in values:
            if not _accepts(name, value):
                raise InputError(
                    f"{name} is {value!r}, but it must be {_DECLARED[name].kind.allowed}"
                )
            if list(values).count(value) > 1:
                raise InputError(f"{name} has the value {value!r} twice")
    count = prod(len(values) for values in grid.values())
    if count > MOST_NUMBERS:
        raise InputError(
            f"the grid has {count:,} combinations of settings; {MOST_NUMBERS:,} are allowed"
        )
    for differs in runs_of_study(settings, grid):
        settings_of_run(settings, differs)


def one_at_a_time(runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the first run, and those in which one setting of the first has another value: every value is in one.

    Seeds and folds are left as they are, since all of them are alike to what prepares a run.
    """
    first = runs[0]
    others: dict[tuple[str, str], Mapping[str, Any]] = {}
    for run in runs:
        for name in run.keys() - set(BY_NUMBER):
            if run[name] != first[name]:
                others[name, repr(run[name])] = {**first, name: run[name]}
    return [first, *others.values()]


def check_name(name: str) -> None:
    """Refuse what is no setting that a grid may have.

    Raises:
        InputError: Names the setting, and the nearest that there is or where it belongs.
    """
    table, dot, key = name.partition(".")
    if dot:
        if table not in TABLES or not key.isidentifier():
            raise InputError(
                f"there is no setting {name!r}; an entry of a table is TABLE.KEY, such as "
                f"ranges.max_hidden, and tables are {', '.join(TABLES)}"
            )
        return
    if name not in _DECLARED:
        raise InputError(f"there is no setting {name!r}{did_you_mean(name, _DECLARED)}")
    if name in _SAID_ELSEWHERE:
        raise InputError(f"{name} is no setting for a grid: it is given {_SAID_ELSEWHERE[name]}")
    group = _DECLARED[name].group
    if group == LENGTH:
        raise InputError(
            f"{name} is a limit, which may change when a run goes on: all runs of a grid have the same"
        )
    if group == PLACE:
        raise InputError(
            f"{name} says where a run goes on or what it writes: all runs of a grid have the same"
        )
    if name in TABLES:
        raise InputError(f"{name} is a table: say {name}.KEY, such as {TABLES[name].example}")


def _has_all_folds(settings: Settings) -> bool:
    return settings.folds is not None and settings.fold is None


def _accepts(name: str, value: object) -> bool:
    """Return whether a setting may have a value; what is in a table is checked where a run is prepared."""
    if "." in name:
        return True
    return _DECLARED[name].kind.accepts(tuple(value) if isinstance(value, list) else value)


def _refuse_own_code(name: str, value: object) -> None:
    """Raise InputError for code of the user's: a study that goes on imports none that its folder names."""
    own = name in PARTS and isinstance(value, str) and is_own(name, value)
    if name == "wrap" and isinstance(value, list | tuple):
        own = any(is_own_wrapper(str(text)) for text in value)
    if own:
        raise InputError(
            f"{name} is {value!r}, but code of your own can be in no grid: start a study for each"
        )
