"""``spikevolve tasks``: what networks can be evolved for."""

from collections.abc import Mapping
from typing import Any

_HEADINGS = ("task", "inputs", "outputs", "ticks", "training", "test", "chance", "guess")


def tasks() -> None:
    """List the tasks: sizes, chance score, and what a random guess scores.

    The chance score is that of the best constant answer; only networks above it count. gym:ID is
    any environment of gymnasium's, such as gym:LunarLander-v3.
    """
    from rich.console import Console
    from rich.table import Table

    from ..tasks import registry

    table = Table(*_HEADINGS, box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for place, column in enumerate(table.columns):
        column.no_wrap = True
        column.justify = "right" if place else "left"
    for name in registry.names():
        if "data" in registry.find(name).takes:
            table.add_row(name, "-", "-", "-", "your data", "a part", "-", "-")
        else:
            table.add_row(name, *_cells(registry.load(name).describe()))
    table.add_row("gym:ID", *3 * "-", "10 episodes", "1,000", "-", "-")
    Console().print(table)


def _cells(task: Mapping[str, Any]) -> list[str]:
    if task["samples"]:
        training, test = f"{task['samples']:,} samples", task["splits"]["test"]
    else:
        training, test = f"{task['episodes']:,} episodes", task["test_episodes"]
    return [
        str(task["inputs"]),
        str(task["outputs"]),
        str(task["ticks"]),
        training,
        f"{test:,}" if test else "none",
        f"{task['chance_score']:.4g}",
        f"{task['guess_score']:.4g}",
    ]
