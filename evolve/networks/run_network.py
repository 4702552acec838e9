"""A network of a run, the champion above all, and what it does on a sample."""

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
    """A network of a run, as a rule the one that it recommends.

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


def read_champion(folder: Path, individual: str | None = None) -> Champion:
    """Read the champion of a run, or another network; no code that the folder names is imported.

    Args:
        folder: The run folder.
        individual: Its id; the champion if None.

    Raises:
        InputError: Not a run, damaged, it has no champion, or it has not kept the network.
    """
    kept = read_run_genome(folder, individual)
    network = express(kept.genome, kept.profile)
    names = labels(network, kept.outputs, kept.inputs)
    return Champion(kept.id, network, roles(network), names, kept.genome.traits)


def replay(folder: Path, task: str | None = None, individual: str | None = None) -> Replay | None:
    """Run a network of a run on a held-out sample of each class, or in the beginning of an episode.

    Args:
        folder: The run folder.
        task: The user's own task, named again: code named by a run folder is never imported.
        individual: Its id; the champion if None.

    Returns:
        None where the task cannot be looked into.

    Raises:
        InputError: As `read_champion`, or the task or its data are not those of the run.
    """
    kept = read_run_genome(folder, individual)
    prepared = prepared_again(folder, task)
    shown = prepared.task.with_traits(kept.genome.traits)
    network = express(kept.genome, kept.profile)
    return replayed(shown, network, prepared.settings.seed, kept.readout)
