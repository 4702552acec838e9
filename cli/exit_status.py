"""What a command says, and its exit status, when something goes wrong.

0 done, 1 a failing machine, 2 a mistake of the user's, 130 stopped by Ctrl-C, 143 stopped by
SIGTERM or SIGUSR1. Errors are one sentence on standard error, never a traceback.
"""

import errno
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from ..errors import InputError, MachineError

MACHINE_FAILED = 1
USER_MISTAKE = 2
INTERRUPTED = 130
TERMINATED = 143

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
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of our output has left: Typer's business
                raise
            status, sentence = MACHINE_FAILED, str(error)
        except KeyboardInterrupt:
            say("Stopped by Ctrl-C")
            raise typer.Exit(INTERRUPTED) from None
        say(f"Error: {sentence}")
        raise typer.Exit(status)
