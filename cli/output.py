"""How commands hand over what they have made, `--format NAME` is how and `--to FILE` where, and of what state."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ..errors import InputError
from .exit_status import say

if TYPE_CHECKING:
    from ..results.summaries.rows_as_text import Format

RowsFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="md, csv or json; by default as FILE ends, or md.",
        show_default=False,
    ),
]
PageFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="text or json; by default as FILE ends, or text.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
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


_Format = TypeVar("_Format", bound=str)


def format_for(form: str | None, to: Path | None, formats: Sequence[_Format]) -> _Format:
    """Return the format that is asked for, by its name or by how the file's name ends.

    Args:
        form: The name, if one was given.
        to: The file, if one was given.
        formats: The formats that there are; the first one where nothing is said, and for `.txt`.

    Raises:
        InputError: There is no such format.
    """
    ending = "" if to is None else to.suffix.lower()
    plain = formats[0] if ending in ("", ".txt") else ending.removeprefix(".")
    for known in formats:
        if known == (plain if form is None else form):
            return known
    if form is None:
        endings = ", ".join(f".{name}" for name in formats if name != "text")
        raise InputError(f"file {to} must end in {endings} or .txt, unless you name a format")
    raise InputError(f"format is {form!r}; it must be one of {', '.join(formats)}")


def tell_of_state(path: Path) -> None:
    """Say on standard error how a run stands that has not ended; nothing of other runs, or of a file.

    Raises:
        InputError: It is a folder, but no run, or damaged.
    """
    from ..results.summaries.run_status import about_front

    if path.is_dir() and (state := about_front(path)):
        say(state)


def check_places(to: Path | None, plot: Path | None) -> None:
    """Refuse a file that the data of a picture would take the place of; raises InputError."""
    if to is not None and plot is not None and to in (plot, plot.with_suffix(".csv")):
        raise InputError(
            f"file {to} is where the picture {plot} or its data go; give --to another name"
        )


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


def hand_over_found(
    found: Mapping[str, Any],
    columns: Sequence[str],
    wanted: "Format",
    heading: str,
    to: Path | None,
) -> None:
    """Hand over what an analysis has found: JSON holds all, CSV the rows, Markdown what people read.

    Args:
        found: Plain values; `rows`, and `notes` if there are some.
        columns: Of the rows.
        wanted: `json`, `csv` or `md`.
        heading: In front of the rows in Markdown, their notes behind them.
        to: As of `hand_over`.

    Raises:
        InputError: The file cannot be written.
    """
    from ..results.summaries.rows_as_text import rows_as_text

    if wanted == "json":
        hand_over(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n", to)
        return
    text = rows_as_text(found["rows"], wanted, columns)
    if wanted == "md":
        text = f"{heading}\n\n{text}" + "".join(f"\n{note}\n" for note in found.get("notes", ()))
    hand_over(text, to)


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
