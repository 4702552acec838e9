"""What varies genomes: one operator, one file.

A mutation takes a genome that is valid for its profile and returns a new one that is, too. Where
it cannot apply (no neuron to remove, no room for another) it returns the genome it was given.
"""

from collections.abc import Callable

from numpy.random import Generator

from ..genome import Genome
from ..profiles.profile import Profile
from .add_neuron import add_neuron
from .add_synapse import add_synapse
from .perturb_bias import perturb_bias
from .perturb_delay import perturb_delay
from .perturb_leak import perturb_leak
from .perturb_parameter import perturb_parameter
from .perturb_refractory import perturb_refractory
from .perturb_threshold import perturb_threshold
from .perturb_trait import perturb_trait
from .perturb_weight import perturb_weight
from .remove_neuron import remove_neuron
from .remove_synapse import remove_synapse
from .rewire import rewire
from .split_synapse import split_synapse

Mutation = Callable[[Genome, Profile, Generator], Genome]

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
