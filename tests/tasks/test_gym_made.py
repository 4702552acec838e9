"""How an environment is made: its arguments, wrappers around it, and how long an episode may be."""

import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim.batch import Batch
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.gym import survey
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask
from spikevolve.tasks.user_code import source_digest

Batches = Callable[..., Batch]

OWN = """
import gymnasium
import numpy as np

class Half(gymnasium.RewardWrapper):
    def reward(self, reward):
        return reward / 2

class Stacked(gymnasium.wrappers.FrameStackObservation):
    def __init__(self, env):
        super().__init__(env, 3)

class Failing(gymnasium.Wrapper):
    def __init__(self, env):
        super().__init__(env)
        raise ValueError("no good")

class Task:
    pass
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own_wrappers.py").write_text(OWN)
    return tmp_path / "own_wrappers.py"


def loaded(name: str, **settings: Any) -> GymnasiumTask:
    made = load(f"gym:{name}", TaskSettings(**settings))
    assert isinstance(made, GymnasiumTask)
    return made


def test_an_environment_is_made_with_the_arguments() -> None:
    slippery, firm = (
        loaded("FrozenLake-v1", env={"is_slippery": slips}) for slips in (True, False)
    )
    large = loaded("FrozenLake-v1", env={"map_name": "8x8", "is_slippery": False})

    assert (slippery.inputs, firm.inputs, large.inputs) == (16, 16, 64)
    assert slippery.chance_score > 0.0 == firm.chance_score
    assert large.describe()["env"] == {"map_name": "8x8", "is_slippery": False}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"env": {"slippery": False}},
            "env: gym:FrozenLake-v1 takes no argument 'slippery'; it takes render_mode, desc, map_name, "
            "is_slippery, ",
        ),
        (
            {"env": {"map_name": "9x9"}},
            "gym:FrozenLake-v1 cannot be made with map_name='9x9': KeyError: '9x9'",
        ),
        (
            {"env": {"is_slippery": "maybe"}},
            "env: gym:FrozenLake-v1 has is_slippery=True by default, so it must be true or false (got 'maybe')",
        ),
        (
            {"env": {"desc": float("nan")}},
            "env: desc is nan, but an argument must be a text, a finite number",
        ),
        (
            {"wrap": ("FlattenObs",)},
            "wrap: gymnasium has no wrapper 'FlattenObs'; did you mean 'Flatten",
        ),
        (
            {"wrap": ("Qqqq",)},
            "wrap: gymnasium has no wrapper 'Qqqq'; your own is given as module:Class",
        ),
        (
            {"wrap": ("TimeLimit",)},
            "wrap: TimeLimit needs max_episode_steps: derive a class of your own",
        ),
        (
            {"wrap": ("NormalizeReward",)},
            "wrap: NormalizeReward goes by earlier episodes, but an episode",
        ),
        (
            {"wrap": ("nowhere:Half",)},
            "wrap module 'nowhere' cannot be imported: ModuleNotFoundError",
        ),
        (
            {"wrap": ("{own}:Task",)},
            "wrap: {own} has no wrapper 'Task'; your own is given as module:Class",
        ),
        (
            {"wrap": ("{own}:Failing",)},
            "wrap: {own}:Failing cannot be made: ValueError: no good (own_w",
        ),
    ],
)
def test_what_it_does_not_take_is_refused(settings: Any, said: str, own: Path) -> None:
    if "wrap" in settings:
        settings = {"wrap": tuple(text.format(own=own) for text in settings["wrap"])}

    with pytest.raises(InputError) as refusal:
        loaded("FrozenLake-v1", **settings)

    assert str(refusal.value).startswith(said.format(own=own))


def test_an_argument_that_is_passed_on_to_nobody_is_refused_by_those_that_have_names() -> None:
    def make(size: int = 3, **others: Any) -> gymnasium.Env[Any, Any]:
        return gymnasium.make("FrozenLake-v1", **others)

    gymnasium.register("SpikevolveLake-v0", make)
    try:
        assert loaded("SpikevolveLake-v0", env={"size": 4, "is_slippery": False}).inputs == 16
        with pytest.raises(
            InputError, match="takes no argument 'sise'; it takes size, max_episode_steps"
        ):
            loaded("SpikevolveLake-v0", env={"sise": 4})
    finally:
        del gymnasium.registry["SpikevolveLake-v0"]


def test_only_environments_of_gymnasiums_take_them() -> None:
    for settings in ({"env": {"a": 1}}, {"wrap": ("FlattenObservation",)}, {"max_steps": 3}):
        [(option, value)] = settings.items()
        with pytest.raises(InputError) as refusal:
            load("cartpole", TaskSettings(**settings))
        assert str(refusal.value) == f"task cartpole takes no {option} (got {value!r})"
    load("cartpole", TaskSettings(env={}))


def test_wrappers_lie_around_the_environment_in_their_order(own: Path, batch_for: Batches) -> None:
    bare = loaded("CartPole-v1", episodes=3)
    wrap = ("TimeAwareObservation", f"{own}:Stacked", f"{own}:Half")
    wrapped = loaded("CartPole-v1", episodes=3, wrap=wrap)

    assert (len(bare.variables), len(wrapped.variables)) == (4, 3 * 5)
    assert wrapped.feature_names[5] == "observation[1][0]"
    assert wrapped.chance_score == bare.chance_score / 2
    assert wrapped.describe()["wrap"] == list(wrap)
    assert source_digest(bare.modules()) is None
    assert source_digest(wrapped.modules()) is not None
    twin, batch = pickle.loads(pickle.dumps(wrapped)), batch_for(wrapped, 3)
    workload = wrapped.workload("train", 1, 0)
    assert np.array_equal(twin.evaluate(workload, batch), wrapped.evaluate(workload, batch))


def test_a_wrapper_from_a_file_reaches_a_process_that_has_not_the_file(own: Path) -> None:
    wrapped = loaded("CartPole-v1", wrap=(f"{own}:Half",))
    sent = pickle.dumps(wrapped)
    own.unlink()
    for module in [name for name in sys.modules if name.startswith("spikevolve_file_")]:
        del sys.modules[module]

    assert pickle.loads(sent).first_shown(np.array([5.0])).shape == (4,)


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        ({}, 200),
        ({"max_steps": 30}, 30),
        ({"env": {"max_episode_steps": 50}}, 50),
        ({"env": {"max_episode_steps": -1}}, 1000),
        ({"env": {"max_episode_steps": -1}, "max_steps": 70}, 70),
    ],
)
def test_episodes_are_cut_off_where_the_user_or_the_environment_says(
    settings: Any, steps: int, batch_for: Batches
) -> None:
    made = loaded("Pendulum-v1", episodes=2, **settings)
    workload, batch = made.workload("train", 1, 0), batch_for(made, 2)
    environment = gymnasium.make("Pendulum-v1", max_episode_steps=-1).unwrapped
    lowest = -(np.pi**2 + 0.1 * 8**2 + 0.001 * 2**2)  # a step pays this at least

    assert made.steps == steps
    assert environment is not None
    assert (made.evaluate(workload, batch).score >= lowest * steps).all()
    cut = made.measured.cut_episodes
    assert cut == (
        0 if settings in ({}, {"env": {"max_episode_steps": 50}}) else made.measured.random_episodes
    )
    said = f"gym:Pendulum-v1: {cut} of {made.measured.random_episodes} random episodes had not ended after"
    assert [note.startswith(said) for note in made.notes] == [True] * (cut > 0)


def test_short_episodes_are_more() -> None:
    assert loaded("Blackjack-v1").episodes == 64
    assert loaded("CartPole-v1").episodes == 10
    assert loaded("Blackjack-v1", episodes=5).episodes == 5


def test_luck_is_three_standard_errors_of_an_evaluation() -> None:
    few, many = (loaded("Blackjack-v1", episodes=n) for n in (4, 400))

    assert (
        few.chance_score == many.chance_score == pytest.approx(-0.17, abs=0.06)
    )  # to stick always
    assert few.luck == pytest.approx(10 * many.luck)
    assert many.luck == pytest.approx(3 * 0.97 / 20, rel=0.1)  # a game is won or lost


def test_a_slow_environment_is_tried_with_the_least_episodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(survey, "MOST_SECONDS", 0.0)

    found = loaded("CartPole-v1").measured

    assert (found.random_episodes, found.constant_episodes) == (10, 3)
