"""`spikevolve check`: hold a task to what a search relies on."""

from typing import Annotated, Any

import typer

from ...evolve.runs.settings import settings_from
from ..exit_status import USER_MISTAKE
from ..options_from_settings import TASK_HELP, setting_options


@setting_options(lambda setting: setting.check)
def check(
    task: Annotated[str, typer.Argument(help=TASK_HELP)],
    seconds: Annotated[
        float, typer.Option(metavar="X", help="Longest time for one check.", min=0.0)
    ] = 120.0,
    **given: Any,
) -> None:
    """Check that a task keeps the promises that a search relies on.

    The same checks that Spikevolve's own tasks pass, on a few random networks.
    """
    from ...evolve.runs.check_task import check_task
    from ..config import run_words

    words, _ = run_words(None, {"task": task, **given})
    sound = True
    for finding in check_task(settings_from(words), seconds):
        sound = sound and finding.sentence is None
        typer.echo(
            "ok    " + finding.check
            if finding.sentence is None
            else f"wrong {finding.check}: {finding.sentence}"
        )
        for note in finding.notes:
            typer.echo(f"note  {note}")
    if not sound:
        raise typer.Exit(USER_MISTAKE)
