"""First networks, and the tournament of searches, that the settings of a run stand for."""

from ...errors import InputError
from ...genomes import InitialSettings
from ...genomes.initial_genomes import WHOLLY_JOINED
from ...tasks.task import Task
from ..search.selection import ParentSelection
from ..search.tournament.settings import CMA_ES, DIRECT, MOST_NUMBERS, TournamentSettings
from .search_defaults import USUAL_HEAT, USUAL_SOURCES
from .setting_kinds import lowest_and_highest
from .settings import Settings


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
