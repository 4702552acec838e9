"""What a task does wrong when it measures networks, in words.

The words are kept in tables, so the same fault has the same words everywhere: no path and no address.
"""

import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..errors import InputError
from . import raised
from .measurements import Measurements
from .user_code import source


def describe(error: BaseException, modules: Iterable[str] | None = None) -> str:
    """Say in one line what was raised.

    Args:
        error: What was raised. Of an ``InputError`` the sentence is all there is to say.
        modules: Of the task that raised it; then the line is named, one in the user's code if any
            is.
    """
    if isinstance(error, InputError):
        return raised.message(error)
    said = raised.in_words(error)
    return said if modules is None else f"{said}{_where(error, modules)}"


def problem(measured: Measurements, networks: int) -> str | None:
    """Say what is wrong with the shapes or values of measurements, None if nothing is.

    Args:
        measured: What a task returned.
        networks: How many networks it had to measure.
    """
    if not isinstance(measured, Measurements):  # a user's code returns what it likes
        return f"it returned {type(measured).__name__}, not Measurements"
    for name, column in measured._asdict().items():
        try:
            values = np.asarray(column, np.float64)
        except (TypeError, ValueError):
            return f"its {name} must be numbers (got {type(column).__name__})"
        if values.shape != (networks,):
            return f"its {name} has the shape {values.shape}, but it must be ({networks},)"
        if not np.isfinite(values).all():
            wrong = values[~np.isfinite(values)][0]
            return f"its {name} is {wrong}, but it must be a finite number"
    return None


def _where(error: BaseException, modules: Iterable[str]) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    users = filter(source.is_the_users, modules)
    files = {getattr(sys.modules.get(module), "__file__", None) for module in users}
    own = [frame for frame in frames if frame.filename in files] or frames
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
