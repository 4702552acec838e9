"""``spikevolve check``: hold a task to what a search relies on."""

from pathlib import Path
from typing import Annotated

import typer

from .errors import USER_MISTAKE


def check(
    task: Annotated[
        str,
        typer.Argument(
            help="A task of `spikevolve tasks`, or your own as module:Class or path/file.py:Class."
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your data file, for the tasks data and csv."),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Its column of labels; the last one by default."),
    ] = None,
    seconds: Annotated[
        float, typer.Option(metavar="X", help="Longest time for one check.", min=0.0)
    ] = 120.0,
) -> None:
    """Check that a task keeps the promises that a search relies on.

    The same checks that Spikevolve's own tasks pass, on a few random networks.
    """
    from ..evolve.check import check_task
    from ..evolve.settings import settings_from

    words = {"task": task, "data": data and str(data), "label": label}
    sound = True
    for finding in check_task(settings_from(words), seconds):
        sound = sound and finding.sentence is None
        typer.echo(
            "ok    " + finding.check
            if finding.sentence is None
            else f"wrong {finding.check}: {finding.sentence}"
        )
    if not sound:
        raise typer.Exit(USER_MISTAKE)
