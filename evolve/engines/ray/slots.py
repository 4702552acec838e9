"""What the pool knows of its workers: what each one holds, and what it was given to measure."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .worker import Piece


@dataclass(eq=False)
class Work:
    """A piece on its way, and how many workers have died of it."""

    piece: Piece
    deaths: int = 0


@dataclass(eq=False)
class Slot:
    """A worker.

    Attributes:
        actor: Ray's handle.
        alive: It has answered before.
        held: References to the task and the workload that it was sent last.
        works: What it was given to measure, in this order.
        began: When the first of these was its turn, by the monotonic clock.
        warm: It has measured something for the task that it holds.
    """

    actor: Any
    alive: bool = False
    began: float = 0.0
    warm: bool = False
    held: tuple[Any, Any] = (None, None)
    works: deque[Work] = field(default_factory=deque)


class Call(NamedTuple):
    """A call of an actor's method: of ``measure`` with some work, or of ``hold`` without."""

    order: int
    slot: Slot
    work: Work | None


def single(piece: Piece) -> Iterator[Piece]:
    """Each network of a piece as a piece of its own."""
    return (piece._replace(start=index, stop=index + 1) for index in range(piece.start, piece.stop))
