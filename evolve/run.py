"""A run from its settings to its front: started, resumed, tested."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from .. import InputError
from ..genomes import Genome, genome_from_columns
from ..results.blocks import read_backwards
from ..results.folder import read_manifest
from ..results.reader import read_table
from ..results.writer import RunWriter, create_run, open_run
from ..tasks import registry, source
from .cache import AnswerCache
from .checkpoint import decoded, genome_hashes, restore_answers, restore_search
from .driver import commit, search_until
from .engine import Engine, LocalEngine
from .finish import Front, finish, front_columns, front_members
from .garbage_collection import rare_collections
from .measure import Stopped
from .measurements import COLUMNS
from .notes import notes
from .prepare import Prepared, prepare
from .provenance import provenance
from .run_state import Bench, Progress, Run
from .search import Search
from .settings import Settings, run_folder, settings_from

#: Longest time for a network on a training workload of a task in plain Python.
EVALUATION_SECONDS = 60.0


class Outcome(NamedTuple):
    """How a run ended.

    Attributes:
        folder: The run folder.
        state: ``done``, or ``stopped`` by request.
    """

    folder: Path
    state: str


Watch = Callable[[Progress], None]


def start(
    settings: Settings, watch: Watch, stop: threading.Event, command: Sequence[str] = ()
) -> Outcome:
    """Starts a run in a folder of its own and carries it to its end.

    Args:
        settings: What the user has set.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        command: The command line, for the manifest.

    Raises:
        InputError: A setting, the data or the folder is wrong.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    prepared = prepare(settings)
    folder = run_folder(settings)
    with create_run(folder, _manifest(folder, prepared, command)) as writer:
        return _carry_on(prepared, Search(prepared.search), writer, {}, watch, stop)


def resume(folder: Path, watch: Watch, stop: threading.Event, task: str | None = None) -> Outcome:
    """Carries a stopped or killed run on to its end.

    Args:
        folder: The run folder.
        watch: Called after every generation.
        stop: The run commits and ends soon after this is set.
        task: The user's own task, named again: code named by a run folder is never imported.

    Raises:
        InputError: Not a run, being written by another process, or its data have changed.
        MachineError: The disk or the cluster failed; what was committed is safe.
    """
    prepared = prepared_again(folder, task)
    writer, state = open_run(folder)
    with writer:
        if state.get("state") == "done":
            return Outcome(folder, "done")
        search = _restored(prepared, folder, state)
        return _carry_on(prepared, search, writer, state, watch, stop)


def measure_test(folder: Path, stop: threading.Event, task: str | None = None) -> Outcome:
    """Measures the front of an interrupted run on test data, as it stands.

    Raises:
        InputError: Not a run, being written by another process, or its data have changed.
    """
    prepared = prepared_again(folder, task)
    writer, state = open_run(folder)
    with writer:
        search = _restored(prepared, folder, state)
        engine = make_engine(prepared)
        bench = Bench(engine, prepared.task, prepared.search.profile, notes(writer))
        try:
            front = finish(search, bench, stop)
            writer.write_front(front_columns(front, prepared.task.episodes))
        except Stopped:
            return Outcome(folder, "stopped")
        finally:
            engine.close()
    return Outcome(folder, str(state.get("state", "stopped")))


def make_engine(prepared: Prepared) -> Engine:
    """Makes the engine that the settings ask for.

    Ray where an address is given or the task is plain Python, which may hang or crash and so runs
    in worker processes; else the threads of this process.
    """
    settings, task = prepared.settings, prepared.task
    wants_ray = settings.address is not None or task.kind == "python"
    if settings.engine == "local" and wants_ray:
        reason = "an address is given" if settings.address else f"the task {task.name} is in Python"
        raise InputError(f"engine is 'local', but {reason}; allowed are auto and ray")
    if settings.engine == "ray" or wants_ray:
        from .ray_engine import RayEngine  # Ray takes a second to import

        limit = settings.evaluation_seconds
        if limit is None and task.kind == "python":
            limit = EVALUATION_SECONDS
        return RayEngine(settings.workers, settings.address, limit)
    if settings.evaluation_seconds is not None:
        raise InputError(
            f"evaluation_seconds is {settings.evaluation_seconds:g}, but only worker processes can "
            "be ended: it needs the engine ray"
        )
    return LocalEngine(settings.workers)


def _carry_on(
    prepared: Prepared,
    search: Search,
    writer: RunWriter,
    state: Mapping[str, Any],
    watch: Watch,
    stop: threading.Event,
) -> Outcome:
    """Searches to the end, finishes, and leaves the folder committed in any case."""
    run = Run(
        task=prepared.task,
        search=search,
        engine=make_engine(prepared),
        writer=writer,
        note=notes(writer),
        limits=prepared.limits,
        keep_all_genomes=prepared.settings.genomes == "all",
        cache=_restored_cache(prepared, writer.folder, search.generation),
        evaluations=state.get("evaluations", 0),
        seconds_before=state.get("seconds", 0.0),
        answers=restore_answers(state.get("answers", ())),
        faults=dict(state.get("faults", ())),
        racing=prepared.settings.racing,
        bound=state.get("bound"),
        losers=set(state.get("losers", ())),
        kept=genome_hashes(state) if state else set(),
    )
    try:
        with rare_collections():
            limit = search_until(run, watch, stop)
        if limit is None:
            untested = Front(front_members(search), None, {}, {})
            writer.write_front(front_columns(untested, prepared.task.episodes))
            writer.log(f"stopped in generation {search.generation}")
            return Outcome(writer.folder, "stopped")
        writer.log(f"{limit} reached after generation {search.generation}: testing the front")
        front = finish(search, run.bench, stop)
    except Stopped:
        commit(run, "stopped")
        writer.log("stopped while the front was being measured")
        return Outcome(writer.folder, "stopped")
    finally:
        run.engine.close()
    writer.write_front(front_columns(front, prepared.task.episodes))
    commit(run, "done")
    writer.log("done")
    return Outcome(writer.folder, "done")


def prepared_again(folder: Path, task: str | None) -> Prepared:
    """Prepares a run from its manifest.

    Raises:
        InputError: Not a run, its task is the user's and was not named, or its data or the task's
            source have changed.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = named_again(folder, settings_from(manifest["settings"]), task)
    prepared = prepare(settings, manifest["task"].get("measured"))
    if source.digest(prepared.task.modules()) != manifest.get("source_sha256"):
        raise InputError(
            f"the source of {settings.task} has changed since {folder} began: undo the change, or "
            f"start anew with `spikevolve run {settings.task}`"
        )
    if prepared.task.data_digest != manifest["data_sha256"]:
        where = settings.data or settings.task
        raise InputError(
            f"the data of {folder} have changed: {where} has the SHA-256 "
            f"{prepared.task.data_digest}, the run began with {manifest['data_sha256']}"
        )
    return prepared


def named_again(folder: Path, settings: Settings, task: str | None) -> Settings:
    """The settings with a user's own task as it is named now; its file may lie elsewhere by now.

    Code named by a folder is never imported.

    Raises:
        InputError: The task is the user's and is not named, or another one is.
    """
    own = registry.is_own(settings.task)
    if task is None:
        if own:
            raise InputError(
                f"{folder} is a run of your own task; name it again with --task {settings.task}"
            )
        return settings
    same_class = own and task.rpartition(":")[2] == settings.task.rpartition(":")[2]
    if task != settings.task and not same_class:
        raise InputError(f"{folder} is a run of {settings.task!r}, not of {task!r}")
    return replace(settings, task=task)


def _restored(prepared: Prepared, folder: Path, state: Mapping[str, Any]) -> Search:
    if not state:  # killed before the first commit
        return Search(prepared.search)
    table = read_table(folder, "genomes", hashes=genome_hashes(state))
    genomes: dict[str, Genome] = {
        row["genome_hash"]: genome_from_columns(row) for row in table.to_dict("records")
    }
    return restore_search(prepared.search, state, genomes)


def _restored_cache(prepared: Prepared, folder: Path, generation: int) -> AnswerCache:
    """Rebuilds the cache from the last measured rows, the oldest first."""
    episodes = prepared.task.episodes
    cache = AnswerCache()
    if generation == 0 or prepared.task.fresh:
        return cache
    latest: list[tuple[str, Sequence[float]]] = []
    names = ["network_hash", "cached", "fault", "episodes", *COLUMNS]
    for block in read_backwards(folder, "individuals", names):
        rows = zip(*(column.to_pylist() for column in block.columns), strict=True)
        measured = [
            (key, decoded(row))
            for key, cached, fault, lived_through, *row in rows
            if not cached and fault is None and lived_through == episodes
        ]
        latest = measured + latest
        if len(latest) >= cache.limit:
            break
    for network_hash, answer in latest[-cache.limit :]:
        cache.enter(network_hash, answer)
    return cache


def _manifest(folder: Path, prepared: Prepared, command: Sequence[str]) -> dict[str, object]:
    return {
        "run": folder.name,
        "command": list(command),
        "settings": prepared.settings.to_json(),
        "task": prepared.task.describe(),
        "data_sha256": prepared.task.data_digest,
        "source_sha256": source.digest(prepared.task.modules()),
        "profile": prepared.search.profile.to_json(),
        **provenance(prepared.task.packages()),
    }
