"""The state of a search as plain values, and a run restored from its folder."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...errors import InputError
from ...genomes import Genome, Profile, genome_columns
from ...measurements import NAMES
from ...results.store.folder import read_manifest
from ...results.store.reader import read_backwards
from ...tasks import registry
from ...tasks.user_code import source_digest
from ..evaluation.evaluate import RowCache
from ..search.gain import Best, Gain
from ..search.individual import Individual, IndividualId, Level
from ..search.search import Search, update_standing
from ..search.search_settings import SearchSettings
from ..search.tournament.search_tournament import SearchTournament
from .new_limits import NO_LIMITS, with_limits
from .prepare import PARTS, Prepared, own_parts, own_source_digest, prepare
from .settings import AS_BEFORE, Settings, settings_from
from .stored_genomes import genome_in_state, read_genomes
from .tournament_state import restored_tournament, tournament_state


def search_state(search: Search) -> dict[str, Any]:
    """Return a search as JSON values.

    Genomes are named by their hashes; they are kept once, in the run's table of genomes. An
    individual that is both in the population and in the archive is written once.
    """
    members = {i.id: i for i in (*search.population, *search.archive)}
    state = {
        "generation": search.generation,
        "population": [list(individual.id) for individual in search.population],
        "archive": [list(individual.id) for individual in search.archive],
        "individuals": [_individual_state(individual) for individual in members.values()],
    }
    if isinstance(search, SearchTournament):
        state["tournament"] = tournament_state(search)
    return state


def rows_state(rows: Mapping[int, Sequence[float]]) -> list[list[Any]]:
    """Return rows by index as JSON values: [index, measurements]."""
    return [[index, _encoded(row)] for index, row in sorted(rows.items())]


def restore_rows(state: Iterable[Sequence[Any]]) -> dict[int, Sequence[float]]:
    """Return the rows that `rows_state` described."""
    return {index: decoded(row) for index, row in state}


def genomes_state(genomes: Mapping[int, Genome]) -> list[list[Any]]:
    """Return genomes by index as JSON values: [index, columns]."""
    plain = ((index, genome_columns(genome)) for index, genome in sorted(genomes.items()))
    return [[index, {name: _plain(v) for name, v in columns.items()}] for index, columns in plain]


def restore_genomes(
    state: Iterable[Sequence[Any]], profile: Profile, folder: Path
) -> dict[int, Genome]:
    """Return the genomes that `genomes_state` described.

    Args:
        state: What it returned.
        profile: That of the run.
        folder: The run folder, for messages.

    Raises:
        InputError: A genome is not valid for the profile.
    """
    return {index: genome_in_state(columns, profile, folder) for index, columns in state}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def gain_state(gain: Gain) -> dict[str, Any]:
    """Return the latest gain of a search as JSON values."""
    level, value, sizes = gain.best
    return {"cost": gain.cost, "level": int(level), "value": value, "sizes": list(sizes)}


def restored_gain(state: Mapping[str, Any]) -> Gain:
    """Return the gain that was committed last; none where nothing was."""
    if "gain" not in state:
        return Gain()
    found = state["gain"]
    return Gain(found["cost"], Best(Level(found["level"]), found["value"], tuple(found["sizes"])))


def genome_hashes(state: Mapping[str, Any]) -> set[str]:
    """Return the hashes of all genomes that a search state names."""
    return {entry["genome_hash"] for entry in state["individuals"]}


def restore_search(
    settings: SearchSettings, state: Mapping[str, Any], genomes: Mapping[str, Genome]
) -> Search:
    """Build the search that `search_state` described.

    Args:
        settings: The settings of that search.
        state: What `search_state` returned.
        genomes: Genomes by hash, at least those that `genome_hashes` names.
    """
    members: dict[IndividualId, Individual] = {}
    for entry in state["individuals"]:
        individual = _individual(entry, genomes)
        update_standing(individual, settings)
        members[individual.id] = individual

    def named(ids: Iterable[Iterable[int]]) -> list[Individual]:
        return [members[IndividualId(*pair)] for pair in ids]

    population, archive = named(state["population"]), named(state["archive"])
    if "tournament" not in state:
        return Search(settings, state["generation"], population, archive)
    tournament = restored_tournament(
        settings, state["generation"], state["tournament"], lambda one: members[IndividualId(*one)]
    )
    tournament.population, tournament.archive = population, archive
    return tournament


def _individual_state(individual: Individual) -> dict[str, Any]:
    return {
        "id": list(individual.id),
        "genome_hash": individual.genome.content_hash,
        "parents": [list(parent) for parent in individual.parents],
        "operators": list(individual.operators),
        "source": individual.source,
        "island": individual.island,
        "epochs": individual.epochs,
        "network_hash": individual.network_hash,
        "measured": _encoded(individual.measured),
        "evaluations": individual.evaluations,
        "means": _encoded(individual.means) if individual.evaluations > 1 else None,
        "rank": individual.rank,
        "crowding": _finite_or_none(individual.crowding),
    }


def _individual(entry: Mapping[str, Any], genomes: Mapping[str, Genome]) -> Individual:
    measured, means = decoded(entry["measured"]), entry["means"]
    individual = Individual(
        id=IndividualId(*entry["id"]),
        genome=genomes[entry["genome_hash"]],
        parents=tuple(IndividualId(*parent) for parent in entry["parents"]),
        operators=tuple(entry["operators"]),
        source=entry["source"],
        island=entry.get("island", 0),
        epochs=entry["epochs"],
        network_hash=entry["network_hash"],
        measured=measured,
        evaluations=entry["evaluations"],
        means=measured if means is None else decoded(means),
        rank=entry["rank"],
    )
    crowding = entry["crowding"]
    individual.fitness.crowding_dist = math.inf if crowding is None else crowding
    return individual


def _encoded(measured: Iterable[float]) -> list[float | None]:
    return [_finite_or_none(value) for value in measured]


def decoded(measured: Iterable[float | None]) -> list[float]:
    """Return measurements in which a missing one was None; it becomes NaN."""
    return [math.nan if value is None else value for value in measured]


def _finite_or_none(value: float) -> float | None:
    # JSON has no infinity and no NaN: an infinite crowding distance and a missing energy are null.
    return value if math.isfinite(value) else None


class OwnCode(NamedTuple):
    """The user's own code in a run, named again: none that a folder names is imported.

    None where it is not named.

    Attributes:
        task: `module:Class`, `path/to/file.py:Class` or `gym:module:ID`.
        wrap: All wrappers of the environment in their order, gymnasium's among them.
        selection: Selection of survivors, `module:function` or `path/to/file.py:function`.
        parents: Selection of parents, the same way.
    """

    task: str | None = None
    wrap: tuple[str, ...] | None = None
    selection: str | None = None
    parents: str | None = None


def own_code(
    task: str | None = None,
    wrap: Sequence[str] | None = None,
    selection: str | None = None,
    parents: str | None = None,
) -> OwnCode:
    """Return the user's own code from options, of which a list that is empty names nothing."""
    return OwnCode(task, tuple(wrap) if wrap else None, selection, parents)


#: Nothing in a run is the user's own, or nothing is named again.
NOT_NAMED = OwnCode()


def prepared_again(
    folder: Path,
    named: OwnCode = NOT_NAMED,
    limits: Mapping[str, Any] = NO_LIMITS,
    place: Mapping[str, Any] = AS_BEFORE,
) -> Prepared:
    """Prepare a run from its manifest, to go on with it.

    Args:
        folder: The run folder.
        named: The user's own code, named again.
        limits: New ones, by name.
        place: Where it goes on, as of `Settings.elsewhere`.

    Raises:
        InputError: Not a run, its task or a part of its search is the user's and was not named, or
            its data or the source of these have changed.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = named_again(folder, settings_from(manifest["settings"]), named)
    settings = with_limits(with_parts(folder, settings, named), limits).elsewhere(place)
    prepared = _prepared(folder, manifest, settings)
    selections = own_source_digest(prepared.search.selection, prepared.search.parents)
    if selections != manifest.get("selection_sha256"):
        raise InputError(
            f"the source of the selections of {folder} has changed since it began: undo the change, or "
            f"start anew with `spikevolve run {settings.task}`"
        )
    return prepared


def prepared_to_measure(folder: Path, named: OwnCode = NOT_NAMED) -> Prepared:
    """Prepare a run from its manifest, to measure its networks: usual parts of a search stand for own ones.

    Args:
        folder: The run folder.
        named: The user's own code, named again.

    Raises:
        InputError: Not a run, its task is the user's and was not named, or its data or the source of these
            have changed.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = named_again(folder, settings_from(manifest["settings"]), named)
    usual: dict[str, Any] = dict.fromkeys(own_parts(settings))
    return _prepared(folder, manifest, replace(settings, **usual))


def _prepared(folder: Path, manifest: Mapping[str, Any], settings: Settings) -> Prepared:
    """Prepare a run whose data and source are those with which it began."""
    task_of_run = manifest["task"]
    # Before encoders were chosen by the data, a task that measured nothing named one all the same.
    prepared = prepare(settings, task_of_run.get("measured", task_of_run), manifest.get("given"))
    if source_digest(prepared.task.modules()) != manifest.get("source_sha256"):
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


def named_again(folder: Path, settings: Settings, named: OwnCode) -> Settings:
    """Return the settings with a user's own task and wrappers as they are named now; files may have moved.

    Raises:
        InputError: Something is the user's and is not named, or another one is.
    """
    return _wrapped_again(folder, _task_again(folder, settings, named.task), named.wrap)


def _task_again(folder: Path, settings: Settings, task: str | None) -> Settings:
    own = registry.is_own(settings.task)
    if task is None:
        if own:
            raise InputError(
                f"{folder} is a run of your own task; name it again with --task {settings.task}"
            )
        return settings
    if not _is_same(task, settings.task, own):
        raise InputError(f"{folder} is a run of {settings.task!r}, not of {task!r}")
    return replace(settings, task=task)


def _wrapped_again(folder: Path, settings: Settings, wrap: tuple[str, ...] | None) -> Settings:
    began_with = settings.wrap or ()
    options = " ".join(f"--wrap {text}" for text in began_with)
    if wrap is None:
        if any(map(registry.is_own_wrapper, began_with)):
            raise InputError(
                f"{folder} is a run with a wrapper of your own; name all again with {options}"
            )
        return settings
    pairs = zip(wrap, began_with, strict=False)
    same = all(_is_same(now, then, registry.is_own_wrapper(then)) for now, then in pairs)
    if not same or len(wrap) != len(began_with):
        raise InputError(
            f"{folder} is a run {'with ' + options if options else 'without wrappers'}, not with "
            f"{' '.join(f'--wrap {text}' for text in wrap)}"
        )
    return replace(settings, wrap=wrap)


def with_parts(folder: Path, settings: Settings, named: OwnCode) -> Settings:
    """Return the settings with the user's own parts of the search as they are named now.

    Raises:
        InputError: One is not named, or another one is.
    """
    changes: dict[str, Any] = {}
    own = own_parts(settings)
    for name in PARTS:
        began_with, now = getattr(settings, name), getattr(named, name)
        if now is None:
            if name in own:
                raise InputError(
                    f"{folder} is a run with {name} of your own; name it again with "
                    f"--{name} {began_with}"
                )
            continue
        if began_with is None or not _is_same(now, began_with, name in own):
            raise InputError(f"{folder} is a run with {name} {began_with!r}, not {now!r}")
        changes[name] = now
    return replace(settings, **changes)


def begun_search(settings: SearchSettings) -> Search:
    """Return a search that begins: a tournament of searches where the settings ask for one."""
    return Search(settings) if settings.tournament is None else SearchTournament(settings)


def _is_same(now: str, then: str, own: bool) -> bool:
    """Return whether two names are of the same thing, if it is the user's own whatever its file."""
    return now == then or (own and now.rpartition(":")[2] == then.rpartition(":")[2])


def restored_search(prepared: Prepared, folder: Path, state: Mapping[str, Any]) -> Search:
    """Rebuild the search from what was committed last, or begins it where nothing was."""
    if not state:  # killed before the first commit
        return begun_search(prepared.search)
    genomes = read_genomes(folder, genome_hashes(state), prepared.search.profile)
    return restore_search(prepared.search, state, genomes)


def restored_cache(prepared: Prepared, folder: Path, generation: int) -> RowCache:
    """Rebuild the cache from the last measured rows, the oldest first."""
    episodes = prepared.task.episodes
    cache = RowCache()
    if generation == 0 or prepared.task.fresh:
        return cache
    latest: list[tuple[str, Sequence[float]]] = []
    names = ["network_hash", "cached", "fault", "episodes", *NAMES]
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
    for network_hash, row in latest[-cache.limit :]:
        cache.enter(network_hash, row)
    return cache
