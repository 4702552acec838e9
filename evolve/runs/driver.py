"""The loop that connects a search, an engine and a run folder."""

import threading
import time
from collections.abc import Callable
from functools import partial

from ..search.gain import latest_gain
from ..search.individual import by_score
from ..search.island_search import IslandSearch
from .checkpoint import best_state, gain_state, genomes_state, rows_state, search_state
from .closed_generation import close_generation, count_generation, record_generation
from .finish import front_members
from .front_so_far import validate_front, validated, write_front_so_far
from .islands_advanced import islands_advanced
from .measure import measure_generation
from .run_state import Progress, Run

#: Shortest time between two commits. Over a long run they come less often, a hundredth of the
#: time spent so far apart, so that the number of files stays small.
COMMIT_SECONDS = 5.0


def search_until(run: Run, watch: Callable[[Progress], None], stop: threading.Event) -> str | None:
    """Run generations until a limit is reached or somebody stops it.

    Args:
        run: Where the search stands; it is moved on.
        watch: Called after every generation.
        stop: The search stops soon after this is set.

    Returns:
        The name of the limit, or None if it was stopped. Whatever was measured is committed.
    """
    while not stop.is_set():
        limit = _limit(run, stop)
        if limit is not None:
            commit(run, "running")
            return limit
        advance = islands_advanced if isinstance(run.search, IslandSearch) else _advanced
        progress = advance(run, stop)
        if progress is not None:
            watch(progress)
            _validate_if_due(run, stop)
            _commit_if_due(run)
    commit(run, "stopped")
    return None


def _advanced(run: Run, stop: threading.Event) -> Progress | None:
    """Measure and close a generation; None if it was stopped or ran out of time."""
    measured = measure_generation(run, stop, partial(_commit_if_due, run))
    if measured is None:
        return None
    generation, closed = run.search.generation, close_generation(run, measured)
    count_generation(run, [closed])
    run.gain = latest_gain(run.search, run.task.samples, run.cost, run.gain)
    return record_generation(run, generation, [closed])


def commit(run: Run, state: str) -> None:
    """Bring the run folder up to date, with the front as it stands; that of a run that is done is there.

    Args:
        run: What is committed: the search after its last closed generation, and the rows to the
            open one.
        state: `running`, `stopped` or `done`.
    """
    run.writer.commit(
        {
            "state": state,
            **search_state(run.search),
            **({"bests": [best_state(best) for best in run.bests]} if run.bests else {}),
            "answers": rows_state(run.rows),
            "learned": genomes_state(run.learned),
            "faults": sorted(run.faults.items()),
            "bound": run.bound,
            "losers": sorted(run.losers),
            "evaluations": run.evaluations,
            "cost": run.cost,
            "gain": gain_state(run.gain),
            "seconds": run.seconds,
        }
    )
    if state != "done":
        write_front_so_far(run)
    run.committed = time.monotonic()


def _commit_if_due(run: Run) -> None:
    first = run.front_written is None and run.search.generation == 1  # now there is a front
    if first or time.monotonic() - run.committed >= _pause(run):
        commit(run, "running")


def _validate_if_due(run: Run, stop: threading.Event) -> None:
    """Validate members of the front as often as there are commits, but between generations only."""
    if time.monotonic() - run.validated_at >= _pause(run):
        validate_front(run, stop)
        run.validated_at = time.monotonic()


def _pause(run: Run) -> float:
    return max(COMMIT_SECONDS, run.seconds / 100)


def _limit(run: Run, stop: threading.Event) -> str | None:
    limit = run.limits.reached(run.search.generation, run.cost, run.gain.cost, run.seconds)
    return "target" if limit is None and _target_reached(run, stop) else limit


def _target_reached(run: Run, stop: threading.Event) -> bool:
    """Tell whether the best of the front reaches the target on the data that choose the champion.

    Further episodes take long: only one that has come so far in training lives through them. Samples
    do not, and their score in training may be another one, lower or higher.
    """
    target = run.limits.target
    if target is None or not run.search.at_exchange:
        return False
    best = min(front_members(run.search), key=by_score, default=None)
    if best is None:
        return False
    trained = best.score >= target
    if not run.task.has_validation or (run.task.episodes and not trained):
        return trained
    return validated(run, [best], stop)[0] >= target
