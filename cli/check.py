"""``spikevolve check``: hold a task to what a search relies on."""

from typing import Annotated

import typer

from . import profile_options, task_options
from .errors import USER_MISTAKE


def check(
    context: typer.Context,
    task: Annotated[str, typer.Argument(help=task_options.TASK)],
    data: task_options.Data = None,
    label: task_options.Label = None,
    encoder: task_options.Encoder = None,
    decoder: task_options.Decoder = None,
    readout: task_options.Readout = None,
    score: task_options.Score = None,
    training_score: task_options.TrainingScore = None,
    ticks: task_options.Ticks = None,
    episodes: task_options.Episodes = None,
    fresh_episodes: task_options.FreshEpisodes = None,
    evolve_encoder: task_options.EvolveEncoder = None,
    split_seed: task_options.SplitSeed = None,
    profile: profile_options.Profile = None,
    ranges: profile_options.Ranges = None,
    seconds: Annotated[
        float, typer.Option(metavar="X", help="Longest time for one check.", min=0.0)
    ] = 120.0,
) -> None:
    """Check that a task keeps the promises that a search relies on.

    The same checks that Spikevolve's own tasks pass, on a few random networks.
    """
    from ..evolve.runs.check_task import check_task
    from ..evolve.runs.settings import settings_from
    from .config import run_words

    flags = {name: value for name, value in context.params.items() if name != "seconds"}
    words, _ = run_words(None, flags)
    sound = True
    for finding in check_task(settings_from(words), seconds):
        sound = sound and finding.sentence is None
        typer.echo(
            "ok    " + finding.check
            if finding.sentence is None
            else f"wrong {finding.check}: {finding.sentence}"
        )
    if not sound:
        raise typer.Exit(USER_MISTAKE)
