"""What a command says and returns when something goes wrong, and the signals that ask a run to stop.

Exit status: 0 done, 1 a failing machine, 2 a mistake of the user's, 75 stopped before the job of a scheduler ends
(`requeue`), 128 + its number stopped by a signal: 130 by Ctrl-C, 143 by SIGTERM. Errors are one sentence on standard error, never a traceback.
"""

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

import typer
from typer.core import TyperGroup

from ..errors import InputError, MachineError

MACHINE_FAILED = 1
USER_MISTAKE = 2
STOPPED_BY = 128  # and the number of the signal, as shells have it

# Typer's base class of all mistakes in arguments; newer versions export only its subclass.
_UsageError: Any = typer.BadParameter.__bases__[0]


def say(message: str) -> None:
    """Print a message on standard error."""
    typer.echo(message, err=True)


class Commands(TyperGroup):
    """The group of all commands: turns errors into a sentence and an exit status."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and leave with its exit status.

        A mistake in the arguments is told in plain lines, like every other error, where Typer
        would draw a box.
        """
        if not extra.get("standalone_mode", True):
            return super().main(*args, **extra)
        try:
            status = super().main(*args, **{**extra, "standalone_mode": False})
        except _UsageError as error:
            error.show()
            status = USER_MISTAKE
        sys.exit(status)

    def invoke(self, ctx: Any) -> Any:
        """Run one command; raise `typer.Exit` with the exit status of its error."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            status, sentence = USER_MISTAKE, str(error)
        except (MachineError, MemoryError) as error:
            status, sentence = MACHINE_FAILED, str(error) or "the memory is full"
        except ImportError as error:
            if not any(sign in str(error) for sign in NO_ROOM):
                raise
            status, sentence = MACHINE_FAILED, f"the memory is full: {error}"
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of our output has left: Typer's business
                raise
            status, sentence = MACHINE_FAILED, str(error)
        except KeyboardInterrupt:
            say("Stopped by Ctrl-C")
            raise typer.Exit(STOPPED_BY + signal.SIGINT) from None
        say(f"Error: {sentence}")
        raise typer.Exit(status)


#: What the system says when a library does not fit into the memory that a process may have.
NO_ROOM = ("failed to map segment", "cannot allocate memory", "Cannot allocate memory")

#: What asks a run to end: Ctrl-C, a lost terminal, and what schedulers send before they kill.
SIGNALS = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGXCPU,
)

#: Within this time a second Ctrl-C is the same one: launchers such as `uv run` pass it on again.
REPEAT_SECONDS = 0.5


class StopSignals:
    """While entered, `SIGNALS` set `event` instead of ending the process.

    Those that the process was started to ignore stay ignored, as SIGHUP does under `nohup`. A second Ctrl-C, or the end of the time in which the run should have ended, calls `leave`.

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
        self._terminals = [output for output in (1, 2) if os.isatty(output)]

    def __enter__(self) -> Self:
        """Take over the signals; only the main thread may."""
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
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
        """128 + the number of the signal; 130, that of Ctrl-C, where there was none."""
        return STOPPED_BY + (self.received or signal.SIGINT)

    @property
    def name(self) -> str:
        """The signal in the user's words."""
        return "Ctrl-C" if self.received in (None, signal.SIGINT) else self.received.name

    def _handle(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if number == signal.SIGHUP:
            self._let_terminals_go()
        if self.received is None:
            self.received, self._received_at = signal.Signals(number), now
            # Not on this thread, which may be about to wait for the event and hold its lock.
            threading.Thread(target=self.event.set, daemon=True).start()
            self._deadline = threading.Timer(self._patience(), self._leave)
            self._deadline.daemon = True
            self._deadline.start()
        elif number == signal.SIGINT and now - self._received_at > REPEAT_SECONDS:
            self._leave()

    def _let_terminals_go(self) -> None:
        """Print into nothing from now on: to write to a terminal that has closed is an error."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for output in self._terminals:
            os.dup2(nowhere, output)
        os.close(nowhere)
