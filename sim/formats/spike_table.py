"""A table of spikes or charges for the inputs of a network, as CSV or JSON.

Each row is one event: `input`, the number of the input from 0; `tick`, from 0; and `value`, where
inputs are neurons: the charge, or for a network from RISP's JSON the value of RISP's spike, from 0
to 1 (1 where it is left out). CSV names the columns in its first line, JSON is a list of objects:

    input,tick        [{"input": 0, "tick": 3, "value": 2},
    0,3                {"input": 1, "tick": 0, "value": 1}]
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..network import LARGEST_CHARGE, ChargeEvent, Network, sum_charges
from ..risp_processor import RispSettings, input_charge
from .json_text import entry, load, number, shown, whole

MOST_TICKS = 10**7

_KEYS = ("input", "tick")
_OPTIONAL = ("value",)


class Row(NamedTuple):
    """One event.

    Attributes:
        where: Its place in the file, for messages.
        input: Number of the input.
        tick: When it arrives.
        value: Charge, or value of RISP's spike; None where the table has none.
    """

    where: str
    input: int
    tick: int
    value: float | None


def read_spikes(text: str) -> list[Row]:
    """Read a table; text that begins with `[` is JSON, any other is CSV.

    Raises:
        InputError: Naming the row, the value and what is allowed.
    """
    given = _json_rows(text) if text.lstrip().startswith("[") else _csv_rows(text)
    return [_row(item, where) for where, item in given]


def _json_rows(text: str) -> list[tuple[str, object]]:
    return [(f"row {place}", item) for place, item in enumerate(load(text))]


def _csv_rows(text: str) -> list[tuple[str, object]]:
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(lines, [])]
        found = [(f"line {lines.line_num}", [cell.strip() for cell in cells]) for cells in lines]
    except csv.Error as error:
        raise InputError(f"line {lines.line_num}: {error}; the file must be CSV or JSON") from None
    known = {*_KEYS, *_OPTIONAL}
    if not set(_KEYS) <= set(header) <= known or len(set(header)) < len(header):
        raise InputError(
            f"line 1 is {shown(','.join(header))}; it must name the columns input and tick, and may "
            "name value"
        )
    return [(where, _named(header, cells, where)) for where, cells in found if cells]


def _named(header: list[str], cells: list[str], where: str) -> dict[str, float | str]:
    """Return the cells of a line by name; an optional one that is empty is not there."""
    if len(cells) != len(header):
        raise InputError(f"{where}: the number of cells is {len(cells)}; it must be {len(header)}")
    named = zip(header, cells, strict=True)
    return {name: _cell(cell) for name, cell in named if cell or name in _KEYS}


def _cell(cell: str) -> float | str:
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def _row(item: object, where: str) -> Row:
    values: Mapping[str, Any] = entry(item, where, _KEYS, optional=_OPTIONAL)
    place = whole(values["input"], f"{where}: input", 0, 2**31 - 1)
    tick = whole(values["tick"], f"{where}: tick", 0, MOST_TICKS - 1)
    value = values.get("value")
    return Row(where, place, tick, None if value is None else number(value, f"{where}: value"))


def ticks_needed(rows: Sequence[Row], network: Network) -> int:
    """Ticks until what the last event sets off has passed the longest delay; at least 1."""
    return max((row.tick for row in rows), default=0) + int(network.delays.max(initial=0)) + 1


def inputs_of(
    rows: Sequence[Row], network: Network, ticks: int, risp: RispSettings | None = None
) -> NDArray[Any]:
    """(ticks, inputs, 1), what `simulate` takes: spikes of sources or charges of neurons.

    Charges for the same input and tick add up; a source spikes at most once in a tick.

    Args:
        rows: The table.
        network: To which they go.
        ticks: Length of the simulation.
        risp: How spikes become charges, for a network from RISP's JSON.

    Raises:
        InputError: Naming the row that does not fit the network or the number of ticks.
    """
    for row in rows:
        if row.input >= network.inputs:
            raise InputError(
                f"{row.where}: input is {row.input}; the network has inputs 0 to {network.inputs - 1}"
            )
        if row.tick >= ticks:
            raise InputError(
                f"{row.where}: tick is {row.tick}; with {ticks} ticks it must be 0 to {ticks - 1}"
            )
    if network.source_count:
        return _spikes(rows, network, ticks)
    events = [ChargeEvent(row.tick, row.input, _charge(row, network, risp)) for row in rows]
    return sum_charges(events, ticks, network)


def _spikes(rows: Sequence[Row], network: Network, ticks: int) -> NDArray[np.bool_]:
    spikes = np.zeros((ticks, network.inputs, 1), np.bool_)
    for row in rows:
        if row.value not in (None, 1):
            raise InputError(
                f"{row.where}: value is {row.value:g}; inputs of this network spike, without a value"
            )
        if spikes[row.tick, row.input]:
            raise InputError(
                f"{row.where}: input {row.input} spikes twice at tick {row.tick}; once is allowed"
            )
        spikes[row.tick, row.input] = True
    return spikes


def _charge(row: Row, network: Network, risp: RispSettings | None) -> float:
    if risp is not None:
        try:
            return input_charge(network, risp, 1.0 if row.value is None else row.value)
        except InputError as error:
            raise InputError(f"{row.where}: {error}") from None
    if row.value is None:
        raise InputError(
            f"{row.where}: the value is missing; inputs of this network take charges, not spikes"
        )
    if network.arithmetic == "integer":
        return whole(row.value, f"{row.where}: value", -LARGEST_CHARGE, LARGEST_CHARGE)
    return row.value
