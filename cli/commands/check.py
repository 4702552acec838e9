"""`spikevolve check`: hold a task to what a search relies on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...evolve.runs.settings import settings_from
from ..exit_status import USER_MISTAKE
from ..options_from_settings import TASK_HELP, setting_options

if TYPE_CHECKING:
    from ...evolve.runs.check_task import Understood

_MOST_COLUMNS = 40  # of a table that are shown
_MOST_FEATURES = 4  # of a column


@setting_options(lambda setting: setting.check)
def check(
    task: Annotated[str, typer.Argument(help=TASK_HELP)],
    seconds: Annotated[
        float, typer.Option(metavar="X", help="Longest time for one check.", min=0.0)
    ] = 120.0,
    **given: Any,
) -> None:
    """Check that a task keeps the promises that a search relies on.

    The same checks that Spikevolve's own tasks pass, on a few random networks. Of a table of yours it says
    first what each column was taken for.
    """
    from ...evolve.runs.check_task import Understood, check_task
    from ..config import run_words

    words, _ = run_words(None, {"task": task, **given})
    sound = True
    for finding in check_task(settings_from(words), seconds):
        if isinstance(finding, Understood):
            typer.echo(_page(finding))
            continue
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


def _page(found: "Understood") -> str:
    """Return what was understood of a file: notes, a line for each column, classes and parts."""
    from ...results.summaries.run_names import aligned

    lines = [*found.notes, *([""] if found.notes else [])]
    if found.columns is not None:
        columns = found.columns["columns"]
        rows = [("column", "is", "for a network", "missing")]
        rows += [_row(column) for column in columns[:_MOST_COLUMNS]]
        more = len(columns) - _MOST_COLUMNS
        lines += [aligned(rows, 3), *([f"and {more:,} more columns"] if more > 0 else []), ""]
    if found.classes:
        classes = ", ".join(f"{name} ({count:,})" for name, count in found.classes.items())
        lines.append(f"classes  {classes}")
    train, validation, test = (found.splits[part] for part in ("train", "validation", "test"))
    lines += [f"samples  {train:,} to train, {validation:,} to validate, {test:,} to test", ""]
    return "\n".join(lines)


def _row(column: Mapping[str, Any]) -> tuple[str, str, str, str]:
    features = list(column.get("features", ()))
    shown = ", ".join(features[:_MOST_FEATURES])
    if len(features) > _MOST_FEATURES:
        shown += f" and {len(features) - _MOST_FEATURES} more"
    missing = column.get("missing", 0)
    return (
        column["name"],
        column["use"],
        column.get("why") or shown,
        f"{missing:,}" if missing else "",
    )
