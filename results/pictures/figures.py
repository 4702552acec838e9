"""What all pictures share: colours, sizes and letters, and how they and their data are written."""

import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from ...errors import InputError
from ..store.atomic_files import place_of_the_user, write_file

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8a8a8a"  # colours of Okabe and Ito (2008)
ROLES = {"input": "#009e73", "hidden": GREY, "output": "#b0578d"}  # and the order of neurons

FORMATS = ("png", "svg", "pdf")
_INCHES = {"mm": 1 / 25.4, "cm": 1 / 2.54, "in": 1.0}
_NARROWEST, _WIDEST = 1.5, 40.0  # inches
NARROW = 5.0  # inches: below, letters are smaller, and what stands side by side goes below


def check_format(name: str) -> str:
    """Return the format of that name, the ending of its files.

    Raises:
        InputError: There is none; names those that there are.
    """
    if name not in FORMATS:
        raise InputError(f"format is {name!r}; it must be one of {', '.join(FORMATS)}")
    return name


def inches(width: str) -> float:
    """Return a width such as `85mm`, `8.5cm` or `3.3in` in inches.

    Raises:
        InputError: It is no such width, or one that no picture has.
    """
    found = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*(mm|cm|in)\s*", width)
    value = float(found[1]) * _INCHES[found[2]] if found else math.nan
    if not _NARROWEST <= value <= _WIDEST:
        raise InputError(
            f"width is {width!r}; it must be a number with mm, cm or in, such as 85mm, from "
            f"{_NARROWEST / _INCHES['mm']:.0f} to {_WIDEST / _INCHES['mm']:.0f} mm"
        )
    return value


def letter_size(narrow: bool) -> float:
    """Return the size of letters in points."""
    return 6.5 if narrow else 9.0


@contextmanager
def letters(width: float | None) -> Iterator[None]:
    """Have a picture drawn and saved with letters that suit its width.

    Args:
        width: Of the picture, in inches; None for one that is to be looked at on a screen.
    """
    narrow = width is not None and width < NARROW
    settings: Any = {
        "font.size": letter_size(narrow),
        "axes.titlesize": "medium",
        "legend.fontsize": "medium" if narrow else "small",
        "axes.linewidth": 0.5 if narrow else 0.8,
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "spikevolve",  # the same bytes for the same picture
        "pdf.fonttype": 42,  # as journals ask
    }
    with mpl.rc_context(settings):
        yield


def make_figure(
    size: tuple[float, float], title: str, rows: int = 1, columns: int = 1, sharex: bool = True
) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, row by row.

    Args:
        size: Width and height in inches.
        title: What stands above; nothing if empty.
        rows: Number of axes below one another.
        columns: Number of axes side by side.
        sharex: Whether axes have a common x axis.
    """
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    if title:
        figure.suptitle(title, fontsize="large")
    grid: NDArray[Any] = figure.subplots(rows, columns, sharex=sharex, squeeze=False)
    axes = list(grid.ravel())
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25, lw=0.6)
    return figure, axes


class Margins(NamedTuple):
    """Inches around axes."""

    left: float
    right: float
    top: float
    bottom: float


def make_bands(
    width: float, heights: Sequence[float], gap: float, margins: Margins, title: str
) -> tuple[Figure, list[Axes]]:
    """Return a figure and axes of given heights, one below the other, with a common x axis.

    Where there are many axes, or texts beyond them, Matplotlib's own layout finds no room.

    Args:
        width: In inches.
        heights: Of the axes, in inches.
        gap: Between axes, in inches.
        margins: Around them.
        title: What stands above; nothing if empty.
    """
    whole = sum(heights) + gap * (len(heights) - 1) + margins.top + margins.bottom
    figure = Figure(figsize=(width, whole))
    FigureCanvasAgg(figure)
    if title:
        figure.suptitle(title, fontsize="large", y=1 - 0.1 / whole, va="top")
    across = margins.left / width, max(0.2, 1 - (margins.left + margins.right) / width)
    axes: list[Axes] = []
    top = whole - margins.top
    for height in heights:
        box = (across[0], (top - height) / whole, across[1], height / whole)
        axes.append(figure.add_axes(box, sharex=axes[0] if axes else None))
        top -= height + gap
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25, lw=0.6)
        axis.tick_params(labelbottom=axis is axes[-1])
    return figure, axes


def text_width(texts: Iterable[str], size: float) -> float:
    """Return the width of the longest text in inches.

    Args:
        texts: Of one line each.
        size: In points.
    """
    paths = (TextPath((0, 0), text, size=size) for text in texts if text.strip())
    return max((float(path.get_extents().width) / 72 for path in paths), default=0.0)


def save(figure: Figure, path: Path) -> None:
    """Write a figure, whole or not at all; the ending of its name says as what.

    Raises:
        InputError: `path` cannot be written, or ends otherwise than with one of `FORMATS`.
        MachineError: The disk fails.
    """
    form = check_format(Path(path).suffix.removeprefix(".").lower())
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {})
    sink = io.BytesIO()
    dpi = 300 if figure.get_figwidth() < NARROW else 150
    figure.savefig(sink, format=form, dpi=dpi, metadata=undated)
    with place_of_the_user(f"picture {path} cannot be written"):
        write_file(Path(path), sink.getvalue())


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write the data of a picture.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    with place_of_the_user(f"file {path} cannot be written"):
        write_file(Path(path), table.to_csv(index=False, lineterminator="\n").encode())


def beside(path: Path) -> Path:
    """Return where the data of a picture lie: `front.csv` beside `front.png`."""
    return Path(path).with_suffix(".csv")


def legend_below(figure: Figure, axes: Sequence[Axes], columns: int) -> None:
    """Put one legend for all axes below them, each name once."""
    found: dict[str, Any] = {}
    for axis in axes:
        for handle, name in zip(*axis.get_legend_handles_labels(), strict=True):
            found.setdefault(name, handle)
    if found:
        figure.legend(
            list(found.values()),
            list(found),
            loc="outside lower center",
            ncols=min(columns, len(found)),
            frameon=False,
        )
