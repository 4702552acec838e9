"""The cache of compiled kernels is a help, never a condition; each trap of Numba's own cache."""

import fcntl
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import spikevolve
from spikevolve.sim import kernel_cache

pytestmark = pytest.mark.slow  # starts runs, or compiles much

PART = """
from .compile import kernel

@kernel()
def part():
    return {}
"""
WHOLE = """
from numba import types
from .compile import kernel
from .part import part

@kernel([types.int64(types.int64), types.float64(types.float64)])
def whole(number):
    return number + part()

def report():
    stats = whole.stats
    print(whole(40), sum(stats.cache_misses.values()), sum(stats.cache_hits.values()), flush=True)
"""
RUN = "from spikevolve.sim.whole import report; report()"
RUN_WHEN_TOLD = "import spikevolve.sim.compile; print('ready', flush=True); input(); " + RUN
COMPILED, LOADED = ["41", "2", "0"], ["41", "0", "2"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a copy of the simulator that has one more kernel."""
    source = Path(spikevolve.__file__).parent
    copy = tmp_path / "package" / "spikevolve"
    shutil.copytree(source / "sim", copy / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    for module in source.glob("*.py"):
        shutil.copy(module, copy)
    (copy / "sim" / "part.py").write_text(PART.format(1))
    (copy / "sim" / "whole.py").write_text(WHOLE)
    return copy.parent


def start(
    package: Path, cache: Path, code: str = RUN, file_size: int | None = None
) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}

    def limit() -> None:
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    return subprocess.Popen(
        [sys.executable, "-B", "-W", "error", "-c", code],
        env=kept | {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(package)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


def end(process: subprocess.Popen[str], told: str = "") -> list[str]:
    """What the kernel returned for 40, kernels compiled, kernels loaded."""
    output, _ = process.communicate(told, timeout=300)
    assert process.returncode == 0
    return output.split()


def test_a_kernel_is_kept_until_code_that_it_inlines_changes(package: Path, tmp_path: Path) -> None:
    assert end(start(package, tmp_path)) == COMPILED
    assert end(start(package, tmp_path)) == LOADED

    (package / "spikevolve" / "sim" / "part.py").write_text(PART.format(2))

    assert end(start(package, tmp_path)) == ["42", "2", "0"]


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_truncated_file_is_made_anew(kind: str, package: Path, tmp_path: Path) -> None:
    end(start(package, tmp_path))
    [folder] = (tmp_path / "spikevolve").glob("kernels-*")
    files = list(folder.rglob(f"*.{kind}"))
    assert files
    for file in files:
        os.truncate(file, 20)

    assert end(start(package, tmp_path)) == COMPILED
    assert end(start(package, tmp_path)) == LOADED


def test_two_processes_at_once_compile_once(package: Path, tmp_path: Path) -> None:
    processes = [start(package, tmp_path, RUN_WHEN_TOLD) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    counts = sorted(end(process) for process in processes)

    assert counts == sorted([COMPILED, LOADED])


@pytest.mark.parametrize("file_size", [1, 500])  # the folder's test fails; the kernel's file does
def test_a_full_disk_is_no_harm(file_size: int, package: Path, tmp_path: Path) -> None:
    assert end(start(package, tmp_path, file_size=file_size)) == COMPILED
    assert end(start(package, tmp_path)) == COMPILED  # nothing was kept, and nothing damaged


def test_kernels_compile_where_nothing_can_be_written(package: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    assert end(start(package, blocked)) == COMPILED


def test_the_lock_ends_with_its_holder(package: Path, tmp_path: Path) -> None:
    hold = (
        "import time; from spikevolve.sim import compile, kernel_cache\n"
        "made = kernel_cache.folder('spikevolve.sim.whole', *compile._versions())\n"
        "with kernel_cache.alone(made):\n"
        "    print('held', flush=True); time.sleep(1000)"
    )
    holder = start(package, tmp_path, hold)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waiting = start(package, tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(3)

    holder.kill()
    holder.communicate()

    assert end(waiting) == COMPILED


def test_a_stopped_holder_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_cache, "_PATIENCE", 0.1)
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with kernel_cache.alone(tmp_path):
            pass


@pytest.fixture
def fresh() -> Iterator[None]:
    """`kernel_cache.folder` forgets what it knows, before and after."""
    kernel_cache.folder.cache_clear()
    yield
    kernel_cache.folder.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_the_cache_lies_in_the_users_cache_folder_and_is_kept_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    unused, recent = tmp_path / "spikevolve/kernels-1", tmp_path / "spikevolve/kernels-2"
    for other, days in ((unused, 31), (recent, 29)):
        other.mkdir(parents=True)
        os.utime(other, (time.time() - days * 86400,) * 2)

    folder = kernel_cache.folder("spikevolve.sim.count")

    assert folder is not None
    assert folder.parent == tmp_path / "spikevolve"
    assert not unused.exists()
    assert recent.exists()


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("given", ["", "here"])  # a relative path is to be ignored
def test_the_cache_is_in_the_home_folder_unless_told_otherwise(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", given)
    monkeypatch.setenv("HOME", str(tmp_path))

    folder = kernel_cache.folder("spikevolve.sim.count")

    assert folder is not None
    assert folder.parent == tmp_path / ".cache" / "spikevolve"


@pytest.mark.usefixtures("fresh")
def test_a_folder_is_for_sources_versions_and_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_cache, "_PACKAGE", tmp_path)
    for room in ("sim", "genomes", "tasks", "cli"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "module.py").write_text("1")
    modules = ("spikevolve.sim.module", "spikevolve.tasks.module", "users_own")

    def changed_by(room: str) -> list[bool]:
        kernel_cache.folder.cache_clear()
        before = [kernel_cache.folder(module, "1.0", "haswell") for module in modules]
        (tmp_path / room / "module.py").write_text("2")
        kernel_cache.folder.cache_clear()
        after = [kernel_cache.folder(module, "1.0", "haswell") for module in modules]
        assert None not in before + after
        return [a != b for a, b in zip(before, after, strict=True)]

    assert changed_by("cli") == [False, False, False]
    assert changed_by("genomes") == [False, False, True]
    assert changed_by("tasks") == [False, True, True]
    assert changed_by("sim") == [True, True, True]
    assert kernel_cache.folder(modules[0], "1.1", "haswell") != kernel_cache.folder(
        modules[0], "1.0", "haswell"
    )
    assert kernel_cache.folder(modules[0], "1.0", "generic") != kernel_cache.folder(
        modules[0], "1.0", "haswell"
    )
