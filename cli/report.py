"""``spikevolve report``: what a run has found."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .options import RunFolder


def report(
    folder: RunFolder,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Summarise a run: the best networks, the Pareto front, what they reach on held-out data."""
    from ..results.summaries.folds import is_folds, report_folds
    from ..results.summaries.report import build_report

    if as_json:
        found = report_folds(folder) if is_folds(folder) else build_report(folder)
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        print_report(folder)


def print_report(folder: Path) -> None:
    """Print the report of a run for people, and where it lies."""
    from ..results.summaries.folds import is_folds, summarize_folds
    from ..results.summaries.report import summarize

    if is_folds(folder):
        typer.echo(f"{summarize_folds(folder)}\n\nThe runs are in {folder}")
    else:
        typer.echo(f"{summarize(folder)}\n\nThe run is in {folder}")
