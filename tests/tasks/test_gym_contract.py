"""What an environment does against gymnasium's contract is told in its words, at the trial and later."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvCreator

from spikevolve.errors import InputError
from spikevolve.evolve.evaluation.evaluate import evaluate
from spikevolve.sim.batch import Batch
from spikevolve.tasks import TaskSettings, load

pytestmark = pytest.mark.slow  # starts processes, or compiles much

Batches = Callable[..., Batch]
Breach = Callable[["Clock"], Any]


class Clock(gymnasium.Env[Any, Any]):
    """Shows the time, as its space has it, and breaks the contract once it is told how."""

    observation_space = spaces.Dict({"time": spaces.Box(0, 9, (2,)), "even": spaces.Discrete(2)})
    action_space = spaces.Discrete(2)
    breaches: dict[int, Breach]

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        self.time = 0
        return self.breaches[0](self) if 0 in self.breaches else (self.show(), {})

    def show(self) -> dict[str, Any]:
        return {"time": np.full(2, self.time, np.float32), "even": np.int64(self.time % 2)}

    def step(self, action: Any) -> Any:
        self.time += 1
        if self.time in self.breaches:
            return self.breaches[self.time](self)
        return self.show(), float(action), self.time == 4, False, {}


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    gymnasium.register("SpikevolveClock-v0", cast(EnvCreator, Clock))
    Clock.breaches = {}
    yield "gym:SpikevolveClock-v0"
    del gymnasium.registry["SpikevolveClock-v0"]


def showing(change: dict[str, Any]) -> Breach:
    return lambda clock: (clock.show() | change, 0.0, False, False, {})


def paying(reward: Any) -> Breach:
    return lambda clock: (clock.show(), reward, False, False, {})


BREACHES: list[tuple[int, Breach, str]] = [
    (
        0,
        lambda clock: clock.show(),
        "reset() returned a value of the type dict, but gymnasium's returns two",
    ),
    (
        0,
        lambda clock: (clock.show(), {}, 1),
        "reset() returned 3 values, but gymnasium's returns two values",
    ),
    (
        2,
        lambda clock: (clock.show(), 1.0, False, {}),
        "step() returned 4 values, but gymnasium's returns five values: observation, reward, terminated, "
        "truncated, info",
    ),
    (
        3,
        lambda clock: None,
        "step() returned a value of the type NoneType, but gymnasium's returns five",
    ),
    (
        2,
        paying(np.array([1.0])),
        "the reward of step() is of the type ndarray of the shape (1,), but gymnasium's is a float",
    ),
    (2, paying("1.0"), "the reward of step() is of the type str, but gymnasium's is a float"),
    (2, paying(None), "the reward of step() is of the type NoneType, but gymnasium's is a float"),
    (
        1,
        lambda clock: (clock.show(), 1.0, np.array([False]), False, {}),
        "terminated of step() is of the type ndarray, but gymnasium's is a bool",
    ),
    (
        3,
        showing({"time": np.zeros(3)}),
        "time has the shape (3,), but it must be (2,), as its observation_space says",
    ),
    (
        3,
        showing({"even": 2}),
        "even must be a whole number from 0 to 1 (got 2), as its observation_space says",
    ),
    (
        3,
        lambda clock: ({"time": np.zeros(2)}, 1.0, False, False, {}),
        "observation must be a dictionary of time, even (got {'time': array([0., 0.])}), as its",
    ),
]


@pytest.mark.parametrize(("step", "breach", "said"), BREACHES)
def test_a_breach_is_told_whenever_it_happens(
    step: int, breach: Breach, said: str, name: str, batch_for: Batches
) -> None:
    Clock.breaches = {}
    task = load(name, TaskSettings(episodes=2))
    batch, workload = batch_for(task, 2), task.workload("train", 1, 0)
    assert not evaluate(task, workload, batch).faults

    Clock.breaches = {step: breach}
    found = evaluate(task, workload, batch)
    with pytest.raises(InputError) as refusal:
        load(name)

    seed = int(workload.arrays[0][0, 0])
    said = said.replace("time, even", ", ".join(Clock.observation_space.spaces))
    for fault in found.faults.values():
        assert fault.startswith(f"after {step} steps of the episode with seed {seed}, {said}")
    assert [*found.faults] == [0, 1]
    assert str(refusal.value).startswith(
        f"task {name}: after {step} steps of the episode with seed "
    )
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("step", "returned", "said"),
    [
        (
            0,
            5,
            "reset() did not return what gymnasium's does, two values: observation and info, a dictionary",
        ),
        (
            3,
            (0, 1.0, False, {}),
            "step() did not return what gymnasium's does, five values: observation, rew",
        ),
        (
            3,
            None,
            "step() did not return what gymnasium's does, five values: observation, reward, terminated",
        ),
    ],
)
def test_so_is_one_that_a_wrapper_of_gymnasiums_stumbles_over(
    step: int, returned: Any, said: str, name: str
) -> None:
    Clock.breaches = {step: lambda clock: returned}

    with pytest.raises(InputError) as refusal:  # both take apart what they are given
        load(name, TaskSettings(wrap=("FlattenObservation",), env={"max_episode_steps": 4}))

    assert f"after {step} steps of the episode with seed 1826701615, {said}" in str(refusal.value)
    assert "unpack" in str(refusal.value)


def test_what_an_environment_raises_itself_is_told_as_it_is(name: str) -> None:
    def fail(clock: Clock) -> Any:
        values: list[int] = [clock.time]
        one, other = values
        return one, other

    Clock.breaches = {1: fail}
    with pytest.raises(
        InputError, match=r"raised ValueError: not enough values to unpack .* \(test_gym_c"
    ):
        load(name, TaskSettings(env={"max_episode_steps": 4}))


@pytest.mark.parametrize("reward", [True, 2, np.float32(1.5), np.int64(3), np.array(2.5)])
def test_any_number_is_a_reward(reward: Any, name: str, batch_for: Batches) -> None:
    Clock.breaches = {}
    task = load(name, TaskSettings(episodes=1))
    Clock.breaches = {2: paying(reward), 1: paying(0), 3: paying(0)}
    Clock.breaches[4] = lambda clock: (clock.show(), np.float64(0.5), np.True_, 0, {})

    scores = task.evaluate(task.workload("train", 1, 0), batch_for(task, 2)).score

    assert scores.tolist() == [float(reward) + 0.5] * 2


def test_environments_that_broke_it_are_closed_and_others_stay_open(
    name: str, batch_for: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Clock] = []
    monkeypatch.setattr(Clock, "close", lambda clock: closed.append(clock))
    Clock.breaches = {}
    task = load(name, TaskSettings(episodes=3))
    batch, workload = batch_for(task, 1), task.workload("train", 1, 0)
    evaluate(task, workload, batch)
    assert closed == []

    Clock.breaches = {1: paying("much")}
    evaluate(task, workload, batch)
    assert len(closed) == 3
