"""Names of columns: each once, and lists of them as options give them."""

import csv
from collections.abc import Sequence

from ....errors import InputError


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return names as pandas makes them: a second `x` is `x.1`, a third column without a name `Unnamed: 2`."""
    found: dict[str, None] = {}
    for number, name in enumerate(names):
        name = name or f"Unnamed: {number}"
        again, several = name, 0
        while again in found:
            several += 1
            again = f"{name}.{several}"
        found[again] = None
    return list(found)


def listed_names(text: str | None, option: str) -> tuple[str, ...]:
    """Return the names of columns that an option lists, separated by commas; quotes hold a comma together.

    Raises:
        InputError: There is no name, or an empty one.
    """
    if text is None:
        return ()
    names = tuple(name.strip() for name in next(csv.reader([text], skipinitialspace=True), []))
    if not all(names) or not names:
        raise InputError(f"{option} is {text!r}; it must be names of columns, such as age,height")
    return names
