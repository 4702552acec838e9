"""Signals that ask a run to stop: they set an event, and the run commits and ends."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from .exit_status import INTERRUPTED, TERMINATED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)

#: Within this time a second Ctrl-C is the same one: launchers such as `uv run` pass it on again.
REPEAT_SECONDS = 0.5


class StopSignals:
    """While entered, Ctrl-C, SIGTERM and SIGUSR1 set `event` instead of ending the process.

    A second Ctrl-C, or the end of the time in which the run should have ended, calls `leave`.

    Args:
        leave: Ends the process at once, from any thread.
        patience: Tells, at the first signal, how many seconds the run may take to end.

    Attributes:
        event: Set by the first signal.
        received: The first signal, or None.
    """

    def __init__(self, leave: Callable[[], None], patience: Callable[[], float]) -> None:
        self.event = threading.Event()
        self.received: signal.Signals | None = None
        self._leave, self._patience = leave, patience
        self._received_at = 0.0
        self._deadline: threading.Timer | None = None
        self._previous: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        """Take over the signals; only the main thread may."""
        for number in SIGNALS:
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        if self._deadline is not None:
            self._deadline.cancel()

    @property
    def exit_status(self) -> int:
        """130 for Ctrl-C, 143 for SIGTERM, and for SIGUSR1, which schedulers send for the same."""
        return INTERRUPTED if self.received in (None, signal.SIGINT) else TERMINATED

    @property
    def name(self) -> str:
        """The signal in the user's words."""
        return "Ctrl-C" if self.received in (None, signal.SIGINT) else self.received.name

    def _handle(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.received is None:
            self.received, self._received_at = signal.Signals(number), now
            self.event.set()
            self._deadline = threading.Timer(self._patience(), self._leave)
            self._deadline.daemon = True
            self._deadline.start()
        elif number == signal.SIGINT and now - self._received_at > REPEAT_SECONDS:
            self._leave()
