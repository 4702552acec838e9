"""Expressed networks and the workloads they are evaluated on, with fitted readouts."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...genomes import Genome, Profile, express, express_all
from ...sim.batch import Batch, hashes
from ...sim.network import Network
from ...tasks.task import Task, Traits
from ...tasks.workload import Split, Workload
from .evaluate import make_workload

#: The data for networks with certain traits.
Workloads = Callable[[Traits], Workload]


class ExpressedNetwork(NamedTuple):
    """An expressed network, and the traits by which it is shown its data."""

    network: Network
    traits: Traits

    @property
    def hash(self) -> str:
        """16 hexadecimal digits: the network's, or of both where there are traits."""
        return _hash(self.network.hash, self.traits)


class ExpressedNetworks(NamedTuple):
    """The expressed networks of several genomes, packed, with their traits and hashes, in order."""

    batch: Batch
    traits: list[Traits]
    hashes: list[str]


def expressed_network(genome: Genome, profile: Profile) -> ExpressedNetwork:
    """Express a genome."""
    return ExpressedNetwork(express(genome, profile), genome.traits)


def expressed_networks(genomes: Sequence[Genome], profile: Profile) -> ExpressedNetworks:
    """Express genomes, at least one; the hashes are those of each `expressed_network`."""
    batch = express_all(genomes, profile)
    traits = [genome.traits for genome in genomes]
    return ExpressedNetworks(batch, traits, list(map(_hash, hashes(batch), traits)))


def _hash(network_hash: str, traits: Traits) -> str:
    if not traits:
        return network_hash
    return blake2b(f"{network_hash} {traits}".encode(), digest_size=8).hexdigest()


def workloads(task: Task, split: Split, seed: int, generation: int | None = None) -> Workloads:
    """Return a function that makes a workload for traits, once for each."""

    @cache
    def of(traits: Traits) -> Workload:
        return make_workload(task.with_traits(traits), split, seed, generation)

    return of


def fitted_readouts(
    task: Task, networks: Sequence[ExpressedNetwork], seed: int
) -> dict[str, NDArray[np.float64]]:
    """Fit readouts on the training data of a run, by the hash of the network."""
    training = workloads(task, "train", seed)
    found: dict[str, NDArray[np.float64]] = {}
    for one in networks:
        for weights in task.readouts(training(one.traits), [one.network]).values():
            found[one.hash] = weights
    return found


def equipped(
    task: Task,
    data: Workloads,
    networks: Sequence[ExpressedNetwork],
    readouts: Mapping[str, NDArray[np.float64]],
) -> Workloads:
    """Add to data the readouts of those that are to be measured on them."""

    def of(traits: Traits) -> Workload:
        alike = (one for one in networks if one.traits == traits and one.hash in readouts)
        return task.equip(data(traits), {one.network.hash: readouts[one.hash] for one in alike})

    return of
