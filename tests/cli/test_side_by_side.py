"""Runs side by side: how many at a time, how they are told to stop, and what is said of those that fail."""

import sys
import threading
from pathlib import Path

import pytest

from spikevolve.cli.side_by_side import carry_on_side_by_side
from spikevolve.errors import MachineError
from spikevolve.results.store.study import create_study

#: Stands for Python: notes its beginning and end, and does what its index asks for.
STAND_IN = """#!/bin/bash
index=${@: -1}
trap 'echo "saved $index" >> calls; exit 143' TERM
echo "begins $index" >> calls
case $index in
    1) sleep 0.2 ;;
    2) echo "a warning" >&2; echo "Error: the disk is full" >&2; exit 1 ;;
    3) kill -9 $$ ;;
    4) exit 5 ;;
    *) while [ -e wait ]; do sleep 0.02; done ;;
esac
echo "ends $index" >> calls
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    python = tmp_path / "python"
    python.write_text(STAND_IN)
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.chdir(tmp_path)
    create_study(tmp_path / "study", [], {"task": "iris"}, [{"seed": n} for n in range(1, 7)])
    return tmp_path / "study"


def calls() -> list[str]:
    return Path("calls").read_text().splitlines()


def test_all_are_carried_out_and_failures_are_said_with_their_reasons(folder: Path) -> None:
    told: list[str] = []

    with pytest.raises(MachineError) as failed:
        carry_on_side_by_side(folder, "spikevolve resume x", 2, {}, threading.Event(), told.append)

    assert str(failed.value) == (
        "3 of 6 runs failed, the others are done: seed 2 (2 of 6): the disk is full; "
        "seed 3 (3 of 6): ended by SIGKILL; seed 4 (4 of 6): status 5"
    )
    assert {f"begins {n}" for n in range(1, 7)} | {"ends 1", "ends 5", "ends 6"} == {*calls()}
    assert told[:2] == ["seed 1 (1 of 6): begins", "seed 2 (2 of 6): begins"]
    assert "seed 2 (2 of 6): failed: the disk is full" in told
    assert "seed 6 (6 of 6): done" in told


def test_no_more_run_at_a_time_than_were_asked_for(folder: Path) -> None:
    Path("wait").touch()
    told: list[str] = []
    running = most = 0

    def tell(sentence: str) -> None:
        nonlocal running, most
        told.append(sentence)
        running += 1 if sentence.endswith("begins") else -1
        most = max(most, running)
        if sentence == "seed 6 (6 of 6): begins":
            Path("wait").unlink()

    with pytest.raises(MachineError):
        carry_on_side_by_side(folder, "spikevolve resume x", 3, {}, threading.Event(), tell)

    assert (running, most, len(told)) == (0, 3, 12)


def test_when_asked_to_stop_all_save_and_none_begins(folder: Path) -> None:
    Path("wait").touch()
    stop = threading.Event()

    def tell(sentence: str) -> None:
        if sentence == "seed 5 (5 of 6): begins":
            threading.Thread(target=stop_once_begun).start()

    def stop_once_begun() -> None:
        while "begins 5" not in calls():
            stop.wait(0.01)
        stop.set()

    outcome = carry_on_side_by_side(folder, "spikevolve resume x", 1, {}, stop, tell)

    assert outcome.state == "stopped"
    assert calls()[-1] == "saved 5"
    assert "begins 6" not in calls()
