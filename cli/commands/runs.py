"""`spikevolve runs`: the runs below a folder."""

from pathlib import Path
from typing import Annotated

import typer

from ..exit_status import say
from ..output import RowsFormat, To, format_for, hand_over


def runs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to look.")] = Path("runs"),
    form: RowsFormat = None,
    to: To = None,
) -> None:
    """List the runs in a folder and below: how far each is, and what it has found."""
    from ...results.summaries.rows_as_text import FORMATS, rows_as_text
    from ...results.summaries.runs_overview import COLUMNS, runs_below

    wanted = format_for(form, to, FORMATS)
    found = runs_below(folder)
    for sentence in found.damaged:
        say(f"Left out: {sentence}")
    hand_over(rows_as_text(found.rows, wanted, COLUMNS), to)
