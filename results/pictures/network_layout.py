"""Where the neurons of a drawn network stand, and by which ways its synapses go past them.

Neurons stand in columns by their distance from the inputs. A synapse that skips columns is led through
a gap of its own in each column between (Sugiyama, Tagawa and Toda 1981, Methods for visual understanding
of hierarchical system structures), so that none runs through a neuron.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_SWEEPS = 8  # over the columns, for order and for height
_GAP = (
    0.5  # between a neuron and a synapse that passes it, in pitches; between two such, half of it
)
_SPREAD = np.deg2rad(62)  # the part of a rim at which synapses arrive, to either side


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


class Layout(NamedTuple):
    """Where things are, in the unit of the pitch, x to the right and y downwards.

    Attributes:
        positions: (neurons, 2) centres; NaN of neurons that are not shown.
        ways: Of each synapse, (1 + 3 n, 2) points of n cubic Bézier curves, the end of one the
            beginning of the next, from the rim of its source to the rim of its target.
    """

    positions: Points
    ways: list[Points]


class Scale(NamedTuple):
    """Sizes of a layout.

    Attributes:
        pitch: Between neurons of a column.
        column: Between columns.
        radius: Of a neuron.
    """

    pitch: float
    column: float
    radius: float


def columns_of(graph: Graph, shown: NDArray[np.bool_]) -> list[list[int]]:
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
    ends = [np.flatnonzero((roles == role) & shown) for role in ("input", "output")]
    return [column.tolist() for column in (ends[0], *layers, ends[1])]


def lay_out(graph: Graph, columns: Sequence[Sequence[int]], scale: Scale) -> Layout:
    """Place neurons and lead synapses past them.

    Args:
        graph: The network.
        columns: What `columns_of` returns; every neuron with a synapse is in one.
        scale: Sizes.
    """
    items = _Items(graph, columns)
    items.order()
    heights = items.heights(scale.pitch)
    positions = np.full((len(graph.roles), 2), np.nan)
    for place, column in enumerate(columns):
        for neuron in column:
            positions[neuron] = place * scale.column, heights[neuron]
    arrivals = _arrivals(graph, positions)
    ways = []
    for synapse, (source, target) in enumerate(zip(graph.sources, graph.targets, strict=True)):
        between = [
            np.array([place * scale.column, heights[gap]]) for place, gap in items.gaps_of[synapse]
        ]
        ends = positions[source], positions[target]
        ways.append(_way(*ends, between, arrivals[synapse], scale, target in columns[-1]))
    return Layout(positions, ways)


class _Items:
    """Neurons, by their indices, and gaps for synapses, numbered after them, in columns."""

    def __init__(self, graph: Graph, columns: Sequence[Sequence[int]]) -> None:
        self.neurons = len(graph.roles)
        self.columns = [list(column) for column in columns]
        column_of = {neuron: place for place, column in enumerate(columns) for neuron in column}
        self.gaps_of: list[list[tuple[int, int]]] = []
        self.joined: dict[int, list[int]] = {}
        count = self.neurons
        for source, target in zip(graph.sources.tolist(), graph.targets.tolist(), strict=True):
            first, last = column_of[source], column_of[target]
            step = 1 if last > first else -1
            gaps = []
            for place in range(first + step, last, step) if first != last else ():
                gaps.append((place, count))
                self.columns[place].append(count)
                count += 1
            self.gaps_of.append(gaps)
            chain = [source, *(gap for _, gap in gaps), target]
            for one, other in pairwise(chain):
                if one != other:
                    self.joined.setdefault(one, []).append(other)
                    self.joined.setdefault(other, []).append(one)

    def order(self) -> None:
        """Order the columns between by the mean place of what their items are joined to."""
        for _ in range(_SWEEPS):
            places = {
                item: (number + 0.5) / len(column)
                for column in self.columns
                for number, item in enumerate(column)
            }
            for column in self.columns[1:-1]:
                column.sort(key=lambda item: self._mean(item, places))
                places |= {item: (n + 0.5) / len(column) for n, item in enumerate(column)}

    def heights(self, pitch: float) -> dict[int, float]:
        """Return the height of each item, at least as far apart as there must be room."""
        from scipy.optimize import isotonic_regression  # half a second to load

        rises = [self._rises(column, pitch) for column in self.columns]
        whole = max(4 * pitch, *(rise[-1] if len(rise) else 0.0 for rise in rises))
        heights: dict[int, float] = {}
        for place, (column, rise) in enumerate(zip(self.columns, rises, strict=True)):
            if place in (0, len(self.columns) - 1) and len(column) > 1:  # ends spread out
                rise *= min(2.0, whole / rise[-1])
            top = (whole - rise[-1]) / 2 if len(rise) else 0.0
            heights |= dict(zip(column, (top + rise).tolist(), strict=True))
        for _ in range(_SWEEPS):
            for column, rise in zip(self.columns[1:-1], rises[1:-1], strict=True):
                if column:
                    wanted = np.array([self._mean(item, heights) for item in column])
                    level = isotonic_regression(wanted - rise).x
                    level = np.clip(level, 0.0, whole - rise[-1])
                    heights |= dict(zip(column, (level + rise).tolist(), strict=True))
        return heights

    def _mean(self, item: int, of: dict[int, float]) -> float:
        joined = self.joined.get(item)
        return sum(of[other] for other in joined) / len(joined) if joined else of[item]

    def _rises(self, column: Sequence[int], pitch: float) -> Points:
        """Return the least height of each item below the first of its column."""
        are_gaps = np.array([item >= self.neurons for item in column], float)
        steps = pitch * _GAP ** (are_gaps[1:] + are_gaps[:-1])
        return np.concatenate([[0.0] * bool(column), np.cumsum(steps)])


def _arrivals(graph: Graph, positions: Points) -> NDArray[np.float64]:
    """Return the angle at which each synapse arrives at its target, 0 level, positive from below.

    Those of one target are spread over a part of its rim, in the order of their sources' heights.
    """
    angles = np.zeros(len(graph.sources))
    heights = positions[graph.sources, 1]
    for target in np.unique(graph.targets):
        own = np.flatnonzero((graph.targets == target) & (graph.sources != target))
        ordered = own[np.argsort(heights[own], kind="stable")]
        spread = np.minimum(_SPREAD, 0.3 * (len(own) - 1))
        angles[ordered] = np.linspace(-spread, spread, len(own)) if len(own) > 1 else 0.0
    return angles


def _way(
    start: Points, end: Points, between: Sequence[Points], angle: float, scale: Scale, last: bool
) -> Points:
    """Return the points of a synapse's curves, from rim to rim.

    Args:
        start: Centre of the source.
        end: Centre of the target.
        between: The gaps that it is led through.
        angle: At which it arrives.
        scale: Sizes.
        last: Whether the target is in the last column, right of which names stand.
    """
    radius = scale.radius
    if np.array_equal(start, end):
        high = min(3.6 * radius, scale.pitch)
        sides = np.array([[-0.6, -0.8], [-2.6, 0.0], [2.6, 0.0], [0.75, -1.0]]) * radius
        sides[1:3, 1] = -high
        return np.asarray(start + sides)
    if start[0] == end[0]:
        return _arc(start, end, scale, last)
    side = 1.0 if end[0] > start[0] else -1.0  # of the way; it arrives at the other side
    rim = 1.15 * radius
    out = start + rim * np.array([1.0, 0.0] if side > 0 else [-0.8, 0.6])
    inward = np.array([-side * np.cos(angle), np.sin(angle)])
    points = [out]
    for gap in between:
        half = np.array([side * 1.5 * radius, 0.0])
        before, after = gap - half, gap + half
        points += [*_level(points[-1], before), *_level(before, after)]
    arrived = end + 1.25 * radius * inward
    reach = abs(arrived[0] - points[-1][0]) / 2
    points += [points[-1] + np.array([side * reach, 0.0]), arrived + reach * _flat(inward), arrived]
    return np.array(points)


def _flat(inward: Points) -> Points:
    """Return the direction from which a curve arrives: mostly level, so that it passes no neighbour."""
    return np.array([inward[0], 0.35 * inward[1]])


def _level(start: Points, end: Points) -> list[Points]:
    """Return what follows the start of a curve that is level at both ends."""
    half = np.array([(end[0] - start[0]) / 2, 0.0])
    return [start + half, end - half, end]


def _arc(start: Points, end: Points, scale: Scale, last: bool) -> Points:
    """Return an arc within a column: downwards on its right, upwards on its left, away from names."""
    down = end[1] > start[1]
    side = -1.0 if last or not down else 1.0
    wide = min(0.42 * scale.column, 0.25 * scale.column + 0.08 * abs(end[1] - start[1]))
    wide *= 0.7 if last and down else 1.0
    tilt = np.array([side * 0.8, 0.6 if down else -0.6])
    first = start + 1.15 * scale.radius * tilt
    final = end + 1.25 * scale.radius * tilt * [1.0, -1.0]
    bend = np.array([side * wide, 0.0])
    return np.array([first, first + bend, final + bend, final])


def along(way: Points, parts: NDArray[np.float64]) -> Points:
    """Return points of a way.

    Args:
        way: (1 + 3 n, 2) points of n cubic Bézier curves.
        parts: (points,) how far along, 0 … 1, each curve an equal part.
    """
    curves = (len(way) - 1) // 3
    number = np.minimum((parts * curves).astype(int), curves - 1)
    t = (parts * curves - number)[:, np.newaxis]
    a, b, c, d = (way[3 * number + place] for place in range(4))
    s = 1 - t
    return np.asarray(s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d)
