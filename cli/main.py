"""The application `spikevolve`, and which commands it has."""

from collections.abc import Callable
from typing import Annotated

import typer

from .. import __version__
from .commands.ablate import ablate
from .commands.check import check
from .commands.compare import compare
from .commands.encode import encode
from .commands.evaluate import evaluate
from .commands.export import export
from .commands.lineage import lineage
from .commands.operators import operators
from .commands.plot import plot
from .commands.predict import predict
from .commands.report import report
from .commands.resume import resume
from .commands.robustness import robustness
from .commands.run import run
from .commands.runs import runs
from .commands.simulate import simulate
from .commands.status import status
from .commands.sweep import sweep
from .commands.table import table
from .commands.tasks import tasks
from .commands.test import measure
from .exit_status import Commands
from .options_from_settings import WithWeights

COMMANDS: dict[str, Callable[..., None]] = {
    "run": run,
    "sweep": sweep,
    "resume": resume,
    "tasks": tasks,
    "check": check,
    "report": report,
    "status": status,
    "test": measure,
    "plot": plot,
    "export": export,
    "predict": predict,
    "evaluate": evaluate,
    "encode": encode,
    "simulate": simulate,
    "runs": runs,
    "compare": compare,
    "table": table,
    "lineage": lineage,
    "operators": operators,
    "ablate": ablate,
    "robustness": robustness,
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
