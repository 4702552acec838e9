"""The progress of a run: a live table on a terminal, else plain lines now and then."""

from __future__ import annotations  # Progress is a name for the type checker only

import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from rich.console import Console
from rich.live import Live
from rich.table import Table

from ..results.summaries.run_names import duration

if TYPE_CHECKING:
    from ..evolve.runs.run_state import Progress

#: What a search calls after every generation.
Watch: TypeAlias = "Callable[[Progress], None]"

_REFRESHES_PER_SECOND = 4
_KEPT_IMPROVEMENTS = 8
_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def shown(quiet: bool) -> Iterator[Watch]:
    """Show what is passed to the watch that this yields, until the end of the block.

    Args:
        quiet: Show nothing at all.
    """
    console = Console()
    if quiet:
        yield lambda progress: None
    elif sys.stdout.isatty() and not console.is_dumb_terminal:  # rich believes FORCE_COLOR, too
        table = LiveTable()
        with Live(
            console=console,
            get_renderable=table.render,
            refresh_per_second=_REFRESHES_PER_SECOND,
        ):
            yield table
    else:
        lines = PlainLines()
        yield lines
        lines.close()


class LiveTable:
    """The last improvements and the current generation, as rows."""

    def __init__(self) -> None:
        self._improvements: deque[Progress] = deque(maxlen=_KEPT_IMPROVEMENTS)
        self._current: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Take the state after a generation; drawing happens in a thread of rich's."""
        if self._current is not None and self._current.member != progress.member:
            self._improvements.clear()
        last = self._improvements[-1] if self._improvements else None
        known = not any(map(math.isnan, progress.best.values()))
        if known and (last is None or last.best != progress.best):
            self._improvements.append(progress)
        self._current = progress

    def render(self) -> Table:
        """Return the table as it is now."""
        current, improvements = self._current, list(self._improvements)
        headings = [
            "generation",
            *(_best(current) if current else ()),
            *(("cost",) if current and _learns(current) else ()),
            "evaluations/s",
            "time left",
        ]
        table = Table(
            *headings,
            box=None,
            pad_edge=False,
            header_style="bold",
            title=(current and current.member) or None,
        )
        for column in table.columns:
            column.justify, column.no_wrap = "right", True
        for progress in improvements:
            if progress != current:
                table.add_row(*_cells(progress)[: 1 + len(progress.best)], style="dim")
        if current is None:
            table.caption = "starting; the first run on a machine compiles the simulator"
        else:
            table.add_row(*_cells(current))
            table.caption = current.short_of and f"the best network so far is {current.short_of}"
        return table


class PlainLines:
    """One line for the first generation, one every ten seconds, and one at the end."""

    def __init__(self) -> None:
        self._printed_at = -math.inf
        self._unprinted: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Print a line if the last one is old enough, and the last one of every run of a study."""
        if self._unprinted is not None and self._unprinted.member != progress.member:
            self.close()
        self._unprinted = progress
        if time.monotonic() - self._printed_at >= _SECONDS_BETWEEN_LINES:
            self.close()

    def close(self) -> None:
        """Print the latest generation if it has not been printed."""
        if self._unprinted is not None:
            print(_line(self._unprinted), flush=True)
            self._printed_at = time.monotonic()
            self._unprinted = None


def _best(progress: Progress) -> dict[str, str]:
    """Return the numbers of the best network by their headings; the score by its own name."""
    return {
        f"best {progress.score}" if name == "score" else name.replace("_", " "): number(value)
        for name, value in progress.best.items()
    }


def _cells(progress: Progress) -> list[str]:
    return [
        _generation(progress),
        *_best(progress).values(),
        *((f"{progress.cost:,.0f}",) if _learns(progress) else ()),
        f"{progress.evaluations_per_second:,.0f}",
        _left(progress.seconds_left),
    ]


def _line(progress: Progress) -> str:
    generation, *_, speed, left = _cells(progress)
    best = ", ".join(f"{name} {value}" for name, value in _best(progress).items())
    best += f" ({progress.short_of})" if progress.short_of else ""
    member = f"{progress.member}, " if progress.member else ""
    cost = f"cost {progress.cost:,.0f}, " if _learns(progress) else ""
    return f"{member}generation {generation}: {best}, {cost}{speed} evaluations/s, time left {left}"


def _learns(progress: Progress) -> bool:
    """Return whether the search took more than its evaluations."""
    return progress.cost != progress.evaluations


def _generation(progress: Progress) -> str:
    if progress.generations is None:
        return str(progress.generation)
    return f"{progress.generation} of {progress.generations}"


def number(value: float) -> str:
    """Return a measurement for reading; NaN is a hyphen."""
    if math.isnan(value):
        return "-"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _left(seconds: float | None) -> str:
    """Return the time left for reading; None, unknown, is a hyphen."""
    return "-" if seconds is None or not math.isfinite(seconds) else duration(seconds)
