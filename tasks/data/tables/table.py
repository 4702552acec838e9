"""A table as it was read: the same columns, whatever the format of its file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError, did_you_mean

Kind = Literal["number", "yes/no", "date", "text"]


class Column(NamedTuple):
    """A column and its values.

    Attributes:
        kind: What its values are. `number`, `yes/no` (0 and 1) and `date` (days since 1970-01-01, UTC) are (rows,)
            float64, NaN where they are missing; `text` is (rows,) object, None where it is missing.
        values: The values.
        shown: From the number of a row to what the file has there, for messages.
        raw: Of a column of texts these, (rows,) of pyarrow, whatever they stand for; else None.
        decimal: Decimal sign of numbers among them, `.` or `,`.
    """

    kind: Kind
    values: NDArray[Any]
    shown: Callable[[int], str]
    raw: Any = None
    decimal: str = "."

    @property
    def missing(self) -> NDArray[np.bool_]:
        """(rows,) whether the value is missing."""
        if self.kind == "text":
            return np.array([value is None for value in self.values], np.bool_)
        gaps: NDArray[np.bool_] = np.isnan(self.values)
        return gaps

    def rows(self, chosen: NDArray[np.int64]) -> "Column":
        """Return some rows of the column."""
        places = chosen.tolist()
        return self._replace(
            values=self.values[chosen],
            shown=lambda row: self.shown(places[row]),
            raw=None if self.raw is None else self.raw.take(places),
        )


@dataclass(frozen=True)
class Table:
    """The columns of a file.

    Attributes:
        file: Where they are from.
        columns: By name, in the order of the file; each has as many rows.
        where: From the number of a row, and the name of a column or None, to where that is: `line 3, column 'x'`.
        notes: What was found out about the file without being told, a sentence each.
        no_data: Columns that the format itself sets apart, such as the index of a pandas frame, with the reason.
    """

    file: Path
    columns: Mapping[str, Column]
    where: Callable[[int, str | None], str]
    notes: tuple[str, ...] = ()
    no_data: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values())).values) if self.columns else 0

    def column(self, name: str) -> Column:
        """Return a column.

        Raises:
            InputError: There is none of that name, or it is no data.
        """
        if name in self.no_data:
            raise InputError(f"{self.file}: column {name!r} is {self.no_data[name]}")
        if name not in self.columns:
            raise InputError(
                f"{self.file} has no column {name!r}{did_you_mean(name, self.columns)}"
            )
        return self.columns[name]

    def place(self, row: int, name: str | None = None) -> str:
        """Return where a row, or a cell, is, for messages: `a.csv, line 3, column 'x'`."""
        return f"{self.file}, {self.where(row, name)}"
