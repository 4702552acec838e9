"""The first genomes of a search.

| module | holds |
| --- | --- |
| `random_genome` | `random_genome`: any topology, each synapse with the same probability; `InitialSettings` |
"""

from .random_genome import InitialSettings, random_genome

__all__ = ["InitialSettings", "random_genome"]
