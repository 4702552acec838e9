"""`spikevolve predict`: the champion's answers to new samples."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exit_status import say
from ..options_from_settings import NetworkOrRun
from ..output import To, hand_over, tell_of_state

if TYPE_CHECKING:
    from ...evolve.networks.champion import Champion
    from ...evolve.networks.responses import Responses
    from ...tasks.data.samples import Chosen


def predict(
    network: NetworkOrRun,
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="New samples: a table, .npy, .npz or .ts; columns are matched by name.",
        ),
    ],
    to: To = None,
    label: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="A column of right answers, to score by; the class where there are classes.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Have a champion classify new samples, or predict their numbers, as CSV.

    While a run is on its way, or stopped, its champion is that of its latest commit. A row for each sample: the answer, each class's share of the output spikes, the latency and the
    spikes.
    """
    from ...evolve.networks.champion import Champion

    champion = Champion.read(network)
    samples = champion.read_samples(data, label)
    try:
        found = champion.respond(samples.features)
        text = champion.table(found).to_csv(index=False)
        summary = _summary(champion, found, samples, label)
    except ValueError as error:
        raise type(error)(f"{data}: {error}") from None
    tell_of_state(network)
    hand_over(text, to)
    say(summary)


def _summary(champion: "Champion", found: "Responses", samples: "Chosen", label: str | None) -> str:
    """Say how many answers there are, and how good they are if the right ones are known."""
    from ...results.summaries.run_names import cell, count

    said = (
        f"{count(len(found.latencies), 'sample')}, latency {cell(float(found.latencies.mean()))} ticks, "
        f"spikes {cell(float(found.spikes.mean()))}"
    )
    known = label is not None or samples.labels is not None
    if not known or not _has_answers(champion, samples, label):
        return said
    right = champion.right_answers(samples.labels)
    score, interval = champion.score_of(found, right), champion.interval_of(found, right)
    said += f"\n{champion.task.score} {cell(score)}"
    if interval is not None:
        said += f", 95 % interval {cell(interval.low)} to {cell(interval.high)} ({interval.method})"
    return said


def _has_answers(champion: "Champion", samples: "Chosen", label: str | None) -> bool:
    """Return whether the right answers are known; those that come with a file may be placeholders."""
    if label is not None:
        return True
    assert samples.labels is not None
    return {*map(str, samples.labels.tolist())} <= {*champion.task.classes}
