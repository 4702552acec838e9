"""Pictures of a run: its progress and its front."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ...errors import InputError
from ..summaries.run_names import Objective, ScoreNames, axis_label
from .figures import (
    BLUE,
    GREY,
    NARROW,
    ORANGE,
    beside,
    legend_below,
    letters,
    make_figure,
    save,
    write_csv,
)

_CHANCE: dict[str, Any] = {
    "color": GREY,
    "lw": 1.0,
    "ls": (0, (4, 3)),
    "zorder": 1,
    "label": "chance",
}


class Compared(NamedTuple):
    """What a run compares, and what it is called.

    Attributes:
        objectives: The score first.
        scores: Names of the scores.
        chance: Score of chance on training data, None where it is not known.
    """

    objectives: Sequence[Objective]
    scores: ScoreNames
    chance: float | None


def plot_progress(
    generations: pd.DataFrame,
    front: pd.DataFrame,
    hypervolumes: pd.Series,
    run: Compared,
    title: str,
    path: Path,
    width: float | None = None,
) -> None:
    """Draw a search over its generations, and write the same as CSV beside it.

    The upper axes show the network with the best score: its score, with those of the front on
    validation data at their births, and the other objectives; the lower ones the number of networks
    on the front and its hypervolume.

    Args:
        generations: The table of that name, one row at least.
        front: The table of that name; it may be empty.
        hypervolumes: By generation; see `hypervolume`.
        run: What it compares.
        title: What stands above; nothing if empty.
        path: The picture to write.
        width: In inches; None for the screen.

    Raises:
        InputError: No generation, or a file cannot be written.
        MachineError: The disk fails.
    """
    if generations.empty:
        raise InputError(f"{title}: no generation is closed yet, there is no progress to draw")
    table = _progress_table(generations, front, hypervolumes, run)
    # One that has learned from the validation data as well knows them.
    refitted = front["operators"].map(lambda names: "refit" in names).astype(bool)
    validated = front[front["validation_score"].notna() & ~refitted]
    apart = len(validated) > 0 and run.scores.training != run.scores.test
    names = [o.name for o in run.objectives]
    rows = len(names) + 2 + apart
    wide = width or 8.0
    with letters(width):
        each = 0.95 if wide < NARROW else 1.5
        figure, axes = make_figure((wide, 0.6 + each * rows), title, rows)
        left = list(axes)
        _draw_score(left.pop(0), table, validated if not apart else validated.head(0), run)
        if apart:
            axis = left.pop(0)
            _draw_validation(axis, validated)
            axis.set_ylabel(f"{run.scores.test}\n(validation)")
        for name in names[1:]:
            _draw_best(left.pop(0), table, name)
        for axis, name, words in zip(
            left,
            ("front_size", "hypervolume"),
            ("networks\non the front", "hypervolume\nof the front"),
            strict=True,
        ):
            known = table[table[name].notna()]
            axis.plot(known["generation"], known[name], color=BLUE, drawstyle="steps-post")
            axis.set_ylabel(words)
            axis.set_ylim(bottom=0)
        axes[-1].set_xlabel("generation")
        axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.align_ylabels()
        legend_below(figure, axes, 2 if wide < NARROW else 4)
        save(figure, path)
    write_csv(table, beside(path))


def _progress_table(
    generations: pd.DataFrame, front: pd.DataFrame, hypervolumes: pd.Series, run: Compared
) -> pd.DataFrame:
    """Return a row for each generation with all that is drawn of it."""
    names = ["generation", "evaluations", "cost", "generation_mean_score"]
    names += [f"best_{objective.name}" for objective in run.objectives]
    table = generations[names].copy()
    born = front.groupby("birth_generation")["validation_score"].max()
    table["best_validation_score_of_the_front_born"] = table["generation"].map(born)
    table["front_size"] = generations["archive_size"]
    table["hypervolume"] = table["generation"].map(hypervolumes)
    return table


def _draw_score(axis: Axes, table: pd.DataFrame, validated: pd.DataFrame, run: Compared) -> None:
    x, marker = table["generation"], _marker(table)
    mean = table["generation_mean_score"]
    axis.plot(x, mean, color=GREY, lw=0.8, marker=marker, label="mean of the generation")
    _draw_best(axis, table, "score")
    if len(validated):
        _draw_validation(axis, validated)
    if run.chance is not None:
        axis.axhline(run.chance, **_CHANCE)
    axis.set_ylabel(run.scores.training_label.replace(" (", "\n("))


def _draw_validation(axis: Axes, validated: pd.DataFrame) -> None:
    style: dict[str, Any] = {
        "s": 12,
        "facecolors": "none",
        "edgecolors": ORANGE,
        "lw": 0.8,
        "zorder": 3,
    }
    points = axis.scatter(validated["birth_generation"], validated["validation_score"], **style)
    points.set_label("front on validation data, at birth")


def _draw_best(axis: Axes, table: pd.DataFrame, name: str) -> None:
    values = table[f"best_{name}"].astype(float)
    style: dict[str, Any] = {"color": BLUE, "marker": _marker(table), "drawstyle": "steps-post"}
    axis.plot(table["generation"], values, label="best score so far", **style)
    words, *unit = axis_label(name).split(" (")
    axis.set_ylabel("\n(".join([words, *unit]).replace(" or ", "\nor "))
    if not values.notna().any():
        feasible = table["best_score"].notna().any()
        reason = "not measured" if feasible else "no feasible network yet"
        text = axis.text(0.5, 0.5, reason, color=GREY)
        text.set(ha="center", va="center", transform=axis.transAxes)


def _marker(table: pd.DataFrame) -> str:
    return "o" if len(table) == 1 else ""  # a line needs two points


def plot_front(
    front: pd.DataFrame,
    run: Compared,
    title: str,
    path: Path,
    width: float | None = None,
    test_scores: bool = False,
) -> None:
    """Draw the projections of the Pareto front on pairs of objectives, and write it as CSV beside.

    Of more than three objectives the first three are drawn; of the score alone, over the synapses.

    Args:
        front: The table of that name, one row at least; where there is a column `mark`, a network
            whose mark contains `knee` is marked.
        run: What it compares.
        title: What stands above; nothing if empty.
        path: The picture to write.
        width: In inches; None for the screen.
        test_scores: Whether to draw scores on test data: as rings if they are the same score, else
            on axes of their own.

    Raises:
        InputError: An empty front, or a file cannot be written.
        MachineError: The disk fails.
    """
    if front.empty:
        raise InputError(f"{title}: there is no front yet, nothing to draw")
    names = [objective.name for objective in run.objectives][:3]
    names = names if names[1:] else [*names, "synapses"]
    test_scores = test_scores and bool(front["test_score"].notna().any())
    panels = [(x, y) for y, x in combinations(names, 2)]
    if test_scores and run.scores.training != run.scores.test:
        panels += [(x, "test_score") for x in names[1:]]
    columns = 1 if width is not None and width < NARROW else min(len(panels), 3)
    rows = -(-len(panels) // columns)
    wide = width or 3.5 * columns + 1.0
    each = wide / columns * (0.62 if columns == 1 else 0.85)
    with letters(width):
        figure, axes = make_figure((wide, 0.6 + each * rows), title, rows, columns, sharex=False)
        for axis, (x, y) in zip(axes, panels, strict=False):
            _project(axis, front, x, y, run, test_scores)
        for axis in axes[len(panels) :]:
            axis.set_axis_off()
        legend_below(figure, axes, 2 if wide < NARROW else 5)
        save(figure, path)
    write_csv(_front_table(front, names, test_scores), beside(path))


def _front_table(front: pd.DataFrame, names: Sequence[str], test_scores: bool) -> pd.DataFrame:
    wanted = ["id", "champion", "mark", "score", "mean_score", "validation_score", *names[1:]]
    wanted += ["synapses", "hidden"]
    if test_scores:
        wanted += ["test_score", *(f"test_{name}" for name in names[1:])]
    return front[[name for name in dict.fromkeys(wanted) if name in front]]


def _values(front: pd.DataFrame, name: str) -> NDArray[np.float64]:
    if name == "score":
        return front["mean_score"].fillna(front["score"]).to_numpy(float)
    return front[name].to_numpy(float)


def _project(
    axis: Axes, front: pd.DataFrame, x_name: str, y_name: str, run: Compared, test_scores: bool
) -> None:
    """Draw the networks of a front in one pair of measurements."""
    tested = y_name == "test_score"
    across = f"test_{x_name}" if tested and f"test_{x_name}" in front else x_name
    x, y = _values(front, across), _values(front, y_name)
    if test_scores and y_name == "score" and run.scores.training == run.scores.test:
        _draw_tests(axis, front, x_name, x, y)
    if not tested:
        axis.scatter(x, y, s=20, color=BLUE, zorder=3, alpha=0.8, lw=0).set_label("network")
    else:
        rings = axis.scatter(x, y, s=26, facecolors="none", edgecolors=ORANGE, zorder=2)
        rings.set_label("on test data")
    knees = front["mark"].str.contains("knee").to_numpy(bool) if "mark" in front else x < -np.inf
    _mark(axis, x[knees], y[knees], "D", "knee")
    champion = front["champion"].to_numpy(bool)
    _mark(axis, x[champion], y[champion], "*", "champion")
    if y_name == "score" and run.chance is not None:
        axis.axhline(run.chance, **_CHANCE)
    _stretch(axis, x)
    axis.set_xlabel(axis_label(x_name))
    called = {"score": run.scores.training_label, "test_score": f"test {run.scores.test}"}
    axis.set_ylabel(called.get(y_name) or axis_label(y_name))


def _draw_tests(
    axis: Axes, front: pd.DataFrame, x_name: str, x: NDArray[np.float64], y: NDArray[np.float64]
) -> None:
    """Draw what networks score on test data, and join it to what they scored in training."""
    across = f"test_{x_name}" if f"test_{x_name}" in front else x_name  # sizes are not tested
    test_x, tested = _values(front, across), _values(front, "test_score")
    axis.plot([x, test_x], [y, tested], color=GREY, lw=0.5, alpha=0.6, zorder=1)
    rings = axis.scatter(test_x, tested, s=26, facecolors="none", edgecolors=ORANGE, zorder=2)
    rings.set_label("on test data")


def _mark(
    axis: Axes, x: NDArray[np.float64], y: NDArray[np.float64], marker: str, name: str
) -> None:
    """Mark a network, if there is one."""
    if len(x):
        size = 170 if marker == "*" else 60
        sign = axis.scatter(x, y, s=size, marker=marker, facecolors="none")
        sign.set(label=name, zorder=4, edgecolors="black", linewidth=0.9)


def _stretch(axis: Axes, x: NDArray[np.float64]) -> None:
    """Make the x axis logarithmic if the values span more than a factor of 50; 0 stays on it."""
    x = x[np.isfinite(x)]
    positive = x[x > 0]
    if not len(positive) or x.min() < 0 or positive.max() <= 50 * positive.min():
        return
    if len(positive) == len(x):
        axis.set_xscale("log")
    else:
        axis.set_xscale("symlog", linthresh=positive.min())
