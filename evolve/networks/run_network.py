"""The champion of a run, and what it does on a sample."""

from pathlib import Path
from typing import NamedTuple

from ...genomes import express
from ...sim.network import Network, labels, roles
from ...tasks.sample_replay import Replay
from ...tasks.sample_replay import replay as replayed
from ...tasks.task import Traits
from ..runs.checkpoint import prepared_again
from ..runs.stored_networks import read_run_genome


class Champion(NamedTuple):
    """The network that a run recommends.

    Attributes:
        id: The individual's.
        network: The expressed network.
        roles: (neurons,) `input`, `hidden` or `output`.
        labels: (neurons,) inputs are named after their features, outputs after their classes or
            actions where the task has names for them, else `i0`, … and `o0`, …; hidden neurons `h0`, ….
        traits: How it is shown its data.
    """

    id: str
    network: Network
    roles: tuple[str, ...]
    labels: tuple[str, ...]
    traits: Traits


def read_champion(folder: Path) -> Champion:
    """Read the champion of a run; no code that the folder names is imported.

    Raises:
        InputError: Not a run, damaged, or it has no champion.
    """
    kept = read_run_genome(folder)
    network = express(kept.genome, kept.profile)
    names = labels(network, kept.outputs, kept.inputs)
    return Champion(kept.id, network, roles(network), names, kept.genome.traits)


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
