"""The tables of a run: every column with its type, unit and meaning, and rows on their way into one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import InputError
from ...measurements import EVALUATED, MEASUREMENTS, Measurement


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        name: Its name in files, data frames and documentation.
        type: Arrow type of its values.
        meaning: What it is, in a few words.
        unit: Unit, empty for a name or a plain number.
        nullable: Whether a value may be missing.
        time: Whether it may differ between runs of the same configuration.
        encoding: Parquet's name of an encoding; empty for a dictionary, which suits values that recur.
        of_run: Whether it says what run a row is of. Such a column is filled in on writing: it is the
            same in every row, and so a dictionary of one value and a run length.
        category: Whether data frames have it as a category: few texts, again and again.
    """

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    nullable: bool = False
    time: bool = False
    encoding: str = ""
    of_run: bool = False
    category: bool = False

    @property
    def is_list(self) -> bool:
        """Whether each value is a list."""
        return bool(pa.types.is_list(self.type))

    @property
    def path(self) -> str:
        """What Parquet calls the column that holds the values."""
        return f"{self.name}.list.element" if self.is_list else self.name


def _list(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("element", kind))


INT, LONG, REAL, SMALL_REAL = pa.int32(), pa.int64(), pa.float64(), pa.float32()
TEXT, BOOL = pa.string(), pa.bool_()
RANDOM_TEXT = "DELTA_LENGTH_BYTE_ARRAY"  # hashes: nothing recurs; the characters still compress
SORTED_TEXT = "DELTA_BYTE_ARRAY"
SORTED_INT = "DELTA_BINARY_PACKED"


def _measured(measurement: Measurement) -> Column:
    """Return the column of a measurement.

    Sizes of networks and genomes are always known. What a task measures is missing where the
    evaluation failed, and an energy where the profile has no published cost.
    """
    known = measurement.whole and measurement.source != "task"
    return Column(
        measurement.name,
        LONG if measurement.whole else REAL,
        measurement.meaning,
        measurement.unit,
        nullable=not known,
    )


def _real(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, REAL, meaning, unit, nullable=True)


def _clock(name: str, meaning: str) -> Column:
    return Column(name, REAL, meaning, "s", nullable=True, time=True)


RUN = (
    Column("run", TEXT, "name of the run", time=True, of_run=True, category=True),
    Column("task", TEXT, "name of the task", of_run=True, category=True),
    Column("seed", LONG, "seed of the search", of_run=True),
    Column("split", LONG, "seed of the split into training and test data", of_run=True),
    Column("fold", INT, "fold held out, 1 the first; null without", nullable=True, of_run=True),
    Column("island", INT, "island of the search, 0 the first", of_run=True),
)
IDENTITY = (
    Column("generation", INT, "generation in which it was evaluated", encoding=SORTED_INT),
    Column("index", INT, "index in that generation, counted over all islands"),
    Column(
        "id",
        TEXT,
        "birth generation and index, G-I; unique in a run, since the index counts over all islands",
        encoding=SORTED_TEXT,
    ),
    Column("birth_generation", INT, "generation in which it was born", encoding=SORTED_INT),
    Column("birth_index", INT, "index in the generation of its birth"),
    Column(
        "source",
        TEXT,
        "source of candidates that it came from, such as initial or variation",
        category=True,
    ),
    Column("parents", _list(TEXT), "ids of the parents; none for a random genome"),
    Column("operators", _list(TEXT), "operators that made it, in order", category=True),
    Column(
        "traits",
        TEXT,
        "settings of the task that it has for itself, as NAME=VALUE,…",
        category=True,
    ),
    Column("genome_hash", TEXT, "content hash of the genome", encoding=RANDOM_TEXT),
    Column("network_hash", TEXT, "of the expressed network, and its traits", encoding=RANDOM_TEXT),
)
MEASURED = tuple(map(_measured, MEASUREMENTS))
AVERAGE = (
    _real("mean_score", "mean score over all episodes so far", "task's own"),
    Column("episodes", LONG, "episodes in mean_score; null for data", nullable=True),
)
BEST = tuple(
    _real(f"best_{m.name}", f"{m.name} of the best score of the front as it stands", m.unit)
    for m in EVALUATED
)
TESTS = tuple(
    _real(f"test_{m.name}", f"{m.name} on held-out data or unseen starts", m.unit)
    for m in MEASUREMENTS
    if m.tested
)

TABLES: dict[str, tuple[Column, ...]] = {
    "individuals": (
        *RUN,
        *IDENTITY,
        *MEASURED,
        *AVERAGE,
        Column(
            "objectives",
            _list(REAL),
            "means of the objectives, in their order; empty if it lost its race",
        ),
        Column("rank", INT, "Pareto rank, or rank in the order of its selection", nullable=True),
        Column("feasible", BOOL, "above chance, and within all constraints"),
        Column("survived", BOOL, "kept by the selection"),
        Column("cached", BOOL, "taken from the cache, not evaluated again"),
        Column(
            "cost",
            REAL,
            "what the row took: 1 if not cached, and 3 for each epoch of learning",
            "evaluations",
        ),
        Column(
            "fault",
            TEXT,
            "what went wrong in the evaluation; null: nothing",
            nullable=True,
            category=True,
        ),
        Column("evaluation_seconds", SMALL_REAL, "time of the evaluation", "s", True, True),
    ),
    "generations": (
        *RUN,
        Column("generation", INT, "number, from 0"),
        Column("evaluations", LONG, "rows so far that are not cached"),
        Column("cost", REAL, "cost of all rows so far", "evaluations"),
        Column("cached", LONG, "rows of this generation taken from the cache"),
        Column("feasible", LONG, "rows of this generation that are feasible"),
        Column("faults", LONG, "rows of this generation whose evaluation failed"),
        Column("archive_size", LONG, "networks in the Pareto archive"),
        *BEST,
        _real("generation_mean_score", "mean score of this generation's rows", "task's own"),
        _clock("seconds", "time since the start, pauses left out"),
        _clock("kernel_seconds", "time of this generation's simulation"),
        _clock("variation_seconds", "time of its operators and expression"),
        _clock("selection_seconds", "time of its sorting and selection"),
        _clock("table_seconds", "time of its rows and commits"),
    ),
    "genomes": (
        *RUN,
        Column("genome_hash", TEXT, "content hash of the genome", encoding=RANDOM_TEXT),
        Column("id", TEXT, "id of the first individual that has it", encoding=SORTED_TEXT),
        Column("inputs", INT, "input neurons: the first ones"),
        Column("outputs", INT, "output neurons: they follow the inputs"),
        Column("neuron_ids", _list(LONG), "id of each neuron, stable through a lineage"),
        Column("parameters", _list(SMALL_REAL), "genes of each neuron, neuron by neuron"),
        Column("sources", _list(INT), "index of each synapse's source neuron"),
        Column("targets", _list(INT), "index of each synapse's target neuron"),
        Column("weights", _list(SMALL_REAL), "weight of each synapse", "charge"),
        Column("delays", _list(INT), "delay of each synapse", "ticks"),
        Column("trait_names", _list(TEXT), "traits: settings of the task that are inherited"),
        Column("trait_values", _list(REAL), "value of each trait"),
    ),
    "front": (
        *RUN,
        *IDENTITY,
        *MEASURED,
        *AVERAGE,
        Column("champion", BOOL, "the network that the run recommends"),
        _real("validation_score", "score on validation data or starts", "task's own"),
        Column("readout", _list(REAL), "weights, answer by answer for each count, then constants"),
        *TESTS,
    ),
}
#: Name of what the metadata of a front say: how many generations of the search it is of.
GENERATION = "generation"

ORDER = {"generations": ("generation",), "genomes": ("id",)}  # of the others: generation, index


def columns_of(table: str) -> tuple[Column, ...]:
    """Return the columns of a table.

    Raises:
        InputError: There is no such table; names those that there are.
    """
    if table not in TABLES:
        raise InputError(f"there is no table {table!r}: choose one of {', '.join(TABLES)}")
    return TABLES[table]


def chosen_columns(table: str, names: Iterable[str] | None) -> tuple[Column, ...]:
    """Return the named columns of a table, in the order of `names`; all of them for None.

    Raises:
        InputError: There is no such table or no such column.
    """
    by_name = {column.name: column for column in columns_of(table)}
    if names is None:
        return tuple(by_name.values())
    chosen = tuple(names)
    if unknown := [name for name in chosen if name not in by_name]:
        raise InputError(f"table {table} has no column {unknown[0]!r}: it has {', '.join(by_name)}")
    return tuple(by_name[name] for name in chosen)


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """Return the Arrow schema, with unit, meaning and `time` as metadata of each field."""
    return pa.schema(
        [
            pa.field(
                column.name,
                column.type,
                nullable=column.nullable,
                metadata={
                    "unit": column.unit,
                    "meaning": column.meaning,
                    "time": "true" if column.time else "false",
                },
            )
            for column in columns
        ]
    )


Values = Sequence[Any] | np.ndarray[Any, Any]


class RowBuffer:
    """Rows of one table that are not written yet.

    Adding costs some microseconds whatever the values are, because nothing is looked at or copied:
    what was given must not change until the rows are written.
    """

    def __init__(self, table: str, run: Mapping[str, Any]) -> None:
        """Make an empty buffer.

        Args:
            table: Name of the table.
            run: Values of the columns `of_run`, for rows that do not bring their own.
        """
        self.rows = 0
        self._table = table
        self._run = run
        self._columns = columns_of(table)
        self._schema = arrow_schema(self._columns)
        self._known = {column.name for column in self._columns}
        self._needed = {c.name for c in self._columns if not (c.nullable or c.of_run)}
        self._pieces: list[tuple[int, dict[str, Values]]] = []

    def add(self, columns: Mapping[str, Values]) -> None:
        """Add rows: one sequence or NumPy array of values for each column, all of one length.

        Columns that may be null may be left out, and so may those `of_run`. In a column of lists each
        value is a sequence or an array, or the column is one array of (rows, values).

        Raises:
            ValueError: A column is unknown or missing, or the lengths differ.
        """
        names = columns.keys()
        if not (names <= self._known and names >= self._needed):
            unknown, missing = sorted(names - self._known), sorted(self._needed - names)
            raise ValueError(f"table {self._table}: unknown {unknown}, missing {missing}")
        lengths = set(map(len, columns.values()))
        if len(lengths) != 1:
            each = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
            raise ValueError(f"table {self._table}: columns of different lengths: {each}")
        (rows,) = lengths
        if rows:
            self._pieces.append((rows, dict(columns)))
            self.rows += rows

    def table(self) -> pa.Table:
        """Return all rows so far, as the table's schema has them.

        Raises:
            ValueError: A value does not fit its column.
        """
        return pa.Table.from_arrays(
            [self._array(column) for column in self._columns], schema=self._schema
        )

    def clear(self) -> None:
        """Forget all rows."""
        self.rows = 0
        self._pieces = []

    def _array(self, column: Column) -> pa.Array:
        filler = self._run[column.name] if column.of_run else None
        if not any(column.name in given for _, given in self._pieces):  # in none, or no rows at all
            return pa.repeat(pa.scalar(filler, column.type), self.rows)
        pieces = [
            given[column.name] if column.name in given else [filler] * rows
            for rows, given in self._pieces
        ]
        try:
            array = _lists(pieces, column.type) if column.is_list else _flat(pieces, column.type)
        except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
            raise ValueError(f"table {self._table}, column {column.name}: {error}") from error
        if array.null_count and not column.nullable:
            raise ValueError(f"table {self._table}, column {column.name}: a value is missing")
        return array


def encode(table: pa.Table, columns: Sequence[Column]) -> memoryview:
    """Return the table as a Parquet file in memory."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=[column.path for column in columns if not column.encoding],
        column_encoding={column.path: column.encoding for column in columns if column.encoding},
        write_page_checksum=True,
        write_statistics=[c.path for c in columns if c.name in ("generation", "index")],
    )
    return memoryview(sink.getvalue())


def _flat(pieces: Sequence[Values], kind: pa.DataType) -> pa.Array:
    """Return one array of all pieces; NaN and None become null."""
    arrays = [isinstance(piece, np.ndarray) for piece in pieces]
    if all(arrays):
        return pa.array(np.concatenate(pieces), type=kind, from_pandas=True)
    if any(arrays):
        pieces = [piece.tolist() if isinstance(piece, np.ndarray) else piece for piece in pieces]
    return pa.array(list(chain.from_iterable(pieces)), type=kind, from_pandas=True)


def _lists(pieces: Sequence[Values], kind: pa.DataType) -> pa.Array:
    """Return one array of all lists: the pieces hold sequences or arrays."""
    rows = list(chain.from_iterable(pieces))
    offsets = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, rows), np.int32, len(rows)), out=offsets[1:])
    values = _flat(rows, kind.value_type) if rows else pa.array([], kind.value_type)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=kind)
