"""A champion to look at: its network, and its spikes."""

from pathlib import Path
from typing import Any, NamedTuple

from .. import InputError
from ..genomes import Profile, express, genome_from_columns
from ..results.folder import read_manifest
from ..results.reader import read_table
from ..sim.network import Network
from ..tasks.replay import Replay
from ..tasks.replay import replay as replayed
from .run import prepared_again


class Champion(NamedTuple):
    """The network that a run recommends.

    Attributes:
        id: The individual's.
        network: The expressed network.
        roles: (neurons,) ``input``, ``hidden`` or ``output``.
        labels: (neurons,) inputs ``i0``, …; hidden neurons ``h0``, …; outputs are named after their
            classes or actions where the task has names for them, else ``o0``, ….
    """

    id: str
    network: Network
    roles: tuple[str, ...]
    labels: tuple[str, ...]


def read_champion(folder: Path) -> Champion:
    """Reads the champion of a run; no code that the folder names is imported.

    Raises:
        InputError: Not a run, damaged, or it has no champion yet.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    front = read_table(folder, "front", ["id", "genome_hash", "champion"])
    chosen = front[front["champion"]]
    if chosen.empty:
        raise InputError(
            f"{folder} has no champion yet: it is chosen when a run ends, or by spikevolve test"
        )
    genomes = read_table(folder, "genomes")
    rows = genomes[genomes["genome_hash"] == chosen["genome_hash"].iloc[0]].to_dict("records")
    genome = genome_from_columns(rows[0])
    network = express(genome, Profile.from_json(manifest["profile"]))
    task = manifest["task"]
    names = task.get("classes") or task.get("actions") or []
    return Champion(str(chosen["id"].iloc[0]), network, *_named(network, list(map(str, names))))


def _named(network: Network, outputs: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns roles and labels of the neurons."""
    roles = ["hidden"] * network.neurons
    labels = [""] * network.neurons
    for place, neuron in enumerate(network.input_neurons):
        roles[neuron], labels[neuron] = "input", f"i{place}"
    for place, neuron in enumerate(network.output_neurons):
        named = place < len(outputs)
        roles[neuron], labels[neuron] = "output", outputs[place] if named else f"o{place}"
    hidden = (neuron for neuron, role in enumerate(roles) if role == "hidden")
    for place, neuron in enumerate(hidden):
        labels[neuron] = f"h{place}"
    return tuple(roles), tuple(labels)


def replay(folder: Path, task: str | None = None) -> Replay | None:
    """Runs the champion on a held-out sample of each class, or in the beginning of an episode.

    Args:
        folder: The run folder.
        task: The user's own task, named again: code named by a run folder is never imported.

    Returns:
        None where the task cannot be looked into.

    Raises:
        InputError: As ``read_champion``, or the task or its data are not those of the run.
    """
    network = read_champion(folder).network
    prepared = prepared_again(folder, task)
    return replayed(prepared.task, network, prepared.settings.seed)
