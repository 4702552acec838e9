"""What neat-python takes to balance a pole: `python benchmarks/neat_python.py --seeds 1-5`.

The opponent of the row `cartpole` of `benchmarks/search.py control`, and asked the same: evaluations until a
network's mean return reaches 475, over 5 episodes on starts of its generation, then over 100 further ones, and
over 1,000 that no search has seen, on gymnasium's CartPole-v1. An evaluation is one network on its 5 episodes.
Needs `pip install neat-python` (2.0).

Its configuration is that of the example `single-pole-balancing` in spirit: inputs joined to outputs at first, feed-forward,
weights of deviation 1; population, rates of links and nodes, and the compatibility coefficients are those
of Stanley and Miikkulainen 2002 (section 4.1).
"""

import argparse
import math
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import gymnasium
import neat
import numpy as np
from search import seeds

TARGET = 475.0
TRAINING, VALIDATION, UNSEEN = 5, 100, 1000  # episodes
GENERATIONS = 100

CONFIGURATION = """
[NEAT]
fitness_criterion = max
fitness_threshold = 1000
no_fitness_termination = True
pop_size = 150
reset_on_extinction = True

[DefaultGenome]
num_inputs = 4
num_hidden = 0
num_outputs = 1
feed_forward = True
initial_connection = full_direct
single_structural_mutation = False
structural_mutation_surer = default
compatibility_disjoint_coefficient = 1.0
compatibility_weight_coefficient = 0.4
conn_add_prob = 0.05
conn_delete_prob = 0.0
node_add_prob = 0.03
node_delete_prob = 0.0
activation_default = tanh
activation_options = tanh
activation_mutate_rate = 0.0
aggregation_default = sum
aggregation_options = sum
aggregation_mutate_rate = 0.0
bias_init_mean = 0.0
bias_init_stdev = 1.0
bias_init_type = gaussian
bias_max_value = 30.0
bias_min_value = -30.0
bias_mutate_power = 0.5
bias_mutate_rate = 0.7
bias_replace_rate = 0.1
response_init_mean = 1.0
response_init_stdev = 0.0
response_init_type = gaussian
response_max_value = 30.0
response_min_value = -30.0
response_mutate_power = 0.0
response_mutate_rate = 0.0
response_replace_rate = 0.0
time_constant_init_mean = 1.0
time_constant_init_stdev = 0.0
time_constant_init_type = gaussian
time_constant_max_value = 10.0
time_constant_min_value = 0.1
time_constant_mutate_power = 0.0
time_constant_mutate_rate = 0.0
time_constant_replace_rate = 0.0
weight_init_mean = 0.0
weight_init_stdev = 1.0
weight_init_type = gaussian
weight_max_value = 30.0
weight_min_value = -30.0
weight_mutate_power = 0.5
weight_mutate_rate = 0.8
weight_replace_rate = 0.1
enabled_default = True
enabled_mutate_rate = 0.01
enabled_rate_to_true_add = 0.0
enabled_rate_to_false_add = 0.0

[DefaultSpeciesSet]
compatibility_threshold = 3.0

[DefaultStagnation]
species_fitness_func = max
max_stagnation = 15
species_elitism = 1

[DefaultReproduction]
elitism = 1
survival_threshold = 0.2
min_species_size = 1
"""


def configuration() -> Any:
    """Return neat-python's configuration, which it reads from a file only."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "neat.cfg"
        file.write_text(CONFIGURATION)
        return neat.Config(
            neat.DefaultGenome,
            neat.DefaultReproduction,
            neat.DefaultSpeciesSet,
            neat.DefaultStagnation,
            str(file),
        )


def mean_return(environment: Any, network: Any, starts: Sequence[int]) -> float:
    """Return the mean return of a network over episodes, whose starts are drawn from these seeds."""
    total = 0.0
    for start in starts:
        seen, _ = environment.reset(seed=start)
        over = False
        while not over:
            action = int(network.activate(seen)[0] > 0.0)
            seen, reward, ended, cut, _ = environment.step(action)
            total += float(reward)
            over = ended or cut
    return total / len(starts)


def evaluations_to_target(seed: int) -> tuple[float, float]:
    """Return the evaluations of a search, and its network's mean return over unseen starts; infinitely many where it finds none."""
    environment = gymnasium.make("CartPole-v1")
    starts = np.random.default_rng([seed, 0])
    validation = starts.integers(2**31, size=VALIDATION).tolist()
    unseen = np.random.default_rng([seed, 1]).integers(2**31, size=UNSEEN).tolist()
    number, found = count(1), list[tuple[int, Any]]()

    def measure(genomes: Sequence[tuple[int, Any]], config: Any) -> None:
        common = starts.integers(2**31, size=TRAINING).tolist()
        for _, genome in genomes:
            network = neat.nn.FeedForwardNetwork.create(genome, config)
            genome.fitness = mean_return(environment, network, common)
            evaluations = next(number)
            reached = genome.fitness >= TARGET and not found
            if reached and mean_return(environment, network, validation) >= TARGET:
                found.append((evaluations, network))

    population = neat.Population(configuration(), seed=seed)
    for _ in range(GENERATIONS):
        population.run(measure, 1)
        if found:
            [(evaluations, network)] = found
            return evaluations, mean_return(environment, network, unseen)
    return math.inf, math.nan


def main() -> None:
    """Print the evaluations of each seed, and their median."""
    words = argparse.ArgumentParser(description="What neat-python takes to balance a pole.")
    words.add_argument("--seeds", type=seeds, default=[1, 2, 3, 4, 5], help="such as 1-5")
    options = words.parse_args()
    print("| seed | evaluations | mean return over 1,000 unseen starts |\n| --- | --- | --- |")
    found: list[float] = []
    for seed in options.seeds:
        evaluations, held = evaluations_to_target(seed)
        found.append(evaluations)
        print(f"| {seed} | {evaluations:,} | {held:.1f} |", flush=True)
    print(f"| median | {median(found):,} ({min(found):,}–{max(found):,}) | |")


if __name__ == "__main__":
    main()
