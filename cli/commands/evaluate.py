"""`spikevolve evaluate`: score any network that fits a task."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...tasks.data_settings import CUT_BY, WANTED_BY
from ..exit_status import say
from ..options_from_settings import TASK_HELP, AnyNetwork, setting_options
from ..output import Json, PageFormat, To, format_for, hand_over, tell_of_state

if TYPE_CHECKING:
    from ...evolve.networks.evaluate_network import Evaluated

_WORDS = {
    *("data", "separator", "decimal", "encoding", "no_header"),
    *({*WANTED_BY, *CUT_BY} - {"folds"}),
    *("env", "wrap", "max_steps"),
    *("encoder", "decoder", "readout", "score", "ticks"),
}


@setting_options(lambda setting: setting.name in _WORDS)
def evaluate(
    network: AnyNetwork,
    task: Annotated[str, typer.Argument(metavar="TASK", help=TASK_HELP)],
    episodes: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=10**6,
            help="Unseen starts (control); as many as the task tests with by default.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Seed of the starts, and of chance in the encoder; the run's, or 1, by default.",
            show_default=False,
        ),
    ] = None,
    form: PageFormat = None,
    as_json: Json = False,
    to: To = None,
    **given: Any,
) -> None:
    """Score a network on a task's test data, or on starts that it has not seen.

    What you leave open about encoder, decoder and window is as the network's run or file says, and so is
    what its environment is made of.
    """
    from ...evolve.networks.evaluate_network import evaluate_network
    from ..config import run_words

    wanted = format_for("json" if as_json else form, to, ("text", "json"))
    words, _ = run_words(None, {"task": task, **given})
    found = evaluate_network(network, words, episodes, seed)
    tell_of_state(network)
    for note in found.notes:
        say(note)
    if wanted == "json":
        import json

        plain = found._asdict() | dict(found.measured)
        del plain["measured"], plain["notes"]
        interval = None if found.interval is None else found.interval._asdict()
        text = json.dumps({"network": str(network), **plain, "interval": interval}, indent=2)
    else:
        text = _page(network, found)
    hand_over(f"{text}\n", to)


def _page(network: Path, found: "Evaluated") -> str:
    """Return the score with its interval, then what it takes, a line for each."""
    from ...measurements import MEASUREMENTS
    from ...results.summaries.run_names import aligned, cell

    interval = ""
    if found.interval is not None:
        low, high, level, method = found.interval
        interval = f"{100 * level:g} % interval {cell(low)} to {cell(high)} ({method})"
        if low == high:
            interval = "the same on each"
    rows = [
        (found.score_name, cell(found.score), interval),
        ("chance", cell(found.chance), "the best constant answer"),
        ("guess", cell(found.guess), "random answers"),
    ]
    units = {m.name: m.unit for m in MEASUREMENTS}
    rows += [
        (name.replace("_", " "), cell(value), units[name])
        for name, value in found.measured.items()
        if value or name != "readout_multiplications"
    ]
    head = f"{network} on {found.task}: {found.n:,} {found.unit}"
    if found.unit.startswith("unseen"):
        head += f" (seed {found.seed})"
    width = max(len(value) for _, value, _ in rows)
    lines = aligned([(name, value.rjust(width), said) for name, value, said in rows], 3)
    return f"{head}\n\n{lines}"
