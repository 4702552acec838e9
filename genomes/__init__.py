"""What is inherited: genomes, hardware profiles, operators, expression into a network.

- `genome`: `Genome`, an immutable directed graph as a few arrays, and ids of neurons
- `profiles`: what the hardware allows: arithmetic, ranges, limits
- `initial_genomes`: the first genomes of a search
- `topology`: the numbers of a genome as a vector, while its neurons and synapses stay
- `from_network`: from a network to a genome, perhaps for other hardware
- `from_weights`: from the weights of a conventional network to a genome
- `operators`: mutations by name, crossover, rates
- `random_values`: random values and steps that a profile allows
- `validation`: `validate`: whether a genome is valid for its profile
- `expression`: `express`: from genomes to the networks that are simulated
- `difference`: what changed from one genome to another
- `packed`: many genomes in a few arrays, as they travel between processes
- `text`: genomes as JSON that people can read, and as rows of a table
- `kernels`: the compiled parts of the operators and of expression
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .profiles.hardware_profile import Profile
from .profiles.presets import PROFILES, profile

if TYPE_CHECKING:
    from .expression import express, express_all
    from .genome import Genome
    from .initial_genomes import InitialSettings, random_genome
    from .operators import MUTATIONS
    from .operators.crossover import crossover
    from .operators.mutation_rates import MutationRates, mutate
    from .profiles.limits import Widths, widths
    from .profiles.ranges import Choice, Range
    from .text import from_text, genome_columns, genome_from_columns, to_text
    from .validation import validate

_MODULES = {
    "Choice": "profiles.ranges",
    "Genome": "genome",
    "InitialSettings": "initial_genomes",
    "MUTATIONS": "operators",
    "MutationRates": "operators.mutation_rates",
    "Range": "profiles.ranges",
    "crossover": "operators.crossover",
    "express": "expression",
    "express_all": "expression",
    "from_text": "text",
    "genome_columns": "text",
    "genome_from_columns": "text",
    "mutate": "operators.mutation_rates",
    "random_genome": "initial_genomes",
    "to_text": "text",
    "validate": "validation",
    "Widths": "profiles.limits",
    "widths": "profiles.limits",
}

__all__ = [
    "MUTATIONS",
    "PROFILES",
    "Choice",
    "Genome",
    "InitialSettings",
    "MutationRates",
    "Profile",
    "Range",
    "Widths",
    "crossover",
    "express",
    "express_all",
    "from_text",
    "genome_columns",
    "genome_from_columns",
    "mutate",
    "profile",
    "random_genome",
    "to_text",
    "validate",
    "widths",
]


def __getattr__(name: str) -> Any:  # so that reading a profile imports no compiler
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
