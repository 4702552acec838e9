"""`spikevolve report`: what a run has found."""

from pathlib import Path
from typing import Annotated

import typer

from ..options_from_settings import RunFolder
from ..stoppable_run import report_of

Format = Annotated[str, typer.Option("--format", metavar="NAME", help="text, md or json.")]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
All = Annotated[bool, typer.Option("--all", help="The whole front, not only what matters of it.")]
TestScores = Annotated[
    bool, typer.Option("--test-scores", help="Test scores of the front, not only the champion's.")
]
To = Annotated[
    Path | None,
    typer.Option("--to", metavar="FILE", help="Write to a file.", show_default=False),
]


def report(
    folder: RunFolder,
    markup: Format = "text",
    as_json: Json = False,
    everything: All = False,
    test_scores: TestScores = False,
    to: To = None,
) -> None:
    """Summarise a run: what was asked, the champion on held-out data, the front that matters.

    While a run is on its way, or stopped, it tells how it stands.
    """
    import json

    from ...results.store.atomic_files import place_of_the_user, write_file
    from ...results.store.study import is_study
    from ...results.summaries.page import check_markup
    from ...results.summaries.run_report import build_report, shortened
    from ...results.summaries.study_report import report_study

    if not as_json and markup != "json":
        text = report_of(folder, check_markup(markup), everything, test_scores)
    elif is_study(folder):
        text = json.dumps(report_study(folder), indent=2, allow_nan=False)
    else:
        found = shortened(build_report(folder), everything, test_scores)
        text = json.dumps(found, indent=2, allow_nan=False)
    if to is None:
        typer.echo(text)
        return
    with place_of_the_user(f"file {to} cannot be written"):
        write_file(to, f"{text}\n".encode())
    typer.echo(to)
