"""`spikevolve robustness`: what disturbances a network bears."""

from typing import Annotated

import typer

from ..options_from_settings import RunFolder, TaskAgain, WrapAgain
from ..output import (
    Plot,
    RowsFormat,
    To,
    check_places,
    format_for,
    hand_over_found,
    tell_of_picture,
    tell_of_state,
)


def robustness(
    folder: RunFolder,
    individual: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Its id in the report; the champion by default."),
    ] = None,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Draws at each level, where chance plays a part.")
    ] = 20,
    task: TaskAgain = None,
    wrap: WrapAgain = None,
    form: RowsFormat = None,
    to: To = None,
    plot: Plot = None,
) -> None:
    """Disturb a network: noisy weights, fewer bits, dropped synapses, late or lost input spikes.

    On validation data, or on training data where there are none to validate on; never on test data.
    """
    from ...evolve.networks.robustness import COLUMNS, DISTURBANCES, disturb
    from ...evolve.runs.prepared_again import own_code
    from ...results.pictures.study_plots import plot_robustness
    from ...results.summaries.rows_as_text import FORMATS

    wanted = format_for(form, to, FORMATS)
    check_places(to, plot)
    found = disturb(folder, individual, own_code(task, wrap), draws)
    tell_of_state(folder)
    title = f"{folder.name}, network {found['id']}: disturbed, on {found['data']}"
    rows, score, whole = found["rows"], found["score"], found["undisturbed"]
    if plot is not None:
        meanings = {name: disturbance.meaning for name, disturbance in DISTURBANCES.items()}
        plot_robustness(rows, meanings, (score, whole), (title, plot))
        tell_of_picture(rows, plot)
    hand_over_found(found, COLUMNS, wanted, f"{title}; {score} undisturbed: {whole:.4g}", to)
