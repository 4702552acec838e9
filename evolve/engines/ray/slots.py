"""What the pool knows of its workers, and of the pieces in their hands."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .worker import Piece


@dataclass(eq=False)
class Slot:
    """A worker. Times are those of the pool's own clock, in seconds.

    Attributes:
        actor: Ray's handle.
        heard: When it was started, or was last heard of.
        alive: It has answered before.
        node: Id of the node that it is on; None until it has said so.
        held: References to the task and the workload that it was sent last.
        pieces: What it was given to measure, in this order.
        began: When the first of these was its turn.
        warm: It has measured something for the task that it holds.
        asked: When it was asked whether it is there; None if it has answered since.
        silent: It has not answered: it, its node or the way there is frozen.
    """

    actor: Any
    heard: float
    alive: bool = False
    node: str | None = None
    held: tuple[Any, Any] = (None, None)
    pieces: deque[Piece] = field(default_factory=deque)
    began: float = 0.0
    warm: bool = False
    asked: float | None = None
    silent: bool = False


class Call(NamedTuple):
    """A call of an actor's method, which has not returned yet; `piece` is that of `measure`."""

    order: int
    slot: Slot
    method: Literal["node", "hold", "measure", "look"]
    piece: Piece | None = None
