"""What a network of a run does on a sample, tick by tick."""

from pathlib import Path

from ...genomes import express
from ...tasks.sample_replay import Replay
from ...tasks.sample_replay import replay as replayed
from ..runs.prepared_again import NOT_NAMED, OwnCode, prepared_to_measure
from ..runs.stored_networks import read_run_genome


def replay(
    folder: Path, named: OwnCode = NOT_NAMED, individual: str | None = None
) -> Replay | None:
    """Run a network of a run on a held-out sample of each class, or in the beginning of an episode.

    Args:
        folder: The run folder.
        named: The user's own code, named again.
        individual: Its id; the champion if None.

    Returns:
        None where the task cannot be looked into.

    Raises:
        InputError: Not a run, damaged, it has no champion or has not kept the network, or the task or its data are not those of the run.
    """
    kept = read_run_genome(folder, individual)
    prepared = prepared_to_measure(folder, named)
    shown = prepared.task.with_traits(kept.genome.traits)
    network = express(kept.genome, kept.profile)
    return replayed(shown, network, prepared.settings.seed, kept.readout)
