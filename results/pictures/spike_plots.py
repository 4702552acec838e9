"""Spikes and potentials of a recording: as pictures and as CSV."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from ...errors import InputError
from .figures import (
    BLUE,
    FORMATS,
    GREY,
    NARROW,
    ORANGE,
    ROLES,
    Margins,
    letter_size,
    letters,
    make_bands,
    save,
    text_width,
    write_csv,
)

MAX_LABELS = 48  # more neurons than that: only outputs have names beside the raster
_LEVEL = 12  # windows whose names stand level; of more they stand upright


class Border(NamedTuple):
    """The beginning of a sample or decision.

    Attributes:
        start: Its first tick.
        truth: The right class; empty where there is none.
        decided: What the network decided for; empty where that is not known.
    """

    start: int
    truth: str = ""
    decided: str = ""


def plot_raster(
    raster: NDArray[np.bool_],
    roles: Sequence[str],
    labels: Sequence[str],
    title: str,
    path: Path,
    borders: Sequence[Border] = (),
    width: float | None = None,
) -> None:
    """Draw spikes: a row for each neuron, inputs on top, outputs at the bottom.

    Above each sample or decision stands what the network decided for; where the right class is
    another, that stands below, after the sign ≠.

    Args:
        raster: (ticks, neurons) bool: whether the neuron spiked at the tick.
        roles: (neurons,) `input`, `hidden` or `output`.
        labels: (neurons,) names.
        title: What stands above; nothing if empty.
        path: The picture to write.
        borders: Samples or decisions, in order.
        width: In inches; None for the screen.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    ticks, neurons = raster.shape
    order = [neuron for role in ROLES for neuron, its in enumerate(roles) if its == role]
    raster, roles = raster[:, order], [roles[neuron] for neuron in order]
    labels = [labels[neuron] for neuron in order]
    with letters(width):
        wide = float(np.clip(3 + 0.12 * ticks, 7, 14)) if width is None else width
        edges = _edges(roles, narrow=wide < NARROW)
        narrow = wide < NARROW
        left = [*labels, f"{neurons} hidden"] if neurons <= MAX_LABELS else ["1000 hidden"]
        margins = _margins(left, borders, bool(title), narrow)
        figure, (axis,) = make_bands(wide, [float(edges[-1])], 0.0, margins, title)
        axis.grid(axis="y", visible=False)
        _draw_spikes(axis, raster, roles, edges, wide)
        _name_rows(axis, roles, labels, edges)
        for role, colour in ROLES.items():
            if role in roles:
                axis.plot([], [], color=colour, lw=4, label=f"{role} ({roles.count(role)})")
        figure.legend(loc="lower center", ncols=3, frameon=False)
        axis.set_ylim(float(edges[-1]), 0.0)
        _draw_borders(axis, borders, ticks, names=0.03)
        _name_ticks(axis, ticks)
        save(figure, path)


def _margins(
    names: Sequence[str], borders: Sequence[Border], titled: bool, narrow: bool
) -> Margins:
    """Return room for names on the left, for what is said of samples above, for the legend below."""
    size = letter_size(narrow)
    said = [line for border in borders for line in _said(border).split("\n")]
    upright = len(borders) > _LEVEL
    lines = 2 if any("\n" in _said(border) for border in borders) else 1
    above = text_width(said, size) if upright else lines * 1.3 * size / 72 if any(said) else 0.0
    return Margins(
        left=0.2 + text_width(names, size),
        right=0.08,
        top=0.14 + above + (0.3 if titled else 0.0),
        bottom=0.55 if narrow else 0.75,
    )


def _edges(roles: Sequence[str], narrow: bool) -> NDArray[np.float64]:
    """Return (neurons + 1,) heights between rows in inches: outputs always have room for a name."""
    pitch = min(0.14 if narrow else 0.24, (5 if narrow else 10) / max(len(roles), 1))
    name = 0.11 if narrow else 0.16
    heights = [max(pitch, name) if role == "output" else pitch for role in roles]
    return np.concatenate([[0.0], np.cumsum(heights)])


def _draw_spikes(
    axis: Axes,
    raster: NDArray[np.bool_],
    roles: Sequence[str],
    edges: NDArray[np.float64],
    width: float,
) -> None:
    t, neuron = np.nonzero(raster)
    gap = np.where(np.diff(edges) > 0.1, 0.12 * np.diff(edges), 0.0)
    top, bottom = (edges[:-1] + gap)[neuron], (edges[1:] - gap)[neuron]
    colours = np.array([ROLES[role] for role in roles])
    points = max(0.6, min(1.8, 50.0 * width / max(len(raster), 1)))
    axis.vlines(t, top, bottom, colors=list(colours[neuron]), lw=points)
    for place in range(1, len(roles)):
        if roles[place] != roles[place - 1]:
            axis.axhline(edges[place], color="#cccccc", lw=0.8)


def _name_rows(
    axis: Axes, roles: Sequence[str], labels: Sequence[str], edges: NDArray[np.float64]
) -> None:
    middles = (edges[1:] + edges[:-1]) / 2
    everyone = len(roles) <= MAX_LABELS
    named = [n for n, role in enumerate(roles) if everyone or role == "output"]
    axis.set_yticks(middles[named], [labels[n] for n in named])
    axis.tick_params(axis="y", length=0)
    if not everyone:
        for role in ("input", "hidden"):
            own = [n for n, its in enumerate(roles) if its == role]
            if own:
                middle = (edges[own[0]] + edges[own[-1] + 1]) / 2
                style: dict[str, Any] = {"ha": "right", "va": "center", "color": GREY}
                place = axis.get_yaxis_transform()
                axis.text(-0.01, middle, f"{len(own)} {role}", transform=place, **style)


def _draw_borders(axis: Axes, borders: Sequence[Border], ticks: int, names: float | None) -> None:
    """Draw lines between samples or decisions, and what is said of them, so many inches above."""
    ends = [*(border.start for border in borders[1:]), ticks]
    upright = len(borders) > _LEVEL
    if names is not None and any(map(_said, borders)):
        what = "decided" if any(border.decided for border in borders) else "class"
        above = axis.transAxes + ScaledTranslation(-0.06, names, axis.figure.dpi_scale_trans)
        axis.text(0, 1, what, color=GREY, transform=above, fontsize="small", ha="right")
    for border, end in zip(borders, ends, strict=bool(borders)):
        if border.start:
            axis.axvline(border.start - 0.5, color="black", lw=0.7, ls=(0, (2, 2)), zorder=0)
        text = _said(border)
        if names is not None and text:
            wrong = bool(border.truth and border.decided and border.truth != border.decided)
            style: dict[str, Any] = {
                "ha": "center",
                "va": "bottom",
                "rotation": 90 if upright else 0,
            }
            place = axis.get_xaxis_transform() + ScaledTranslation(
                0, names, axis.figure.dpi_scale_trans
            )
            colour = ORANGE if wrong else "black"
            middle = (border.start + end - 1) / 2
            axis.text(middle, 1.0, text, color=colour, transform=place, fontsize="small", **style)


def _said(border: Border) -> str:
    if border.truth and border.decided and border.truth != border.decided:
        return f"{border.decided}\n≠ {border.truth}"
    return border.decided or border.truth


def _name_ticks(axis: Axes, ticks: int) -> None:
    axis.set_xlim(-0.6, ticks - 0.4)
    axis.set_xlabel("tick")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))


def plot_potentials(
    potentials: NDArray[Any],
    spikes: NDArray[np.bool_],
    labels: Sequence[str],
    path: Path,
    thresholds: NDArray[np.float64] | None = None,
    borders: Sequence[Border] = (),
    title: str = "Potentials",
    width: float | None = None,
) -> None:
    """Draw the potential of each neuron over time, one below the other; spikes are ticks above.

    Args:
        potentials: (ticks, neurons), any number type.
        spikes: (ticks, neurons) bool.
        labels: (neurons,) names.
        path: The picture to write.
        thresholds: (neurons,), drawn dashed; NaN where there is none.
        borders: Samples or decisions, in order.
        title: What stands above; nothing if empty.
        width: In inches; None for the screen.

    Raises:
        InputError: No neuron or too many for a picture, or `path` cannot be written.
        MachineError: The disk fails.
    """
    ticks, neurons = potentials.shape
    if not 0 < neurons <= MAX_LABELS:
        raise InputError(
            f"{path}: the network has {neurons} neurons with a potential; a picture shows 1 to "
            f"{MAX_LABELS}, a CSV file any number"
        )
    wide = float(np.clip(3 + 0.12 * ticks, 7, 14)) if width is None else width
    with letters(width):
        narrow = wide < NARROW
        margins = _margins(labels, borders, bool(title), narrow)
        margins = margins._replace(
            left=margins.left + (0.3 if narrow else 0.45), top=margins.top + 0.1
        )
        heights = [0.35 if narrow else 0.6] * neurons
        figure, axes = make_bands(wide, heights, 0.14 if narrow else 0.2, margins, title)
        for neuron, axis in enumerate(axes):
            axis.plot(potentials[:, neuron], color=BLUE, drawstyle="steps-mid", lw=1.0)
            t = np.flatnonzero(spikes[:, neuron])
            above = axis.get_xaxis_transform()
            axis.plot(t, np.full(len(t), 1.0), "|", color=ORANGE, transform=above, clip_on=False)
            place = (-(0.3 if narrow else 0.45) / (wide - margins.left), 0.5)
            style: dict[str, Any] = {"ha": "right", "va": "center", "transform": axis.transAxes}
            axis.text(*place, labels[neuron], **style)
            axis.yaxis.set_major_locator(MaxNLocator(2))
            if thresholds is not None and np.isfinite(thresholds[neuron]):
                axis.axhline(thresholds[neuron], color=GREY, lw=0.9, ls=(0, (4, 3)))
            _draw_borders(axis, borders, ticks, names=0.08 if neuron == 0 else None)
        key = axes[-1]
        key.plot([], [], color=BLUE, label="potential")
        key.plot([], [], "|", color=ORANGE, label="spike")
        if thresholds is not None and np.isfinite(thresholds).any():
            key.plot([], [], color=GREY, ls=(0, (4, 3)), label="threshold")
        figure.legend(loc="lower center", ncols=3, frameon=False)
        _name_ticks(key, ticks)
        save(figure, path)


def check_suffix(path: Path) -> None:
    """Check that a file is named as one that can be written.

    Raises:
        InputError: It ends neither with `.csv` nor with the name of a format of pictures.
    """
    endings = ("csv", *FORMATS)
    if path.suffix.removeprefix(".").lower() not in endings:
        listed = f"{', '.join(f'.{ending}' for ending in endings[:-1])} or .{endings[-1]}"
        raise InputError(f"{path}: the name of the file must end with {listed}")


def write_raster(
    spikes: NDArray[np.bool_],
    roles: Sequence[str],
    labels: Sequence[str],
    path: Path,
    title: str = "Spikes",
    borders: Sequence[Border] = (),
    width: float | None = None,
) -> None:
    """Write spikes: in CSV a row for each, with `tick`, `neuron` (its index) and `name`; else a picture.

    Args:
        spikes: (ticks, neurons) bool.
        roles: (neurons,) `input`, `hidden` or `output`; a picture shows them in this order.
        labels: (neurons,) names.
        path: A CSV file or a picture.
        title: What stands above a picture.
        borders: Samples or decisions, in order; in CSV `window` is the number of each, from 0,
            `truth` and `decided` what is known of it.
        width: Of a picture, in inches.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    if path.suffix.lower() == ".csv":
        t, neuron = np.nonzero(spikes)
        names = np.array(labels, object)
        table = pd.DataFrame({"tick": t, "neuron": neuron, "name": names[neuron]})
        write_csv(_with_windows(table, borders), path)
        return
    plot_raster(spikes, roles, labels, title, path, borders, width)


def write_potentials(
    potentials: NDArray[Any], spikes: NDArray[np.bool_], labels: Sequence[str], path: Path
) -> None:
    """Write potentials: in CSV a row for each tick, with `tick` and a column for each neuron.

    Args:
        potentials: (ticks, neurons), any number type, after each tick.
        spikes: (ticks, neurons) bool; a picture marks them.
        labels: (neurons,) names.
        path: A CSV file or a picture.

    Raises:
        InputError: `path` cannot be written, or a picture cannot hold so many neurons.
        MachineError: The disk fails.
    """
    if path.suffix.lower() != ".csv":
        plot_potentials(potentials, spikes, labels, path)
        return
    columns = [pd.Series(np.arange(len(potentials)), name="tick")]
    columns += [
        pd.Series(list(map(str, values)), name=name, dtype=object)
        for name, values in zip(labels, potentials.T, strict=True)
    ]
    write_csv(pd.concat(columns, axis=1), path)


def _with_windows(table: pd.DataFrame, borders: Sequence[Border]) -> pd.DataFrame:
    if not borders:
        return table
    starts = np.array([border.start for border in borders])
    window = np.searchsorted(starts, table["tick"], side="right") - 1
    for name, values in (
        ("window", np.arange(len(borders))),
        ("truth", np.array([border.truth for border in borders], object)),
        ("decided", np.array([border.decided for border in borders], object)),
    ):
        table[name] = values[window]
    return table
