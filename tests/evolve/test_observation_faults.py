"""Observations and rewards that are not finite are faults of the evaluation, in every kind of episode."""

import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvCreator
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.evolve.evaluation.evaluate import evaluate
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.genomes import InitialSettings, express, profile, random_genome
from spikevolve.results.store.reader import read_table
from spikevolve.sim.batch import Batch, pack
from spikevolve.sim.compile import kernel
from spikevolve.tasks import (
    Agent,
    Control,
    Functions,
    PythonTask,
    Task,
    TaskSettings,
    Variable,
    load,
)
from spikevolve.tasks.control.compiled_environment import OBSERVE, STEP

pytestmark = pytest.mark.slow  # starts runs, or compiles much

STEPS = 4  # of every episode
NEVER = 99


class Glitch(NamedTuple):
    """What an episode shows or pays once: after ``step`` steps, this value."""

    step: int
    variable: int
    value: float


Plan = list[Glitch]  # of each episode; variable 2 is the reward

CLOCK, AT, WHICH, VALUE = range(4)


@kernel(OBSERVE)
def _observe(settings, states, lanes, observations):  # type: ignore[no-untyped-def]
    for lane in range(lanes):
        for variable in range(2):
            observations[variable, lane] = 0.25 * states[CLOCK, lane] - 0.5
            if states[CLOCK, lane] == states[AT, lane] and states[WHICH, lane] == variable:
                observations[variable, lane] = states[VALUE, lane]


@kernel(STEP)
def _step(settings, states, actions, lanes, rewards, terminated):  # type: ignore[no-untyped-def]
    for lane in range(lanes):
        states[CLOCK, lane] += 1.0
        rewards[lane] = 1.0 + actions[lane]
        if states[CLOCK, lane] == states[AT, lane] and states[WHICH, lane] == 2.0:
            rewards[lane] = states[VALUE, lane]
        terminated[lane] = states[CLOCK, lane] >= STEPS


class Compiled(Control):
    """Shows the time, twice."""

    name = "compiled"
    variables = Variable("first", 0, -0.5, 0.5), Variable("second", 1, -0.5, 0.5)
    observed = 2
    actions = "left", "right"
    constants = ()
    steps = STEPS + 1
    encoder = "rate:mirrored"
    ticks = 10
    chance_score = guess_score = 0.0
    score_range = (-math.inf, math.inf)
    plan: Plan

    def start(self, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        return np.array([[0.0, *glitch] for glitch in self.plan])

    def functions(self) -> Functions:
        return Functions(_observe, _step)


class Plain(PythonTask):
    """The same in Python."""

    name = "plain"
    observation = ((-0.5, 0.5), (-0.5, 0.5))
    outputs = 2
    chance_score = 0.0
    plan: Plan

    def starts(self, split: Any, rng: np.random.Generator, episodes: int) -> NDArray[np.float64]:
        return np.arange(float(episodes))[:, np.newaxis]

    def _run(self, agent: Agent, start: NDArray[np.float64]) -> Any:
        self.glitch = self.plan[int(start[0])]
        return super()._run(agent, start)

    def episode(self, agent: Agent, rng: np.random.Generator) -> float:
        total = 0.0
        for clock in range(STEPS):
            shown = [0.25 * clock - 0.5] * 2
            if self.glitch.step == clock and self.glitch.variable < 2:
                shown[self.glitch.variable] = self.glitch.value
            action = agent.act(shown)
            paid = self.glitch.step == clock + 1 and self.glitch.variable == 2
            total += self.glitch.value if paid else 1.0 + action
        return total


class Gym(gymnasium.Env[Any, Any]):
    """The same as an environment of gymnasium's; the last observation is shown, too."""

    observation_space = spaces.Box(-0.5, 0.5, (2,), np.float64)
    action_space = spaces.Discrete(2)
    plan: dict[int, Glitch]

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        assert seed is not None
        self.glitch, self.clock = self.plan.get(seed, Glitch(NEVER, 0, 0.0)), 0
        return self.show(), {}

    def show(self) -> NDArray[np.float64]:
        shown = np.full(2, 0.25 * self.clock - 0.5)
        if self.glitch.step == self.clock and self.glitch.variable < 2:
            shown[self.glitch.variable] = self.glitch.value
        return shown

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.clock += 1
        paid = self.glitch.step == self.clock and self.glitch.variable == 2
        reward = self.glitch.value if paid else 1.0 + action
        return self.show(), reward, self.clock >= STEPS, False, {}


@pytest.fixture(scope="module")
def gym_name() -> Iterator[str]:
    gymnasium.register("SpikevolveGlitch-v0", cast(EnvCreator, Gym))
    Gym.plan = {}
    yield "gym:SpikevolveGlitch-v0"
    del gymnasium.registry["SpikevolveGlitch-v0"]


def networks(task: Task, arithmetic: str, count: int = 3) -> Batch:
    rng = np.random.default_rng(1)
    kind = {"inputs": "neurons"} if task.input_kind == "charges" else {}
    chip = profile("int8" if arithmetic == "integer" else "float", kind)
    sizes = task.inputs, task.outputs, chip, InitialSettings(hidden=2, density=0.6)
    return pack([express(random_genome(*sizes, rng), chip) for _ in range(count)])


def faults(task: Task, plan: Plan, batch: Batch) -> dict[int, str]:
    """Of every network, by its number, what became of an evaluation on episodes that do so."""
    if isinstance(task, Compiled | Plain):
        task.plan = plan
        workload = task.workload("train", 1, 0)
    else:
        workload = task.workload("train", 1, 0)
        seeds = workload.arrays[0][:, 0].astype(int).tolist()
        Gym.plan = dict(zip(seeds, plan, strict=True))
    found = evaluate(task, workload, batch)
    scores = found.measurements.score
    assert np.isnan(scores[list(found.faults)]).all()
    assert np.isfinite(np.delete(scores, list(found.faults))).all()
    return found.faults


def expected(kind: str, plan: Plan, task: Task) -> str | None:
    """The first thing that is not finite: the earliest; in Python episodes follow one another."""
    seeds = task.workload("train", 1, 0).arrays[0][:, 0] if kind == "gym" else ()
    bad = [
        (step, episode, variable, value)
        for episode, (step, variable, value) in enumerate(plan)
        if not math.isfinite(value) and (0 < step <= STEPS if variable == 2 else step <= STEPS)
        if kind == "gym" or variable == 2 or step < STEPS  # the last one is seen by nobody
    ]
    if not bad:
        return None
    if kind == "plain":
        _, _, variable, value = min(bad, key=lambda glitch: glitch[1])
        return (
            f"an episode scored {value}" if variable == 2 else "an observation is 2 finite numbers"
        )
    rewards = [glitch for glitch in bad if glitch[2] == 2]
    seen = [glitch for glitch in bad if glitch[2] < 2]
    if kind == "gym":
        step, episode, variable, value = min(bad)
        where = f"after {step} steps of the episode with seed {seeds[episode]:.0f}; "
    else:  # returns are looked at in the end
        step, episode, variable, value = min(seen) if seen else min(rewards, key=lambda b: b[1])
        where = f"after {step} steps of episode {episode}; "
    if variable < 2:
        name = f"observation[{variable}]" if kind == "gym" else f"observation {variable}"
        return f"{name} is {value} {where}observations must be finite numbers"
    if kind == "compiled":
        where = "; "
        return f"the rewards of episode {episode} add up to {value}; rewards must be finite numbers"
    return f"the rewards add up to {value} {where}rewards must be finite numbers"


VALUES = st.sampled_from([math.nan, math.inf, -math.inf, 0.25])
GLITCHES = st.builds(Glitch, st.integers(0, STEPS + 1), st.integers(0, 2), VALUES)
PLANS = st.lists(GLITCHES, min_size=3, max_size=3)
GOOD = Glitch(NEVER, 0, 0.0)


@pytest.mark.parametrize("arithmetic", ["float32", "integer"])
@pytest.mark.parametrize("encoder", ["rate:mirrored", "charge", "delta", "rank_order", "poisson"])
@pytest.mark.parametrize("kind", ["compiled", "gym", "plain"])
def test_every_evaluation_looks(kind: str, encoder: str, arithmetic: str, gym_name: str) -> None:
    chip = {"arithmetic": arithmetic, "grid": 1.0 if arithmetic == "integer" else 2.0**-10}
    told = TaskSettings(episodes=3, encoder=encoder, full_charge=60.0, ticks=10, **chip)  # type: ignore[arg-type]
    Gym.plan = {}
    task: Any = {"compiled": Compiled, "plain": Plain}.get(kind, lambda s: load(gym_name, s))(told)
    batch = networks(task, arithmetic)

    @examples(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(PLANS)
    @example([GOOD, GOOD, GOOD])
    @example([GOOD, Glitch(0, 1, math.nan), GOOD])
    @example([GOOD, GOOD, Glitch(STEPS, 0, math.inf)])
    @example([GOOD, GOOD, Glitch(1, 2, math.nan)])
    def check(plan: Plan) -> None:
        sentence = expected(kind, plan, task)
        found = faults(task, plan, batch)
        assert len(found) == (0 if sentence is None else batch.networks)
        for fault in found.values():
            assert sentence is not None
            assert fault.startswith(sentence)

    check()


def test_many_episodes_that_follow_in_the_same_lanes(gym_name: str) -> None:
    told = TaskSettings(episodes=500)
    for kind, task in (("compiled", Compiled(told)), ("gym", load(gym_name, told))):
        batch = networks(task, "float32", 1)
        plan = [GOOD] * 500
        plan[450] = Glitch(2, 1, -math.inf)
        assert faults(task, plan, batch)[0] == expected(kind, plan, task)
        assert not faults(task, [GOOD] * 500, batch)


BALANCE = """
from spikevolve.sim.compile import kernel
from spikevolve.tasks import Control, Functions, Variable
from spikevolve.tasks.control.compiled_environment import OBSERVE, STEP

@kernel(OBSERVE)
def observe(settings, states, lanes, observations):
    for lane in range(lanes):
        x = states[0, lane]
        observations[0, lane] = x if x < 1.0 else x / 0.0

@kernel(STEP)
def step(settings, states, actions, lanes, rewards, terminated):
    for lane in range(lanes):
        states[0, lane] += 0.25 * actions[lane]
        rewards[lane] = states[0, lane]

class Brittle(Control):
    '''Come near to the edge.'''
    variables = (Variable("x", 0, -1.0, 1.0),)
    observed = 1
    actions = ("stay", "on")
    constants = ()
    steps = 8
    encoder = "rate:mirrored"
    ticks = 10
    chance_score = guess_score = 0.0
    score_range = (0.0, 20.0)

    def start(self, rng, episodes):
        return rng.uniform(0.0, 0.2, (episodes, 1))

    def functions(self):
        return Functions(observe, step)
"""


def test_the_row_of_an_individual_says_why(tmp_path: Path) -> None:
    (tmp_path / "brittle.py").write_text(BALANCE)
    words = {
        "task": f"{tmp_path / 'brittle.py'}:Brittle",
        "out": str(tmp_path / "run"),
        "population": 30,
        "generations": 2,
        "workers": 1,
    }
    assert start(settings_from(words), lambda _: None, threading.Event()).state == "done"

    rows = read_table(tmp_path / "run", "individuals")
    failed = rows["fault"].notna()
    assert 0 < failed.sum() < len(rows)
    sentence = (
        r"observation 0 is inf after \d steps of episode \d; observations must be finite numbers"
    )
    assert rows.loc[failed, "fault"].str.fullmatch(sentence).all()
    assert rows.loc[failed, "score"].isna().all()
    assert rows.loc[~failed, "score"].notna().all()
    assert rows["score"].max() <= 8.0  # eight steps below 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("variable", [0, 1, 2])
@pytest.mark.parametrize("step", [0, 1, STEPS])
def test_the_trial_at_the_start_looks_too(
    value: float, variable: int, step: int, gym_name: str
) -> None:
    class Always(dict[int, Glitch]):
        def get(self, seed: int, default: Any = None) -> Any:
            return Glitch(step, variable, value)

    if variable == 2 and step == 0:
        return  # nothing is paid before the first step
    Gym.plan = Always()
    said = (
        "its rewards are not finite numbers"
        if variable == 2
        else rf"observation\[{variable}\] is {value} after {step} steps .* must be finite numbers"
    )
    with pytest.raises(InputError, match=said):
        load(gym_name)
