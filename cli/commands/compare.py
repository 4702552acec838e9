"""`spikevolve compare`: groups of runs beside one another, with statistics."""

import json
from typing import Annotated

import typer

from ..output import Plot, RowsFormat, To, check_places, format_for, hand_over, tell_of_picture


def compare(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="GROUP…",
            help="A run, the folder of a study, or a quoted pattern such as 'runs/a-*'.",
        ),
    ],
    target: Annotated[
        float | None,
        typer.Option(
            metavar="SCORE",
            help="Compare also how many evaluations it took to this score on training data.",
            show_default=False,
        ),
    ] = None,
    measures: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,…",
            help="Compare these alone, such as test_score,synapses.",
            show_default=False,
        ),
    ] = None,
    form: RowsFormat = None,
    to: To = None,
    plot: Plot = None,
) -> None:
    """Compare groups of runs of one task: medians, intervals, tests, effect sizes."""
    from ...results.pictures.study_plots import plot_curves
    from ...results.summaries import comparison
    from ...results.summaries.compared_runs import read_groups
    from ...results.summaries.rows_as_text import FORMATS, rows_as_text

    wanted = format_for(form, to, FORMATS)
    check_places(to, plot)
    groups = read_groups(given)
    found = comparison.compare(groups, target, measures.split(",") if measures else None)
    if plot is not None:
        rows = comparison.curves(groups)
        score = f"{found['training_score']} (training)"
        plot_curves(rows, score, f"{found['task']}: the best so far", plot)
        tell_of_picture(rows, plot)
    match wanted:
        case "md":
            text = comparison.as_page(found)
        case "csv":
            text = rows_as_text(comparison.as_rows(found), "csv")
        case _:
            text = json.dumps(found, indent=2, allow_nan=False) + "\n"
    hand_over(text, to)
