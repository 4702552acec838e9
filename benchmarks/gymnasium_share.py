"""What networks add to the time of gymnasium's environments: the share of it spent outside of them.

Run `python benchmarks/gymnasium_share.py [ID …] [--json]`; without an id LunarLander-v3, which needs
the extra `box2d`, and CartPole-v1, the quickest. Random networks live through the episodes of an
evaluation in training, ten side by side, and of validation, 64 side by side. Environment: the CPU
time in its `step` and `reset`, wrappers of `gymnasium.make` included. Outside: all other CPU time of
the evaluation, that is encoding, simulating, deciding, counting and the loop; and the clock's own.
"""

import argparse
import json
import time
from typing import Any

import gymnasium
import numpy as np

from spikevolve.genomes import InitialSettings, express, profile, random_genome
from spikevolve.sim.batch import Batch, pack
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.gym import gymnasium_task
from spikevolve.tasks.gym.make_environment import make
from spikevolve.tasks.task import Task
from spikevolve.tasks.workload import Split

NETWORKS = 20
SPLITS: tuple[Split, ...] = ("train", "validation")


class Timed(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An environment that keeps its CPU seconds and its steps, of all its kind together."""

    seconds = 0.0
    steps = 0

    def step(self, action: Any) -> Any:
        """Make a step."""
        start = time.process_time()
        result = self.env.step(action)
        Timed.seconds += time.process_time() - start
        Timed.steps += 1
        return result

    def reset(self, **options: Any) -> Any:
        """Begin an episode."""
        start = time.process_time()
        result = self.env.reset(**options)
        Timed.seconds += time.process_time() - start
        return result


def random_networks(task: Task) -> Batch:
    """Networks as those of a first generation."""
    chip, rng = profile("float", {}), np.random.default_rng(1)
    start = InitialSettings(hidden=3, density=0.3)
    genomes = [random_genome(task.inputs, task.outputs, chip, start, rng) for _ in range(NETWORKS)]
    return pack([express(genome, chip) for genome in genomes])


def measure(identifier: str) -> list[dict[str, Any]]:
    """Return a row for each kind of workload."""
    gymnasium_task.make = lambda name: Timed(make(name))  # type: ignore[assignment]
    task = load(f"gym:{identifier}", TaskSettings())
    batch, rows = random_networks(task), []
    for split in SPLITS:
        workload = task.workload(split, 1, 0)
        task.evaluate(workload, batch._replace(headers=batch.headers[:1]))  # makes environments
        Timed.seconds, Timed.steps, start = 0.0, 0, time.process_time()
        task.evaluate(workload, batch)
        total = time.process_time() - start
        row = {
            "environment": identifier,
            "episodes": workload.size,
            "steps": Timed.steps,
            "environment_us": Timed.seconds / Timed.steps * 1e6,
            "outside_us": (total - Timed.seconds) / Timed.steps * 1e6,
            "share_outside": 1 - Timed.seconds / total,
        }
        rows.append(row)
    return rows


def main() -> None:
    """Print the table, or with --json the list of its rows."""
    parser = argparse.ArgumentParser(description="The share of time outside environments.")
    parser.add_argument("identifiers", nargs="*", default=["LunarLander-v3", "CartPole-v1"])
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    options = parser.parse_args()
    rows = [row for identifier in options.identifiers for row in measure(identifier)]
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(
        f"{'environment':18}{'episodes':>9}{'steps':>9}{'µs in it':>10}{'outside':>9}{'share':>8}"
    )
    for row in rows:
        times = f"{row['environment_us']:10.1f}{row['outside_us']:9.1f}{row['share_outside']:8.1%}"
        print(f"{row['environment']:18}{row['episodes']:9}{row['steps']:9,}{times}")


if __name__ == "__main__":
    main()
