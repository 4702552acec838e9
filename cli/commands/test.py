"""`spikevolve test`: measure the front of an interrupted run on test data."""

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from ..options_from_settings import RunFolder, TaskAgain, WrapAgain
from ..stoppable_run import carry_out, command_line

if TYPE_CHECKING:
    from ...evolve.runs.run import Outcome
    from ..progress import Watch


def measure(
    folder: RunFolder,
    task: TaskAgain = None,
    wrap: WrapAgain = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no report.")] = False,
) -> None:
    """Measure the front of an interrupted run on held-out data, and report it."""

    def work(watch: "Watch", stop: threading.Event) -> "Outcome":
        from ...evolve.runs.prepared_again import own_code
        from ...evolve.runs.run import measure_test

        return measure_test(folder, stop, own_code(task, wrap))

    carry_out(work, folder, quiet, again=command_line("test", folder, {"task": task, "wrap": wrap}))
