"""Runs on gymnasium's environments: the same after an interruption, with any number of workers."""

import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gymnasium
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.prepared_again import OwnCode, prepared_again
from spikevolve.evolve.runs.provenance import provenance
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import Settings
from spikevolve.results.store.folder import read_manifest
from spikevolve.results.store.reader import compare_tables
from spikevolve.results.summaries.report_page import summarize
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask

pytestmark = pytest.mark.slow  # starts runs, or compiles much

FOUND = {
    "ranges": [[-1.0, 1.0]] * 8,
    "chance_score": 0.0,
    "guess_score": 0.0,
    "random_episodes": 10,
    "constant_episodes": 3,
}
OWN = """
import gymnasium
from gymnasium.envs.classic_control import CartPoleEnv

class Pole(CartPoleEnv):
    pass

gymnasium.register("OwnPole-v0", Pole, max_episode_steps=500)
"""
TASK = "gym:own_poles:OwnPole-v0"


def settings(folder: Path, workers: int) -> Settings:
    return Settings(
        task=TASK,
        population=6,
        generations=3,
        episodes=2,
        workers=workers,
        encoder="poisson",
        out=str(folder),
    )


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the module that registers the environment."""
    file = tmp_path / "own_poles.py"
    file.write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield file
    sys.modules.pop("own_poles", None)
    gymnasium.registry.pop("OwnPole-v0", None)


@pytest.mark.ray
def test_an_interruption_changes_nothing_and_what_was_measured_is_kept(
    tmp_path: Path, module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("validation_episodes", "test_episodes"):
        monkeypatch.setattr(GymnasiumTask, name, 3)
    start(settings(tmp_path / "whole", 1), lambda _: None, threading.Event())
    stop = threading.Event()
    parts = tmp_path / "parts"
    outcome = start(settings(parts, 2), lambda _: stop.set(), stop)
    assert outcome.state == "stopped"

    module.write_text(f"{OWN}\n# changed\n")
    with pytest.raises(InputError, match=rf"^the source of {TASK} has changed since {parts} began"):
        resume(parts, lambda _: None, threading.Event(), OwnCode(TASK))
    module.write_text(OWN)
    assert resume(parts, lambda _: None, threading.Event(), OwnCode(TASK)).state == "done"

    assert compare_tables(tmp_path / "whole", parts) == []
    manifest: Any = read_manifest(parts)
    manifest["task"]["measured"]["ranges"][0] = [-3.0, 3.0]
    (parts / "run.json").write_text(json.dumps(manifest))
    again = prepared_again(parts, OwnCode(TASK)).task
    assert isinstance(again, GymnasiumTask)
    assert again.measured.ranges[0] == [-3.0, 3.0]
    with pytest.raises(InputError, match=f"name it again with --task {TASK}"):
        prepared_again(parts)


WRAPPER = """
import gymnasium

class Twice(gymnasium.RewardWrapper):
    def reward(self, reward):
        return 2 * reward
"""


@pytest.mark.ray
def test_wrappers_of_ones_own_are_named_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("validation_episodes", "test_episodes"):
        monkeypatch.setattr(GymnasiumTask, name, 3)
    file, moved = tmp_path / "mine.py", tmp_path / "moved.py"
    file.write_text(WRAPPER)
    moved.write_text(WRAPPER)
    given = Settings(
        task="gym:FrozenLake-v1",
        env={"is_slippery": False, "map_name": "8x8"},
        wrap=("FlattenObservation", f"{file}:Twice"),
        max_steps=20,
        population=8,
        generations=3,
        workers=2,
    )

    start(replace(given, out=str(tmp_path / "whole")), lambda _: None, threading.Event())
    stop, parts = threading.Event(), tmp_path / "parts"
    start(replace(given, out=str(parts)), lambda _: stop.set(), stop)
    for wrap, said in (
        (
            None,
            "is a run with a wrapper of your own; name all again with --wrap FlattenObservation --wrap",
        ),
        ((f"{moved}:Twice",), "is a run with --wrap FlattenObservation --wrap .*, not with --wrap"),
        (
            ("FlattenObservation", f"{moved}:Thrice"),
            "is a run with --wrap .*:Twice, not with .*:Thrice",
        ),
    ):
        with pytest.raises(InputError, match=said):
            resume(parts, lambda _: None, threading.Event(), OwnCode(wrap=wrap))
    named = OwnCode(wrap=("FlattenObservation", f"{moved}:Twice"))
    assert resume(parts, lambda _: None, threading.Event(), named).state == "done"

    assert compare_tables(tmp_path / "whole", parts) == []
    manifest: Any = read_manifest(parts)
    assert manifest["task"]["env"] == {"is_slippery": False, "map_name": "8x8"}
    assert manifest["task"]["max_steps"] == 20
    made_of = '(is_slippery=false, map_name="8x8", wrapped in FlattenObservation, wrapped in '
    assert f"gym:FrozenLake-v1 {made_of}{file}:Twice, at most 20 steps)" in summarize(parts)
    assert (
        "had not ended after 20 steps, where episodes are cut off"
        in (parts / "log.txt").read_text()
    )


@pytest.mark.skipif(
    importlib.util.find_spec("Box2D") is None, reason='needs pip install "spikevolve[box2d]"'
)
def test_a_run_names_the_version_of_the_simulator_behind_an_environment() -> None:
    task = load("gym:LunarLander-v3", TaskSettings(measured=FOUND))

    assert provenance(task.packages())["versions"]["Box2D"] == version("Box2D")  # type: ignore[index]
