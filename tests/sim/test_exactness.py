"""What may be relied on: the same spikes for ever, whatever the kernel, and no fused arithmetic."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numba
import pytest

from spikevolve.sim import models
from spikevolve.sim.compile import RUN, STEP, has_vectors, processor
from spikevolve.sim.kernels import entries

pytestmark = pytest.mark.slow  # starts runs, or compiles much

GOLDEN = Path(__file__).with_name("golden.py")
KINDS = [(model, name) for model in models.names() for name in models.arithmetics(model)]


def check_golden(*arguments: str, **variables: str) -> None:
    """Every line of `golden.py` says "same"."""
    done = subprocess.run(
        [sys.executable, str(GOLDEN), *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = [tuple(line.split()[1:3]) for line in done.stdout.splitlines()]
    assert kinds == KINDS


def test_golden_digests() -> None:
    check_golden()
    check_golden("--plain")


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_do_not_disturb_each_other(
    threads: int, arithmetic: str, random_network: Any, random_inputs: Any, run_kernel: Any
) -> None:
    networks = [random_network(seed, arithmetic) for seed in range(20)]

    def run(seed: int) -> bytes:
        inputs = random_inputs(networks[seed], 40, 150, seed)
        return bytes(run_kernel(networks[seed], inputs, plain=False)[0])

    alone = [run(seed) for seed in range(20)]
    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(run, range(20))) == alone


@pytest.mark.parametrize(("name", "features"), [("generic", ""), ("haswell", "+avx,+avx2,+fma")])
def test_golden_digests_on_lesser_processors(name: str, features: str) -> None:
    if "+avx2" not in processor()[2].split(","):
        pytest.skip("this processor is one of them, or of another kind")
    check_golden(NUMBA_CPU_NAME=name, NUMBA_CPU_FEATURES=features)


def test_golden_digests_on_arm() -> None:
    emulated = os.environ.get("SPIKEVOLVE_ARM")
    if not emulated:
        pytest.skip("SPIKEVOLVE_ARM names no emulated Python for Arm; see CONTRIBUTING.md")
    done = subprocess.run(
        [emulated, str(GOLDEN)], capture_output=True, text=True, check=False, timeout=1800
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("aarch64") == len(KINDS)


def test_the_kernel_follows_the_processor_and_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for model, arithmetic in KINDS:
        plain = entries.model(model, arithmetic, plain=True).run
        usual = entries.model(model, arithmetic).run
        assert (usual is not plain) == has_vectors()
        monkeypatch.setenv("SPIKEVOLVE_KERNELS", "plain")
        entries.model.cache_clear()
        assert entries.model(model, arithmetic).run is plain
        monkeypatch.undo()
        entries.model.cache_clear()


def test_every_kernel_has_a_name_of_its_own() -> None:
    kernels = [entries.model(*kind, plain=plain).run for kind in KINDS for plain in (True, False)]
    names = {id(kernel): kernel.__qualname__ for kernel in kernels}

    assert len(set(names.values())) == len(names)  # Numba links kernels by these names


def float_kernels() -> dict[str, tuple[Any, Any]]:
    """Every kernel of a neuron model that computes in floating point, and its signature."""
    kernels: dict[str, tuple[Any, Any]] = {}
    for model, arithmetic in KINDS:
        if arithmetic == "integer":
            continue
        plain = entries.model(model, arithmetic, plain=True).run
        kernels[f"{model}-{arithmetic}"] = (plain, RUN[arithmetic])
        if has_vectors():
            usual = entries.model(model, arithmetic).run
            kernels[f"{model}-{arithmetic}-vectors"] = (usual, RUN[arithmetic])
            if not models.MODELS[model].counts_events:
                step = entries.step(arithmetic, model)
                kernels[f"{model}-{arithmetic}-events"] = (step, STEP[arithmetic])
    return kernels


def test_no_multiplication_is_fused_with_an_addition() -> None:
    if "+fma" not in processor()[2].split(","):
        pytest.skip("this processor has no fused multiply-add, or is of another kind")

    njit: Any = numba.njit  # its types leave some options out
    for name, (kernel, signature) in float_kernels().items():
        anew = njit(
            signature,
            nogil=True,
            error_model="numpy",
            no_cpython_wrapper=True,  # only looked at
            no_cfunc_wrapper=True,
        )(kernel.py_func)
        [code] = anew.inspect_asm().values()

        assert re.search(r"\bv?add[ps][sd]\b", code), name
        assert "mul" in code or name.startswith(("if", "risp")), name  # these only add
        assert not re.search(r"\bvfn?m(add|sub)", code), name
