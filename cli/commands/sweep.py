"""`spikevolve sweep`: a run for each combination of settings and each seed."""

import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError
from ...evolve.runs.run_folder import run_folder
from ...evolve.runs.settings import PLACE, settings_from
from ...evolve.runs.settings_of_many_searches import SEARCH
from ..exit_status import say
from ..grid_option import parse_grid
from ..options_from_settings import ConfigFile, OneTask, Silent, setting_options
from ..requeue import RequeueBefore, requeue_at
from ..stoppable_run import carry_out, command_line, own_code_in, print_report
from ..study_work import PROCESSES_LEAVE_SECONDS, Index, Jobs, Share, go_on_with_study

if TYPE_CHECKING:
    from ...evolve.runs.run import Outcome
    from ..progress import Watch


@setting_options(lambda setting: True)
def sweep(
    task: OneTask = None,
    varied: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE,…",
            rich_help_panel=SEARCH,
            show_default=False,
            help="Values of a setting, such as mutations=1,3 or ranges.max_hidden=3,6; repeatable.",
        ),
    ] = None,
    jobs: Jobs = None,
    index: Index = None,
    config: ConfigFile = None,
    quiet: Silent = None,
    or_resume: Annotated[
        bool,
        typer.Option(
            "--or-resume",
            rich_help_panel=PLACE,
            help="Go on with the sweep in --out if it is there: one line for every start of a job.",
        ),
    ] = False,
    requeue_before: RequeueBefore = None,
    **given: Any,
) -> None:
    """Evolve networks for each combination of settings, and each seed: a run for each, in one folder.

    Ctrl-C saves the runs that are on their way and leaves; `spikevolve resume` goes on with them.
    """
    from ...evolve.runs.grid import is_for_study
    from ..config import run_words

    words, silent = run_words(config, {"task": task, "quiet": quiet, **given})
    grid, settings = parse_grid(varied or (), given), settings_from(words)
    if not is_for_study(settings, grid):
        raise InputError("a sweep needs --set or --seeds, of which it makes more than one run")
    share = Share(jobs, index)
    share.check()
    if settings.out is None and (or_resume or index is not None):
        option = "--or-resume" if or_resume else "--index"
        raise InputError(f"{option} needs --out, the folder in which a sweep may be already")
    requeue = requeue_at(requeue_before)
    folder = run_folder(settings)
    settings = replace(settings, out=str(folder))

    def tell(sentence: str) -> None:
        if not silent:
            say(sentence)

    def work(watch: "Watch", stop: threading.Event) -> "Outcome":
        from ...evolve.runs.grid import runs_of_study
        from ...evolve.runs.start_or_resume import as_said_now, lay_out_or_find
        from ...evolve.runs.studies import check_index, lay_out
        from ...results.store.study import read_study

        if index is not None:
            check_index(index, len(runs_of_study(settings, grid)))
        command = ["spikevolve", *sys.argv[1:]]
        may_be_there = or_resume or index is not None
        (lay_out_or_find if may_be_there else lay_out)(settings, grid, command)
        if index is not None and not or_resume and read_study(folder).members[index - 1].begun:
            raise InputError(f"run {index} of {folder} has begun: --or-resume goes on with it")
        tell(f"The sweep is in {folder}")
        return go_on_with_study(folder, share, as_said_now(settings), watch, stop, tell)

    named = {**own_code_in(settings), "jobs": jobs, "index": index}
    again = command_line("resume", folder, named)
    if jobs is None:
        carry_out(work, folder, silent, again, requeue)
        return
    carry_out(work, folder, True, again, requeue, more_patience=PROCESSES_LEAVE_SECONDS)
    if not silent:
        print_report(folder)
