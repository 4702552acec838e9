"""The champion of a run, and what it does on a sample."""

from pathlib import Path

from ...tasks.sample_replay import Replay
from ...tasks.sample_replay import replay as replayed
from ..runs.checkpoint import prepared_again
from .champion import Champion


def read_champion(folder: Path, individual: str | None = None) -> Champion:
    """Read the champion of a run, or another network of it; no code that the folder names is imported.

    Raises:
        InputError: Not a run, damaged, or it has no champion.
    """
    return Champion.read(folder, individual)


def replay(folder: Path, task: str | None = None) -> Replay | None:
    """Run the champion on a held-out sample of each class, or in the beginning of an episode.

    Args:
        folder: The run folder.
        task: The user's own task, named again: code named by a run folder is never imported.

    Returns:
        None where the task cannot be looked into.

    Raises:
        InputError: As `read_champion`, or the task or its data are not those of the run.
    """
    champion = read_champion(folder)
    prepared = prepared_again(folder, task)
    shown = prepared.task.with_traits(champion.traits)
    return replayed(shown, champion.network, prepared.settings.seed)
