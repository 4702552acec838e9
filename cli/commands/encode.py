"""`spikevolve encode`: a sample of a task as the spikes that networks receive."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ...tasks.data_settings import CUT_BY, WANTED_BY
from ..exit_status import say
from ..options_from_settings import TASK_HELP, setting_options
from ..output import To, hand_over, tell_of_state

_WORDS = {
    *("data", "features", "drop", "missing", "separator", "decimal", "encoding", "no_header"),
    *({*WANTED_BY, *CUT_BY} - {"folds"}),
    *("env", "wrap", "max_steps"),
    *("encoder", "readout", "ticks", "seed", "profile", "ranges"),
}


@setting_options(lambda setting: setting.name in _WORDS)
def encode(
    task: Annotated[str, typer.Argument(metavar="TASK", help=TASK_HELP)],
    sample: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Number of the test sample or start, 0 the first."),
    ] = 0,
    to: To = None,
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
    """Write a sample of a task as the spikes or charges that `simulate --spikes` reads, as CSV.

    It is a test sample, or what is seen first from an unseen start.
    """
    from ...evolve.networks.encode_sample import encode_sample
    from ..config import run_words

    words, _ = run_words(None, {"task": task, **given})
    found = encode_sample(words, sample, network)
    if network is not None:
        tell_of_state(network)
    hand_over(found.table(), to)
    ticks, inputs = found.inputs.shape
    say(f"{task}, {found.said}; {ticks} ticks, {inputs} inputs: {', '.join(found.names)}")
