"""The tables of a run: every column with its type, unit and meaning.

Parquet files carry unit, meaning and the `time` flag as metadata of each column. `time` marks what
may differ between two runs of the same configuration: names, clocks. All else is the same, as
values, in the order of (generation, index). A missing number is null in the files and NaN (or NA)
in data frames.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pyarrow as pa

from ...errors import InputError


class Column(NamedTuple):
    """One column of a table."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""  # empty: a name or a plain number
    nullable: bool = False
    time: bool = False  # may differ between runs of the same configuration
    encoding: str = ""  # Parquet's name; empty: a dictionary, which suits values that recur

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
PER_SAMPLE = "per sample or decision"


def _real(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, REAL, meaning, unit, nullable=True)


IDENTITY = (
    Column("run", TEXT, "name of the run", time=True),
    Column("generation", INT, "generation in which it was evaluated", encoding=SORTED_INT),
    Column("index", INT, "place in that generation"),
    Column("id", TEXT, "birth generation and index, G-I", encoding=SORTED_TEXT),
    Column("birth_generation", INT, "generation in which it was born", encoding=SORTED_INT),
    Column("birth_index", INT, "place in the generation of its birth"),
    Column("parents", _list(TEXT), "ids of the parents; none for a random genome"),
    Column("operators", _list(TEXT), "operators that made it, in order"),
    Column("traits", TEXT, "settings of the task that it has for itself, as NAME=VALUE,…"),
    Column("genome_hash", TEXT, "content hash of the genome", encoding=RANDOM_TEXT),
    Column("network_hash", TEXT, "of the expressed network, and its traits", encoding=RANDOM_TEXT),
)
MEASUREMENTS = (
    _real(
        "score", "on training data, or return of the environment; higher is better", "task's own"
    ),
    _real("spikes", "spikes of all neurons that have a potential", PER_SAMPLE),
    _real("input_spikes", "spikes or charges that the encoder injects", PER_SAMPLE),
    _real("synaptic_operations", "synapse traversals caused by spikes, delivered", PER_SAMPLE),
    _real("latency", "mean time to the decision; the whole window where undecided", "ticks"),
    _real("activation_sparsity", "share of (neuron, tick, sample) without a spike"),
    _real("connection_sparsity", "1 - synapses / (neurons x neurons with a potential)"),
    _real(
        "readout_multiplications", "spike counts other than 0 x answers of a readout", PER_SAMPLE
    ),
    Column("footprint", LONG, "memory of synapses, neuron parameters and state", "bytes"),
    Column("neurons", INT, "inputs + hidden + outputs of the network"),
    Column("hidden", INT, "hidden neurons of the network"),
    Column("synapses", INT, "synapses of the network"),
    Column("genome_neurons", INT, "neurons of the genome, expressed or not"),
    Column("genome_synapses", INT, "synapses of the genome, expressed or not"),
    _real("energy", "synaptic operations and updates x the profile's published cost", "joule"),
)
AVERAGE = (
    _real("mean_score", "mean score over all episodes so far", "task's own"),
    Column("episodes", LONG, "episodes in mean_score; null for data", nullable=True),
)
TESTS = (
    _real("test_score", "score on held-out data or unseen starts", "task's own"),
    _real("test_spikes", "spikes on held-out data", PER_SAMPLE),
    _real("test_input_spikes", "input_spikes on held-out data", PER_SAMPLE),
    _real("test_synaptic_operations", "synaptic_operations on held-out data", PER_SAMPLE),
    _real("test_latency", "latency on held-out data", "ticks"),
    _real("test_activation_sparsity", "activation_sparsity on held-out data"),
    _real("test_readout_multiplications", "readout_multiplications on held-out data", PER_SAMPLE),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "individuals": (
        *IDENTITY,
        *MEASUREMENTS,
        *AVERAGE,
        Column("objectives", _list(REAL), "what selection compared; empty if it lost its race"),
        Column("rank", INT, "Pareto rank in its selection, 0 the best", nullable=True),
        Column("feasible", BOOL, "above chance on the data of the selection"),
        Column("survived", BOOL, "kept by the selection"),
        Column("cached", BOOL, "taken from the cache, not evaluated again"),
        Column("fault", TEXT, "what went wrong in the evaluation; null: nothing", nullable=True),
        Column("evaluation_seconds", SMALL_REAL, "time of the evaluation", "s", True, True),
    ),
    "generations": (
        Column("generation", INT, "number, from 0"),
        Column("evaluations", LONG, "rows so far that are not cached"),
        Column("cached", LONG, "rows of this generation taken from the cache"),
        Column("feasible", LONG, "rows of this generation above chance"),
        Column("faults", LONG, "rows of this generation whose evaluation failed"),
        Column("archive_size", LONG, "networks in the Pareto archive"),
        _real("best_score", "best score so far", "task's own"),
        _real("best_spikes", "spikes of the network with the best score", PER_SAMPLE),
        _real("best_latency", "latency of the network with the best score", "ticks"),
        _real("mean_score", "mean score of the generation", "task's own"),
        Column("seconds", REAL, "time since the start, pauses left out", "s", True, True),
        Column("kernel_seconds", REAL, "time of this generation's simulation", "s", True, True),
        Column("variation_seconds", REAL, "time of its operators and expression", "s", True, True),
        Column("selection_seconds", REAL, "time of its sorting and selection", "s", True, True),
        Column("table_seconds", REAL, "time of its rows and commits", "s", True, True),
    ),
    "genomes": (
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
        *IDENTITY,
        *MEASUREMENTS,
        *AVERAGE,
        Column("champion", BOOL, "the network that the run recommends"),
        _real("validation_score", "score on validation data or starts", "task's own"),
        Column("readout", _list(REAL), "weights, answer by answer for each count, then constants"),
        *TESTS,
    ),
}
ORDER = {"generations": ("generation",), "genomes": ("id",)}  # of the others: generation, index


def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of a table.

    Raises:
        InputError: there is no such table; names those that there are.
    """
    if table not in TABLES:
        raise InputError(f"there is no table {table!r}: choose one of {', '.join(TABLES)}")
    return TABLES[table]


def chosen_columns(table: str, names: Iterable[str] | None) -> tuple[Column, ...]:
    """The named columns of a table, in the order of `names`; all of them for None.

    Raises:
        InputError: there is no such table or no such column.
    """
    by_name = {column.name: column for column in columns_of(table)}
    if names is None:
        return tuple(by_name.values())
    chosen = tuple(names)
    if unknown := [name for name in chosen if name not in by_name]:
        raise InputError(f"table {table} has no column {unknown[0]!r}: it has {', '.join(by_name)}")
    return tuple(by_name[name] for name in chosen)


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """The Arrow schema, with unit, meaning and `time` as metadata of each field."""
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
