"""What each column of a table is for a network: the same rules for every format."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ..number_spelling import is_number
from ..samples import FOR_GAPS, LARGEST
from .table import Column, Table

Use = Literal["number", "yes/no", "date", "categories", "label", "left out"]
Missing = Literal["refuse", "median", "flag"]

#: Different texts of a column that become features of their own, at most.
MOST_CATEGORIES = 50

_YES = frozenset({"yes", "y", "true", "t", "1"})
_PAIRS = (("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"))

_SHOWN = 20  # letters of a text
_OTHER = {".": ",", ",": "."}  # decimal signs

#: Names of columns of which each value tells one row from all others.
_ID = re.compile(
    r"unnamed: ?0(\.\d+)?|index|row[ _.-]?names?|(.*[ _.-])?(id|uuid|guid)|level_0", re.IGNORECASE
)
_CAMEL_ID = re.compile(r".*[a-z]I[dD]")
#: Names of columns that may count the rows.
_COUNTER = re.compile(
    r"#|no\.?|nr\.?|num|number|row|rows|line|case|sample|obs|observation|record|instance|key|s\.?no\.?",
    re.IGNORECASE,
)


#: Why a column is left out that the user leaves out.
NOT_ASKED_FOR, DROPPED = "is not among the features that were asked for", "was dropped"


class Meaning(NamedTuple):
    """What a column is.

    Attributes:
        name: Its name.
        use: What it is used as.
        values: Of `yes/no` the two texts, of 0 and 1, empty where the column has no texts; of `categories` the
            texts of which each has a feature.
        why: Why it is left out.
        missing: How many values are missing.
        medians: What stands for a missing value, a number for each feature; empty where none may be missing.
        flag: Whether one more feature says that a value is missing.
    """

    name: str
    use: Use
    values: tuple[str, ...] = ()
    why: str = ""
    missing: int = 0
    medians: tuple[float, ...] = ()
    flag: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features that the column has, without that of the flag."""
        match self.use:
            case "label" | "left out":
                return ()
            case "categories":
                return tuple(f"{self.name}={value}" for value in self.values)
            case "yes/no" if self.values and not _is_pair(self.values):
                return (f"{self.name}={self.values[1]}",)
        return (self.name,)


class Choice(NamedTuple):
    """Which columns a user wants.

    Attributes:
        targets: Columns that are no features: that of the labels, or of numbers to predict.
        features: Those that are features; empty for all others.
        drop: Those that are not.
    """

    targets: tuple[str, ...]
    features: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


def understand(table: Table, choice: Choice, missing: Missing = "refuse") -> tuple[Meaning, ...]:
    """Find out what each column of a table is.

    Raises:
        InputError: A column is not there or cannot be a feature, a value is missing that must not be, or no
            feature is left.
    """
    _check_choice(table, choice)
    meanings = tuple(_meaning(table, name, choice, missing) for name in table.columns)
    if not any(meaning.features for meaning in meanings):
        left = [f"{m.name!r} {m.why}" for m in meanings if m.use == "left out"]
        because = f" (left out: {'; '.join(left[:5])})" if left else ""
        raise InputError(
            f"{table.file} has no column that can be a feature beside "
            f"{' and '.join(map(repr, choice.targets))}{because}"
        )
    return meanings


def features_of_table(
    table: Table, meanings: Sequence[Meaning], remedy: str = FOR_GAPS
) -> NDArray[np.float64]:
    """Return the features of the rows, (rows, features), NaN where a value is missing that may be.

    Texts that are none of the categories have 0 in all of their features.

    Args:
        table: The table.
        meanings: Of `understand`, of this table or of another.
        remedy: What the end of a sentence says where a value is missing that may not be.

    Raises:
        InputError: A column is not there, or a value is missing or is not what the column has otherwise.
    """
    blocks = []
    for meaning in meanings:
        if meaning.features:
            column = table.column(meaning.name)
            _check_kind(table, meaning, column)
            if not meaning.medians:
                _refuse_gaps(table, meaning.name, column, remedy)
            blocks.append(_block(meaning, column))
    return np.column_stack(blocks)


def _check_choice(table: Table, choice: Choice) -> None:
    for name in (*choice.targets, *choice.features, *choice.drop):
        table.column(name)
    for name in choice.targets:
        if name in choice.features or name in choice.drop:
            option = "features" if name in choice.features else "drop"
            raise InputError(f"{option} names {name!r}, which is the column of the right answers")
    both = {*choice.features} & {*choice.drop}
    if both:
        raise InputError(f"features and drop both name {min(both)!r}")


def _meaning(table: Table, name: str, choice: Choice, missing: Missing) -> Meaning:
    column = table.columns[name]
    if name in choice.targets:
        return Meaning(name, "label")
    if name in choice.drop:
        return Meaning(name, "left out", why=DROPPED)
    if choice.features and name not in choice.features:
        return Meaning(name, "left out", why=NOT_ASKED_FOR)
    gaps = column.missing
    count = int(gaps.sum())
    if count == len(gaps):
        return Meaning(name, "left out", why="has no values", missing=count)
    if column.kind != "text":
        _check_size(table, name, column)
    if name not in choice.features and (why := _numbers_rows(name, column)):
        return Meaning(name, "left out", why=why, missing=count)
    if column.kind == "text":
        found = _of_texts(table, name, column, asked=name in choice.features)
    else:
        found = Meaning(name, column.kind)
    if count and found.features and missing == "refuse":
        _refuse_gaps(table, name, column, FOR_GAPS)
    # What the medians are, training data decide: see `prepare`.
    unknown = (float("nan"),) * len(found.features) if missing != "refuse" else ()
    return found._replace(missing=count, medians=unknown)


def _numbers_rows(name: str, column: Column) -> str:
    """Say why a column that only numbers the rows is no feature; an empty text if it is one."""
    if column.kind != "number" or len(column.values) < 2 or column.missing.any():
        return ""
    values = column.values
    if np.any(values != np.rint(values)):
        return ""
    in_order = bool(np.all(np.diff(values) == 1))
    if (_ID.fullmatch(name) or _CAMEL_ID.fullmatch(name)) and len(np.unique(values)) == len(values):
        return "only numbers the rows"
    return "only numbers the rows" if in_order and _COUNTER.fullmatch(name) else ""


def _of_texts(table: Table, name: str, column: Column, *, asked: bool) -> Meaning:
    texts = [plain(value, column.decimal) for value in column.values if value is not None]
    different = sorted({*texts})
    _refuse_few_texts(table, name, column, different)
    lower = sorted({text.lower() for text in texts})
    for pair in _PAIRS:
        if len(lower) == 2 and {*lower} == {*pair}:
            return Meaning(name, "yes/no", pair)
    several = len(different) > MOST_CATEGORIES or (len(different) == len(texts) > 2)
    if several and asked:
        raise InputError(
            f"{table.file}, column {name!r} has {len(different):,} different texts in {len(texts):,} "
            f"rows; as a feature it may have {MOST_CATEGORIES}, and must have some of them again"
        )
    if several:
        why = f"has {len(different):,} different texts in {len(texts):,} rows, such as {_short(texts[0])!r}"
        return Meaning(name, "left out", why=why)
    if len(different) == 2:
        return Meaning(name, "yes/no", (different[0], different[1]))
    return Meaning(name, "categories", tuple(different))


def _refuse_few_texts(table: Table, name: str, column: Column, different: Sequence[str]) -> None:
    """Refuse a column of numbers with a few texts among them, or of another decimal sign: mistakes."""
    rows = [row for row, value in enumerate(column.values) if value is not None]
    odd = [row for row in rows if not is_number(column.values[row], column.decimal)]
    texts = [row for row in odd if not is_number(column.values[row], _OTHER[column.decimal])]
    numbers = len(rows) - len(texts)
    categories = len(different) <= min(MOST_CATEGORIES, len(rows) / 2)
    if numbers and numbers >= len(texts) and not (categories and 10 * len(texts) >= len(rows)):
        raise _no_number(table, name, column, (texts or odd or rows)[0])


def _no_number(table: Table, name: str, column: Column, row: int) -> InputError:
    return InputError(f"{table.place(row, name)}: {column.shown(row)} is not a finite number")


def _check_size(table: Table, name: str, column: Column) -> None:
    beyond = np.flatnonzero(np.abs(column.values) > LARGEST)
    if len(beyond):
        row = int(beyond[0])
        raise InputError(
            f"{table.place(row, name)}: {column.shown(row)} is too large; numbers must lie between "
            f"-{LARGEST:g} and {LARGEST:g}"
        )


def _refuse_gaps(table: Table, name: str, column: Column, remedy: str) -> None:
    gaps = np.flatnonzero(column.missing)
    if len(gaps):
        row = int(gaps[0])
        raise InputError(
            f"{table.place(row, name)}: the value is missing (got {column.shown(row)}; {len(gaps):,} of "
            f"{len(column.values):,} are missing); {remedy}"
        )


def _check_kind(table: Table, meaning: Meaning, column: Column) -> None:
    """Refuse a column, of another file perhaps, whose values are not what the network knows."""
    if meaning.values:
        return  # any value is one of its texts, or none
    if column.kind == "text":
        kind = "number" if meaning.use == "yes/no" else meaning.use
        here = [row for row, value in enumerate(column.values) if value is not None]
        odd = [
            row
            for row in here
            if kind == "date" or not is_number(column.values[row], column.decimal)
        ]
        row = (odd or here)[0]
        if kind == "number":
            raise _no_number(table, meaning.name, column, row)
        raise InputError(
            f"{table.place(row, meaning.name)}: {column.shown(row)} is not a date such as 2024-05-17"
        )
    if (column.kind == "date") != (meaning.use == "date") and not column.missing.all():
        row = int(np.flatnonzero(~column.missing)[0])
        raise InputError(
            f"{table.place(row, meaning.name)}: {column.shown(row)} is not a {meaning.use}"
        )
    _check_size(table, meaning.name, column)


def _block(meaning: Meaning, column: Column) -> NDArray[np.float64]:
    """Return the features of a column, (rows, features)."""
    if not meaning.values:
        return column.values[:, np.newaxis]
    texts, gaps = np.array(_texts(column), np.object_), column.missing
    if _is_pair(meaning.values):
        known = [text is not None and text.lower() in _YES for text in texts]
        block = np.array(known, np.float64)[:, np.newaxis]
    else:
        wanted = meaning.values[1:] if meaning.use == "yes/no" else meaning.values
        block = np.stack([(texts == value).astype(np.float64) for value in wanted], axis=1)
    block[gaps] = np.nan
    return block


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_pair(values: tuple[str, ...]) -> bool:
    return values in _PAIRS


def _texts(column: Column) -> list[str | None]:
    """Return the values as texts, in the spelling of `plain`, whatever all of them together may stand for."""
    if column.raw is not None:
        pairs = zip(column.raw.to_pylist(), column.missing, strict=True)
        return [None if gap else plain(text, column.decimal) for text, gap in pairs]
    if column.kind == "yes/no":
        return [None if np.isnan(value) else str(bool(value)) for value in column.values]
    return [None if np.isnan(value) else shortest(value) for value in column.values]


def shortest(value: float) -> str:
    """Return a number as text, a whole one without a point."""
    return str(int(value)) if value == np.rint(value) and abs(value) < 2**53 else repr(float(value))


def plain(text: str, decimal: str) -> str:
    """Return a text; true and false, and numbers among texts, in the spelling that typed columns give them."""
    if text.lower() in ("true", "false"):
        return text.capitalize()
    if not is_number(text, decimal):
        return text
    group = "," if decimal == "." else "."
    return shortest(float(text.replace(group, "").replace(decimal, ".")))
