"""Evolve a controller and let it act in gymnasium's own loop: ``python examples/balance_pole.py``."""

import gymnasium

import spikevolve


def told(progress: spikevolve.Progress) -> None:
    """Print how the search stands."""
    print(f"generation {progress.generation}: {progress.best['score']:.0f} steps")


run = spikevolve.run("cartpole", population=50, generations=60, target=475, callback=told)

policy = run.champion.policy()
environment = gymnasium.make("CartPole-v1")
observation = environment.reset(seed=7)[0]
policy.reset()
steps, over = 0, False
while not over:
    observation, reward, fallen, out_of_time, info = environment.step(policy.act(observation))
    steps, over = steps + 1, fallen or out_of_time
print(f"{run.champion}: balanced for {steps} steps")
