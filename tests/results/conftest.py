"""What the tests of run folders share."""

import os
import runpy
import tarfile
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


@pytest.fixture
def older_folds(tmp_path: Path) -> Path:
    """A cross-validation of iris by spikevolve 0.1.0: fold 1 done, fold 2 stopped on its way."""
    with tarfile.open(Path(__file__).with_name("release_0_1_0.tar.xz")) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "iris-folds"
