"""How fast control is: environment steps a second on one core, and how many times gymnasium's own.

Run `python benchmarks/tasks.py [--json]`. The opponent is gymnasium's CartPole-v1 as `gymnasium.make`
gives it, under a policy that only alternates its actions, measured in the same run. Ours is the
compiled loop of `cartpole` with a network in it: networks of the workload W1 (12 inputs, 10 hidden
neurons, 3 outputs, 60 synapses), ten ticks a decision, the four variables encoded by `argyle:3`.

Rows: `full length`, episodes of 500 steps, which the networks would not reach, so that the limits of
position and angle are lifted; `random networks`, episodes with their limits, of about 15 steps;
`ten episodes`, full length with as many episodes as an evaluation in training has.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from workloads import WORKLOADS, random_network

from spikevolve.sim.batch import Batch, pack
from spikevolve.tasks.builtin.cartpole import CartPole
from spikevolve.tasks.control.episode_loop import DECISIONS, EpisodeBatch, play
from spikevolve.tasks.control.observation_encoder import code
from spikevolve.tasks.encoders import encoder
from spikevolve.tasks.task import TaskSettings

TICKS = 10
REPEATS = 7
THEIR_STEPS = 20_000


class Trial(NamedTuple):
    """Episodes of each network, and whether the limits of position and angle end them."""

    name: str
    networks: int
    episodes: int
    limited: bool


TRIALS = (
    Trial("full length", 5, 1000, limited=False),
    Trial("random networks", 50, 1000, limited=True),
    Trial("ten episodes", 50, 10, limited=False),
)


def gymnasium_steps() -> int:
    """Alternate the actions for a while; returns the number of steps."""
    environment = gymnasium.make("CartPole-v1")
    environment.reset(seed=1)
    for step in range(THEIR_STEPS):
        _, _, terminated, truncated, _ = environment.step(step % 2)
        if terminated or truncated:
            environment.reset()
    return THEIR_STEPS


def course_of(trial: Trial) -> EpisodeBatch:
    """Return what the networks go through."""
    task = CartPole(TaskSettings())
    table = code(encoder("argyle:3,spikes=3"), task.variables, TICKS)
    limits = task.constants[:2] if trial.limited else (np.inf, np.inf)
    return EpisodeBatch(
        settings=np.array([*limits, -10.0, 10.0, 0.0]),
        starts=task.start(np.random.default_rng(1), trial.episodes),
        places=table.places,
        bounds=table.bounds,
        charge=0.0,
        observed=task.observed,
        target=0,
        ticks=TICKS,
        steps=task.steps,
    )


def steps_of(trial: Trial) -> Callable[[], int]:
    """Return a function that lets the networks live; it returns the number of environment steps."""
    rng = np.random.default_rng(1)
    batch: Batch = pack([random_network(WORKLOADS["W1"], rng) for _ in range(trial.networks)])
    functions, course = CartPole(TaskSettings()).functions(), course_of(trial)
    return lambda: int(play(batch, functions, course).totals[:, DECISIONS].sum())


def per_second(run: Callable[[], int]) -> float:
    """Return steps a CPU second, the best of some repeats; the first run compiles or loads kernels."""
    run()
    rates = []
    for _ in range(REPEATS):
        start = time.process_time()
        steps = run()
        rates.append(steps / (time.process_time() - start))
    return max(rates)


def measure() -> list[dict[str, Any]]:
    """Return a row for the opponent and one for each trial."""
    theirs = per_second(gymnasium_steps)
    rows = [{"workload": "CartPole-v1", "engine": "gymnasium", "steps_per_second": theirs}]
    for trial in TRIALS:
        rate = per_second(steps_of(trial))
        rows.append({"workload": trial.name, "engine": "spikevolve", "steps_per_second": rate})
    return [row | {"ratio": row["steps_per_second"] / theirs} for row in rows]


def main() -> None:
    """Print the table, or with --json the list of its rows."""
    parser = argparse.ArgumentParser(description="Environment steps a second on one core.")
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    options = parser.parse_args()
    rows = measure()
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'workload':18}{'engine':14}{'steps per second':>18}{'times gymnasium':>18}")
    for row in rows:
        figures = f"{row['steps_per_second']:18,.0f}{row['ratio']:18.1f}"
        print(f"{row['workload']:18}{row['engine']:14}{figures}")


if __name__ == "__main__":
    main()
