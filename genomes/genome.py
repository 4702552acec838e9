"""The genome: an immutable directed graph as a struct of arrays, in one canonical order, and neuron ids."""

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import count
from typing import Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

ID_BITS = 53


def derive_id(birth: str, *numbers: int) -> int:
    """Derive the id that follows from how a neuron was born and the numbers that belong to that.

    The leading 53 bits of the BLAKE2b hash of the word and the numbers.
    """
    text = " ".join((birth, *map(str, numbers)))
    digest = blake2b(text.encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") >> (8 * len(digest) - ID_BITS)


def unused_id(birth: str, ancestors: tuple[int, ...], taken: Container[int]) -> int:
    """Derive the id of a new neuron, with the smallest k = 0, 1, … that gives one not yet taken.

    Args:
        birth: How it is born, such as `"split"`.
        ancestors: Ids that it is born from.
        taken: Ids in use in the genome.
    """
    return next(i for k in count() if (i := derive_id(birth, *ancestors, k)) not in taken)


@cache
def io_ids(inputs: int, outputs: int) -> NDArray[np.int64]:
    """Return the ids of inputs, then of outputs, the same in every genome: (inputs + outputs,)."""
    ids = [derive_id("input", i) for i in range(inputs)]
    ids += [derive_id("output", i) for i in range(outputs)]
    array = np.array(ids, np.int64)
    array.setflags(write=False)
    return array


Synapses = tuple[
    NDArray[np.int32],  # wiring
    NDArray[np.float32],  # weights
]
SynapseParameters = tuple[float, int]  # weight, delay in ticks

Number = TypeVar("Number", bound=np.generic)


# The type checker holds the fields constant: setting those of a frozen class, one by one through
# `object.__setattr__`, was a third of a small mutation's time.
@dataclass(eq=False, repr=False, slots=True)
class Genome:
    """All that is inherited: neurons with parameters, synapses, and traits.

    Any directed graph, recurrent edges and self-connections included, with at most one synapse for
    each ordered pair of neurons. Neurons stand in the order inputs, outputs, hidden neurons by
    rising id; synapses by (target, source). Genomes are equal if all of their values are.

    Building one checks nothing, so that a search can build many: `validate` does. The arrays must
    be read-only; genomes share those in which they agree. There are few of them, because most of an
    operator's time is spent on handing arrays over.

    Attributes:
        inputs: Number of inputs, the first neurons.
        outputs: Number of outputs, the neurons after them.
        neuron_ids: (neurons,) int64 in [0, 2^53), all different; stable through a lineage.
        parameters: (neurons, G) float32, the columns that `Profile.genes` names; the rows of inputs
            that are sources are 0.
        wiring: (3, synapses) int32, the rows `sources`, `targets` and `delays`: index of the neuron
            at which a synapse begins, of that at which it ends, ticks ≥ 1.
        weights: (synapses,) float32, charge that a spike delivers.
        traits: Named numbers that a task understands, such as settings of its encoder.
    """

    inputs: Final[int]
    outputs: Final[int]
    neuron_ids: Final[NDArray[np.int64]]
    parameters: Final[NDArray[np.float32]]
    wiring: Final[NDArray[np.int32]]
    weights: Final[NDArray[np.float32]]
    traits: Final[tuple[tuple[str, float], ...]] = ()
    _content_hash: str | None = field(default=None, init=False)

    @property
    def neurons(self) -> int:
        """Return the number of neurons, inputs and outputs included."""
        return len(self.neuron_ids)

    @property
    def hidden(self) -> int:
        """Return the number of hidden neurons."""
        return len(self.neuron_ids) - self.inputs - self.outputs

    @property
    def synapses(self) -> int:
        """Return the number of synapses."""
        return len(self.weights)

    @property
    def sources(self) -> NDArray[np.int32]:
        """Return (synapses,) int32, index of the neuron at which a synapse begins."""
        return self.wiring[0, :]

    @property
    def targets(self) -> NDArray[np.int32]:
        """Return (synapses,) int32, index of the neuron at which it ends."""
        return self.wiring[1, :]

    @property
    def delays(self) -> NDArray[np.int32]:
        """Return (synapses,) int32, ticks."""
        return self.wiring[2, :]

    @property
    def content_hash(self) -> str:
        """Return 16 hexadecimal digits that equal genomes share: BLAKE2b over all values."""
        if self._content_hash is None:
            sizes = f"{self.inputs} {self.outputs} {self.neurons} {self.synapses} {self.traits}"
            values = (
                sizes.encode(),
                self.neuron_ids.tobytes(),
                self.parameters.tobytes(),
                self.wiring[:2].tobytes(),
                self.weights.tobytes(),
                self.wiring[2].tobytes(),
            )
            digest = blake2b(b"".join(values), digest_size=8).hexdigest()
            self._content_hash = digest
        return self._content_hash

    def __eq__(self, other: object) -> bool:
        """Return whether all values are equal."""
        if not isinstance(other, Genome):
            return NotImplemented
        if self is other:
            return True
        return (
            self.weights.tobytes() == other.weights.tobytes()
            and self.wiring.tobytes() == other.wiring.tobytes()
            and self.parameters.tobytes() == other.parameters.tobytes()
            and self.neuron_ids.tobytes() == other.neuron_ids.tobytes()
            and (self.inputs, self.outputs) == (other.inputs, other.outputs)
            and self.traits == other.traits
        )

    def __hash__(self) -> int:
        """Return a hash that equal genomes share."""
        return hash(self.content_hash)

    def __repr__(self) -> str:
        """Return content hash and sizes."""
        return (
            f"<Genome {self.content_hash}: {self.inputs} inputs, {self.outputs} outputs, "
            f"{self.hidden} hidden, {self.synapses} synapses>"
        )

    def __reduce__(self) -> tuple[Callable[..., "Genome"], tuple[object, ...]]:
        """Pickle and copy by value; the arrays stay read-only."""
        io_counts, synapses = (self.inputs, self.outputs), (self.wiring, self.weights)
        return _build, (io_counts, self.neuron_ids, self.parameters, synapses, self.traits)

    def with_traits(self, traits: tuple[tuple[str, float], ...]) -> "Genome":
        """Return the genome with other traits."""
        arrays = self.neuron_ids, self.parameters, self.wiring, self.weights
        return Genome(self.inputs, self.outputs, *arrays, traits)

    def with_parameter(self, neuron: int, gene: int, value: float) -> "Genome":
        """Return the genome with another value of one parameter of one neuron."""
        parameters = self.parameters.copy()
        parameters[neuron, gene] = value
        return self.with_neurons(self.neuron_ids, frozen(parameters), (self.wiring, self.weights))

    def with_weight(self, synapse: int, value: float) -> "Genome":
        """Return the genome with another weight of one synapse."""
        weights = self.weights.copy()
        weights[synapse] = value
        return self.with_synapses((self.wiring, frozen(weights)))

    def with_delay(self, synapse: int, value: int) -> "Genome":
        """Return the genome with another delay of one synapse."""
        wiring = self.wiring.copy()
        wiring[2, synapse] = value
        return self.with_synapses((frozen(wiring), self.weights))

    def with_synapses(self, synapses: Synapses) -> "Genome":
        """Return the genome with other synapses, in canonical order and read-only."""
        arrays = self.neuron_ids, self.parameters, *synapses
        return Genome(self.inputs, self.outputs, *arrays, self.traits)

    def with_neurons(
        self, neuron_ids: NDArray[np.int64], parameters: NDArray[np.float32], synapses: Synapses
    ) -> "Genome":
        """Return the genome with other neurons and synapses, in canonical order and read-only."""
        return Genome(self.inputs, self.outputs, neuron_ids, parameters, *synapses, self.traits)


def neuron_name(genome: Genome, neuron: int) -> str:
    """Return how messages name a neuron, such as "input 0" or "hidden neuron 3 (id 77)"."""
    if neuron < genome.inputs:
        return f"input {neuron}"
    if neuron < genome.inputs + genome.outputs:
        return f"output {neuron - genome.inputs}"
    number = neuron - genome.inputs - genome.outputs
    return f"hidden neuron {number} (id {genome.neuron_ids[neuron]})"


def synapse_name(genome: Genome, synapse: int) -> str:
    """Return how messages name a synapse, such as "synapse 7 from input 0 to output 2"."""
    source, target = (
        neuron_name(genome, indices[synapse]) for indices in (genome.sources, genome.targets)
    )
    return f"synapse {synapse} from {source} to {target}"


def frozen(array: NDArray[Number]) -> NDArray[Number]:
    """Make an array read-only, and return it."""
    array.setflags(write=False)
    return array


def _build(
    io_counts: tuple[int, int],
    neuron_ids: NDArray[np.int64],
    parameters: NDArray[np.float32],
    synapses: Synapses,
    traits: tuple[tuple[str, float], ...],
) -> Genome:
    """Build a genome from arrays in canonical order, and make them read-only."""
    for array in (neuron_ids, parameters, *synapses):
        frozen(array)
    return Genome(*io_counts, neuron_ids, parameters, *synapses, traits)


def assemble(
    io_counts: tuple[int, int],
    neuron_ids: ArrayLike,
    parameters: ArrayLike,
    synapses: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    traits: tuple[tuple[str, float], ...] = (),
) -> Genome:
    """Build a genome from parts in any order: sorts hidden neurons and synapses.

    Args:
        io_counts: Numbers of inputs and of outputs.
        neuron_ids: (neurons,) ids of inputs, outputs and hidden neurons, the last in any order.
        parameters: (neurons, G), in the order of `neuron_ids`.
        synapses: Sources, targets (both indices into `neuron_ids`), weights and delays.
        traits: Named numbers.
    """
    ids = np.array(neuron_ids, np.int64)
    first_hidden = sum(io_counts)
    order = np.arange(len(ids))
    order[first_hidden:] = first_hidden + np.argsort(ids[first_hidden:], kind="stable")
    index = np.empty(len(ids), np.int32)  # of each given neuron, in the genome
    index[order] = np.arange(len(ids), dtype=np.int32)
    sources, targets = (index[np.array(given, np.int32)] for given in synapses[:2])
    weights, delays = np.array(synapses[2], np.float32), np.array(synapses[3], np.int32)
    by = np.lexsort((sources, targets))  # by target, then by source
    rows = np.array(parameters, np.float32).reshape(len(ids), -1)[order] + np.float32(0)  # no -0.0
    weights = weights + np.float32(0)
    wiring = np.array((sources[by], targets[by], delays[by]), np.int32)
    return _build(io_counts, ids[order], rows, (wiring, weights[by]), traits)
