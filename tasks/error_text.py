"""What was raised, in words that a table can keep: one line, no path, no address, not too long.

The words stand in tables, so the same error has the same words on every machine.
"""

import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from ..errors import InputError

_LONGEST_MESSAGE = 300  # characters
_NOT_THE_USERS = {__package__.partition(".")[0], "gymnasium", "abc", "builtins", "typing"}
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def message(error: BaseException) -> str:
    """Return the message alone, in one line."""
    # Numba's messages have many lines, and addresses differ from process to process.
    return " ".join(_ADDRESS.sub("", str(error)).split())[:_LONGEST_MESSAGE]


def in_words(error: BaseException) -> str:
    """Return the type and the message, if it has one."""
    said = message(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def describe(error: BaseException, modules: Iterable[str] | None = None) -> str:
    """Say in one line what was raised.

    Args:
        error: What was raised. Of an `InputError` the sentence is enough.
        modules: Of the task that raised it; then the line is named, one in the user's code if any
            is.
    """
    if isinstance(error, InputError):
        return message(error)
    said = in_words(error)
    return said if modules is None else f"{said}{_where(error, modules)}"


def is_the_users(module: str) -> bool:
    """Return whether a module of a task is none of ours, of gymnasium's or of Python's."""
    return module.partition(".")[0] not in _NOT_THE_USERS


def _where(error: BaseException, modules: Iterable[str]) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    users = filter(is_the_users, modules)
    files = {getattr(sys.modules.get(module), "__file__", None) for module in users}
    own = [frame for frame in frames if frame.filename in files] or frames
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
