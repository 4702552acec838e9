"""Rows as text: a Markdown table for people, CSV and JSON for programs."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from .run_names import cell

Format = Literal["md", "csv", "json"]
FORMATS: tuple[Format, ...] = ("md", "csv", "json")

Rows = Sequence[Mapping[str, Any]]


def rows_as_text(rows: Rows, form: Format, columns: Sequence[str] | None = None) -> str:
    """Return rows as text that ends with a line break.

    Args:
        rows: Plain values by column, all with the same columns; None is a missing one.
        form: One of `FORMATS`. `md` rounds to four digits, the others do not.
        columns: The columns in their order, for rows that may be none; those of the first row if None.
    """
    names = list(columns if columns is not None else rows[0] if rows else ())
    if form == "json":
        listed = [{name: row[name] for name in names} for row in rows]
        return json.dumps(listed, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if form == "md":
        return markdown(rows, names)
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_plain(row[name]) for name in names] for row in rows)
    return sink.getvalue()


def markdown(rows: Rows, columns: Sequence[str]) -> str:
    """Return a Markdown table, its columns aligned: numbers flush right, all else flush left.

    A `|` in a cell is escaped; a column of which every value is missing is kept.
    """
    heads = [name.replace("_", " ") for name in columns]
    cells = [[_escaped(row[name]) for name in columns] for row in rows]
    flush_right = [
        all(isinstance(row[name], int | float | None) for row in rows)
        and not any(isinstance(row[name], bool) for row in rows)
        for name in columns
    ]
    widths = [max(3, *map(len, column)) for column in zip(heads, *cells, strict=True)]
    rule = [
        "-" * (width - 1) + ":" if right else "-" * width
        for width, right in zip(widths, flush_right, strict=True)
    ]
    lines = []
    for texts in (heads, rule, *cells):
        padded = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(texts, widths, flush_right, strict=True)
        )
        lines.append(f"| {' | '.join(padded)} |\n")
    return "".join(lines)


def _escaped(value: object) -> str:
    shown = " ".join(map(str, value)) if isinstance(value, list | tuple) else cell(value)
    return shown.replace("|", "\\|")


def _plain(value: object) -> object:
    """Return a value as CSV holds it: lists with spaces between, True as `true`."""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value
