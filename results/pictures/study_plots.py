"""Pictures of several runs, and of a network that is taken apart: curves, ablation, robustness."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...errors import InputError
from .figures import BLUE, GREY, ORANGE, ROLES, make_figure, save

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


def _panels(size: tuple[float, float], title: str, rows: int) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, one below the other, each with an x axis of its own."""
    figure, (axis,) = make_figure(size, title)
    axis.remove()
    axes = [figure.add_subplot(rows, 1, row + 1) for row in range(rows)]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25, lw=0.6)
    return figure, axes


#: So many parts are drawn, those that matter most; more would not be read.
_MOST_BARS = 40
_PARTS = {"input": ROLES["input"], "neuron": ROLES["hidden"], "synapse": BLUE}


def plot_ablation(rows: Sequence[Row], score: str, title: str, path: Path) -> None:
    """Draw the change of the score without each part of a network, the largest loss at the top.

    Args:
        rows: As of `evolve.networks.ablation.ablate`, that of the whole network first.
        score: What the score is called.
        title: What stands above.
        path: The picture to write.

    Raises:
        InputError: `path` cannot be written.
        MachineError: The disk fails.
    """
    parts = sorted(rows[1:], key=lambda row: (row["change"] is None, row["change"] or 0.0))
    shown = [row for row in parts if row["change"] is not None][:_MOST_BARS]
    figure, (axis,) = make_figure((8.0, 1.6 + 0.22 * len(shown)), title)
    for kind, colour in _PARTS.items():
        places = [place for place, row in enumerate(shown) if row["part"] == kind]
        if places:
            changes = [shown[place]["change"] for place in places]
            axis.barh(places, changes, color=colour, label=f"without the {kind}")
    axis.set_yticks(range(len(shown)), [row["name"] for row in shown], fontsize="small")
    axis.invert_yaxis()
    axis.axvline(0.0, color="black", lw=0.8)
    axis.grid(visible=False, axis="y")
    more = f", {len(shown)} of {len(parts)} parts" if len(shown) < len(parts) else ""
    axis.set_xlabel(f"change of {score}{more}; {rows[0]['score']:.4g} with all")
    if shown:
        axis.legend(loc="best", frameon=False)
    save(figure, path)


def plot_robustness(
    rows: Sequence[Row],
    meanings: Mapping[str, str],
    scores: tuple[str, float],
    place: tuple[str, Path],
) -> None:
    """Draw the score over the level of each disturbance: mean, deviation, and all that was drawn.

    Args:
        rows: As of `evolve.networks.robustness.disturb`.
        meanings: What a level of each disturbance says.
        scores: What the score is called, and what it is undisturbed.
        place: What stands above, and the picture to write.

    Raises:
        InputError: The picture cannot be written.
        MachineError: The disk fails.
    """
    (score, whole), (title, path) = scores, place
    names = list(dict.fromkeys(row["disturbance"] for row in rows))
    figure, axes = _panels((8.0, 1.0 + 2.2 * len(names)), title, len(names))
    for axis, name in zip(axes, names, strict=True):
        own = [row for row in rows if row["disturbance"] == name]
        level, mean, deviation, low, high = (
            np.array([row[column] for row in own], np.float64)
            for column in ("level", "score", "deviation", "lowest", "highest")
        )
        axis.axhline(whole, color=GREY, ls="--", lw=1.0, label="undisturbed")
        drawn = bool(np.isfinite(deviation).any())
        if drawn:
            axis.fill_between(level, low, high, color=BLUE, alpha=0.15, lw=0, label="all draws")
        errors = np.nan_to_num(deviation)
        label = "mean ± standard deviation" if drawn else "score"
        axis.errorbar(level, mean, errors, color=BLUE, marker="o", capsize=3, label=label)
        axis.set_xlabel(f"{name.replace('_', ' ')}: {meanings[name]}", size="small")
        axis.set_ylabel(score, size="small")
        if level[0] > level[-1]:  # what disturbs most stands right
            axis.invert_xaxis()
    axes[0].legend(loc="best", frameon=False, fontsize="small")
    figure.align_ylabels()
    save(figure, path)
