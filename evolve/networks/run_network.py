"""A network of a run: its genome, its champion, and what the champion does on a sample."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes import Genome, Profile, express, genome_from_columns
from ...results.store.folder import read_commit, read_manifest
from ...results.store.reader import read_table
from ...sim.network import Network, labels, roles
from ...tasks.sample_replay import Replay
from ...tasks.sample_replay import replay as replayed
from ...tasks.task import Traits
from ..runs.checkpoint import prepared_again


class RunGenome(NamedTuple):
    """A genome of a run.

    Attributes:
        id: The individual's.
        genome: What it inherited.
        profile: The hardware that it is valid for.
        outputs: Names of the outputs, where the task has names for them.
        readout: Its readout as in the table of the front; None where it has none.
        task: What the manifest says of the task.
    """

    id: str
    genome: Genome
    profile: Profile
    outputs: tuple[str, ...]
    readout: NDArray[np.float64] | None = None
    task: Mapping[str, Any] = MappingProxyType({})


def read_run_genome(folder: Path, individual: str | None = None) -> RunGenome:
    """Read a genome of a run; no code that the folder names is imported.

    Args:
        folder: The run folder.
        individual: Its id, such as `12-7`; the champion if None.

    Raises:
        InputError: Not a run, damaged, or there is no such individual, or its genome is not kept.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    found, genome_hash = _champion(folder) if individual is None else _look_up(folder, individual)
    rows = read_table(folder, "genomes", hashes=[genome_hash]).to_dict("records")
    if not rows:
        raise InputError(
            f"{folder} has not kept the genome of {found}: it keeps those of survivors, of the front "
            "and of champions, or all of them if it is run with --genomes all"
        )
    task = manifest["task"]
    named = () if task.get("readout") else task.get("classes") or task.get("actions") or ()
    profile = Profile.from_json(manifest["profile"])
    readout = _readout(folder, found) if task.get("readout") else None
    genome = genome_from_columns(rows[0])
    return RunGenome(found, genome, profile, tuple(map(str, named)), readout, task)


def about_no_champion(folder: Path) -> str:
    """Say why a run without a champion has none."""
    if read_commit(folder).search.get("state") == "done":
        return f"{folder} has no champion: no network came above chance"
    return f"{folder} has no champion yet: it is chosen when a run ends, or by spikevolve test"


def _champion(folder: Path) -> tuple[str, str]:
    front = read_table(folder, "front", ["id", "genome_hash", "champion"])
    chosen = front[front["champion"]]
    if chosen.empty:
        raise InputError(about_no_champion(folder))
    return str(chosen["id"].iloc[0]), str(chosen["genome_hash"].iloc[0])


def _readout(folder: Path, individual: str) -> NDArray[np.float64] | None:
    front = read_table(folder, "front", ["id", "readout"])
    rows = front.loc[front["id"] == individual, "readout"]
    weights = np.empty(0) if rows.empty else np.asarray(rows.iloc[0], np.float64)
    return weights if weights.size else None


def _look_up(folder: Path, individual: str) -> tuple[str, str]:
    individuals = read_table(folder, "individuals", ["id", "genome_hash"])
    rows = individuals[individuals["id"] == individual]
    if rows.empty:
        raise InputError(
            f"{folder} has no individual {individual!r}; ids are GENERATION-INDEX, such as those "
            "that spikevolve report lists"
        )
    return individual, str(rows["genome_hash"].iloc[0])


class Champion(NamedTuple):
    """The network that a run recommends.

    Attributes:
        id: The individual's.
        network: The expressed network.
        roles: (neurons,) `input`, `hidden` or `output`.
        labels: (neurons,) inputs `i0`, …; hidden neurons `h0`, …; outputs are named after their
            classes or actions where the task has names for them, else `o0`, ….
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
    return Champion(
        kept.id, network, roles(network), labels(network, kept.outputs), kept.genome.traits
    )


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
