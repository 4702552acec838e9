"""The picture of a network: inputs on the left, outputs on the right, synapses between."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.path import Path as MplPath
from numpy.typing import NDArray

from .run_plots import BLUE, GREY, ORANGE, ROLES, save

RADIUS = 0.13  # of a neuron, in inches
PITCH = 0.62  # inches between neurons of the longest column, unless there are many
COLUMN = 2.4  # inches between columns, more where columns are long
MAX_DELAYS = 60  # more synapses than that have no delay written on them
HEIGHT = 16.0  # inches, at most
MARGIN = 1.1  # inches, more where names are long
LETTER = 0.068  # inches of a letter of a name


class Graph(NamedTuple):
    """A network as plain arrays, for drawing.

    Attributes:
        roles: (neurons,) `input`, `hidden` or `output`.
        labels: (neurons,) names.
        sources: (synapses,) neuron indices.
        targets: (synapses,) neuron indices.
        weights: (synapses,) weights.
        delays: (synapses,) ticks.
    """

    roles: Sequence[str]
    labels: Sequence[str]
    sources: NDArray[np.integer]
    targets: NDArray[np.integer]
    weights: NDArray[np.floating | np.integer]
    delays: NDArray[np.integer]


def plot_network(graph: Graph, title: str, path: Path) -> None:
    """Draw a network.

    Hidden neurons stand in columns by their distance from the inputs. Excitatory synapses are
    blue, inhibitory ones orange; the stronger the wider; the number is the delay in ticks.

    Args:
        graph: The network.
        title: What stands above.
        path: The PNG file to write.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    columns = _columns(graph)
    positions = _positions(columns, graph)
    (left, top), (right, bottom) = positions.min(axis=0), positions.max(axis=0)
    before, after = (_margin(graph, role) for role in ("input", "output"))
    figure = Figure(figsize=(right - left + before + after, bottom - top + 2 * MARGIN))
    FigureCanvasAgg(figure)
    axis = figure.add_axes((0, 0, 1, 1))  # its unit is an inch
    axis.set_xlim(left - before, right + after)
    axis.set_ylim(bottom + MARGIN, top - MARGIN)
    axis.set_axis_off()
    middle = (left + right) / 2
    axis.text(middle, top - 0.8 * MARGIN, title, ha="center", va="center", fontsize=11)
    _draw_synapses(axis, graph, positions)
    _draw_neurons(axis, graph, positions)
    _draw_legend(axis, graph, (middle, bottom + 0.8 * MARGIN))
    save(figure, path)


def _margin(graph: Graph, role: str) -> float:
    """Return the inches beside a column of neurons, with room for their names."""
    names = [name for name, its in zip(graph.labels, graph.roles, strict=True) if its == role]
    return max(MARGIN, 0.3 + LETTER * max(map(len, names), default=0))


def _columns(graph: Graph) -> list[list[int]]:
    """Return neurons by column: inputs, hidden ones by distance from an input, outputs."""
    roles = np.array(graph.roles, dtype="U8")
    distance = np.where(roles == "input", 0, len(roles))
    hidden = roles == "hidden"
    for _ in range(len(roles)):
        reached = distance.copy()
        np.minimum.at(reached, graph.targets, distance[graph.sources] + 1)
        reached = np.where(hidden, reached, distance)
        if np.array_equal(reached, distance):
            break
        distance = reached
    distance[hidden & (distance >= len(roles))] = 1  # driven by a bias alone
    layers = [np.flatnonzero(hidden & (distance == d)) for d in np.unique(distance[hidden])]
    found = [np.flatnonzero(roles == "input"), *layers, np.flatnonzero(roles == "output")]
    return [column.tolist() for column in found]


def _positions(columns: list[list[int]], graph: Graph) -> NDArray[np.float64]:
    """Return (neurons, 2) positions in inches, x to the right and y downwards.

    Hidden neurons are ordered by the mean height of what they are connected to, so that fewer
    synapses cross.
    """
    positions = np.zeros((len(graph.roles), 2))
    longest = max(4, *map(len, columns))
    height = min(PITCH * (longest - 1), HEIGHT)
    for sweep in range(4):
        for x, column in enumerate(columns):
            if sweep and 0 < x < len(columns) - 1:
                column.sort(key=lambda neuron: _mean_height(neuron, graph, positions))
            pitch = min(2 * PITCH, height / max(1, len(column) - 1))
            top = (height - pitch * (len(column) - 1)) / 2
            for row, neuron in enumerate(column):
                positions[neuron] = x * max(COLUMN, height / 3), top + row * pitch
    return positions


def _mean_height(neuron: int, graph: Graph, positions: NDArray[np.float64]) -> float:
    ends = np.r_[graph.sources[graph.targets == neuron], graph.targets[graph.sources == neuron]]
    ends = ends[ends != neuron]
    return float(positions[ends, 1].mean() if len(ends) else positions[neuron, 1])


def _draw_neurons(axis: Axes, graph: Graph, positions: NDArray[np.float64]) -> None:
    connected = np.zeros(len(graph.roles), bool)
    connected[graph.sources] = connected[graph.targets] = True
    for neuron, (x, y) in enumerate(positions):
        role, label = graph.roles[neuron], graph.labels[neuron]
        alpha = 1.0 if connected[neuron] else 0.3
        circle = Circle((x, y), RADIUS, facecolor=ROLES[role], edgecolor="white", alpha=alpha)
        axis.add_patch(circle).set_zorder(3)
        if role != "hidden":
            dx, side = (-0.2, "right") if role == "input" else (0.2, "left")
            axis.text(x + dx, y, label, ha=side, va="center", fontsize=8, alpha=alpha)
        elif len(label) <= 3:
            axis.text(x, y, label, ha="center", va="center", fontsize=6, color="white", zorder=4)
        else:
            axis.text(x, y + RADIUS + 0.1, label, ha="center", va="center", fontsize=7, zorder=4)


def _draw_synapses(axis: Axes, graph: Graph, positions: NDArray[np.float64]) -> None:
    most = float(np.abs(graph.weights).max(initial=0)) or 1.0
    column = float(np.diff(np.unique(positions[:, 0]), append=np.inf)[0])
    ends = zip(graph.sources.tolist(), graph.targets.tolist(), strict=True)
    values = zip(graph.weights.tolist(), graph.delays.tolist(), strict=True)
    for (source, target), (weight, delay) in zip(ends, values, strict=True):
        points = _curve(positions[source], positions[target], column)
        colour, strength = (BLUE if weight >= 0 else ORANGE), abs(weight) / most
        curve = MplPath(points, [MplPath.MOVETO, *[MplPath.CURVE4] * 3])
        style = {"lw": 0.5 + 2.0 * strength, "alpha": 0.35 + 0.5 * strength, "color": colour}
        axis.add_patch(FancyArrowPatch(path=curve, arrowstyle="-|>", mutation_scale=8, **style))
        if len(graph.weights) <= MAX_DELAYS:
            x, y = _along(points, 0.5 if source == target else 0.36)
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
            axis.text(
                x, y, str(delay), fontsize=6, color=colour, ha="center", va="center", bbox=box
            )


def _curve(
    start: NDArray[np.float64], end: NDArray[np.float64], column: float
) -> NDArray[np.float64]:
    """Return (4, 2) points of a cubic Bézier curve from the rim of one neuron to that of another.

    It bends to its left: a little on the way to the next column (`column` inches away), more past
    one, most on the way back or within one. So a synapse and the one back lie apart. A
    self-connection is a loop above the neuron.
    """
    along = end - start
    if not along.any():
        loop = np.array([[-0.6, -0.8], [-3.2, -3.6], [3.2, -3.6], [0.7, -0.9]])
        return np.asarray(start + RADIUS * loop)
    length = float(np.hypot(*along))
    bend = 0.3 if along[0] <= 0 else 0.06 if along[0] < 1.5 * column else 0.14
    side = np.array([along[1], -along[0]]) * min(bend, 1.2 * MARGIN / length)
    first, second = start + along / 3 + side, start + along * 2 / 3 + side
    rim = RADIUS / length
    out = (first - start) / np.hypot(*(first - start)) * length
    back = (second - end) / np.hypot(*(second - end)) * length
    return np.stack([start + out * rim, first, second, end + back * rim * 1.15])


def _along(points: NDArray[np.float64], part: float) -> NDArray[np.float64]:
    """Return the point of a cubic Bézier curve at `part` of its parameter."""
    rest = 1 - part
    shares = np.array([rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3])
    return np.asarray(shares @ points)


def _draw_legend(axis: Axes, graph: Graph, middle: tuple[float, float]) -> None:
    weights = np.asarray(graph.weights)
    counts = ", ".join(f"{list(graph.roles).count(role)} {role}" for role in ROLES)
    text = (
        f"{counts} neurons\n{len(weights)} synapses: "
        f"{int((weights >= 0).sum())} excitatory (blue), {int((weights < 0).sum())} inhibitory (orange)"
    )
    if 0 < len(weights) <= MAX_DELAYS:
        text += ", width: strength, number: delay"
    axis.text(*middle, text, ha="center", va="center", fontsize=7, color=GREY)
