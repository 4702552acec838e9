"""Writing JSON that people read: one line for each entry of a list."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any


def document(head: Mapping[str, Any], lists: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """A JSON object as text: a line for each key of `head`, and for each entry of each list."""
    lines = [f'  "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in head.items()]
    for key, entries in lists.items():
        rows = ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
        lines.append(f'  "{key}": [\n{rows}\n  ]' if entries else f'  "{key}": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def plain(number: Any) -> float | str:
    """A NumPy number as JSON has it, such that reading it gives back an equal one.

    Whole numbers stand without a fraction, those on a dyadic grid down to 2⁻²⁰ with all of their
    digits, others with as many as tell them apart in their type; infinity is "inf" or "-inf".
    """
    value = float(number)
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return int(value)
    if (value * 2**20).is_integer():
        return value
    short = float(str(number))
    return short if type(number)(short) == number else value
