"""`spikevolve encode`: a sample of a task as the spikes that networks receive."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..exit_status import say
from ..options_from_settings import TASK_HELP, setting_options

_WORDS = {
    *("data", "label", "encoder", "readout", "ticks", "split_seed", "seed", "profile", "ranges"),
}


@setting_options(lambda setting: setting.name in _WORDS)
def encode(
    task: Annotated[str, typer.Argument(metavar="TASK", help=TASK_HELP)],
    sample: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Number of the test sample or start, 0 the first."),
    ] = 0,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to, as CSV; printed by default.", show_default=False
        ),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="NETWORK",
            help="As this network sees it: a file, or the folder of a run.",
            show_default=False,
        ),
    ] = None,
    **given: Any,
) -> None:
    """Write a sample of a task as the spikes or charges that `simulate --spikes` reads.

    It is a test sample, or what is seen first from an unseen start.
    """
    from ...evolve.networks.encode_sample import encode_sample
    from ...results.store.atomic_files import place_of_the_user, write_file
    from ..config import run_words

    words, _ = run_words(None, {"task": task, **given})
    found = encode_sample(words, sample, network)
    if to is None:
        typer.echo(found.table(), nl=False)
    else:
        with place_of_the_user(f"file {to} cannot be written"):
            write_file(to, found.table().encode())
        typer.echo(to)
    ticks, inputs = found.inputs.shape
    say(f"{task}, {found.said}; {ticks} ticks, {inputs} inputs: {', '.join(found.names)}")
