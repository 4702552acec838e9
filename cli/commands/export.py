"""`spikevolve export`: take a network out of a run."""

from pathlib import Path
from typing import Annotated

import typer

from ..options_from_settings import RunFolder


def export(
    folder: RunFolder,
    individual: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Its id in the report; the champion by default."),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="NAME", help="champion, network, genome, risp, or readout."
        ),
    ] = "network",
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to; printed by default.", show_default=False),
    ] = None,
) -> None:
    """Write a network of a run as JSON, to be simulated or deployed elsewhere."""
    from ...evolve.networks.network_files import export as exported
    from ...results.store.atomic_files import place_of_the_user, write_file

    text = exported(folder, individual, form)
    if to is None:
        typer.echo(text, nl=False)
        return
    with place_of_the_user(f"file {to} cannot be written"):
        write_file(to, text.encode())
    typer.echo(to)
