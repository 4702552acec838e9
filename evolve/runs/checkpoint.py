"""The state of a search as plain values, and a run restored from its folder."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError
from ...genomes import Genome, Profile, genome_columns
from ...measurements import NAMES, SCORE
from ...results.store.folder import STATE
from ...results.store.reader import read_backwards
from ..evaluation.evaluate import RowCache
from ..search.gain import Best, Gain
from ..search.individual import Individual, IndividualId, Level
from ..search.island_search import IslandSearch
from ..search.search import Search, update_standing
from ..search.search_settings import SearchSettings
from ..search.tournament.search_tournament import SearchTournament
from .island_state import island_state, restored_island
from .prepare import Prepared
from .state_numbers import number, restored_count, restored_number
from .stored_genomes import genome_in_state, read_genomes
from .tournament_state import restored_tournament, tournament_state


@contextmanager
def told_if_damaged(folder: Path) -> Iterator[None]:
    """Turn what a state that makes no sense leads to into one sentence.

    Raises:
        InputError: Names the file.
    """
    try:
        with np.errstate(all="ignore"):  # of numbers beyond all bounds, which are refused
            yield
    except InputError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise InputError(
            f"{folder / STATE} is damaged: what it says of the search makes no sense ({error})"
        ) from error


def search_state(search: Search) -> dict[str, Any]:
    """Return a search as JSON values.

    Genomes are named by their hashes; they are kept once, in the run's table of genomes. An
    individual that is both in the population and in the archive is written once.
    """
    members = {individual.id: individual for individual in search.members()}
    state = {
        "generation": search.generation,
        "population": [list(individual.id) for individual in search.population],
        "archive": [list(individual.id) for individual in search.archive],
        "individuals": [_individual_state(individual) for individual in members.values()],
    }
    if isinstance(search, SearchTournament):
        state["tournament"] = tournament_state(search)
    if isinstance(search, IslandSearch):
        state["islands"] = [island_state(island) for island in search.islands]
    return state


def rows_state(rows: Mapping[int, Sequence[float]]) -> list[list[Any]]:
    """Return rows by index as JSON values: [index, measurements]."""
    return [[index, _encoded(row)] for index, row in sorted(rows.items())]


def restore_rows(state: Iterable[Sequence[Any]]) -> dict[int, Sequence[float]]:
    """Return the rows that `rows_state` described.

    Raises:
        ValueError: They are none.
    """
    rows: dict[int, Sequence[float]] = {restored_index(n): decoded(row) for n, row in state}
    for row in rows.values():
        _check_row(row)
    return rows


def restored_index(value: object) -> int:
    """Return the index of an individual; raise ValueError for what is none."""
    return restored_count({"index": value}, "index")


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
    return {
        restored_index(index): genome_in_state(columns, profile, folder) for index, columns in state
    }


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def gain_state(gain: Gain) -> dict[str, Any]:
    """Return the latest gain of a search as JSON values."""
    return {"cost": gain.cost, **best_state(gain.best)}


def best_state(best: Best) -> dict[str, Any]:
    """Return how good the best networks of a search are as JSON values."""
    level, value, sizes = best
    return {
        "level": int(level),
        "value": _finite_or_none(value),  # a measurement that is missing is infinitely bad
        "sizes": _encoded(sizes),
    }


def restored_gain(state: Mapping[str, Any], settings: SearchSettings) -> Gain:
    """Return the gain that was committed last; none where nothing was.

    Raises:
        ValueError: It is no gain of a search with such settings.
    """
    if "gain" not in state:
        return Gain()
    found = state["gain"]
    return Gain(restored_number(found, "cost"), _restored_best(found, settings))


def restored_bests(state: Mapping[str, Any], search: Search) -> list[Best]:
    """Return how good the best networks of each island were, none where there are no islands.

    Raises:
        ValueError: They are more or fewer than islands, or make no sense.
    """
    if not isinstance(search, IslandSearch):
        return []
    if not state:
        return [Best() for _ in search.islands]
    bests = [_restored_best(best, search.settings) for best in state["bests"]]
    if len(bests) != len(search.islands):
        raise ValueError(f"bests are {len(bests)}, for {len(search.islands)} islands")
    return bests


def _restored_best(state: Mapping[str, Any], settings: SearchSettings) -> Best:
    value, *sizes = (
        -math.inf if n is None else number(n) for n in (state["value"], *state["sizes"])
    )
    best = Best(Level(state["level"]), value, tuple(sizes))
    others = sum(objective.column != SCORE for objective in settings.objectives)
    if len(best.sizes) != (1 + others if best.level == Level.FEASIBLE else 0):
        raise ValueError(f"sizes are {len(best.sizes)}")
    return best


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
    _check_generation(state)
    for entry in state["individuals"]:
        _check_individual(entry)
    members = restored_members(settings, state, genomes)

    def named(ids: Iterable[Iterable[int]]) -> list[Individual]:
        return [members[IndividualId(*pair)] for pair in ids]

    population, archive = named(state["population"]), named(state["archive"])
    if any(math.isnan(individual.score) for individual in archive):
        raise ValueError("a member of the archive has no score")
    if settings.islands is not None:
        _check_islands(settings.islands.count, state["islands"])
        islands = [
            restored_island(settings, state["generation"], n, island, named)
            for n, island in enumerate(state["islands"])
        ]
        return IslandSearch(settings, state["generation"], population, archive, islands=islands)
    if "tournament" not in state:
        return Search(settings, state["generation"], population, archive)
    tournament = restored_tournament(
        settings, state["generation"], state["tournament"], lambda one: members[IndividualId(*one)]
    )
    tournament.population, tournament.archive = population, archive
    return tournament


def restored_members(
    settings: SearchSettings, state: Mapping[str, Any], genomes: Mapping[str, Genome]
) -> dict[IndividualId, Individual]:
    """Return the individuals of a state that is whole by id; arguments are those of `restore_search`."""
    members: dict[IndividualId, Individual] = {}
    for entry in state["individuals"]:
        individual = _individual(entry, genomes)
        update_standing(individual, settings)
        members[individual.id] = individual
    return members


def _check_islands(count: int, islands: Sequence[Any]) -> None:
    """Raise ValueError for fewer or more islands than there must be."""
    if len(islands) != count:
        raise ValueError(f"islands are {len(islands)}, but there must be {count}")


def _check_generation(state: Mapping[str, Any]) -> None:
    """Raise ValueError for a generation that is none, or that nobody could have survived to."""
    generation = restored_count(state, "generation", most=2**31)
    if generation and not state["population"]:
        raise ValueError(f"generation is {generation!r}, with {len(state['population'])} survivors")


def _check_individual(entry: Mapping[str, Any]) -> None:
    """Raise ValueError for what no individual is."""
    whole = (*entry["id"], *(n for parent in entry["parents"] for n in parent), entry["rank"])
    whole = (*whole, entry["evaluations"], entry["epochs"], entry.get("island", 0))
    if not all(map(_is_count, whole)):
        raise ValueError(f"a number of individual {entry['id']} is none of at least 0")
    if not (entry["crowding"] is None or _is_count(entry["crowding"])):
        raise ValueError(f"crowding of individual {entry['id']} is {entry['crowding']!r}")
    texts = (entry["source"], entry["network_hash"], *entry["operators"])
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"a name of individual {entry['id']} is no text")
    for row in (entry["measured"], entry["means"] or entry["measured"]):
        _check_row(row)


def _check_row(row: Sequence[Any]) -> None:
    """Raise ValueError for what are no measurements of an individual."""
    numbers = all(value is None or isinstance(value, int | float | np.number) for value in row)
    if len(row) != len(NAMES) or not numbers:
        raise ValueError(f"an individual must have {len(NAMES)} measurements")


def _is_count(value: object) -> bool:
    numbers = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return numbers and 0 <= value < 2**53  # type: ignore[operator]


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


def begun_search(settings: SearchSettings) -> Search:
    """Return a search that begins: islands or a tournament of searches where the settings ask for one."""
    if settings.islands is not None:
        return IslandSearch(settings)
    return Search(settings) if settings.tournament is None else SearchTournament(settings)


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
