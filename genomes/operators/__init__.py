"""What varies genomes: mutations by name, crossover, and how often each is applied.

A mutation takes a genome that is valid for its profile and returns a new one that is, too. Where
it cannot apply (no neuron to remove, no room for another) it returns the genome it was given.

- `add_remove`: `add_neuron`, `split_synapse`, `remove_neuron`, `add_synapse`, `remove_synapse`, `rewire`
- `perturb`: `perturb_bias`, `…_delay`, `…_leak`, `…_parameter`, `…_refractory`, `…_threshold`,
  `…_trait`, `…_weight`
- `crossover`: one child of two parents
- `mutation_rates`: `mutate` draws mutations by their rates, `MutationRates`, until something has changed
"""

from collections.abc import Callable

from numpy.random import Generator

from ..genome import Genome
from ..profiles.hardware_profile import Profile
from .add_remove import (
    add_neuron,
    add_synapse,
    remove_neuron,
    remove_synapse,
    rewire,
    split_synapse,
)
from .perturb import (
    perturb_bias,
    perturb_delay,
    perturb_leak,
    perturb_parameter,
    perturb_refractory,
    perturb_threshold,
    perturb_trait,
    perturb_weight,
)

Mutation = Callable[[Genome, Profile, Generator], Genome]

# In the order of the alphabet, as are the rates: the order decides which mutation a number draws.
MUTATIONS: dict[str, Mutation] = {
    mutation.__name__: mutation
    for mutation in (
        add_neuron,
        add_synapse,
        perturb_bias,
        perturb_delay,
        perturb_leak,
        perturb_parameter,
        perturb_refractory,
        perturb_threshold,
        perturb_trait,
        perturb_weight,
        remove_neuron,
        remove_synapse,
        rewire,
        split_synapse,
    )
}
