"""`spikevolve lineage`: how a network came about."""

from typing import Annotated

import typer

from ..options_from_settings import RunFolder
from ..output import RowsFormat, To, hand_over


def lineage(
    folder: RunFolder,
    individual: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Its id in the report; the champion by default."),
    ] = None,
    form: RowsFormat = "md",
    to: To = None,
) -> None:
    """Follow a network back to generation 0, with what each step changed."""
    from ...evolve.networks.lineage import COLUMNS
    from ...evolve.networks.lineage import lineage as ancestors
    from ...results.summaries.rows_as_text import check_format, rows_as_text

    check_format(form)
    rows = ancestors(folder, individual)
    hand_over(rows_as_text(rows, form, (*COLUMNS, "changes") if form == "json" else COLUMNS), to)
