"""What all pictures share: colours, axes, and how a picture reaches the disk.

Matplotlib's figure objects alone are used: no window, no display, no global state.
"""

import io
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..store.atomic_files import place_of_the_user, write_file

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8a8a8a"  # colours of Okabe and Ito (2008)
ROLES = {"input": "#009e73", "hidden": GREY, "output": "#b0578d"}  # and the order of neurons


def make_figure(size: tuple[float, float], title: str, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, one below the other, with a common x axis.

    Args:
        size: Width and height in inches.
        title: What stands above.
        rows: Number of axes.
    """
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11)
    grid: NDArray[Any] = figure.subplots(rows, 1, sharex=True, squeeze=False)
    axes = list(grid[:, 0])
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25, lw=0.6)
    return figure, axes


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    sink = io.BytesIO()
    figure.savefig(sink, format="png", dpi=150)
    with place_of_the_user(f"picture {path} cannot be written"):
        write_file(Path(path), sink.getvalue())
