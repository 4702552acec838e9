"""Other systems than Linux: macOS runs, Windows is refused in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spikevolve import posix

MACOS = """
import os
del os.sched_getaffinity
"""
WINDOWS = """
import os, signal, sys
sys.modules["fcntl"] = None
del os.sched_getaffinity, os.uname, os.killpg, signal.SIGUSR1
"""
COMMAND = """
import runpy, sys
sys.argv = ["spikevolve", *{arguments!r}]
runpy.run_module("spikevolve", run_name="__main__")
"""


def spikevolve(hidden: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a Python that lacks something."""
    return subprocess.run(
        [sys.executable, "-c", hidden + COMMAND.format(arguments=arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_search_runs_where_nothing_restricts_the_cores_of_a_process(tmp_path: Path) -> None:
    done = spikevolve(MACOS, "run", "xor", "--generations", "2", "--out", "run", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "xor, seed 1: done after 2 generations" in done.stdout


@pytest.mark.parametrize("arguments", [("--help",), ("run", "iris"), ("report", "run")])
def test_a_system_without_file_locks_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = spikevolve(WINDOWS, *arguments, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: Spikevolve runs on Linux and macOS, and this system has ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_all_cores_are_used_where_nothing_restricts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")

    assert posix.available_cores() == os.cpu_count()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux restricts processes")
def test_a_restricted_process_uses_its_own_cores_only() -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert posix.available_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
