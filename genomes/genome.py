"""The genome: an immutable directed graph as a struct of arrays, in one canonical order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Synapses = tuple[
    NDArray[np.int32],  # wiring
    NDArray[np.float32],  # weights
]

Number = TypeVar("Number", bound=np.generic)


# The type checker holds the fields constant: setting those of a frozen class, one by one through
# `object.__setattr__`, was a third of a small mutation's time.
@dataclass(eq=False, repr=False, slots=True)
class Genome:
    """What is inherited: neurons with parameters, synapses, and traits.

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
        """Number of neurons, inputs and outputs included."""
        return len(self.neuron_ids)

    @property
    def hidden(self) -> int:
        """Number of hidden neurons."""
        return len(self.neuron_ids) - self.inputs - self.outputs

    @property
    def synapses(self) -> int:
        """Number of synapses."""
        return len(self.weights)

    @property
    def sources(self) -> NDArray[np.int32]:
        """(synapses,) int32, index of the neuron at which a synapse begins."""
        return self.wiring[0, :]

    @property
    def targets(self) -> NDArray[np.int32]:
        """(synapses,) int32, index of the neuron at which it ends."""
        return self.wiring[1, :]

    @property
    def delays(self) -> NDArray[np.int32]:
        """(synapses,) int32, ticks."""
        return self.wiring[2, :]

    @property
    def content_hash(self) -> str:
        """16 hexadecimal digits that equal genomes share: BLAKE2b over all values."""
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
        """Whether all values are equal."""
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
        """Equal for equal genomes."""
        return hash(self.content_hash)

    def __repr__(self) -> str:
        """Sizes and content hash."""
        return (
            f"<Genome {self.content_hash}: {self.inputs} inputs, {self.outputs} outputs, "
            f"{self.hidden} hidden, {self.synapses} synapses>"
        )

    def __reduce__(self) -> tuple[Callable[..., "Genome"], tuple[object, ...]]:
        """Pickle and copy by value; the arrays stay read-only."""
        ends, synapses = (self.inputs, self.outputs), (self.wiring, self.weights)
        return _build, (ends, self.neuron_ids, self.parameters, synapses, self.traits)

    def with_traits(self, traits: tuple[tuple[str, float], ...]) -> "Genome":
        """The same genome but for its traits."""
        arrays = self.neuron_ids, self.parameters, self.wiring, self.weights
        return Genome(self.inputs, self.outputs, *arrays, traits)

    def with_parameter(self, neuron: int, gene: int, value: float) -> "Genome":
        """The same genome but for one parameter of one neuron."""
        parameters = self.parameters.copy()
        parameters[neuron, gene] = value
        return self.with_neurons(self.neuron_ids, frozen(parameters), (self.wiring, self.weights))

    def with_weight(self, synapse: int, value: float) -> "Genome":
        """The same genome but for the weight of one synapse."""
        weights = self.weights.copy()
        weights[synapse] = value
        return self.with_synapses((self.wiring, frozen(weights)))

    def with_delay(self, synapse: int, value: int) -> "Genome":
        """The same genome but for the delay of one synapse."""
        wiring = self.wiring.copy()
        wiring[2, synapse] = value
        return self.with_synapses((frozen(wiring), self.weights))

    def with_synapses(self, synapses: Synapses) -> "Genome":
        """The same neurons with other synapses, in canonical order and read-only."""
        arrays = self.neuron_ids, self.parameters, *synapses
        return Genome(self.inputs, self.outputs, *arrays, self.traits)

    def with_neurons(
        self, neuron_ids: NDArray[np.int64], parameters: NDArray[np.float32], synapses: Synapses
    ) -> "Genome":
        """The same inputs, outputs and traits; the rest in canonical order and read-only."""
        return Genome(self.inputs, self.outputs, neuron_ids, parameters, *synapses, self.traits)


def frozen(array: NDArray[Number]) -> NDArray[Number]:
    """Make an array read-only."""
    array.setflags(write=False)
    return array


def _build(
    ends: tuple[int, int],
    neuron_ids: NDArray[np.int64],
    parameters: NDArray[np.float32],
    synapses: Synapses,
    traits: tuple[tuple[str, float], ...],
) -> Genome:
    """Build a genome from arrays in canonical order, and make them read-only."""
    for array in (neuron_ids, parameters, *synapses):
        frozen(array)
    return Genome(ends[0], ends[1], neuron_ids, parameters, *synapses, traits)


def assemble(
    ends: tuple[int, int],
    neuron_ids: ArrayLike,
    parameters: ArrayLike,
    synapses: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    traits: tuple[tuple[str, float], ...] = (),
) -> Genome:
    """Build a genome from parts in any order: sorts hidden neurons and synapses.

    Args:
        ends: Number of inputs and of outputs.
        neuron_ids: (neurons,) ids of inputs, outputs and hidden neurons, the last in any order.
        parameters: (neurons, G), in the order of `neuron_ids`.
        synapses: Sources, targets (both indices into `neuron_ids`), weights and delays.
        traits: Named numbers.
    """
    ids = np.array(neuron_ids, np.int64)
    order = np.arange(len(ids))
    order[sum(ends) :] = sum(ends) + np.argsort(ids[sum(ends) :], kind="stable")
    place = np.empty(len(ids), np.int32)
    place[order] = np.arange(len(ids), dtype=np.int32)
    sources, targets = (place[np.array(indices, np.int32)] for indices in synapses[:2])
    weights, delays = np.array(synapses[2], np.float32), np.array(synapses[3], np.int32)
    by = np.lexsort((sources, targets))
    rows = np.array(parameters, np.float32).reshape(len(ids), -1)[order] + np.float32(0)
    weights = weights + np.float32(0)  # no -0.0
    wiring = np.array((sources[by], targets[by], delays[by]), np.int32)
    return _build(ends, ids[order], rows, (wiring, weights[by]), traits)
