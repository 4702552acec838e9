"""Networks of a run with parts left out or changed, measured anew on what is not for the test."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes import Profile, express, widths
from ...measurements import NAMES
from ...results.store.folder import read_manifest
from ...results.summaries.run_names import score_names
from ...sim.batch import pack, part
from ...sim.network import Network, labels
from ...tasks.task import Task
from ...tasks.workload import Split, Workload
from ..engines.engine import Engine
from ..evaluation.evaluate import make_workload, measurement_rows
from ..runs.prepared_again import NOT_NAMED, OwnCode, prepared_to_measure
from ..runs.run import make_engine
from ..runs.stored_networks import read_run_genome


class Subject(NamedTuple):
    """A network of a run, and what it is measured on again.

    Attributes:
        id: The individual's.
        network: The expressed network.
        names: (neurons,) names of its neurons.
        profile: The hardware that it is for.
        task: What it is for.
        workload: Validation data or starts, or training data where there are none to validate on.
        seed: Seed of the run.
        score: Name of the score on these data.
        engine: Where networks are measured.
    """

    id: str
    network: Network
    names: tuple[str, ...]
    profile: Profile
    task: Task
    workload: Workload
    seed: int
    score: str
    engine: Engine

    @property
    def data(self) -> str:
        """What it is measured on, in words: "150 training samples", "100 validation episodes"."""
        words = {"train": "training", "validation": "validation"}[self.workload.split]
        size = self.workload.size
        said = f"{size} {words} {'episodes' if self.task.episodes else 'samples'}"
        splits: Any = self.task.describe().get("splits") or {}
        copies = size - splits.get(self.workload.split, size)
        return f"{said}, {copies} of them noisy copies" if copies else said


@contextmanager
def opened(
    folder: Path, individual: str | None = None, named: OwnCode = NOT_NAMED
) -> Iterator[Subject]:
    """Take a network out of a run, to be measured again until the end of the block.

    Args:
        folder: The run folder.
        individual: Its id; the champion if None.
        named: The user's own code, named again.

    Raises:
        InputError: Not a run, no such network, or the task or its data are not those of the run.
    """
    kept = read_run_genome(folder, individual)
    manifest: dict[str, Any] = read_manifest(folder)
    prepared = prepared_to_measure(folder, named)
    here = replace(prepared.settings, engine="auto", address=None, workers=None)
    split: Split = "validation" if prepared.task.has_validation else "train"
    seed = prepared.settings.seed
    shown = prepared.task.with_traits(kept.genome.traits)
    network = express(kept.genome, kept.profile)
    names = score_names(manifest["task"])
    engine = make_engine(prepared._replace(settings=here))
    with closing(engine):
        yield Subject(
            id=kept.id,
            network=network,
            names=labels(network, kept.outputs, kept.inputs),
            profile=kept.profile,
            task=prepared.task,
            workload=make_workload(shown, split, seed),
            seed=seed,
            score=names.test if split == "validation" else names.training,
            engine=engine,
        )


def measured(
    subject: Subject, networks: Sequence[Network], workload: Workload | None = None
) -> list[dict[str, float]]:
    """Measure networks made of the subject's, each with a readout of its own where the task has them.

    Args:
        subject: What they were made of.
        networks: At least one, of the same inputs and outputs.
        workload: What they are measured on, if not the subject's.

    Returns:
        The measurements of each by name; NaN where an evaluation failed.
    """
    task = subject.task
    data = subject.workload if workload is None else workload
    if data.split != "train":
        training = make_workload(task, "train", subject.seed)
        data = task.equip(data, task.readouts(training, networks))
    batch, weigh = pack(networks), widths(subject.profile)
    rows: NDArray[np.float64] = np.full((len(networks), len(NAMES)), np.nan)
    with closing(subject.engine.measure(task, data, batch)) as pieces:
        for piece in pieces:
            if piece is not None:
                some = part(batch, piece.start, piece.stop)
                rows[piece.start : piece.stop] = measurement_rows(piece.measurements, some, weigh)
    return [dict(zip(NAMES, row, strict=True)) for row in rows.tolist()]


def measured_whole(subject: Subject) -> dict[str, float]:
    """Measure the network as it is.

    Raises:
        InputError: Its evaluation fails.
    """
    [row] = measured(subject, [subject.network])
    if np.isnan(row["score"]):
        raise InputError(f"network {subject.id} cannot be measured on {subject.data}")
    return row


def without_synapses(network: Network, dropped: NDArray[np.bool_]) -> Network:
    """Return a network without some synapses, (synapses,); its neurons stay."""
    kept = ~dropped
    counts = np.bincount(network.targets[kept], minlength=network.neurons)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return replace(
        network,
        offsets=offsets,
        sources=network.sources[kept],
        weights=network.weights[kept],
        delays=network.delays[kept],
    )


def without_neuron(network: Network, neuron: int) -> Network:
    """Return a network without a hidden neuron and its synapses; later neurons move up by one."""
    bare = without_synapses(network, (network.sources == neuron) | (network.targets == neuron))

    def moved(indices: NDArray[np.int32]) -> NDArray[np.int32]:
        return indices - (indices > neuron).astype(np.int32)

    return replace(
        bare,
        input_neurons=moved(bare.input_neurons),
        output_neurons=moved(bare.output_neurons),
        offsets=np.delete(bare.offsets, neuron),
        sources=moved(bare.sources),
        parameters=np.delete(bare.parameters, neuron, axis=0),
    )
