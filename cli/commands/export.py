"""`spikevolve export`: take a network out of a run."""

from typing import Annotated

import typer

from ..options_from_settings import RunFolder
from ..output import To, hand_over, tell_of_state


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
    to: To = None,
) -> None:
    """Write a network of a run as JSON, to be simulated or deployed elsewhere.

    While a run is on its way, or stopped, its champion is that of its latest commit.
    """
    from ...evolve.networks.network_files import export as exported

    text = exported(folder, individual, form)
    tell_of_state(folder)
    hand_over(text, to)
