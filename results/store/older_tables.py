"""Tables that an older version wrote, read under the names and types of today.

Schema 1 (spikevolve 0.1.0) had no columns about the run but `run`, no `source`, no `cost`, fewer
`best_…`, and smaller integers. What an older version did not know is null.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...measurements import MEASUREMENTS

#: Table → column → its name in schema 1.
RENAMED = {"generations": {"generation_mean_score": "mean_score"}}

#: Table → the column that `cost` follows from: nobody learned, so rows that were measured are counted.
_COUNTED = {"individuals": "cached", "generations": "evaluations"}


def columns_to_read(table: str, schema: pa.Schema, found: pa.Schema) -> list[str]:
    """Return the columns of an older file that the columns of today are made of.

    Args:
        table: Name of the table.
        schema: The columns that are asked for.
        found: The columns of the file.
    """
    renamed = RENAMED.get(table, {})
    wanted = [renamed.get(name, name) for name in schema.names]
    if "source" in wanted:
        wanted.append("parents")
    if "cost" in wanted:
        wanted.append(_COUNTED[table])
    return [name for name in found.names if name in wanted]


def modernised(table: str, rows: pa.Table, schema: pa.Schema, run: Mapping[str, Any]) -> pa.Table:
    """Return rows of an older file as the columns of today.

    Args:
        table: Name of the table.
        rows: What was read of `columns_to_read`.
        schema: The columns that are asked for.
        run: What is the same in every row (`folder.run_values`).

    Raises:
        ArrowException: A column has values that today's type does not hold.
        ValueError: A column is missing that every version has.
    """
    renamed = RENAMED.get(table, {})
    measurements = {measurement.name for measurement in MEASUREMENTS}
    arrays, fields = [], []
    for field in schema:
        name = renamed.get(field.name, field.name)
        if name in rows.column_names:
            array = rows.column(name).cast(field.type)
        elif field.name in run:
            array = pa.repeat(pa.scalar(run[field.name], field.type), rows.num_rows)
        elif field.name == "source":
            array = _sources(rows.column("parents"))
        elif field.name == "cost":
            array = _costs(rows.column(_COUNTED[table])).cast(field.type)
        elif not field.nullable and field.name not in measurements:
            raise ValueError(f"column {field.name} is missing")
        else:
            array, field = pa.nulls(rows.num_rows, field.type), field.with_nullable(True)
        arrays.append(array)
        fields.append(field)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _sources(parents: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return where individuals came from: in schema 1 only random genomes have no parents."""
    return pc.if_else(pc.equal(pc.list_value_length(parents), 0), "initial", "variation")


def _costs(counted: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return 1 for each row that was not cached, or the evaluations so far as they are."""
    return pc.invert(counted).cast(pa.int8()) if pa.types.is_boolean(counted.type) else counted
