"""Runs on gymnasium's environments: the same after an interruption, with any number of workers."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from spikevolve import InputError
from spikevolve.evolve.run import prepared_again, resume, start
from spikevolve.evolve.settings import Settings
from spikevolve.results.compare import compare_tables
from spikevolve.results.folder import read_manifest
from spikevolve.tasks.gym.task import GymnasiumTask


def settings(folder: Path, workers: int) -> Settings:
    return Settings(
        task="gym:CartPole-v1",
        population=6,
        generations=3,
        episodes=2,
        workers=workers,
        out=str(folder),
    )


@pytest.mark.ray
@pytest.mark.slow
def test_an_interruption_changes_nothing_and_what_was_measured_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GymnasiumTask, "validation_episodes", 3)
    start(settings(tmp_path / "whole", 1), lambda _: None, threading.Event())
    stop = threading.Event()
    outcome = start(settings(tmp_path / "parts", 2), lambda _: stop.set(), stop)
    assert outcome.state == "stopped"

    assert resume(tmp_path / "parts", lambda _: None, threading.Event()).state == "done"

    assert compare_tables(tmp_path / "whole", tmp_path / "parts") == []
    manifest: Any = read_manifest(tmp_path / "parts")
    manifest["task"]["measured"]["ranges"][0] = [-3.0, 3.0]
    (tmp_path / "parts/run.json").write_text(json.dumps(manifest))
    again = prepared_again(tmp_path / "parts", None).task
    assert isinstance(again, GymnasiumTask)
    assert again.measured.ranges[0] == [-3.0, 3.0]
    manifest["settings"]["task"] = "gym:module_of_mine:Mine-v0"
    (tmp_path / "parts/run.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="name it again with --task gym:module_of_mine:Mine-v0"):
        prepared_again(tmp_path / "parts", None)
