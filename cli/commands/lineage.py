"""`spikevolve lineage`: how a network came about."""

from typing import Annotated

import typer

from ..options_from_settings import RunFolder
from ..output import RowsFormat, To, format_for, hand_over, tell_of_state


def lineage(
    folder: RunFolder,
    individual: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Its id in the report; the champion by default."),
    ] = None,
    form: RowsFormat = None,
    to: To = None,
) -> None:
    """Follow a network back to generation 0, with what each step changed."""
    from ...evolve.networks.lineage import COLUMNS
    from ...evolve.networks.lineage import lineage as ancestors
    from ...results.summaries.rows_as_text import FORMATS, rows_as_text

    wanted = format_for(form, to, FORMATS)
    rows = ancestors(folder, individual)
    tell_of_state(folder)
    hand_over(
        rows_as_text(rows, wanted, (*COLUMNS, "changes") if wanted == "json" else COLUMNS), to
    )
