"""A champion plays gymnasium's own environment, of any spaces, as the search measured it."""

import json
import zlib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvCreator

from spikevolve import Champion
from spikevolve.errors import InputError
from spikevolve.evolve.networks.champion_task import champion_task
from spikevolve.evolve.networks.policy import Policy
from spikevolve.genomes import InitialSettings, express, profile, random_genome
from spikevolve.sim.batch import pack
from spikevolve.sim.network import Network
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask

pytestmark = pytest.mark.slow  # compiles much

PAIR = spaces.Box(-1.0, 1.0, (2,), np.float32)


class Echo(gymnasium.Env[Any, Any]):
    """Shows samples of its space, and pays by what it receives."""

    shows: spaces.Space[Any]
    takes: spaces.Space[Any]

    def __init__(self) -> None:
        # Its own: a space has a generator, and environments lie side by side.
        self.observation_space, self.action_space = deepcopy(Echo.shows), Echo.takes

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        self.left = 5
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        self.left -= 1
        flat = spaces.flatten(self.action_space, action)
        paid = zlib.crc32(np.asarray(flat, np.float64).tobytes()) / 2**32
        return self.observation_space.sample(), paid, self.left == 0, False, {}


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    gymnasium.register("SpikevolveEcho-v0", cast(EnvCreator, Echo))
    yield
    del gymnasium.registry["SpikevolveEcho-v0"]


def made(shows: spaces.Space[Any], takes: spaces.Space[Any], **settings: Any) -> GymnasiumTask:
    Echo.shows, Echo.takes = shows, takes
    task = load("gym:SpikevolveEcho-v0", TaskSettings(episodes=4, **settings))
    assert isinstance(task, GymnasiumTask)
    return task


CHIP = profile("float", {"threshold": [0.0625, 0.5]})


def network_for(task: GymnasiumTask, seed: int) -> Network:
    settings = InitialSettings(hidden=2, density=0.7)
    rng = np.random.default_rng(seed)
    return express(random_genome(task.inputs, task.outputs, CHIP, settings, rng), CHIP)


def policy_of(task: GymnasiumTask, network: Network) -> Policy:
    """The policy of what a manifest says of the task."""
    told = json.loads(json.dumps(task.describe()))
    return Policy(network, champion_task(told, network, 1.0))


BOXES: list[spaces.Space[Any]] = [
    spaces.Box(0, 255, (3, 2), np.uint8),
    spaces.Box(-2.0, 1.0, (), np.float64),
]
TWO = spaces.Discrete(2)
KINDS: dict[str, tuple[spaces.Space[Any], spaces.Space[Any], dict[str, Any]]] = {
    "states": (spaces.Discrete(6, start=2), spaces.Discrete(3, start=-1), {}),
    "several states": (
        spaces.MultiDiscrete([3, 2]),
        spaces.MultiDiscrete(np.array([[2], [3]])),
        {},
    ),
    "bits": (spaces.MultiBinary(4), spaces.MultiBinary((2, 2)), {}),
    "image": (BOXES[0], TWO, {}),
    "number": (BOXES[1], BOXES[1], {}),
    "numbers": (PAIR, spaces.Box(-1.0, np.array([[1.0, 2.0]], np.float32), (1, 2), np.float32), {}),
    "rates": (PAIR, PAIR, {"decoder": "rate"}),
    "vectors": (PAIR, spaces.Box(0, 9, (2,), np.int16), {"decoder": "vector"}),
    "tuple": (spaces.Tuple([spaces.Discrete(4), PAIR]), spaces.Tuple([TWO, BOXES[1]]), {}),
    "dictionary": (
        spaces.Dict({"at": PAIR, "has": spaces.MultiBinary(2)}),
        spaces.Dict({"gear": spaces.Discrete(3, start=1), "wheel": PAIR}),
        {},
    ),
    "charges": (spaces.Discrete(4), TWO, {"inputs": "neurons"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_acts_as_it_was_measured(kind: str) -> None:
    shows, takes, settings = KINDS[kind]
    task = made(shows, takes, **settings)
    seeds = task.workload("train", 1, 0).arrays[0][:, 0].astype(int).tolist()
    chip = profile(
        "float", {"threshold": [0.0625, 0.5], "inputs": settings.get("inputs", "sources")}
    )
    returns = []
    for number in range(6):
        rng, sizes = np.random.default_rng(number), InitialSettings(hidden=2, density=0.7)
        network = express(random_genome(task.inputs, task.outputs, chip, sizes, rng), chip)
        policy = policy_of(task, network)
        measured = task.case_scores(task.workload("train", 1, 0), pack([network]))[0]

        played = []
        for seed in seeds:
            environment = gymnasium.make("SpikevolveEcho-v0")
            policy.reset()
            shown, total, over = environment.reset(seed=seed)[0], 0.0, False
            while not over:
                shown, reward, terminated, truncated, _ = environment.step(policy(shown))
                total, over = total + float(reward), terminated or truncated
            played.append(total)

        assert played == measured.tolist()
        returns += played
    assert len({*returns}) > 3  # not all do the same


def test_it_takes_the_vector_as_well() -> None:
    shows, takes, _ = KINDS["tuple"]
    task = made(shows, takes)
    network = network_for(task, 3)
    one, other = policy_of(task, network), policy_of(task, network)
    shows.seed(4)
    for _ in range(10):
        shown = shows.sample()
        flat = np.asarray(spaces.flatten(shows, shown), np.float64)
        pairs = zip(one(shown), other(flat), strict=True)
        assert all(np.array_equal(action, again) for action, again in pairs)


def test_what_it_is_not_shown_by_its_environment_is_refused() -> None:
    task = made(spaces.Discrete(4), TWO)
    policy = policy_of(task, network_for(task, 1))
    for shown, said in (
        (4, "observation must be a whole number from 0 to 3 (got 4)"),
        (np.zeros(3), "observation must be a whole number from 0 to 3 (got array([0., 0., 0.]))"),
        (np.full(4, np.nan), "an observation must be finite numbers (got [nan, nan, nan, nan])"),
    ):
        with pytest.raises(InputError) as refusal:
            policy(shown)
        assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"observation_form": {"kind": "choice", "count": 5, "start": 0, "type": "int64"}},
            "has 5 numbers",
        ),
        (
            {"action_form": {"kind": "numbers", "shape": [2], "type": "int64"}},
            "action_form has 2 numbers",
        ),
        (
            {"action_values": [[0, 1, 2]]},
            "the network has 2 outputs, but its task's actions take 3",
        ),
    ],
)
def test_a_description_that_does_not_fit_is_refused(change: dict[str, Any], said: str) -> None:
    task = made(spaces.Discrete(4), TWO)
    network = network_for(task, 1)
    told = json.loads(json.dumps(task.describe())) | change

    with pytest.raises(InputError, match=said):
        Policy(network, champion_task(told, network, 1.0))


def test_a_champion_of_a_genome_acts_in_a_real_environment() -> None:
    task = load("gym:FrozenLake-v1", TaskSettings(env={"is_slippery": False}))
    genome = random_genome(
        task.inputs, task.outputs, CHIP, InitialSettings(), np.random.default_rng(1)
    )
    policy = Champion.from_genome(genome, CHIP, task).policy()

    environment = gymnasium.make("FrozenLake-v1", is_slippery=False)
    action = policy(environment.reset(seed=1)[0])

    assert environment.action_space.contains(action)
