"""The picture of a network: a graph, inputs on the left, outputs on the right; of many synapses a matrix."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch, Polygon
from matplotlib.path import Path as MplPath
from numpy.typing import NDArray

from ...errors import InputError
from .figures import (
    BLUE,
    GREY,
    NARROW,
    ORANGE,
    ROLES,
    beside,
    letters,
    save,
    text_width,
    write_csv,
)
from .network_layout import Graph, Layout, Points, Scale, along, columns_of, lay_out
from .weight_matrix import plot_matrix

MATRIX_FROM = 60  # synapses
_MOST_IDLE = 8  # inputs without a synapse that are shown; more are left out, and counted
_HEIGHT = 14.0  # inches, at most
_LEAST_COLUMN = 4.5  # radii between two columns
_DASHES = (0, (3.5, 1.6))  # of inhibitory synapses


class _Sizes:
    """Sizes of a picture in inches, letters in points."""

    def __init__(self, narrow: bool) -> None:
        self.pitch, self.radius, self.column = (0.34, 0.085, 0.9) if narrow else (0.6, 0.14, 2.3)
        self.name, self.small = (6.0, 4.5) if narrow else (8.5, 6.5)
        self.thin, self.thick = (0.4, 1.3) if narrow else (0.6, 2.2)
        self.edge = 0.08 if narrow else 0.15


def plot_network(graph: Graph, title: str, path: Path, width: float | None = None) -> None:
    """Draw a network, and write its synapses as CSV beside it.

    Hidden neurons stand in columns by their distance from the inputs. Excitatory synapses are blue
    solid lines that end in an arrow, inhibitory ones orange dashed lines that end in a bar; the
    stronger the wider; the number is the delay in ticks. From `MATRIX_FROM` synapses on it is a
    matrix of weights.

    Args:
        graph: The network.
        title: What stands above; nothing if empty.
        path: The picture to write.
        width: In inches; None for the screen.

    Raises:
        InputError: A file cannot be written, or the picture does not fit the width.
        MachineError: The disk fails.
    """
    with letters(width):
        if len(graph.weights) >= MATRIX_FROM:
            plot_matrix(graph, title, path, width)
        else:
            _plot_graph(graph, title, path, width)
    write_csv(synapse_table(graph), beside(path))


def synapse_table(graph: Graph) -> pd.DataFrame:
    """Return a row for each synapse, neurons by index and name."""
    labels = np.array(graph.labels, dtype=object)
    return pd.DataFrame(
        {
            "source": graph.sources,
            "target": graph.targets,
            "source_name": labels[graph.sources],
            "target_name": labels[graph.targets],
            "weight": graph.weights,
            "delay": graph.delays,
        }
    )


def _plot_graph(graph: Graph, title: str, path: Path, width: float | None) -> None:
    sizes = _Sizes(width is not None and width < NARROW)
    shown = _shown(graph)
    columns = columns_of(graph, shown)
    before, after = (_margin(graph, shown, role, sizes) for role in ("input", "output"))
    scale = _scale(columns, sizes, None if width is None else width - before - after, path)
    layout = lay_out(graph, columns, scale)
    x, y = _extent(layout)
    head, foot = (0.4 if title else 0.0) + sizes.edge, 0.55 if sizes.pitch > 0.5 else 0.5
    wide = x[1] - x[0] + before + after if width is None else width
    wide = max(wide, 3.2) if width is None else wide
    figure = Figure(figsize=(wide, y[1] - y[0] + head + foot))
    FigureCanvasAgg(figure)
    axis = figure.add_axes((0, 0, 1, 1))  # its unit is an inch
    spare = (wide - (x[1] - x[0] + before + after)) / 2
    axis.set_xlim(x[0] - before - spare, x[1] + after + spare)
    axis.set_ylim(y[1] + foot, y[0] - head)
    axis.set_axis_off()
    if title:
        axis.text(0.5, 1.0 - 0.2 / figure.get_figheight(), title, ha="center", va="center",
                  fontsize="large", transform=axis.transAxes)  # fmt: skip
    _draw_synapses(axis, graph, layout, sizes)
    _draw_neurons(axis, graph, layout, sizes)
    _draw_legend(axis, graph, int((~shown).sum()), sizes)
    save(figure, path)


def _shown(graph: Graph) -> NDArray[np.bool_]:
    """Return which neurons are shown: all, but for inputs without a synapse where these are many."""
    joined = np.zeros(len(graph.roles), bool)
    joined[graph.sources] = joined[graph.targets] = True
    idle = (np.array(graph.roles) == "input") & ~joined
    return np.ones_like(idle) if idle.sum() <= _MOST_IDLE else ~idle


def _margin(graph: Graph, shown: NDArray[np.bool_], role: str, sizes: _Sizes) -> float:
    """Return the inches beside a column of neurons, with room for their names."""
    names = zip(graph.labels, graph.roles, shown, strict=True)
    wide = text_width((name for name, its, seen in names if its == role and seen), sizes.name)
    return 1.8 * sizes.radius + wide + sizes.edge


def _scale(
    columns: Sequence[Sequence[int]], sizes: _Sizes, room: float | None, path: Path
) -> Scale:
    """Return sizes for a network; `room` is the width between the outermost columns, None for any.

    Raises:
        InputError: The columns do not fit.
    """
    longest = max(4, *map(len, columns))
    pitch = min(sizes.pitch, _HEIGHT / (longest - 1))
    radius = min(sizes.radius, 0.3 * pitch)
    column = (
        max(sizes.column, pitch * (longest - 1) / 3) if room is None else room / (len(columns) - 1)
    )
    if column < _LEAST_COLUMN * radius:
        wanted = (_LEAST_COLUMN * radius - column) * (len(columns) - 1) * 25.4
        raise InputError(
            f"{path}: the network's names and its {len(columns)} columns of neurons do not fit; the "
            f"picture must be at least {wanted:.0f} mm wider"
        )
    return Scale(pitch, column, radius)


def _extent(layout: Layout) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the lowest and highest x of neurons, and y of all that is drawn."""
    seen = layout.positions[~np.isnan(layout.positions[:, 0])]
    curves = [along(way, np.linspace(0, 1, 20)) for way in layout.ways]
    y = np.concatenate([seen, *curves])[:, 1]
    (left, right), room = (seen[:, 0].min(), seen[:, 0].max()), 0.2
    return (float(left), float(right)), (float(y.min()) - room, float(y.max()) + room)


def _draw_neurons(axis: Axes, graph: Graph, layout: Layout, sizes: _Sizes) -> None:
    joined = np.zeros(len(graph.roles), bool)
    joined[graph.sources] = joined[graph.targets] = True
    radius = sizes.radius
    for neuron, (x, y) in enumerate(layout.positions):
        if np.isnan(x):
            continue
        role, label = graph.roles[neuron], graph.labels[neuron]
        alpha = 1.0 if joined[neuron] else 0.35
        circle = Circle((x, y), radius, facecolor=ROLES[role], edgecolor="white", alpha=alpha)
        axis.add_patch(circle).set_zorder(3)
        if role != "hidden":
            dx, side = (-1.6, "right") if role == "input" else (1.6, "left")
            style: dict[str, Any] = {
                "ha": side,
                "va": "center",
                "fontsize": sizes.name,
                "alpha": alpha,
            }
            axis.text(x + dx * radius, y, label, **style)
        elif len(label) <= 3:
            style = {"ha": "center", "va": "center", "fontsize": sizes.small}
            axis.text(x, y, label, color="white", zorder=4, **style)


def _draw_synapses(axis: Axes, graph: Graph, layout: Layout, sizes: _Sizes) -> None:
    most = float(np.abs(graph.weights).max(initial=0)) or 1.0
    one_delay = len(np.unique(graph.delays)) <= 1
    taken: list[Points] = []
    for way, weight, delay in zip(layout.ways, graph.weights, graph.delays, strict=True):
        strength, excites = abs(float(weight)) / most, weight >= 0
        colour = BLUE if excites else ORANGE
        codes = [MplPath.MOVETO, *[MplPath.CURVE4] * (len(way) - 1)]
        line: dict[str, Any] = {
            "lw": sizes.thin + (sizes.thick - sizes.thin) * strength,
            "ls": "-" if excites else _DASHES,
        }
        axis.add_patch(
            PathPatch(MplPath(way, codes), fill=False, edgecolor=colour, alpha=0.85, **line)
        ).set_zorder(1 + strength / 2)
        _draw_end(axis, way, colour, excites, sizes)
        if not one_delay:
            x, y = _free_place(way, taken)
            box: dict[str, Any] = {
                "facecolor": "white",
                "edgecolor": "none",
                "pad": 0.5,
                "alpha": 0.85,
            }
            style: dict[str, Any] = {
                "ha": "center",
                "va": "center",
                "fontsize": sizes.small,
                "zorder": 2.5,
            }
            axis.text(x, y, str(delay), color=colour, bbox=box, **style)


def _draw_end(axis: Axes, way: Points, colour: str, excites: bool, sizes: _Sizes) -> None:
    """Draw an arrow or a bar where a synapse ends."""
    tip, before = along(way, np.array([1.0, 0.98]))
    ahead = (tip - before) / (np.hypot(*(tip - before)) or 1.0)
    across = np.array([-ahead[1], ahead[0]])
    size = 0.45 * sizes.radius
    if excites:
        corners = [
            tip,
            tip - 1.7 * size * ahead + 0.8 * size * across,
            tip - 1.7 * size * ahead - 0.8 * size * across,
        ]
    else:
        corners = [
            tip + forth * 0.25 * size * ahead + side * 1.1 * size * across
            for forth, side in ((0, -1), (0, 1), (-1, 1), (-1, -1))
        ]
    axis.add_patch(Polygon(np.array(corners), facecolor=colour, edgecolor="none", zorder=2.6))


def _free_place(way: Points, taken: list[Points]) -> Points:
    """Return the place on a way that is farthest from the numbers that stand already."""
    places = along(way, np.linspace(0.25, 0.75, 11))
    if taken:
        apart = np.linalg.norm(places[:, np.newaxis] - np.array(taken), axis=2).min(axis=1)
        best = places[int(apart.argmax())]
    else:
        best = places[5]
    taken.append(best)
    return np.asarray(best)


def _draw_legend(axis: Axes, graph: Graph, left_out: int, sizes: _Sizes) -> None:
    weights, delays = np.asarray(graph.weights), np.unique(graph.delays)
    excites = int((weights >= 0).sum())
    wide = sizes.thick * 0.7
    handles = [
        Line2D([], [], color=BLUE, lw=wide, marker=">", markersize=4),
        Line2D([], [], color=ORANGE, lw=wide, ls=_DASHES, marker="|", markersize=6),
    ]
    names = [f"excitatory ({excites})", f"inhibitory ({len(weights) - excites})"]
    notes = ["width: strength"]
    if len(delays) > 1:
        notes.append("number: delay in ticks")
    elif len(delays):
        notes.append(f"every delay: {delays[0]} tick{'s' if delays[0] != 1 else ''}")
    if left_out:
        notes.append(f"{left_out} inputs without a synapse are left out")
    legend = axis.legend(
        handles, names, loc="lower center", ncols=2, frameon=False, fontsize=sizes.name - 1,
        title="; ".join(notes), borderaxespad=0.2,
    )  # fmt: skip
    legend.get_title().set(fontsize=sizes.name - 1.5, color=GREY)
