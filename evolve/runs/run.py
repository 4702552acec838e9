"""A run from its settings to its front: started, resumed, tested."""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError
from ...results.store.folder import read_manifest
from ...results.store.writer import RunWriter, create_run, open_run
from ...results.summaries.run_names import score_names
from ...tasks.user_code import source_digest
from ...tasks.workload import Split
from ..engines.engine import Engine, LocalEngine
from ..evaluation.expressed import Workloads, workloads
from ..search.search import Search
from . import new_limits
from .champion_answers import keep_answers
from .changed_versions import accept_versions
from .checkpoint import (
    begun_search,
    genome_hashes,
    restore_genomes,
    restore_rows,
    restored_bests,
    restored_cache,
    restored_gain,
    restored_index,
    restored_search,
    told_if_damaged,
)
from .driver import commit, search_until
from .finish import (
    Front,
    baseline_scores,
    finish,
    front_columns,
    genome_rows,
)
from .front_so_far import kept_validation
from .measure import Stopped
from .new_limits import NO_LIMITS, limits_to_come
from .prepare import Prepared, own_source_digest, prepare
from .prepared_again import NOT_NAMED, OwnCode, prepared_again, prepared_to_measure
from .provenance import provenance
from .run_folder import run_folder
from .run_state import Evaluator, Note, Progress, Run, logger, notes
from .settings import AS_BEFORE, Settings
from .start_from import to_json
from .state_numbers import number, restored_number

#: Data of so many splits and generations are kept at hand.
DRAWN = 4

_OBJECTS = 50_000  # new ones between two looks; some forty generations of a hundred individuals


@contextmanager
def rare_collections() -> Iterator[None]:
    """Have Python look for cyclic garbage seldom, and never among the objects that are there now.

    A search makes a thousand objects in a generation that live for a while and are next to never
    part of a cycle. At Python's usual pace they are walked over twice a generation, and with them
    now and then everything that the imported libraries hold, which takes a tenth of a second.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


#: Longest time for a network on a training workload of a task in plain Python, which may hang.
EVALUATION_SECONDS = 60.0


class Outcome(NamedTuple):
    """How a run ended.

    Attributes:
        folder: The run folder.
        state: `done`, or `stopped` by request.
        left_alone: A sentence for each run of a study that another process is at work on.
    """

    folder: Path
    state: str
    left_alone: Sequence[str] = ()


#: What is called after every generation.
Watch = Callable[[Progress], None]


def say_nothing(folder: Path) -> None:
    """Stand for a user who does not want to know where a run is."""


def start(
    settings: Settings,
    watch: Watch,
    stop: threading.Event,
    command: Sequence[str] = (),
    begun: Callable[[Path], None] = say_nothing,
) -> Outcome:
    """Start a run in a folder of its own and carry it to its end.

    Args:
        settings: What the user has set.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        command: The command line, for the manifest.
        begun: Called with the run folder once there is one.

    Raises:
        InputError: A setting, the data or the folder is wrong.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    return start_prepared(prepare(settings), run_folder(settings), watch, stop, command, begun)


def start_prepared(
    prepared: Prepared,
    folder: Path,
    watch: Watch,
    stop: threading.Event,
    command: Sequence[str] = (),
    begun: Callable[[Path], None] = say_nothing,
) -> Outcome:
    """Start a run whose task is loaded, as `start` does.

    Args:
        prepared: The parts of the run.
        folder: The run folder, which must not exist.
        watch: As of `start`.
        stop: As of `start`.
        command: As of `start`.
        begun: As of `start`.
    """
    check_place(prepared.settings)
    with create_run(folder, _manifest(folder, prepared, command)) as writer:
        begun(folder)
        note = notes(writer)
        for sentence in prepared.notes:
            note(sentence)
        return _carry_on(prepared, begun_search(prepared.search), writer, {}, watch, stop)


def resume(
    folder: Path,
    watch: Watch,
    stop: threading.Event,
    named: OwnCode = NOT_NAMED,
    limits: Mapping[str, Any] = NO_LIMITS,
    place: Mapping[str, Any] = AS_BEFORE,
) -> Outcome:
    """Carry a stopped or killed run on to its end, or any run to another end.

    A run that goes on ends with the tables of one that had these limits from the start; its front is
    tested anew.

    Args:
        folder: The run folder.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        named: The user's own code, named again.
        limits: Values of `LIMITS` by name, counted from the start of the run. They take the place of
            all that the run had; where there are none, it keeps these.
        place: Another engine, address or number of workers, this time, or other versions of packages:
            values of `ELSEWHERE` by name.

    Raises:
        InputError: Not a run, being written by another process, its data or the versions of packages
            have changed, or it has passed a limit.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    writer, state = open_run(folder)
    with writer:
        with told_if_damaged(folder):
            limits = limits_to_come(folder, limits)
        prepared = prepared_again(folder, named, limits, place)
        if state.get("state") == "done" and not limits:
            return Outcome(folder, "done")
        check_place(prepared.settings)
        with told_if_damaged(folder):
            search = restored_search(prepared, folder, state)
        allowed = prepared.settings.allow_version_change
        accept_versions(writer, search.generation, allowed=allowed)
        return _carry_on(prepared, search, writer, state, watch, stop, limits)


def measure_test(folder: Path, stop: threading.Event, named: OwnCode = NOT_NAMED) -> Outcome:
    """Measure the front of an interrupted run on test data, as it stands.

    Args:
        folder: The run folder.
        stop: The measurement ends soon after this is set, and nothing is written.
        named: The user's own code, named again.

    Raises:
        InputError: Not a run, being written by another process, or its data have changed.
    """
    writer, state = open_run(folder)
    with writer:
        prepared = prepared_to_measure(folder, named)
        with told_if_damaged(folder):
            search = restored_search(prepared, folder, state)
        note = notes(writer)
        engine = make_engine(prepared, note)
        evaluator = Evaluator(engine, prepared.task, prepared.search.profile, note)
        try:
            front = finish(search, evaluator, stop)
            _keep_baselines(writer, evaluator)
            keep_answers(writer, evaluator, front, search.settings.seed, stop)
            _write_front(writer, search, front, prepared.task.episodes)
        except Stopped:
            return Outcome(folder, "stopped")
        finally:
            engine.close()
    return Outcome(folder, str(state.get("state", "stopped")))


def check_place(settings: Settings) -> None:
    """Refuse the address of a cluster at which nobody answers, before there is a folder.

    Raises:
        InputError: It is no address.
        MachineError: No cluster answers there.
    """
    if settings.address is not None:
        from ..engines.ray.address import check_address

        check_address(settings.address)


def make_engine(prepared: Prepared, note: Note = logger.warning) -> Engine:
    """Make the engine that the settings ask for.

    Ray where an address is given or the task is plain Python, which may hang or crash and so runs
    in worker processes; else the threads of this process.

    Args:
        prepared: The parts of the run.
        note: Is told what is waited for, where no worker of a cluster can begin.

    Raises:
        InputError: The task or a setting needs another engine than the one that is asked for.
        MachineError: Ray cannot be started, or its cluster not reached.
    """
    settings, task = prepared.settings, prepared.task
    needs_ray = settings.address is not None or task.kind == "python"
    if settings.engine == "local" and needs_ray:
        reason = "an address is given" if settings.address else f"the task {task.name} is in Python"
        raise InputError(f"engine is 'local', but {reason}; allowed are auto and ray")
    if settings.engine == "ray" or needs_ray:
        from ..engines.ray.ray_engine import RayEngine  # Ray takes a second to import

        limit = settings.evaluation_seconds
        if limit is None and task.kind == "python":
            limit = EVALUATION_SECONDS
        any_versions = settings.allow_version_change
        return RayEngine(settings.workers, settings.address, limit, note, any_versions=any_versions)
    if settings.evaluation_seconds is not None:
        raise InputError(
            f"evaluation_seconds is {settings.evaluation_seconds:g}, but only worker processes can "
            "be ended: it needs the engine ray"
        )
    return LocalEngine(settings.workers)


def _drawn(prepared: Prepared, split: Split, generation: int | None) -> Workloads:
    return workloads(prepared.task, split, prepared.search.seed, generation)


def _carry_on(
    prepared: Prepared,
    search: Search,
    writer: RunWriter,
    state: Mapping[str, Any],
    watch: Watch,
    stop: threading.Event,
    limits: Mapping[str, Any] = NO_LIMITS,
) -> Outcome:
    """Search to the end, measure the front, and leave the folder committed in any case.

    `state` is what was committed last, empty for a run that begins; `limits` are new ones.
    """
    note = notes(writer)
    engine = make_engine(prepared, note)
    with told_if_damaged(writer.folder):
        run = Run(
            task=prepared.task,
            search=search,
            engine=engine,
            writer=writer,
            note=note,
            limits=prepared.limits,
            keep_all_genomes=prepared.settings.genomes == "all",
            draw=lru_cache(DRAWN)(partial(_drawn, prepared)),
            cache=restored_cache(prepared, writer.folder, search.generation),
            evaluations=int(restored_number(state, "evaluations")),
            cost=restored_number(state, "cost"),
            gain=restored_gain(state, search.settings),
            bests=restored_bests(state, search),
            seconds_before=restored_number(state, "seconds"),
            rows=restore_rows(state.get("answers", ())),
            learned=restore_genomes(
                state.get("learned", ()), prepared.search.profile, writer.folder
            ),
            faults={restored_index(n): str(why) for n, why in state.get("faults", ())},
            racing=prepared.settings.racing,
            bound=None if state.get("bound") is None else number(state["bound"]),
            losers={restored_index(n) for n in state.get("losers", ())},
            kept=genome_hashes(state) if state else set(),
            validated=kept_validation(writer.folder),
            score=score_names(prepared.task.describe()).training_label,
        )
    try:
        if limits:  # from here on it is no run that is done, and its front is not tested
            commit(run, "running")
            _keep_limits(run, prepared.settings)
        with rare_collections():
            limit = search_until(run, watch, stop)
        if limit is None:  # asked to stop
            writer.log(f"stopped in generation {search.generation}")
            return Outcome(writer.folder, "stopped")
        writer.log(f"{limit} reached after generation {search.generation}: testing the front")
        front = finish(search, run.evaluator, stop)
        _keep_baselines(writer, run.evaluator)
        keep_answers(writer, run.evaluator, front, search.settings.seed, stop)
    except Stopped:  # the search has ended, its test has not: `resume` begins the test again
        commit(run, "stopped")
        writer.log("stopped while the front was being measured")
        return Outcome(writer.folder, "stopped")
    finally:
        run.engine.close()
    _write_front(writer, search, front, prepared.task.episodes)
    commit(run, "done")
    writer.log("done")
    return Outcome(writer.folder, "done")


def _write_front(writer: RunWriter, search: Search, front: Front, episodes: int | None) -> None:
    """Write a front that is measured, with the genome of a champion that the search did not make."""
    made = [*search.population, *search.archive]
    champion, genomes = front.champion, None
    if champion is not None and champion not in made:
        genomes = genome_rows({str(champion.id): champion.genome})
    writer.write_front(front_columns(front, episodes), search.generation, genomes)


def _keep_limits(run: Run, settings: Settings) -> None:
    """Enter new limits in the manifest, beside those that the run had before."""
    manifest: dict[str, Any] = read_manifest(run.writer.folder)
    run.writer.change_manifest(new_limits.changes(manifest, settings, run.search.generation))
    run.writer.log(f"goes on from generation {run.search.generation} with other limits")


def _keep_baselines(writer: RunWriter, evaluator: Evaluator) -> None:
    scores = baseline_scores(evaluator.task, evaluator.note)
    if scores:
        writer.write_baselines(scores)


def _manifest(folder: Path, prepared: Prepared, command: Sequence[str]) -> dict[str, object]:
    """Return what a run folder says of its run, from which it is prepared again."""
    return {
        "run": folder.name,
        "command": list(command),
        "settings": prepared.settings.to_json(),
        "limits": [new_limits.entry(prepared.settings, 0)],
        "task": prepared.task.describe(),
        "data_sha256": prepared.task.data_digest,
        "source_sha256": source_digest(prepared.task.modules()),
        "selection_sha256": own_source_digest(prepared.search.selection, prepared.search.parents),
        "profile": prepared.search.profile.to_json(),
        **({"given": to_json(prepared.search.given)} if prepared.search.given else {}),
        **provenance(prepared.task.packages()),
    }
