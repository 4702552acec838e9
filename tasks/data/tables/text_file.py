"""Tables as text: comma- and otherwise separated values, read by pandas."""

import csv
import warnings
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ....errors import InputError
from .cells import column_of_texts, decimal_sign, signs_left_out, trimmed
from .names import distinct_names
from .table import Table
from .text_layout import (
    SPOKEN,
    Lines,
    TextSettings,
    commonest_width,
    first_rows,
    has_header,
    names_in_comment,
    read_text,
    rows_of,
    separator_of,
    without_comments,
)


class _Layout(NamedTuple):
    lines: Lines
    separator: str
    names: list[str]
    header: bool


def read_text_table(file: Path, settings: TextSettings) -> Table:
    """Read a table.

    Raises:
        InputError: Naming the file and, where there is one, the line.
    """
    text, encoded = read_text(file, settings.encoding)
    lines = without_comments(text)
    separator = separator_of(file, lines, settings.separator)
    rows = first_rows(lines.text, separator)
    if not rows:
        raise InputError(f"{file} is empty; it must begin with the names of its columns")
    header = has_header(rows) if settings.no_header is None else not settings.no_header
    in_comment = None
    if settings.no_header is None and not header:
        in_comment = names_in_comment(lines, separator, commonest_width(rows))
    layout = _Layout(lines, separator, in_comment or _names(rows, header), header)
    cells, kept = _cells(file, layout)
    place = _Places(layout, kept)
    decimal = settings.decimal or decimal_sign(
        cells, separator, lambda row, name: f"{file}, {place(row, name)}"
    )
    if decimal not in (".", ","):
        raise InputError(f"decimal is {decimal!r}; it must be . or ,")
    columns = {name: column_of_texts(texts, decimal) for name, texts in cells.items()}
    notes = [*_notes(layout, settings, encoded, decimal), *signs_left_out(cells, columns, decimal)]
    return Table(file, columns, place, tuple(notes))


def _names(rows: list[list[str]], header: bool) -> list[str]:
    """Return a name for each column; those of row names, and after a separator at the end, are empty."""
    first, width = rows[0], commonest_width(rows[1:] or rows)
    if not header:
        return [f"column {number}" for number in range(1, max(width, len(first)) + 1)]
    ends = [row[-1] for row in rows[1:] if len(row) == width]
    if len(first) == width - 1 and any(ends):  # R writes no name above the names of rows
        return ["", *first]
    return [*first, *[""] * (width - len(first))] if not any(ends) else first


def _cells(file: Path, layout: _Layout) -> tuple[dict[str, Any], Any]:
    """Return the trimmed texts of each column by name, and the numbers of the rows that are not blank."""
    import pyarrow
    from pyarrow import compute

    frame = _frame(file, layout)
    columns = [trimmed(frame[number]) for number in frame.columns]
    if layout.header:
        columns = [cells[1:] for cells in columns]
    if not len(columns[0]):
        raise InputError(f"{file} has no rows, only the names of its columns")
    filled = [compute.not_equal(cells, "") for cells in columns]
    some = filled[0]
    for other in filled[1:]:
        some = compute.or_(some, other)
    kept = np.flatnonzero(some.to_numpy(zero_copy_only=False))
    if len(kept) < len(columns[0]):  # spreadsheets write lines of separators alone
        columns = [cells.take(pyarrow.array(kept)) for cells in columns]
    nameless = [
        not name and not compute.any(compute.not_equal(cells, "")).as_py()
        for name, cells in zip(layout.names, columns, strict=True)
    ]
    there = [n for n, empty in enumerate(nameless) if not empty]
    names = distinct_names([layout.names[n] for n in there])
    return dict(zip(names, (columns[n] for n in there), strict=True)), kept


def _frame(file: Path, layout: _Layout) -> Any:
    """Return all cells as texts, the header as the first row."""
    import pandas as pd

    width = len(layout.names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                StringIO(layout.lines.text),
                sep=r"\s+" if layout.separator == " " else layout.separator,
                header=None,
                names=list(range(width)),
                index_col=False,
                dtype=str,
                na_filter=False,
                skipinitialspace=True,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        _refuse_ragged(file, layout)
        reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise InputError(f"{file} cannot be read as a table: {reason}") from error
    if not _is_full(layout, len(frame)):
        _refuse_ragged(file, layout)
    return frame


def _is_full(layout: _Layout, rows: int) -> bool:
    """Return whether all rows have as many cells as there are names, without looking for the place."""
    text, width = layout.lines.text, len(layout.names)
    if '"' in text and layout.separator != " ":
        cells = csv.reader(StringIO(text), delimiter=layout.separator, skipinitialspace=True)
        try:
            return {*map(len, cells)} <= {0, width}
        except csv.Error:  # a cell of more than 100,000 letters
            return False
    if layout.separator == " ":
        return '"' not in text and {len(line.split()) for line in text.split("\n")} <= {0, width}
    return text.count(layout.separator) == rows * (width - 1)


def _refuse_ragged(file: Path, layout: _Layout) -> None:
    """Raise InputError at the first row with too few or too many cells, if there is one."""
    width = len(layout.names)
    rows = rows_of(layout.lines.text.split("\n"), layout.separator)
    for number, (line, cells) in enumerate(rows):
        few = width - len(cells)
        header = number == 0 and layout.header
        optional = sum(not name for name in (layout.names[-1:] if few > 0 else ()))
        if few == 0 or header or (few == 1 and optional) or (few < 0 and not any(cells[width:])):
            continue
        first = "the first line names" if layout.header else "most lines have"
        raise InputError(
            f"{file}, line {_line(layout, line)} has {len(cells)} cells; {first} {width} columns"
        )


def _line(layout: _Layout, number: int) -> int:
    """Return the number of a line in the file, from 1."""
    return number + 1 if layout.lines.numbers is None else layout.lines.numbers[number]


class _Places:
    """Where the rows of a text are: worked out when it is asked for, which is for messages only."""

    def __init__(self, layout: _Layout, kept: Any) -> None:
        self._layout, self._kept = layout, kept

    def __call__(self, row: int, name: str | None) -> str:
        rows = rows_of(self._layout.lines.text.split("\n"), self._layout.separator)
        number = int(self._kept[row]) + int(self._layout.header)
        where = f"line {_line(self._layout, rows[number][0])}"
        return where if name is None else f"{where}, column {name!r}"


def _notes(
    layout: _Layout, settings: TextSettings, encoded: str | None, decimal: str
) -> tuple[str, ...]:
    """Say what was found out that a reader of the file might see otherwise."""
    notes = [encoded] if encoded else []
    if settings.separator is None and layout.separator != ",":
        notes.append(f"cells are separated by {SPOKEN[layout.separator]}")
    if settings.decimal is None and decimal == ",":
        notes.append("numbers have a decimal comma")
    if settings.no_header is None and not layout.header:
        numbered = layout.names[0] == "column 1"
        names = (
            "so columns are numbered from 1" if numbered else "names are in the comment above it"
        )
        notes.append(f"the first line is a sample and no header; {names}")
    if layout.lines.numbers is not None:
        notes.append("lines that begin with # are left out")
    return tuple(notes)
