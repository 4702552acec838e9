"""What a user can set about a run that is many searches: a tournament of them, or islands."""

from dataclasses import dataclass

from .setting_kinds import Choice, Text, Whole, setting
from .task_settings_of_run import TaskSettingsOfRun

SEARCH = "The search"


@dataclass(frozen=True)
class SettingsOfManySearches(TaskSettingsOfRun):
    """Settings of a tournament, and of islands; None lets the task, then Spikevolve, choose."""

    searches: int | None = setting(
        Whole(1, 1000),
        SEARCH,
        "Searches in a round of a run that is a tournament of them (control); 1 is one search.",
        fallback=1,
    )
    sources: str | None = setting(
        Text(),
        SEARCH,
        "Sources of candidates of these searches, by turns: variation, coarse, cma_es, direct.",
        metavar="NAME,…",
    )
    heat: int | None = setting(
        Whole(1, 10**9),
        SEARCH,
        "Evaluations of each of these searches before the first half of them leaves.",
    )
    islands: int | None = setting(
        Whole(1, 1000),
        SEARCH,
        "Populations that evolve side by side, each on a worker, and exchange their best networks.",
    )
    migrate: str | None = setting(
        Choice("ring", "random"),
        SEARCH,
        "Which island sends to which: ring, each to the next, or random, drawn at every exchange.",
    )
    migration_interval: int | None = setting(
        Whole(1, 10**9), SEARCH, "Generations from one exchange to the next; 20 by default."
    )
    emigrants: int | None = setting(
        Whole(0, 10**6), SEARCH, "Networks that an island sends at an exchange; 1 by default."
    )
