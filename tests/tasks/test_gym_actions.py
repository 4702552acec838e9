"""The numbers that an environment receives are those that the manifest names, and within its bounds."""

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvCreator
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from numpy.typing import NDArray

from spikevolve.sim import reference
from spikevolve.sim.batch import pack
from spikevolve.sim.network import Network
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.encoders import Rate
from spikevolve.tasks.gym.actions import Actions
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask

pytestmark = pytest.mark.slow  # starts processes, or compares much

Networks = Callable[..., list[Network]]

TICKS = 8


class Recording(gymnasium.Env[Any, Any]):
    """Keeps what it receives, each with the seed of its episode, which lasts one step."""

    observation_space = spaces.Box(-1.0, 1.0, (2,))
    received: list[tuple[int, Any]]
    takes: spaces.Space[Any]

    def __init__(self) -> None:
        self.action_space = Recording.takes

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.seed = seed
        return self.np_random.uniform(-1.0, 1.0, 2), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.seed is not None
        Recording.received.append((self.seed, action))
        return np.zeros(2), 1.0, True, False, {}


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    gymnasium.register("SpikevolveRecording-v0", cast(EnvCreator, Recording))
    yield "gym:SpikevolveRecording-v0"
    del gymnasium.registry["SpikevolveRecording-v0"]


def box(low: Any, high: Any, dtype: Any) -> spaces.Box:
    """A vector with these bounds."""
    return spaces.Box(np.array(low, dtype), np.array(high, dtype), dtype=dtype)


SPACES: dict[str, spaces.Space[Any]] = {
    "few whole numbers": box([0], [3], np.int64),
    "two": box([0], [1], np.int8),
    "one": box([3], [3], np.int32),
    "truth": box([False], [True], np.bool_),
    "pixels": box([0], [255], np.uint8),
    "below and above 0": box([-7], [4], np.int16),
    "large": box([10**9 + 1], [2 * 10**9], np.int64),
    "as large as can be": box([0], [2**64 - 1], np.uint64),
    "as low and high as can be": box([-(2**63)], [2**63 - 1], np.int64),
    "several": box([0, -3, 5], [1, 100, 5], np.int32),
    "float32": box([-0.1], [0.3], np.float32),
    "float64": box([-0.1], [0.1], np.float64),
    "float16": box([-1.0, 0.1], [0.3, 7.0], np.float16),
    "actions": spaces.Discrete(4, start=-2),
}
DECODERS = ["bins:2", "bins:5", "bins:7", "rate", "vector", "vector:3"]


def numbers_of(text: str) -> int | float:
    number = text.split()[-1]
    return float(number) if set(number) & set(".e") else int(number)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("text", DECODERS)
def test_an_environment_receives_what_the_manifest_names(
    space: str, text: str, name: str, networks_for: Networks
) -> None:
    takes = Recording.takes = SPACES[space]
    discrete = isinstance(takes, spaces.Discrete)
    Recording.received = []
    told = TaskSettings(
        decoder=None if discrete else text, encoder="rate:4", episodes=20, ticks=TICKS
    )
    task = load(name, told)
    assert isinstance(task, GymnasiumTask)
    described = json.loads(json.dumps(task.describe()))
    values, names = described["action_values"], described["actions"]
    whole = takes.dtype is not None and takes.dtype.kind != "f"
    assert len(Recording.received) > 20  # in the trial

    networks, workload = networks_for(task, 6), task.workload("train", 1, 0)
    played = len(Recording.received)
    task.evaluate(workload, pack(networks))

    for _, action in Recording.received:
        assert takes.contains(action)
        if not discrete:
            assert isinstance(action, np.ndarray)
            assert action.dtype == takes.dtype
            assert action.shape == takes.shape
        row = [action] if discrete else action.tolist()
        assert all(number in among for number, among in zip(row, values, strict=True))
    if text.startswith("bins") or discrete:  # every output stands for a number
        each = len(names) // len(values)
        for number, among in enumerate(values):
            said = [numbers_of(text) for text in names[number * each : (number + 1) * each]]
            exact = [among[0].__class__(n) for n in said] if whole else np.array(said, takes.dtype)
            assert list(exact) == among
        decided = [winners(task, network, workload.arrays[0], len(values)) for network in networks]
        expected = [
            (seed, [among[place] for among, place in zip(values, places, strict=True)])
            for rows in decided
            for seed, places in rows
        ]
        found = Recording.received[played:]
        assert [(seed, [*np.atleast_1d(action).tolist()]) for seed, action in found] == expected


def winners(
    task: GymnasiumTask, network: Network, starts: NDArray[np.float64], numbers: int
) -> list[tuple[int, Any]]:
    """Seed and most active output of each number, by the reference."""
    found = []
    for seed in starts[:, 0].astype(int).tolist():
        seen = np.random.default_rng(seed).uniform(-1.0, 1.0, 2)
        windows = [
            Rate(spikes=4).spikes_of(np.array([value]), variable.low, variable.high, TICKS)
            for value, variable in zip(seen, task.variables, strict=True)
        ]
        spikes = reference.simulate(network, np.concatenate(windows, axis=1)).spikes
        counts = spikes[:, network.output_neurons, 0].sum(axis=0)
        found.append((seed, counts.reshape(numbers, -1).argmax(axis=1)))
    return found


WHOLE = [np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, np.uint64]


@st.composite
def whole_boxes(draw: st.DrawFn) -> spaces.Box:
    dtype: Any = draw(st.sampled_from(WHOLE))
    least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    lows = draw(st.lists(st.integers(least, most), min_size=1, max_size=3))
    widths = st.one_of(st.integers(0, 20), st.integers(0, most - least))
    pairs = [(low, min(low + draw(widths), most)) for low in lows]
    return box([low for low, _ in pairs], [high for _, high in pairs], dtype)


@examples(max_examples=300, deadline=None)
@given(whole_boxes(), st.sampled_from(DECODERS))
@example(box([0, 0], [1, 9], np.int8), "bins:5")
@example(box([0], [13558709351940097], np.int64), "bins:2")  # no float64
def test_whole_numbers_are_the_nearest_to_those_of_the_decoder(
    space: spaces.Box, text: str
) -> None:
    actions = Actions(space, "task", text, TICKS)

    assert len(actions.values) == len(space.low)
    for among, low, high in zip(
        actions.values, space.low.tolist(), space.high.tolist(), strict=True
    ):
        assert all(isinstance(value, int) for value in among)
        [choices] = set(actions.choices)
        ideal = low + np.linspace(0, high - low, choices)
        if text.startswith("vector:"):
            ideal = low + (high - low) * np.minimum(np.arange(TICKS + 1) / 3, 1)
        slack = 0.5 + 1e-9 + 1e-15 * max(abs(low), abs(high))
        assert np.abs(np.array(among, float) - ideal).max() <= slack
        assert among[0] == low
        assert among[-1] == high
        assert among == sorted(among)
        if text.startswith("bins") and high - low + 1 >= choices:
            assert len(set(among)) == choices
    if text.startswith("bins"):
        widest = max(int(h) - int(low) + 1 for low, h in zip(space.low, space.high, strict=True))
        assert choices == max(2, min(int(text[5:]), widest))
        assert len(actions.names) == len(space.low) * choices


@examples(max_examples=300, deadline=None)
@given(
    st.sampled_from([np.float16, np.float32, np.float64]),
    st.floats(-30000, 30000, width=16),
    st.floats(0.0, 1.0),
    st.sampled_from(DECODERS),
)
@example(np.float64, -0.1, 1.0, "bins:7")
def test_other_numbers_lie_within_the_bounds(
    dtype: Any, low: float, width: float, text: str
) -> None:
    space = box([low], [low + width * abs(low)], dtype)
    actions = Actions(space, "task", text, TICKS)

    taken = actions.take(np.arange(actions.choices[0], dtype=np.int32)[np.newaxis])
    assert [action.tolist() for action in taken] == [[value] for value in actions.values[0]]
    assert all(space.contains(action) and action.dtype == dtype for action in taken)
    if text.startswith("bins"):
        assert [dtype(name) for name in actions.names] == [action[0] for action in taken]
        ends = dtype(space.low[0]), dtype(space.high[0])
        assert (taken[0][0], taken[-1][0]) == pytest.approx(ends, rel=1e-15)
