"""The islands that the settings of a run stand for."""

from dataclasses import replace

from ...errors import InputError
from ..search.search_settings import IslandSettings, SearchSettings
from .settings import Settings

#: Settings of islands, by the names of what they are in `IslandSettings`.
_OF_ISLANDS = {
    "migrate": "migration",
    "migration_interval": "interval",
    "emigrants": "emigrants",
}

#: Indices in a generation are whole numbers of 32 bits in the tables.
_INDICES = 2**31


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
