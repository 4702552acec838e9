"""What the inputs and outputs of a network are called: after features and their encoding, classes, actions.

The names are those that a description of the task has, as `run.json` and exported networks hold it under
`task`. What has no name there gets one from the network: `i0`, `h0`, `o0` (see `sim.network.labels`).
"""

import re
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?")
_NUMBER_OF_SEVERAL = re.compile(r"(\d+) (\S+)")


def input_names(task: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the inputs: "petal width (mirrored)"; () where nobody has named them.

    Args:
        task: What a manifest or a file says of a task; nothing is known of the values.
    """
    return _texts(task.get("input_names"))


def output_names(task: Mapping[str, Any], outputs: int) -> tuple[str, ...]:
    """Return the names of the outputs: "setosa", "push left", "number 1 (more)"; () where there are none.

    Args:
        task: What a manifest or a file says of a task; nothing is known of the values.
        outputs: How many outputs the network has.
    """
    if task.get("readout"):  # outputs are neurons like others: the readout says the classes
        return ()
    if classes := _texts(task.get("classes")):
        return classes
    if actions := _texts(task.get("actions")):
        return tuple(map(_action, actions))
    numbers = task.get("numbers")
    if not isinstance(numbers, list) or not numbers or outputs % len(numbers):
        return ()
    width = outputs // len(numbers)
    which = [f" [{place}]" for place in range(width)] if width > 1 else [""]
    if str(task.get("decoder")).partition(":")[0] == "rate":
        which = [" (less)", " (more)"]
    return tuple(f"number {number}{part}" for number in range(len(numbers)) for part in which)


def _action(name: str) -> str:
    """Return the name of an action; of one that is a number only "action 2", of several "action 0: -1"."""
    if _NUMBER.fullmatch(name):
        return f"action {name}"
    if found := _NUMBER_OF_SEVERAL.fullmatch(name):
        return f"action {found[1]}: {found[2]}"
    return name


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
