"""Class labels that are missing."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

#: Texts that stand for no value: those of spreadsheets, R, pandas and the UCI repository.
MISSING = frozenset(
    {
        *("", "?", "nan", "NaN", "NAN", "-nan", "-NaN", "NaT", "null", "Null", "NULL", "None"),
        *("NA", "N/A", "n/a", "#N/A", "#NA", "<NA>"),
    }
)


def refuse_missing(
    labels: Iterable[object],
    place: Callable[[int], str],
    texts: frozenset[str] = MISSING,
    what: str = "label",
) -> None:
    """Refuse labels of which some are missing.

    Args:
        labels: Labels of any types. None, NaN and NA (pandas) are always missing.
        place: From the number of a label to where it is, for messages: `a.csv, line 3`.
        texts: Texts that are missing, too.
        what: What they are, for messages.

    Raises:
        InputError: Naming the place of the first one, what is there, and how many are missing.
    """
    if isinstance(labels, np.ndarray) and labels.dtype.kind in "iub":
        return  # these types have no value for it, and may be many
    everyone = list(labels)
    missing = [number for number, label in enumerate(everyone) if _is_missing(label, texts)]
    if missing:
        found = everyone[missing[0]]
        shown = repr(str(found)) if isinstance(found, str) else str(found)
        raise InputError(
            f"{place(missing[0])}: the {what} is missing "
            f"(got {shown}; {len(missing)} of {len(everyone)} are missing)"
        )


def unmasked(labels: Any) -> NDArray[Any]:
    """Return labels, or targets, as an array in which None stands for those that a mask hides."""
    if not np.ma.is_masked(labels):
        return np.asarray(labels)
    array = np.array(labels.data, np.object_)
    array[labels.mask] = None
    return array


def _is_missing(label: object, texts: frozenset[str]) -> bool:
    if isinstance(label, bytes):
        label = label.decode(errors="replace")
    if isinstance(label, str):
        return label.strip() in texts
    # The words of None, NaN, NaT and pandas.NA. NaN is not equal to itself, but NA is neither.
    return str(label) in MISSING
