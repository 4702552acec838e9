"""What is measured of an individual, its expressed network and its traits, and on what data."""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from ...genomes import Genome, Profile, express, express_all
from ...sim.batch import Batch, hashes
from ...sim.network import Network
from ...tasks.task import Task, Traits
from ...tasks.workload import Split, Workload
from .evaluate import make_workload

#: The data for networks with certain traits.
Workloads = Callable[[Traits], Workload]


class Subject(NamedTuple):
    """An expressed network, and the traits by which it is shown its data."""

    network: Network
    traits: Traits

    @property
    def hash(self) -> str:
        """16 hexadecimal digits: the network's, or of both where there are traits."""
        return _hash(self.network.hash, self.traits)


class Subjects(NamedTuple):
    """The expressed networks of several genomes, packed, with their traits and hashes, in order."""

    batch: Batch
    traits: list[Traits]
    hashes: list[str]


def subject(genome: Genome, profile: Profile) -> Subject:
    """Express a genome."""
    return Subject(express(genome, profile), genome.traits)


def subjects(genomes: Sequence[Genome], profile: Profile) -> Subjects:
    """Express genomes, at least one; the hashes are those of each `subject`."""
    batch = express_all(genomes, profile)
    traits = [genome.traits for genome in genomes]
    return Subjects(batch, traits, list(map(_hash, hashes(batch), traits)))


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
