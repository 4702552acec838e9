"""`spikevolve report`: what a run has found."""

from typing import Annotated

import typer

from ..options_from_settings import RunFolder
from ..stoppable_run import print_report


def report(
    folder: RunFolder,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Summarise a run: the best networks, the Pareto front, what they reach on held-out data."""
    import json

    from ...results.store.study import is_study
    from ...results.summaries.run_report import build_report
    from ...results.summaries.study_report import report_study

    if as_json:
        found = report_study(folder) if is_study(folder) else build_report(folder)
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        print_report(folder)
