"""``spikevolve report``: what a run has found."""

import json
from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Summarise a run: the best networks, the Pareto front, what they reach on held-out data."""
    from ..results.report import build_report

    if as_json:
        typer.echo(json.dumps(build_report(folder), indent=2, allow_nan=False))
    else:
        print_report(folder)


def print_report(folder: Path) -> None:
    """Print the report of a run for people, and where it lies."""
    from ..results.report import summarize

    typer.echo(f"{summarize(folder)}\n\nThe run is in {folder}")
