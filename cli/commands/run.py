"""`spikevolve run`: evolve networks for a task."""

import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError
from ...evolve.runs.run_folder import run_folder
from ...evolve.runs.settings import PLACE, settings_from
from ..exit_status import say
from ..options_from_settings import ConfigFile, OneTask, Silent, setting_options
from ..requeue import RequeueBefore, requeue_at
from ..stoppable_run import carry_out, command_line, own_code_in

if TYPE_CHECKING:
    from ...evolve.runs.run import Outcome
    from ..progress import Watch


@setting_options(lambda setting: True)
def run(
    task: OneTask = None,
    config: ConfigFile = None,
    quiet: Silent = None,
    or_resume: Annotated[
        bool,
        typer.Option(
            "--or-resume",
            rich_help_panel=PLACE,
            help="Go on with the run in --out if it is there: one line for every start of a job.",
        ),
    ] = False,
    requeue_before: RequeueBefore = None,
    **given: Any,
) -> None:
    """Evolve networks for a task, and report the best.

    Ctrl-C saves the search and leaves; `spikevolve resume` goes on with it.
    """
    from ..config import run_words

    words, silent = run_words(config, {"task": task, "quiet": quiet, **given})
    settings = settings_from(words)
    if or_resume and settings.out is None:
        raise InputError("--or-resume needs --out, the folder in which a run may be already")
    requeue = requeue_at(requeue_before)
    folder = run_folder(settings)

    def work(watch: "Watch", stop: threading.Event) -> "Outcome":
        from ...evolve.runs.start_or_resume import begin, begin_or_go_on

        def begun(place: Path) -> None:
            if not silent:
                say(f"The run is in {place}")

        command = ["spikevolve", *sys.argv[1:]]
        found = replace(settings, out=str(folder))
        return (begin_or_go_on if or_resume else begin)(found, watch, stop, command, begun)

    again = command_line("resume", folder, own_code_in(settings))
    carry_out(work, folder, silent, again, requeue)
