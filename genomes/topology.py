"""The numbers of a genome as a vector: weights, thresholds and leaks, while its topology stays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .genome import Genome, frozen
from .profiles.hardware_profile import Profile

#: Weights of 1 in the vector, and distances of leaks.
_WEIGHT, _USUAL_LEAK, _LEAK = 0.5, 0.9, 0.1

#: Logarithms are rounded to this, so that their last bit, which differs between processors, decides nothing.
_ROUNDED = 2.0**-20


@dataclass(frozen=True)
class Topology:
    """The neurons and synapses of a genome, whose numbers are to be searched.

    In the vector a weight is w / (0.5 · largest weight), a threshold 2 · log₂(θ / largest weight), a leak
    (λ − 0.9) / 0.1: so the vector 0 is a network of weights 0, thresholds of one full charge and leaks
    about 0.9, and steps of 0.5 are large ones everywhere. Other genes stay as they are.

    Attributes:
        genome: The genome; valid for the profile.
        profile: What the hardware allows, on whose grids the numbers are.
    """

    genome: Genome
    profile: Profile

    @property
    def size(self) -> int:
        """Return how many numbers there are."""
        return self.genome.synapses + self._neurons * len(self._columns)

    def vector(self) -> NDArray[np.float64]:
        """Return the numbers of the genome: (size,) float64, weights, then thresholds, then leaks."""
        parts = [self.genome.weights.astype(np.float64) / (_WEIGHT * self._full)]
        for name in self._columns:
            values = self.genome.parameters[self._first :, self.profile.columns[name]]
            if name == "threshold":
                logarithms = 2.0 * np.log2(
                    np.maximum(values.astype(np.float64) / self._full, 2.0**-20)
                )
                parts.append(np.rint(logarithms / _ROUNDED) * _ROUNDED)
            else:
                parts.append((values.astype(np.float64) - _USUAL_LEAK) / _LEAK)
        return np.concatenate(parts)

    def genome_of(self, vector: NDArray[np.float64]) -> Genome:
        """Return the genome with other numbers, the nearest that the profile allows.

        Args:
            vector: (size,) float64, as `vector` returns it.
        """
        synapses, allowed = self.genome.synapses, self.profile.weight
        steps = np.rint(vector[:synapses] * (_WEIGHT * self._full) / allowed.grid)
        weights = np.clip(steps * allowed.grid, allowed.low, allowed.high).astype(np.float32)
        parameters, place = self.genome.parameters.copy(), synapses
        for name in self._columns:
            values = vector[place : place + self._neurons]
            place += self._neurons
            if name == "threshold":
                values = self._full * np.exp2(np.clip(values, -40.0, 40.0) / 2.0)
            else:
                values = _USUAL_LEAK + _LEAK * values
            nearest = self.profile.genes[name].nearest
            parameters[self._first :, self.profile.columns[name]] = [
                nearest(value) for value in values.tolist()
            ]
        g = self.genome
        weights = frozen(weights + np.float32(0))  # no -0.0
        return Genome(
            g.inputs, g.outputs, g.neuron_ids, frozen(parameters), g.wiring, weights, g.traits
        )

    @property
    def _full(self) -> float:
        return self.profile.full_charge

    @property
    def _first(self) -> int:
        return self.profile.first_target(self.genome.inputs)

    @property
    def _neurons(self) -> int:
        return self.genome.neurons - self._first

    @property
    def _columns(self) -> tuple[str, ...]:
        return tuple(name for name in ("threshold", "leak") if name in self.profile.genes)


def without_synapses(genome: Genome, removed: NDArray[np.bool_]) -> Genome:
    """Return a genome without some of its synapses; all neurons stay.

    Args:
        genome: The genome.
        removed: (synapses,) bool.
    """
    kept = ~removed
    wiring = frozen(np.ascontiguousarray(genome.wiring[:, kept]))
    weights = frozen(genome.weights[kept])
    return Genome(
        genome.inputs, genome.outputs, genome.neuron_ids, genome.parameters, wiring, weights,
        genome.traits,
    )  # fmt: skip
