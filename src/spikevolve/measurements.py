"""What an evaluation yields: the one table of measurements, with names, units and meanings.

Search, tables, plots, progress, report, documentation and command line read it. A measurement that is
added here is a column of the tables and can be an objective or a constraint of a search.
"""

from typing import Literal, NamedTuple

#: Unit of what is averaged over the samples of a data set, or over the decisions of episodes.
PER_SAMPLE = "per sample or decision"


class Measurement(NamedTuple):
    """One number that is known of an evaluated individual.

    Attributes:
        name: Name in tables, settings and code.
        meaning: What it is, in a few words.
        source: Who knows it: the `task` that ran the network; the expressed `network`, by its size;
            or the `genome`, which may hold more than is expressed.
        unit: Unit, empty for a plain number.
        whole: Whether it is a whole number.
        larger_is_better: Which way a search takes it, unless the user says otherwise.
        tested: Whether it is measured again on test data, as `test_` and the name.
    """

    name: str
    meaning: str
    source: Literal["task", "network", "genome"]
    unit: str = ""
    whole: bool = False
    larger_is_better: bool = False
    tested: bool = False


#: All measurements, in the order of the tables' columns.
MEASUREMENTS = (
    Measurement(
        "score",
        "on training data, or return of the environment; higher is better",
        "task",
        "task's own",
        larger_is_better=True,
        tested=True,
    ),
    Measurement(
        "spikes", "spikes of all neurons that have a potential", "task", PER_SAMPLE, tested=True
    ),
    Measurement(
        "input_spikes",
        "spikes or charges that the encoder injects",
        "task",
        PER_SAMPLE,
        tested=True,
    ),
    Measurement(
        "synaptic_operations",
        "synapse traversals caused by spikes, delivered",
        "task",
        PER_SAMPLE,
        tested=True,
    ),
    Measurement(
        "latency",
        "mean time to the decision; the whole window where undecided",
        "task",
        "ticks",
        tested=True,
    ),
    Measurement(
        "activation_sparsity",
        "share of (neuron, tick, sample) without a spike",
        "task",
        larger_is_better=True,
        tested=True,
    ),
    Measurement(
        "readout_multiplications",
        "spike counts other than 0 x answers of a readout",
        "task",
        PER_SAMPLE,
        tested=True,
    ),
    Measurement(
        "connection_sparsity",
        "1 - synapses / (neurons x neurons with a potential)",
        "network",
        larger_is_better=True,
    ),
    Measurement(
        "footprint",
        "memory of synapses, neuron parameters and state",
        "network",
        "bytes",
        whole=True,
    ),
    Measurement("neurons", "inputs + hidden + outputs of the network", "network", whole=True),
    Measurement("hidden", "hidden neurons of the network", "network", whole=True),
    Measurement("synapses", "synapses of the network", "network", whole=True),
    Measurement(
        "energy",
        "synaptic operations and updates x the profile's published cost",
        "network",
        "joule",
    ),
    Measurement("genome_neurons", "neurons of the genome, expressed or not", "genome", whole=True),
    Measurement(
        "genome_synapses", "synapses of the genome, expressed or not", "genome", whole=True
    ),
)

#: The measurements of an expressed network, in the order of every row that an evaluation returns.
EVALUATED = tuple(m for m in MEASUREMENTS if m.source != "genome")

#: Names of `EVALUATED`: a row's value of `spikes` is `row[NAMES.index("spikes")]`.
NAMES = tuple(m.name for m in EVALUATED)

SCORE, SPIKES, LATENCY, NEURONS, SYNAPSES = (
    NAMES.index(name) for name in ("score", "spikes", "latency", "neurons", "synapses")
)
