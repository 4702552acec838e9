"""`spikevolve table`: rows and columns of the tables of runs."""

from typing import Annotated

import typer

from ..output import To, format_for, hand_over


def table(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN…",
            help="Runs, folders of studies, or quoted patterns such as 'runs/a-*'.",
        ),
    ],
    name: Annotated[
        str,
        typer.Option("--table", metavar="NAME", help="front, individuals, generations or genomes."),
    ] = "front",
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,…",
            help="These columns, in this order; all by default.",
            show_default=False,
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="EXPR",
            help="These rows alone, such as 'score > 0.9 and synapses <= 10'.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="md, csv, json or, with --to, parquet; by default as FILE ends, or md.",
            show_default=False,
        ),
    ] = None,
    to: To = None,
) -> None:
    """Take rows and columns out of the tables of runs."""
    from ...results.store.study import find_runs
    from ...results.summaries.joined_tables import WRITTEN_AS, joined_rows, table_as
    from ...results.summaries.rows_as_text import FORMATS

    wanted = format_for(form, to, FORMATS if to is None else WRITTEN_AS)
    runs = list(dict.fromkeys(run for path in given for run in find_runs(path)))
    names = columns.split(",") if columns else None
    hand_over(table_as(joined_rows(runs, name, names, where), wanted), to)
