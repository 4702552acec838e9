"""The searches that the settings of a run stand for: first networks, a tournament of searches, or islands."""

from dataclasses import replace

from ...errors import InputError
from ...genomes import InitialSettings
from ...genomes.initial_genomes import WHOLLY_JOINED
from ...tasks.task import Task
from ..search.search_settings import IslandSettings, SearchSettings
from ..search.selection import ParentSelection
from ..search.tournament.settings import CMA_ES, DIRECT, MOST_NUMBERS, TournamentSettings
from .search_defaults import USUAL_HEAT, USUAL_SOURCES
from .setting_kinds import lowest_and_highest
from .settings import Settings

#: Settings of islands, by the names of what they are in `IslandSettings`.
_OF_ISLANDS = {
    "migrate": "migration",
    "migration_interval": "interval",
    "emigrants": "emigrants",
}

#: Indices in a generation are whole numbers of 32 bits in the tables.
_INDICES = 2**31


def tournament_settings(
    settings: Settings, task: Task, parents: ParentSelection
) -> TournamentSettings | None:
    """Return of which searches a run is a tournament, of settings that are complete; None if of one.

    Raises:
        InputError: A source is unknown, or something does not go with a tournament.
    """
    if settings.searches == 1:
        for name in ("sources", "heat"):
            if getattr(settings, name) is not None:
                raise InputError(
                    f"{name} is {getattr(settings, name)!r}, but there is a single search: say "
                    "--searches, 2 or more"
                )
        return None
    where = f"searches is {settings.searches}, but"
    if not (task.episodes and task.fresh):
        what = "samples" if task.samples else "fixed episodes"
        raise InputError(
            f"{where} task {task.name} has {what}: only fresh ones tell searches apart"
        )
    if settings.racing is not None:
        raise InputError(f"{where} racing is {settings.racing}: a tournament has no races")
    if parents.asks_for_cases:
        raise InputError(
            f"{where} parents is {settings.parents!r}, which needs the scores of single episodes: "
            "only a single search has them"
        )
    names = (settings.sources or USUAL_SOURCES).split(",")
    sources, heat = tuple(name.strip() for name in names), settings.heat or USUAL_HEAT
    initial = initial_settings(settings)
    found = TournamentSettings(settings.searches or 1, sources, initial, heat)
    for number in range(found.searches):
        if found.source(number) in (CMA_ES, DIRECT):
            _check_numbers(found.source(number), found.first_networks(number), task)
    return found


def _check_numbers(source: str, initial: InitialSettings, task: Task) -> None:
    """Refuse first networks of more numbers than CMA-ES can search."""
    density = 1.0 if initial.kind in WHOLLY_JOINED else initial.density
    targets = task.outputs + initial.hidden
    numbers = round(targets * ((task.inputs + targets) * density + 2))
    if numbers > MOST_NUMBERS:
        raise InputError(
            f"{source}: {initial.kind} first networks of {initial.hidden} hidden neurons have some "
            f"{numbers:,} numbers on task {task.name}, but it searches {MOST_NUMBERS} at most: "
            f"{'say fewer with --hidden, or ' if initial.hidden else ''}leave it out of --sources"
        )


def initial_settings(settings: Settings) -> tuple[InitialSettings, ...]:
    """Return how first networks are drawn, by turns, of settings that are complete.

    Raises:
        InputError: There is no such kind of first networks (names the nearest).
    """
    fewest, hidden = lowest_and_highest(settings.hidden or 0)
    names = (settings.initial or "random").split(",")
    density = settings.density or 0.0
    return tuple(InitialSettings(hidden, density, fewest, name.strip()) for name in names)


def island_settings(settings: Settings) -> IslandSettings | None:
    """Return which islands a run has, of settings that are complete; None if it has none.

    Raises:
        InputError: Something is said of islands where there are not several, or does not go with them.
    """
    given = {name: getattr(settings, name) for name in _OF_ISLANDS}
    given = {name: value for name, value in given.items() if value is not None}
    if (settings.islands or 1) == 1 and given:
        name, value = next(iter(given.items()))
        raise InputError(
            f"{name} is {value!r}, but there are no islands that could exchange networks: say "
            "--islands, 2 or more"
        )
    if settings.islands is None:
        return None
    if (settings.searches or 1) > 1:
        raise InputError(
            f"islands is {settings.islands}, but searches is {settings.searches}: a run is islands or a "
            "tournament of searches"
        )
    if settings.racing is not None:
        raise InputError(
            f"islands is {settings.islands}, but racing is {settings.racing}: islands have no races"
        )
    changes = {_OF_ISLANDS[name]: value for name, value in given.items()}
    found = replace(IslandSettings(settings.islands), **changes)
    if found.emigrants > (settings.population or 0):
        raise InputError(
            f"emigrants is {found.emigrants}, but an island has a population of {settings.population}"
        )
    return found


def check_indices(search: SearchSettings) -> None:
    """Refuse more islands than there are indices for the individuals of a generation.

    Raises:
        InputError: There are too many.
    """
    most = _INDICES // search.index_stride
    if search.islands is not None and search.islands.count > most:
        raise InputError(
            f"islands is {search.islands.count}, but with {search.most_newborn:,} networks on each there "
            f"can be {most} at most"
        )
