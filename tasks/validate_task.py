"""Checks of a task's attributes before they are used: a user's class may define anything."""

import json

from .task import Task


def task_problem(task: Task) -> str | None:
    """Say what is wrong with sizes, scores or the description, None if nothing is."""
    if not hasattr(task, "settings"):
        return "its __init__ must call super().__init__(settings)"
    for name in ("inputs", "outputs", "ticks"):
        value = getattr(task, name, None)
        if not isinstance(value, int) or value < 1:
            return f"{name} must be a whole number of at least 1 (got {value!r})"
    try:
        low, high = map(float, task.score_range)
    except (AttributeError, TypeError, ValueError):
        return "score_range must be the lowest and the highest score, two numbers"
    for name, below in (("chance_score", ", below its end"), ("guess_score", "")):
        value = getattr(task, name, None)
        fits = isinstance(value, int | float) and low <= value <= high
        if not fits or (below and value == high):
            return f"{name} must lie in score_range, {low} … {high}{below} (got {value!r})"
    described = task.describe()
    try:
        plain = json.loads(json.dumps(described, allow_nan=False)) == described
    except (TypeError, ValueError):
        plain = False
    return None if plain else "describe() must return plain JSON values"
