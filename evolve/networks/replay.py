"""What a network of a run does on a sample, tick by tick."""

from pathlib import Path

from ...genomes import express
from ...tasks.sample_replay import Replay
from ...tasks.sample_replay import replay as replayed
from ..runs.checkpoint import prepared_again
from ..runs.stored_networks import read_run_genome


def replay(folder: Path, task: str | None = None, individual: str | None = None) -> Replay | None:
    """Run a network of a run on a held-out sample of each class, or in the beginning of an episode.

    Args:
        folder: The run folder.
        task: The user's own task, named again: code named by a run folder is never imported.
        individual: Its id; the champion if None.

    Returns:
        None where the task cannot be looked into.

    Raises:
        InputError: Not a run, damaged, it has no champion or has not kept the network, or the task or its data are not those of the run.
    """
    kept = read_run_genome(folder, individual)
    prepared = prepared_again(folder, task)
    shown = prepared.task.with_traits(kept.genome.traits)
    network = express(kept.genome, kept.profile)
    return replayed(shown, network, prepared.settings.seed, kept.readout)
