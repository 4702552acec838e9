"""How commands hand over what they have made: `--format NAME` is how, `--to FILE` is where."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from .exit_status import say

RowsFormat = Annotated[str, typer.Option("--format", metavar="NAME", help="md, csv or json.")]
To = Annotated[
    Path | None,
    typer.Option("--to", metavar="FILE", help="Where to; printed by default.", show_default=False),
]
Plot = Annotated[
    Path | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Draw it, too; its data beside it as CSV.",
        show_default=False,
    ),
]


def tell_of_picture(rows: Sequence[Mapping[str, Any]], plot: Path) -> None:
    """Write the data of a picture beside it as CSV, and say on standard error where both are.

    Raises:
        InputError: The file cannot be written.
    """
    from ..results.store.atomic_files import place_of_the_user, write_file
    from ..results.summaries.rows_as_text import rows_as_text

    data = plot.with_suffix(".csv")
    with place_of_the_user(f"file {data} cannot be written"):
        write_file(data, rows_as_text(rows, "csv").encode())
    say(f"Drawn: {plot}, its data: {data}")


def hand_over(content: str | bytes, to: Path | None) -> None:
    """Print a text, in UTF-8 where it is bytes, or write it to a file and print the file's name.

    Raises:
        InputError: The file cannot be written.
    """
    from ..results.store.atomic_files import place_of_the_user, write_file

    if to is None:
        typer.echo(content, nl=False)
        return
    with place_of_the_user(f"file {to} cannot be written"):
        write_file(to, content.encode() if isinstance(content, str) else content)
    typer.echo(to)
