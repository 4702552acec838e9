"""A search gives the same tables on another processor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spikevolve.results.store.reader import compare_tables

pytestmark = pytest.mark.slow  # starts runs, or compiles much

# Against the wide vectors and the fused operations of NumPy, of the C library, and of our kernels.
# Where a processor has none of them, both runs are the same for a simpler reason.
# NumPy ignores the names that it does not know; they differ between its versions.
LESSER = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX2 FMA3 AVX512F AVX512_SKX AVX512_ICL AVX512_SPR",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-AVX2_Usable,-FMA_Usable",
    "SPIKEVOLVE_KERNELS": "plain",
}


def search(folder: Path, task: tuple[str, ...], variables: dict[str, str]) -> None:
    small = ("--generations", "12", "--population", "12", "--workers", "1", "--seed", "3")
    command = [sys.executable, "-m", "spikevolve", "run", *task, *small, "--out", str(folder)]
    done = subprocess.run(
        command,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "task",
    [
        ("iris", "--encoder", "population:4"),
        ("iris", "--encoder", "poisson"),
        ("cartpole",),
        ("cartpole", "--sources", "cma_es", "--hidden", "2", "--heat", "90"),
        (
            "pendulum",
            "--sources",
            "coarse,cma_es",
            "--hidden",
            "2",
            "--heat",
            "1",
            "--searches",
            "2",
        ),
    ],
    ids=" ".join,
)
def test_a_search_is_the_same_on_a_lesser_processor(task: tuple[str, ...], tmp_path: Path) -> None:
    search(tmp_path / "usual", task, {})
    search(tmp_path / "lesser", task, LESSER)

    assert compare_tables(tmp_path / "usual", tmp_path / "lesser") == []
