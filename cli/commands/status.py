"""`spikevolve status`: how far a run is."""

import typer

from ..options_from_settings import RunFolder


def status(folder: RunFolder) -> None:
    """Tell how far a run is, from its folder alone."""
    from ...results.store.study import is_study
    from ...results.summaries.run_status import read_status
    from ...results.summaries.study_report import status_study

    typer.echo(status_study(folder) if is_study(folder) else read_status(folder))
