"""The application: every command of ``spikevolve``, each in a file of its own."""

from collections.abc import Callable
from typing import Annotated

import typer

from .. import __version__
from .check import check
from .errors import Commands
from .export import export
from .options import WithWeights
from .plot import plot
from .report import report
from .resume import resume
from .run import run
from .simulate import simulate
from .status import status
from .tasks import tasks
from .test import measure

COMMANDS: dict[str, Callable[..., None]] = {
    "run": run,
    "resume": resume,
    "tasks": tasks,
    "check": check,
    "report": report,
    "status": status,
    "test": measure,
    "plot": plot,
    "export": export,
    "simulate": simulate,
}

app = typer.Typer(
    cls=Commands,
    help="Evolve small spiking neural networks for classification and control.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
for name, command in COMMANDS.items():
    app.command(name, cls=WithWeights)(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"spikevolve {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""
