"""gymnasium's environments by id: extras, modules of one's own, and how mistakes are named."""

import hashlib
import importlib.util
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
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask
from spikevolve.tasks.user_code import source_digest

Batches = Callable[..., Batch]


def loaded(name: str, **settings: Any) -> GymnasiumTask:
    made = load(name, TaskSettings(**settings))
    assert isinstance(made, GymnasiumTask)
    return made


def test_mistakes_are_named() -> None:
    with pytest.raises(
        InputError, match="no environment 'CartPool-v1'; did you mean 'CartPole-v1'"
    ):
        load("gym:CartPool-v1")
    with pytest.raises(InputError, match="no environment 'zzzzzz'; gymnasium"):
        load("gym:zzzzzz")
    with pytest.raises(InputError, match=r"task gym:CartPole-v1 takes no folds \(got 3\)"):
        load("gym:CartPole-v1", TaskSettings(folds=3))
    with pytest.raises(InputError, match="task module 'no_such_module' cannot be imported"):
        load("gym:no_such_module:Mine-v0")


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [("LunarLander-v3", "Box2D", "box2d"), ("HalfCheetah-v5", "mujoco", "mujoco")],
)
def test_a_missing_extra_is_named(
    name: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [m for m in sys.modules if m.startswith(f"gymnasium.envs.{extra}")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(InputError, match=rf'needs the extra {extra}: pip install "spikevolve\['):
        load(f"gym:{name}")


def test_an_environment_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "own_toys.py").write_text(
        "import gymnasium\n"
        "from gymnasium.envs.classic_control import CartPoleEnv\n"
        "gymnasium.register('OwnToy-v0', CartPoleEnv, max_episode_steps=50)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    request.addfinalizer(lambda: sys.modules.pop("own_toys", None))
    request.addfinalizer(lambda: gymnasium.registry.pop("OwnToy-v0", None))

    made = loaded("gym:own_toys:OwnToy-v0")

    assert (made.name, made.steps, made.inputs) == ("gym:own_toys:OwnToy-v0", 50, 8)
    assert (
        source_digest(made.modules())
        == hashlib.sha256((tmp_path / "own_toys.py").read_bytes()).hexdigest()
    )


@pytest.mark.skipif(
    importlib.util.find_spec("mujoco") is None, reason='needs pip install "spikevolve[mujoco]"'
)
def test_inverted_pendulum(batch_for: Batches) -> None:
    made = loaded("gym:InvertedPendulum-v5", episodes=4)
    batch, workload = batch_for(made, 3), made.workload("train", 1, 0)

    measured = np.array(made.evaluate(workload, batch))

    assert (made.inputs, made.outputs) == (4 * 2, 5)
    assert 3 < made.guess_score < 10
    assert "mujoco" in made.packages()
    assert np.array_equal(made.evaluate(workload, batch), measured)


@pytest.mark.skipif(
    importlib.util.find_spec("Box2D") is None, reason='needs pip install "spikevolve[box2d]"'
)
@pytest.mark.parametrize("identifier", ["LunarLander-v3", "LunarLanderContinuous-v3"])
def test_lunar_lander(identifier: str, batch_for: Batches) -> None:
    made = loaded(f"gym:{identifier}", episodes=4)
    batch, workload = batch_for(made, 3), made.workload("train", 1, 0)

    measured = np.array(made.evaluate(workload, batch))

    assert made.inputs == 3 * 8
    assert made.outputs == (4 if identifier == "LunarLander-v3" else 2 * 5)
    assert -300 < made.guess_score < -100
    assert np.array_equal(made.evaluate(workload, batch), measured)
