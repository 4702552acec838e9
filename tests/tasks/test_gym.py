"""gymnasium's environments as tasks: toys of a few lines, measured and refused."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.envs.classic_control import CartPoleEnv
from gymnasium.envs.registration import EnvCreator
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.sim import reference
from spikevolve.sim.batch import Batch, pack, part
from spikevolve.sim.network import Network
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.encoders import Argyle
from spikevolve.tasks.gym import gymnasium_task
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask
from spikevolve.tasks.user_code import source_digest

pytestmark = pytest.mark.slow  # starts runs, or compiles much

Networks = Callable[..., list[Network]]
Batches = Callable[..., Batch]

PAIR = spaces.Box(-1.0, 2.0, (2,))


class Toy(gymnasium.Env[Any, Any]):
    """Shows a drawn pair, pays for the sum of the action, and lasts so many steps."""

    def __init__(
        self,
        shows: spaces.Space[Any] = PAIR,
        takes: spaces.Space[Any] | None = None,
        steps: int = 4,
    ) -> None:
        self.observation_space, self.action_space = shows, takes or spaces.Discrete(3, start=5)
        self.steps = steps

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.left = self.steps
        return self.show(), {}

    def show(self) -> NDArray[np.float32]:
        return self.np_random.uniform([-0.5, 0.5], [0.0, 1.5]).astype(np.float32)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        self.left -= 1
        return self.show(), self.pay(action), self.left == 0, False, {}

    def pay(self, action: Any) -> float:
        return float(np.sum(action))


Register = Callable[..., str]


@pytest.fixture
def register() -> Iterator[Register]:
    """Enters an environment for a test: ``register(make)`` returns its name as a task."""
    entered: list[str] = []

    def enter(make: Callable[..., gymnasium.Env[Any, Any]]) -> str:
        entered.append(f"SpikevolveToy{len(entered)}-v0")
        gymnasium.register(entered[-1], cast(EnvCreator, make))
        return f"gym:{entered[-1]}"

    yield enter
    for identifier in entered:
        del gymnasium.registry[identifier]


def loaded(name: str, **settings: Any) -> GymnasiumTask:
    made = load(name, TaskSettings(**settings))
    assert isinstance(made, GymnasiumTask)
    return made


def test_every_number_of_an_action_has_outputs_of_its_own(
    register: Register, networks_for: Networks
) -> None:
    takes = spaces.Box(np.array([-1.0, 0.0], np.float32), np.array([1.0, 8.0], np.float32))
    made = loaded(
        register(lambda: Toy(takes=takes, steps=1)), encoder="argyle:2,spikes=3", ticks=10
    )
    assert made.outputs == 10
    assert made.describe()["actions"][:2] == ["0 -1", "0 -0.5"]  # type: ignore[index]
    workload = made.workload("train", 1, 0)
    networks = networks_for(made, 20)

    scores = made.evaluate(workload, pack(networks)).score

    for network, score in zip(networks, scores, strict=True):
        total = 0.0
        for seed in workload.arrays[0][:, 0]:
            shown = np.random.default_rng(int(seed)).uniform([-0.5, 0.5], [0.0, 1.5])
            inputs = np.zeros((10, 4, 1), np.bool_)
            for i, variable in enumerate(made.variables):
                value = np.array([np.float32(shown[i])], np.float64)
                window = Argyle(3, 2).spikes_of(value, variable.low, variable.high, 10)
                inputs[:, 2 * i : 2 * i + 2] = window
            counts = reference.simulate(network, inputs).spikes[:, network.output_neurons, 0].sum(0)
            total += -1 + 0.5 * int(counts[:5].argmax()) + 2 * int(counts[5:].argmax())
        assert score == pytest.approx(total / workload.size, abs=1e-12)
    assert len(set(scores)) > 5


def test_an_episode_does_not_depend_on_its_neighbours(
    batch_for: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = loaded("gym:CartPole-v1", episodes=7)
    workload, batch = made.workload("train", 1, 0), batch_for(made, 4)
    together = np.array(made.evaluate(workload, batch))

    monkeypatch.setattr(gymnasium_task, "MOST_LANES", 3)

    assert np.array_equal(made.evaluate(workload, batch), together)
    backwards = [made.evaluate(workload, part(batch, n, n + 1)) for n in range(3, -1, -1)]
    assert np.array_equal(np.concatenate(backwards[::-1], axis=1), together)


def test_ranges_are_those_of_random_play(register: Register) -> None:
    name = register(lambda: Toy(spaces.Box(-np.inf, np.inf, (2,))))
    made = loaded(name)

    np.testing.assert_allclose(made.measured.ranges, [[-0.5, 0.0], [0.5, 1.5]], atol=0.02)
    assert loaded(name).measured == made.measured
    assert made.measured.random_episodes == 100


def test_ranges_stay_within_the_bounds_and_are_never_empty(register: Register) -> None:
    class Constant(Toy):
        def show(self) -> NDArray[np.float32]:
            return np.array([7.0, 1.0], np.float32)

    made = loaded(register(lambda: Constant(spaces.Box(-5.0, 5.0, (2,)))))

    assert made.measured.ranges == [[4.0, 6.0], [0.0, 2.0]]


def test_chance_is_the_best_constant_action(register: Register) -> None:
    made = loaded(register(Toy))  # actions 5, 6, 7 in each of four steps

    assert made.chance_score == 28.0
    assert made.guess_score == pytest.approx(24.0, abs=0.5)


def test_what_was_measured_is_taken_over(register: Register) -> None:
    name = register(Toy)
    first = loaded(name)
    found = first.describe()["measured"]
    assert isinstance(found, dict)
    ranges = [[-9.0, 9.0], [-8.0, 8.0]]

    again = loaded(name, measured=found | {"ranges": ranges, "chance_score": 1.5})

    assert again.measured.ranges == ranges
    assert again.chance_score == 1.5
    assert not np.array_equal(
        again.workload("test", 1).arrays[2], first.workload("test", 1).arrays[2]
    )
    with pytest.raises(InputError, match="what was measured when the run began is damaged"):
        loaded(name, measured={"ranges": ranges})


def test_episodes_without_a_limit_are_cut_off(register: Register, batch_for: Batches) -> None:
    class Endless(Toy):
        def pay(self, action: Any) -> float:
            return 1.0

    made = loaded(register(lambda: Endless(steps=10**6)), episodes=1)

    assert made.steps == 1000
    assert (
        made.evaluate(made.workload("train", 1), batch_for(made, 2)).score.tolist() == [1000.0] * 2
    )


def test_fewer_are_tested_where_episodes_may_be_long(register: Register) -> None:
    for name, most in (("gym:CartPole-v1", 20), ("gym:Pendulum-v1", 50), (register(Toy), 10)):
        made = loaded(name)
        assert made.workload("test", 1).size == 1000
        assert made.most_tested == most


@pytest.mark.parametrize(
    ("shows", "said"),
    [
        (spaces.Text(5), "of the space Text; networks take Box"),
        (spaces.Sequence(PAIR), "of the space Sequence; networks take Box"),
        (spaces.Graph(PAIR, None), "of the space Graph; networks take Box"),
        (spaces.OneOf((PAIR, PAIR)), "of the space OneOf; networks take Box"),
        (spaces.Dict({"a": PAIR, "b": spaces.Text(5)}), "of the space Text; networks take Box"),
        (
            spaces.Box(0, 255, (96, 96, 3), np.uint8),
            "of 27,648 numbers, but networks take 1 to 4,096",
        ),
        (spaces.Discrete(5000), "of 5,000 numbers, but networks take 1 to 4,096"),
        (None, "of the space None, which is none of gymnasium's"),
    ],
)
def test_observations_that_are_not_so_many_numbers_are_refused(
    register: Register, shows: Any, said: str
) -> None:
    with pytest.raises(InputError, match=rf"^gym:\S+ shows observations {said}"):
        loaded(register(lambda: Toy(shows)))


@pytest.mark.parametrize(
    ("takes", "said"),
    [
        (spaces.Text(3), "of the space Text; networks give Discrete"),
        (
            spaces.Box(-np.inf, np.inf, (2,)),
            r"of the space Box of shape \(2,\), unbounded; networks give",
        ),
        (spaces.Box(0, np.inf, ()), r"of the space Box of shape \(\), unbounded; networks give"),
        (
            spaces.Tuple([spaces.Discrete(2), spaces.Sequence(PAIR)]),
            "of the space Sequence; networks",
        ),
        (
            spaces.MultiDiscrete([3000, 3000]),
            "that 6,000 outputs would decide, but networks have 4,096",
        ),
    ],
)
def test_actions_that_networks_cannot_give_are_refused(
    register: Register, takes: spaces.Space[Any], said: str
) -> None:
    with pytest.raises(InputError, match=rf"^gym:\S+ takes actions {said}"):
        loaded(register(lambda: Toy(takes=takes)))


def test_an_environment_that_fails_is_named(register: Register, batch_for: Batches) -> None:
    class Failing(Toy):
        def pay(self, action: Any) -> float:
            return 1 / 0

    class Unpaid(Toy):
        def pay(self, action: Any) -> float:
            return float("nan")

    with pytest.raises(
        InputError,
        match=r"task gym:\w+-v0 raised ZeroDivisionError: division by zero \(test_gym\.py",
    ):
        loaded(register(lambda: Failing()))
    name = register(lambda: Unpaid())
    with pytest.raises(InputError, match="its rewards are not finite numbers"):
        loaded(name)
    shorter = register(lambda: Toy(spaces.Box(0.0, 1.0, (3,))))
    with pytest.raises(
        InputError, match=r"observation has the shape \(2,\), but it must be \(3,\)"
    ):
        loaded(shorter)
    made = loaded(name, measured=loaded(register(Toy)).measured._asdict())
    with pytest.raises(InputError, match="the rewards add up to nan after 1 steps of the episode"):
        made.evaluate(made.workload("train", 1), batch_for(made, 1))


def test_the_source_is_that_of_the_environment_and_of_its_wrappers(register: Register) -> None:
    class Wrapped(gymnasium.Wrapper[Any, Any, Any, Any]):
        pass

    here = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    assert source_digest(loaded("gym:CartPole-v1").modules()) is None
    assert source_digest(loaded(register(Toy)).modules()) == here
    assert source_digest(loaded(register(lambda: Wrapped(CartPoleEnv()))).modules()) == here


def test_the_packages_are_those_that_the_environment_imports(register: Register) -> None:
    packages = loaded(register(Toy)).packages()  # this file imports them

    assert {"gymnasium", "numpy", "pytest"} <= {*packages}
    assert "numba" not in packages
