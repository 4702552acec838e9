"""`spikevolve report`: what a run has found."""

from typing import Annotated, Literal

import typer

from ..options_from_settings import RunFolder
from ..output import Json, To, format_for, hand_over
from ..stoppable_run import report_of

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="text, md or json; by default as FILE ends, or text.",
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="The whole front, not only what matters of it.")]
TestScores = Annotated[
    bool, typer.Option("--test-scores", help="Test scores of the front, not only the champion's.")
]


def report(
    folder: RunFolder,
    form: Format = None,
    as_json: Json = False,
    everything: All = False,
    test_scores: TestScores = False,
    to: To = None,
) -> None:
    """Summarise a run: what was asked, the champion on held-out data, the front that matters.

    While a run is on its way, or stopped, it tells how it stands.
    """
    import json

    from ...results.store.study import is_study
    from ...results.summaries.page import MARKUPS, Markup
    from ...results.summaries.run_report import build_report, shortened
    from ...results.summaries.study_report import report_study

    formats: tuple[Markup | Literal["json"], ...] = (*MARKUPS, "json")
    wanted = format_for("json" if as_json else form, to, formats)
    if wanted != "json":
        text = report_of(folder, wanted, everything, test_scores)
    elif is_study(folder):
        text = json.dumps(report_study(folder), indent=2, allow_nan=False)
    else:
        found = shortened(build_report(folder), everything, test_scores)
        text = json.dumps(found, indent=2, allow_nan=False)
    hand_over(f"{text}\n", to)
