"""Put a new neuron into a synapse."""

from numpy.random import Generator

from ..draws import pick
from ..genome import Genome
from ..profiles.profile import Profile
from .structure import has_room_for, insert_neuron


def split_synapse(genome: Genome, profile: Profile, rng: Generator) -> Genome:
    """Replace a random synapse by a hidden neuron that relays its spikes.

    As in NEAT (Stanley and Miikkulainen 2002, section 3.1) the child behaves as its parent did, as
    far as the profile allows: the synapse to the new neuron carries just its threshold, that from
    it the old weight, and they share the old delay (one of 1 tick becomes 2). Its other parameters
    are as near to 0 as they may be: a full leak, no refractory period, no bias.
    """
    if not (genome.synapses and has_room_for(genome, profile, neurons=1, synapses=1)):
        return genome
    synapse = pick(rng, genome.synapses)
    source, target, delay = genome.wiring[:, synapse].tolist()
    strongest = profile.weight.high
    parameters = tuple(
        allowed.nearest(strongest if name == "threshold" else 0.0)
        for name, allowed in profile.genes.items()
    )
    column = profile.columns.get("threshold")
    shared = profile.shared.get("threshold", strongest)
    threshold = shared if column is None else parameters[column]
    shortest = int(profile.delay.low)
    charges = (
        (profile.weight.nearest(threshold), shortest),
        (genome.weights.item(synapse), max(delay - shortest, shortest)),
    )
    return insert_neuron(genome, "split", (source, target), parameters, charges, removed=synapse)
