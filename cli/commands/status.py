"""`spikevolve status`: how far a run is."""

import typer

from ..options_from_settings import RunFolder


def status(folder: RunFolder) -> None:
    """Tell how far a run is, from its folder alone."""
    from ...results.store.cross_validation import is_folds
    from ...results.summaries.cross_validation_report import status_folds
    from ...results.summaries.run_status import read_status

    typer.echo(status_folds(folder) if is_folds(folder) else read_status(folder))
