"""A policy does in a loop in Python what the task's own evaluation does, decision by decision."""

from typing import Any

import gymnasium
import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.genomes import InitialSettings, random_genome
from spikevolve.sim.batch import pack
from spikevolve.sim.compile import read_only
from spikevolve.tasks.control.control_task import Control
from spikevolve.tasks.control.python_task import Agent, PythonTask
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask
from spikevolve.tasks.task import Task, TaskSettings
from spikevolve.tasks.workload import Totals

pytestmark = pytest.mark.slow  # compiles much

SPIKES, LATENCY = Totals._fields.index("spikes"), Totals._fields.index("latency")


def champion_of(words: dict[str, Any]) -> tuple[Champion, Task]:
    """Return the first of some random networks that spikes often, and its task."""
    prepared = prepare(settings_from(words))
    task, search = prepared.task, prepared.search
    initial = InitialSettings(hidden=4, density=0.8)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        genome = random_genome(task.inputs, task.outputs, search.profile, initial, rng)
        champion = Champion.from_genome(genome, search.profile, task)
        workload = task.with_traits(genome.traits).workload("validation", 1).first(2)
        if task.evaluate(workload, pack([champion.network])).spikes[0] > 1:
            return champion, task
    raise AssertionError("no random network spikes")


def lived(champion: Champion, task: Control, start: Any) -> tuple[float, int, int]:
    """Return, spikes and latencies of an episode that the policy lives through, step by step."""
    policy, functions = champion.policy(), task.functions()
    constants: Any = read_only(np.array(task.constants))
    rows = len(start) - len(task.perception.memory)
    state, memory = start[:rows, np.newaxis].copy(), start[np.newaxis, rows:]
    policy.begin(memory)
    observations, rewards, over = np.zeros((task.observed, 1)), np.zeros(1), np.zeros(1, np.bool_)
    total, spikes, latency, steps = 0.0, 0, 0, 0
    limit = task.test_steps or task.steps
    while not over[0] and steps < limit:
        functions.observe(constants, read_only(state), 1, observations)
        action = policy.act(observations[:, 0])
        if champion.task.action_values:  # the loop takes the place in the row of values
            action = champion.task.action_values[0].index(action[0])
        functions.step(constants, state, read_only(np.array([action], np.int32)), 1, rewards, over)
        total, steps = total + rewards[0], steps + 1
        spikes, latency = spikes + policy.spikes, latency + policy.latency
    return total, spikes, latency


@pytest.mark.parametrize(
    "words",
    [
        {"task": "cartpole"},
        {"task": "cartpole", "decoder": "first_to:2", "profile": "int8"},
        {"task": "cartpole", "encoder": "poisson"},
        {"task": "cartpole", "encoder": "delta:0.01", "decoder": "membrane"},
        {"task": "cartpole", "encoder": "charge", "profile": "alif"},
        {"task": "cartpole_hard", "profile": "risp"},
        {"task": "cartpole", "evolve_encoder": True},
        {"task": "mountain_car"},
        {"task": "mountain_car_continuous", "decoder": "rate"},
        {"task": "pendulum"},
        {"task": "double_pole", "decoder": "vector"},
    ],
    ids=lambda words: "-".join(map(str, words.values())),
)
def test_it_lives_through_episodes_as_the_compiled_loop_does(words: dict[str, Any]) -> None:
    champion, task = champion_of(words)
    assert isinstance(task, Control)
    seen = task.with_traits(champion.traits)
    workload = seen.workload("test", 1).first(3)
    results = task._play(workload, pack([champion.network]))

    own = [lived(champion, task, start) for start in workload.arrays[0]]

    assert [episode[0] for episode in own] == results.returns[0].tolist()
    assert sum(episode[1] for episode in own) == results.totals[0, SPIKES]
    assert sum(episode[2] for episode in own) == results.totals[0, LATENCY]
    assert sum(episode[1] for episode in own) > 0


@pytest.mark.parametrize("name", ["CartPole-v1", "Pendulum-v1", "MountainCarContinuous-v0"])
def test_it_acts_in_gymnasium_as_the_task_does(name: str) -> None:
    champion, task = champion_of({"task": f"gym:{name}"})
    assert isinstance(task, GymnasiumTask)
    workload = task.workload("test", 1).first(2)
    expected = task.case_scores(workload, pack([champion.network]))[0]
    environment, policy = gymnasium.make(name), champion.policy()

    for start, total in zip(workload.arrays[0], expected, strict=True):
        policy.reset()
        observation, _ = environment.reset(seed=int(start[0]))
        returned, over = 0.0, False
        while not over:
            action = policy(observation)
            assert environment.action_space.contains(action)
            observation, reward, terminated, truncated, _ = environment.step(action)
            returned, over = returned + float(reward), terminated or truncated
        assert returned == total


class Walk(PythonTask):
    observation = ((-1.0, 1.0), (0.0, 5.0))
    outputs = 3
    chance_score = 0.0

    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        actions = [agent.act(values) for values in rng.uniform((-1, 0), (1, 5), (20, 2))]
        return float(sum(3**n * action for n, action in enumerate(actions)))


def test_it_acts_as_an_agent_of_a_task_in_plain_python() -> None:
    task = Walk(TaskSettings())
    search = prepare(settings_from({"task": "cartpole"})).search
    genome = random_genome(4, 3, search.profile, search.initial, np.random.default_rng(1))
    champion = Champion.from_genome(genome, search.profile, task)
    workload = task.workload("test", 1).first(2)
    expected = task.case_scores(workload, pack([champion.network]))[0]

    for start, score in zip(workload.arrays[0], expected, strict=True):
        rng, policy = np.random.default_rng(int(start[0])), champion.policy()
        actions = [policy.act(values) for values in rng.uniform((-1, 0), (1, 5), (20, 2))]
        assert sum(3**n * action for n, action in enumerate(actions)) == score


def test_state_is_carried_on_until_reset() -> None:
    champion, _ = champion_of({"task": "cartpole", "encoder": "poisson"})
    policy, observations = champion.policy(), np.random.default_rng(1).uniform(-2, 2, (30, 4)) / 10

    def spikes() -> list[Any]:
        return [(policy.act(seen), policy.raster.tolist()) for seen in observations]

    first, going_on = spikes(), spikes()
    policy.reset()

    assert spikes() == first != going_on


def test_it_takes_the_whole_observation_or_what_the_network_sees_of_it() -> None:
    champion, _ = champion_of({"task": "cartpole_hard"})
    whole, seen = champion.policy(), champion.policy()

    for x, v, angle, w in np.random.default_rng(1).uniform(-0.2, 0.2, (20, 4)):
        assert whole.act([x, v, angle, w]) == seen.act([x, angle])
        assert (whole.raster == seen.raster).all()


def test_mistakes_are_named() -> None:
    champion, _ = champion_of({"task": "cartpole"})
    policy = champion.policy()

    with pytest.raises(
        InputError, match="an observation has 3 numbers; the network sees 4: x, x s"
    ):
        policy.act([0, 0, 0])
    with pytest.raises(InputError, match="an observation must be finite numbers"):
        policy.act([0, 0, 0, np.nan])
    with pytest.raises(InputError, match="an observation must be numbers"):
        policy.act(["a", 0, 0, 0])
    with pytest.raises(InputError, match="acts on observations instead of samples: use policy"):
        champion.predict(np.zeros((1, 4)))
