"""A network of many synapses as a matrix of weights: a graph of it would be a hairball."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from .figures import BLUE, GREY, NARROW, ORANGE, ROLES, make_figure, save
from .network_layout import Graph

_CELL = 0.15  # inches
_MOST = 14.0  # inches of cells
_NAMED = 60  # names beside an axis; of more neurons those of the outputs alone
_WIDTH_OF_LETTER = 0.6  # of its size, on average
_SMALLEST = 0.25  # side of a triangle, in cells, that the weakest synapse still has


def plot_matrix(graph: Graph, title: str, path: Path, width: float | None = None) -> None:
    """Draw the weights of a network, a row for each target and a column for each source.

    A triangle up is an excitatory synapse, one down an inhibitory one; its area is the strength.
    Neurons without a synapse to or from them have no column or row.

    Args:
        graph: A network with at least one synapse.
        title: What stands above; nothing if empty.
        path: The picture to write.
        width: In inches; None for the screen.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    roles = np.array(graph.roles)
    order = np.concatenate([np.flatnonzero(roles == role) for role in ROLES])
    rows, columns = (order[np.isin(order, ends)] for ends in (graph.targets, graph.sources))
    cell = min(_CELL, _MOST / max(len(rows), len(columns)))
    wide = max(4.5, 1.8 + cell * len(columns)) if width is None else width
    cell = cell if width is None else max(0.5, width - 1.0) / len(columns)
    narrow = wide < NARROW
    high = 1.6 + _height_of_names(graph, columns, narrow) + max(cell * len(rows), 0.8)
    figure, (axis,) = make_figure((wide, high), title)
    axis.grid(False)
    axis.set_aspect("equal")
    _draw_weights(axis, graph, rows, columns)
    _name(axis, graph, rows, columns, narrow)
    axis.set_xlim(-0.5, len(columns) - 0.5)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.xaxis.tick_top()
    axis.xaxis.set_label_position("top")
    axis.spines[["top", "right"]].set_visible(True)
    axis.set_xlabel("from")
    axis.set_ylabel("to")
    _draw_key(axis, graph, narrow)
    save(figure, path)


def _draw_weights(
    axis: Axes, graph: Graph, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> None:
    row_of, column_of = (
        np.zeros(len(graph.roles), int),
        np.zeros(len(graph.roles), int),
    )
    row_of[rows], column_of[columns] = np.arange(len(rows)), np.arange(len(columns))
    x, y = column_of[graph.sources].astype(float), row_of[graph.targets].astype(float)
    weights = np.asarray(graph.weights, float)
    strength = np.abs(weights) / (np.abs(weights).max() or 1.0)
    side = np.maximum(0.95 * np.sqrt(strength), _SMALLEST) / 2
    for excites, colour in ((True, BLUE), (False, ORANGE)):
        own = (weights >= 0) == excites
        tip = -1.0 if excites else 1.0  # y points downwards
        corners = np.array([[-1.0, -tip], [1.0, -tip], [0.0, tip]])
        triangles = corners * side[own, np.newaxis, np.newaxis]
        triangles += np.stack([x[own], y[own]], axis=1)[:, np.newaxis]
        axis.add_collection(PolyCollection(list(triangles), facecolors=colour, lw=0))


def _named(graph: Graph, chosen: NDArray[np.int64], narrow: bool) -> NDArray[np.int64]:
    """Return the places, in a row or column of neurons, of those whose names are written."""
    few = _NAMED // 2 if narrow else _NAMED
    its = np.array(graph.roles)[chosen]
    return np.flatnonzero((its == "output") | (len(chosen) <= few))


def _height_of_names(graph: Graph, columns: NDArray[np.int64], narrow: bool) -> float:
    """Return how high, in inches, the names above the columns stand."""
    longest = max(
        (len(graph.labels[columns[n]]) for n in _named(graph, columns, narrow)), default=0
    )
    return longest * _size_of_names(narrow) * _WIDTH_OF_LETTER / 72


def _size_of_names(narrow: bool) -> float:
    return 4.5 if narrow else 7.0


def _name(
    axis: Axes, graph: Graph, rows: NDArray[np.int64], columns: NDArray[np.int64], narrow: bool
) -> None:
    """Write names beside the matrix, and lines between inputs, hidden neurons and outputs."""
    roles = np.array(graph.roles)
    for chosen, ticks, line in (
        (columns, axis.set_xticks, axis.axvline),
        (rows, axis.set_yticks, axis.axhline),
    ):
        its = roles[chosen]
        named = _named(graph, chosen, narrow)
        ticks(named, [graph.labels[chosen[place]] for place in named])
        for place in np.flatnonzero(its[1:] != its[:-1]):
            line(place + 0.5, color=GREY, lw=0.8)
    size = _size_of_names(narrow)
    axis.tick_params(axis="x", rotation=90, labelsize=size, length=2)
    axis.tick_params(axis="y", labelsize=size, length=2)


def _draw_key(axis: Axes, graph: Graph, narrow: bool) -> None:
    weights, delays = np.asarray(graph.weights), np.asarray(graph.delays)
    excites = int((weights >= 0).sum())
    counts = np.array(graph.roles)
    shape: dict[str, Any] = {"ls": "", "markersize": 5}
    handles = [
        Line2D([], [], color=BLUE, marker="^", **shape),
        Line2D([], [], color=ORANGE, marker="v", **shape),
    ]
    names = [f"excitatory ({excites})", f"inhibitory ({len(weights) - excites})"]
    low, high = int(delays.min()), int(delays.max())
    span = f"delays {low} to {high} ticks"
    if low == high:
        span = f"every delay {low} tick{'s' if low != 1 else ''}"
    sizes = ", ".join(f"{int((counts == role).sum())} {role}" for role in ROLES)
    legend = axis.figure.legend(
        handles, names, loc="outside lower center", ncols=2, frameon=False,
        title=f"area: strength; {sizes} neurons; {span}",
    )  # fmt: skip
    legend.get_title().set(fontsize=5.5 if narrow else 8, color=GREY)
