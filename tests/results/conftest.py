"""What the tests of run folders share."""

import os
import runpy
from pathlib import Path

import pytest

from spikevolve.results.store.writer import create_run

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))


@pytest.fixture(autouse=True)
def quick_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the disk is slow, and nobody cuts the power here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of two commits."""
    folder = tmp_path / "run"
    with create_run(folder, RUN["MANIFEST"]) as writer:
        RUN["step"](writer, 0)
        RUN["step"](writer, 1)
    return folder
