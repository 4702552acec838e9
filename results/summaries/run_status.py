"""What a run is doing, from its folder alone: on another machine too, and while it is written."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ...errors import InputError
from ..store.folder import LOCK, STATE, read_commit, read_manifest
from ..store.lock import holder
from ..store.reader import front_generation, read_arrow
from .run_names import count, duration, evaluations, gain


class Status(NamedTuple):
    """A run as its folder shows it.

    Attributes:
        folder: The run folder.
        state: `running`, `stopped` or `done`; a run whose process is gone is stopped.
        generation: Generation of the last commit; 0 before the first.
        evaluations: Evaluations until then.
        cost: What the search took until then, in evaluations; more than these where it learns.
        gained: What it took until the latest gain; None where that is not known.
        seconds: Seconds of search, pauses left out.
        age: Seconds since the last commit, by this machine's clock.
        process: The writer: `alive`, `gone`, or `unknown` where it ran on another machine.
        host: Machine of the last commit.
        pid: Process of the last commit.
    """

    folder: Path
    state: str
    generation: int
    evaluations: int
    cost: float
    gained: float | None
    seconds: float
    age: float
    process: str
    host: str
    pid: str

    def __str__(self) -> str:
        """Return two lines for people."""
        process = {
            "alive": "is alive",
            "gone": "has ended",
            "unknown": "cannot be seen from this machine",
        }[self.process]
        return (
            f"{self.folder}: {self.state}, generation {self.generation:,}, "
            f"{evaluations(self.evaluations, self.cost)} in {duration(self.seconds)}"
            f"{gain(self.gained, self.evaluations, self.cost)}\n"
            f"last commit {duration(self.age)} ago; "
            f"process {self.pid} on {self.host} {process}"
        )


def read_status(folder: Path) -> Status:
    """Return what a run is doing; reads two small files and looks at the lock.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    folder = Path(folder)
    commit = read_commit(folder)
    process = _process(folder / LOCK)
    state = commit.search.get("state", "running")
    if state not in ("running", "stopped", "done"):
        raise InputError(f"{folder / STATE} is damaged: state must be running, stopped or done")
    evaluated = int(_number(folder, commit.search, "evaluations"))
    return Status(
        folder=folder,
        state="stopped" if state == "running" and process == "gone" else str(state),
        generation=int(_number(folder, commit.search, "generation")),
        evaluations=evaluated,
        cost=_number(folder, commit.search, "cost", evaluated),  # 0.1.0 did not learn
        gained=_gained(folder, commit.search),
        seconds=_number(folder, commit.search, "seconds"),
        age=max(0.0, (datetime.now(UTC) - commit.updated).total_seconds()),
        process=process,
        host=commit.host,
        pid=commit.pid,
    )


def about_front(folder: Path) -> str | None:
    """Say which state of a run its front and its champion are of; None where the run has ended.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    folder = Path(folder)
    status = read_status(folder)
    if status.state == "done":
        return None
    known = front_generation(folder)
    after = count(status.generation if known is None else known, "generation")
    if status.state == "running" and status.process == "alive":
        doing = "the run is going on"
    elif status.state == "running":
        doing = f"the run was going on when this was saved, on {status.host}"
    else:
        doing = f"the run was stopped, and `spikevolve resume {folder}` goes on with it"
    return f"As it stands after {after}: {doing}{_about_test(folder)}."


def _about_test(folder: Path) -> str:
    task = read_manifest(folder).get("task")
    if isinstance(task, dict) and task.get("has_test") is False:
        return ""
    scores = read_arrow(folder, "front", ["test_score"]).column(0)
    tested = scores.null_count < len(scores)
    return "; measured on test data" if tested else "; not yet measured on test data"


def _number(folder: Path, search: dict[str, object], key: str, missing: float = 0) -> float:
    """Return a number of the search state; another one where there is none yet.

    Raises:
        InputError: It is something else.
    """
    value = search.get(key, missing)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{folder / STATE} is damaged: {key} must be a number, not {value!r}")
    return value


def _gained(folder: Path, search: dict[str, object]) -> float | None:
    """Return the cost at the latest gain; None where the version did not know it, or nothing is known."""
    latest = search.get("gain")
    return _number(folder, latest, "cost") if isinstance(latest, dict) else None


def _process(lock: Path) -> str:
    last = holder(lock)
    if last is None or last.has_ended:
        return "gone"
    return "alive" if last.is_here else "unknown"
