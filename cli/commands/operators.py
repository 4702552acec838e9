"""`spikevolve operators`: which operators and sources made improvements."""

from typing import Annotated

import typer

from ..output import RowsFormat, To, format_for, hand_over


def operators(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN…",
            help="Runs, folders of studies, or quoted patterns such as 'runs/a-*'.",
        ),
    ],
    form: RowsFormat = None,
    to: To = None,
) -> None:
    """Count what came of each operator and each source of candidates."""
    from ...results.store.study import find_runs
    from ...results.summaries.lineage import IMPROVEMENTS, improvements
    from ...results.summaries.rows_as_text import FORMATS, rows_as_text

    wanted = format_for(form, to, FORMATS)
    runs = list(dict.fromkeys(run for path in given for run in find_runs(path)))
    hand_over(rows_as_text(improvements(runs), wanted, IMPROVEMENTS), to)
