"""The cache of compiled kernels is a help, never a condition."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spikevolve.sim import compile as compiling

SIMULATE = """
import warnings; warnings.simplefilter("error")
from spikevolve.sim.count import count_spikes
import numpy as np
print(count_spikes(np.array([2, 1] + [0] * 7, np.int32), np.full((3, 2, 1), 5, np.uint64), 1, 2))
print(sum(count_spikes.stats.cache_hits.values()))
"""


def count_in_new_process(cache: Path) -> list[str]:
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", SIMULATE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.split()


@pytest.mark.slow
def test_kernels_are_kept_and_a_damaged_cache_is_no_harm(tmp_path: Path) -> None:
    assert count_in_new_process(tmp_path) == ["4", "0"]
    assert count_in_new_process(tmp_path) == ["4", "1"]
    files = [file for file in tmp_path.rglob("*.nb?") if file.is_file()]
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:20])
    assert count_in_new_process(tmp_path)[0] == "4"


@pytest.mark.slow
def test_kernels_compile_where_nothing_can_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    assert count_in_new_process(blocked) == ["4", "0"]


def test_the_cache_lies_in_the_users_cache_folder_and_is_kept_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    unused, recent = tmp_path / "spikevolve/kernels-1", tmp_path / "spikevolve/kernels-2"
    for other, days in ((unused, 31), (recent, 29)):
        other.mkdir(parents=True)
        os.utime(other, (time.time() - days * 86400,) * 2)
    compiling.cache_folder.cache_clear()

    folder = compiling.cache_folder()

    assert folder is not None
    assert folder.parent == tmp_path / "spikevolve"
    assert not unused.exists()
    assert recent.exists()
    monkeypatch.undo()
    compiling.cache_folder.cache_clear()
