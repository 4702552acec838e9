"""Pictures of several runs, and of a network that is taken apart: curves, ablation, robustness."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError
from .run_plots import BLUE, ORANGE, make_figure, save

#: Colours of Okabe and Ito (2008), and styles, so that groups differ in print without colour, too.
_COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_STYLES = ("-", "--", "-.", ":")

Row = Mapping[str, Any]


def plot_curves(rows: Sequence[Row], score: str, title: str, path: Path) -> None:
    """Draw how groups of runs rose: median of the best score, and a band between the quartiles.

    Args:
        rows: As of `summaries.comparison.curves`.
        score: What the score on training data is called.
        title: What stands above.
        path: The picture to write.

    Raises:
        InputError: No run has closed a generation, or `path` cannot be written.
        MachineError: The disk fails.
    """
    if not rows:
        raise InputError(f"{title}: no generation is closed yet, there is nothing to draw")
    figure, (axis,) = make_figure((8.0, 5.0), title)
    styles = zip(cycle(_COLOURS), cycle(_STYLES), strict=False)
    names = list(dict.fromkeys(row["group"] for row in rows))
    for name, (colour, style) in zip(names, styles, strict=False):
        own = [row for row in rows if row["group"] == name]
        x, median, low, high = (
            np.array([row[column] for row in own], np.float64)
            for column in ("evaluations", "median", "lower_quartile", "upper_quartile")
        )
        axis.fill_between(x, low, high, step="post", color=colour, alpha=0.2, lw=0)
        line = axis.plot(x, median, style, color=colour, drawstyle="steps-post", label=name)
        line[0].set_marker("o" if len(x) == 1 else "")  # a line needs two points
    axis.set_xlabel("evaluations (an epoch of learning counts as three)")
    axis.set_ylabel(f"best {score} so far, median and quartiles")
    axis.legend(loc="lower right", frameon=False)
    save(figure, path)
