"""`spikevolve predict`: the champion's answers to new samples."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exit_status import say
from ..options_from_settings import NetworkOrRun

if TYPE_CHECKING:
    from ...evolve.networks.champion import Champion, Responses
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
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to, as CSV; printed by default.", show_default=False
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="A column of right answers, to score by; the class where there are classes.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Have a champion classify new samples, or predict their numbers.

    A row for each sample: the answer, each class's share of the output spikes, the latency and the
    spikes.
    """
    from ...evolve.networks.champion import Champion
    from ...results.store.atomic_files import place_of_the_user, write_file

    champion = Champion.read(network)
    samples = champion.read_samples(data, label)
    try:
        found = champion.respond(samples.features)
        text = champion.table(found).to_csv(index=False)
        summary = _summary(champion, found, samples, label)
    except ValueError as error:
        raise type(error)(f"{data}: {error}") from None
    if to is None:
        typer.echo(text, nl=False)
    else:
        with place_of_the_user(f"file {to} cannot be written"):
            write_file(to, text.encode())
        typer.echo(to)
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
