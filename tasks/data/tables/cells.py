"""What the texts of a column mean: numbers in a fixed spelling, yes or no, dates, or just texts."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ..class_labels import MISSING
from ..number_spelling import NUMBERS
from .table import Column

#: Numbers that can be read with one decimal sign only, and those that can be read with either.
_POINT_ONLY = r"^[+-]?(?:\d*\.\d{0,2}|\d*\.\d{4,}|0\d*\.\d+|\d{4,}\.\d+|\d{1,3}(?:,\d{3})+\.\d*)(?:[eE][+-]?\d+)?$"
_COMMA_ONLY = _POINT_ONLY.replace(r"\.", "@").replace(",\\d{3}", r"\.\d{3}").replace("@", ",")
_GROUPED = r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+$"

_DATE = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?$"

_DAY = 86_400_000_000  # microseconds


def trimmed(texts: Any) -> Any:
    """Return texts as a pyarrow array of strings without blanks at their ends."""
    import pyarrow
    from pyarrow import compute

    cells = pyarrow.array(texts, type=pyarrow.string(), from_pandas=True)
    return compute.utf8_trim_whitespace(cells)


def decimal_sign(columns: dict[str, Any], separator: str, where: Callable[[int, str], str]) -> str:
    """Find out whether numbers are written with a point or a comma.

    Args:
        columns: Of `trimmed`, by name.
        separator: What separates the cells of the file.
        where: From a row and a column to their place, for messages.

    Raises:
        InputError: Some numbers can only be read with the one, some with the other, or all with both.
    """
    from pyarrow import compute

    with_comma = {name for name, cells in columns.items() if _has(cells, ",")}
    if not with_comma:
        return "."
    first: dict[str, tuple[str, int, str]] = {}
    for name, cells in columns.items():
        for kind, pattern in ((".", _POINT_ONLY), (",", _COMMA_ONLY), ("either", _GROUPED)):
            if kind in first or (kind != "." and name not in with_comma):
                continue
            found = compute.index(compute.match_substring_regex(cells, pattern), True).as_py()
            if found >= 0 and _mostly_numbers(cells):
                first[kind] = (name, found, cells[found].as_py())
    if "." in first and "," in first:
        (name, row, point), (other, _, comma) = first["."], first[","]
        raise InputError(
            f"{where(row, name)}: {point!r} has a decimal point, but {comma!r} in "
            f"column {other!r} a decimal comma; --decimal says which one is meant"
        )
    if "," in first:
        return ","
    if "either" in first and "." not in first and separator != ",":
        name, row, text = first["either"]
        raise InputError(
            f"{where(row, name)}: {text!r} may have a decimal comma or commas between thousands; "
            "--decimal , or --decimal . says which"
        )
    return "."


def signs_left_out(
    cells: Mapping[str, Any], columns: Mapping[str, Column], decimal: str
) -> list[str]:
    """Say which signs in columns of numbers stand for nothing: those between thousands, and percent signs.

    Args:
        cells: Of `trimmed`, by name.
        columns: What they stand for, by name.
        decimal: Decimal sign.
    """
    numbers = [cells[name] for name, column in columns.items() if column.kind == "number"]
    group = "," if decimal == "." else "."
    signs = {
        group: f"the sign {group!r} between thousands is left out",
        "%": "percent signs are left out",
    }
    return [sentence for sign, sentence in signs.items() if any(_has(c, sign) for c in numbers)]


def _has(cells: Any, sign: str) -> bool:
    """Return whether a sign stands in any cell."""
    from pyarrow import compute

    return bool(compute.any(compute.match_substring(cells, sign)).as_py())


def _mostly_numbers(cells: Any) -> bool:
    """Return whether most of the cells that are not missing are numbers, with either decimal sign."""
    from pyarrow import compute

    here = cells.filter(compute.invert(_missing(cells)))
    numbers = compute.or_(*(compute.match_substring_regex(here, p) for p in NUMBERS.values()))
    return 2 * (compute.sum(numbers).as_py() or 0) > len(here)


def column_of_texts(cells: Any, decimal: str = ".") -> Column:
    """Return texts as the numbers, the yes and no, or the dates that all of them stand for, else as texts.

    Args:
        cells: Of `trimmed`. A missing value is one of `MISSING`, or null.
        decimal: Decimal sign of numbers, `.` or `,`.
    """
    gaps = _missing(cells)

    def shown(row: int) -> str:
        return repr(cells[row].as_py())

    for kind, read in (("number", _numbers), ("date", _dates), ("yes/no", _truths)):
        values = read(cells, gaps, decimal)
        if values is not None:
            return Column(kind, values, shown, cells, decimal)  # type: ignore[arg-type]
    texts = np.array(cells.to_pylist(), np.object_)
    texts[gaps.to_numpy(zero_copy_only=False)] = None
    return Column("text", texts, shown, cells, decimal)


def _missing(cells: Any) -> Any:
    import pyarrow
    from pyarrow import compute

    words = pyarrow.array(sorted(MISSING))
    return compute.or_(compute.is_in(cells, words), compute.is_null(cells))


def _all_match(cells: Any, gaps: Any, pattern: str, *, any_case: bool = False) -> bool:
    """Return whether all cells but those that are missing match, and there is one."""
    from pyarrow import compute

    fits = compute.match_substring_regex(cells, pattern, ignore_case=any_case)
    every = compute.all(compute.or_kleene(fits, gaps)).as_py()
    return bool(every) and not compute.all(gaps).as_py()


def _numbers(cells: Any, gaps: Any, decimal: str) -> NDArray[np.float64] | None:
    """Return numbers, NaN where they are missing; a column of percentages without its signs."""
    import pyarrow
    from pyarrow import compute

    if compute.all(gaps).as_py():
        return np.full(len(cells), np.nan)
    if _all_match(cells, gaps, r"^.*\d ?%$"):
        cells = compute.replace_substring_regex(cells, " ?%$", "")
    if not _all_match(cells, gaps, NUMBERS[decimal]):
        return None
    plain = compute.if_else(gaps, pyarrow.scalar(None, pyarrow.string()), cells)
    plain = compute.replace_substring(plain, "." if decimal == "," else ",", "")
    plain = compute.replace_substring(plain, decimal, ".")
    plain = compute.replace_substring(
        plain, "+", ""
    )  # that of an exponent, too, where it says nothing
    values = compute.cast(plain, pyarrow.float64()).to_numpy(zero_copy_only=False)
    return np.array(values, np.float64)


def _dates(cells: Any, gaps: Any, decimal: str) -> NDArray[np.float64] | None:
    """Return days since 1970-01-01 of dates of ISO 8601; those without a time zone count as UTC."""
    import pandas as pd

    if not _all_match(cells, gaps, _DATE):
        return None
    texts = pd.Series(cells.to_pylist(), dtype=object)
    texts[gaps.to_numpy(zero_copy_only=False)] = None
    found = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    if found.isna().sum() > gaps.to_numpy(zero_copy_only=False).sum():
        return None  # such as the 30th of February
    return days_of(found.dt.tz_localize(None).to_numpy())


def days_of(times: NDArray[Any]) -> NDArray[np.float64]:
    """Return days since 1970-01-01 of NumPy's times, NaN where there is none."""
    microseconds = times.astype("datetime64[us]").astype(np.int64)
    return np.where(np.isnat(times), np.nan, microseconds / _DAY)


def _truths(cells: Any, gaps: Any, decimal: str) -> NDArray[np.float64] | None:
    """Return 1 and 0 for true and false, in capital letters or not."""
    from pyarrow import compute

    if not _all_match(cells, gaps, "^(?:true|false)$", any_case=True):
        return None
    true = compute.match_substring_regex(cells, "^true$", ignore_case=True)
    values = true.cast("int8").to_numpy(zero_copy_only=False).astype(np.float64)
    return np.where(gaps.to_numpy(zero_copy_only=False), np.nan, values)
