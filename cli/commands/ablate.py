"""`spikevolve ablate`: what each part of a network matters."""

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


def ablate(
    folder: RunFolder,
    individual: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Its id in the report; the champion by default."),
    ] = None,
    task: TaskAgain = None,
    wrap: WrapAgain = None,
    form: RowsFormat = None,
    to: To = None,
    plot: Plot = None,
) -> None:
    """Leave out each input, hidden neuron and synapse of a network in turn, and test it again.

    On validation data, or on training data where there are none to validate on; never on test data.
    """
    from ...evolve.networks.ablation import COLUMNS
    from ...evolve.networks.ablation import ablate as parts_left_out
    from ...evolve.runs.prepared_again import own_code
    from ...results.pictures.study_plots import plot_ablation
    from ...results.summaries.rows_as_text import FORMATS

    wanted = format_for(form, to, FORMATS)
    check_places(to, plot)
    found = parts_left_out(folder, individual, own_code(task, wrap))
    tell_of_state(folder)
    title = f"{folder.name}, network {found['id']}: without each part, on {found['data']}"
    if plot is not None:
        plot_ablation(found["rows"], found["score"], title, plot)
        tell_of_picture(found["rows"], plot)
    hand_over_found(found, COLUMNS, wanted, f"{title}; score: {found['score']}", to)
