"""What is measured of an individual."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from ..genomes import Genome, Profile, express
from ..sim.network import Network
from ..tasks.task import Split, Task, Traits, Workload
from .evaluation import make_workload

#: The data for networks with certain traits.
Workloads = Callable[[Traits], Workload]


class Subject(NamedTuple):
    """An expressed network, and the traits by which it is shown its data."""

    network: Network
    traits: Traits

    @property
    def hash(self) -> str:
        """16 hexadecimal digits: the network's, or of both where there are traits."""
        if not self.traits:
            return self.network.hash
        both = f"{self.network.hash} {self.traits}".encode()
        return blake2b(both, digest_size=8).hexdigest()


def subject(genome: Genome, profile: Profile) -> Subject:
    """Expresses a genome."""
    return Subject(express(genome, profile), genome.traits)


def workloads(task: Task, split: Split, seed: int, generation: int | None = None) -> Workloads:
    """Returns a function that makes a workload for traits, once for each."""

    @cache
    def of(traits: Traits) -> Workload:
        return make_workload(task.with_traits(traits), split, seed, generation)

    return of
