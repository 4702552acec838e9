"""`spikevolve tasks`: what networks can be evolved for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...tasks.catalogue import Numbers

_HEADINGS = ("task", "inputs", "outputs", "ticks", "training", "test", "chance", "guess")


def tasks() -> None:
    """List the tasks: sizes, chance score, and what a random guess scores.

    The chance score is that of the best constant answer; only networks above it count. gym:ID is
    any environment of gymnasium's, such as gym:LunarLander-v3.
    """
    from rich.console import Console
    from rich.table import Table

    from ...tasks.catalogue import CATALOGUE

    table = Table(*_HEADINGS, box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for place, column in enumerate(table.columns):
        column.no_wrap = True
        column.justify = "right" if place else "left"
    for name, entry in CATALOGUE.items():
        if entry.numbers is None:
            table.add_row(name, "-", "-", "-", "your data", "a part", "-", "-")
        else:
            table.add_row(name, *_cells(entry.numbers))
    table.add_row("gym:ID", *3 * "-", "10 episodes", "1,000", "-", "-")
    Console().print(table)


def _cells(numbers: "Numbers") -> list[str]:
    return [
        str(numbers.inputs),
        str(numbers.outputs),
        str(numbers.ticks),
        f"{numbers.training:,} {numbers.unit}",
        f"{numbers.test:,}" if numbers.test else "none",
        f"{numbers.chance_score:.4g}",
        f"{numbers.guess_score:.4g}",
    ]
