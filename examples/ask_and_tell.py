"""Search in a loop of one's own, with an operator of one's own: ``python examples/ask_and_tell.py``."""

from numpy.random import Generator

import spikevolve
from spikevolve.genomes import Genome, MutationRates, express, mutate, profile

chip = profile("int8")
settings = spikevolve.SearchSettings(3, 2, chip, chance_score=0.0, population=30, seed=1)
search = spikevolve.Search(settings)


def mutate_gently(genome: Genome, rng: Generator) -> tuple[Genome, tuple[str, ...]]:
    """Change weights twice as often as usual, and one thing at a time."""
    rates = MutationRates(perturb_weight=2.0).fitting(chip)
    return mutate(genome, chip, rates, rng, extra=0.0)


search.toolbox.register("mutate", mutate_gently)

while search.generation < 15:
    asked = search.ask()
    networks = [express(individual.genome, chip) for individual in asked]
    # What you would measure on your hardware: here, how near the sum of weights comes to 100.
    sums = [float(network.weights.sum()) for network in networks]
    found = [{"score": 1 / (1 + abs(s - 100)), "spikes": 0.0, "latency": 1.0} for s in sums]
    search.tell(asked, *spikevolve.counted(search, asked, found))

best = max(search.archive, key=lambda individual: individual.score)
print(f"{best.id}: {best.score:.3f}, by {', '.join(best.operators)}")
