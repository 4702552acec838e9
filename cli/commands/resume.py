"""`spikevolve resume`: go on with a run that was stopped or killed, or beyond its end."""

import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError
from ...evolve.runs.settings import ELSEWHERE, LIMITS
from ..exit_status import say
from ..options_from_settings import (
    ParentsAgain,
    RunFolder,
    SelectionAgain,
    TaskAgain,
    WrapAgain,
    setting_options,
)
from ..requeue import RequeueBefore, requeue_at
from ..stoppable_run import carry_out, command_line, print_report
from ..study_work import ALL_IN_TURN, PROCESSES_LEAVE_SECONDS, Index, Jobs, Share, go_on_with_study

if TYPE_CHECKING:
    from ...evolve.runs.run import Outcome
    from ..progress import Watch


@setting_options(lambda setting: setting.name in (*LIMITS, *ELSEWHERE))
def resume(
    folder: RunFolder,
    task: TaskAgain = None,
    wrap: WrapAgain = None,
    selection: SelectionAgain = None,
    parents: ParentsAgain = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show neither progress nor report.")
    ] = False,
    jobs: Jobs = None,
    index: Index = None,
    requeue_before: RequeueBefore = None,
    **given: Any,
) -> None:
    """Go on with a run that was stopped or killed, or beyond its end.

    It ends with the same tables as a run that was never disturbed. Limits count from the start of the
    run and take the place of all that it had; so a run that has ended goes on. It may go on in another place:
    on a cluster that was made anew, with more workers, with other versions of packages where that is allowed.
    """
    requeue = requeue_at(requeue_before)
    words = {name: value for name, value in given.items() if value is not None}
    limits = {name: words[name] for name in LIMITS if name in words}
    place = {name: words[name] for name in ELSEWHERE if name in words}

    share = Share(jobs, index)
    share.check()

    def tell(sentence: str) -> None:
        if not quiet:
            say(sentence)

    def work(watch: "Watch", stop: threading.Event) -> "Outcome":
        from ...evolve.runs.prepared_again import own_code
        from ...evolve.runs.run import resume as resume_run
        from ...evolve.runs.studies import GoesOn
        from ...results.store.study import is_study

        goes_on = GoesOn(own_code(task, wrap, selection, parents), limits, place)
        if is_study(folder):
            return go_on_with_study(folder, share, goes_on, watch, stop, tell)
        if share != ALL_IN_TURN:
            raise InputError(
                f"{folder} is not a study, and --jobs and --index are for the runs of one"
            )
        return resume_run(folder, watch, stop, *goes_on)

    named = {"task": task, "wrap": wrap, "selection": selection, "parents": parents, **place}
    again = command_line("resume", folder, {**named, "jobs": jobs, "index": index})
    if jobs is None:
        carry_out(work, folder, quiet, again, requeue)
        return
    carry_out(work, folder, True, again, requeue, more_patience=PROCESSES_LEAVE_SECONDS)
    if not quiet:
        print_report(folder)
