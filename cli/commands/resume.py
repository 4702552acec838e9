"""`spikevolve resume`: go on with a run that was stopped or killed, or beyond its end."""

import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...evolve.runs.settings import ELSEWHERE, LIMITS
from ..options_from_settings import (
    ParentsAgain,
    RunFolder,
    SelectionAgain,
    TaskAgain,
    WrapAgain,
    setting_options,
)
from ..requeue import RequeueBefore, requeue_at
from ..stoppable_run import carry_out, command_line

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

    def work(watch: "Watch", stop: threading.Event) -> "Outcome":
        from ...evolve.runs.prepared_again import own_code
        from ...evolve.runs.run import resume as resume_run
        from ...evolve.runs.studies import resume_study
        from ...results.store.study import is_study

        go_on = resume_study if is_study(folder) else resume_run
        return go_on(folder, watch, stop, own_code(task, wrap, selection, parents), limits, place)

    again = {name: value for name, value in place.items() if not isinstance(value, bool)}
    named = {"task": task, "wrap": wrap, "selection": selection, "parents": parents, **again}
    carry_out(work, folder, quiet, again=command_line("resume", folder, named), requeue=requeue)
