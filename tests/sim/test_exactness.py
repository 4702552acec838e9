"""What may be relied on: the same spikes for ever, whatever the kernel, and no fused arithmetic."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from spikevolve.sim import models
from spikevolve.sim.compile import RUN, has_vectors, processor
from spikevolve.sim.kernels import lif_vector
from spikevolve.sim.network import Network

# Of the spikes below, made by the readable reference: a change of them is a change of meaning.
GOLDEN = {"float32": "6b9666639103940a", "integer": "e2286befa5ff2794"}


def golden_network(arithmetic: str) -> Network:
    """By arithmetic alone, so that no random generator's version matters."""
    inputs, neurons = 6, 24
    pairs = np.arange(neurons * (neurons - inputs))
    pairs = pairs[pairs * 7919 % 101 < 22]
    targets, sources = inputs + pairs // neurons, pairs % neurons
    number = np.arange(neurons - inputs)
    dtype: Any = models.DTYPES[arithmetic]
    rows = np.zeros((neurons, 7), dtype)
    if arithmetic == "float32":
        rows[inputs:, 0] = (16 + number * 37 % 64) / 32
        rows[inputs:, 1] = np.array([0, 0.5, 0.75, 0.9, 1])[number % 5]
        rows[inputs:, 3] = (number * 11 % 13 - 2) / 32
        rows[inputs:, 5] = -4
    else:
        rows[inputs:, 0] = 40 + number * 37 % 128
        rows[inputs:, 1] = np.array([0, 1, 3, 7, 31])[number % 5]
        rows[inputs:, 3] = number * 11 % 13 + 4
        rows[inputs:, 5] = -255
    rows[inputs:, 2] = number % 4
    rows[inputs:, 6] = number % 3 == 0
    weights = (pairs * 4481 % 211) - 84
    network = Network(
        model="lif",
        arithmetic=arithmetic,
        source_count=inputs,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, inputs + 3, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(neurons + 1)).astype(np.int32),
        sources=sources.astype(np.int32),
        weights=(weights / 128 if arithmetic == "float32" else weights).astype(dtype),
        delays=(1 + pairs * 31 % 9).astype(np.int32),
        parameters=rows,
    )
    network.validate()
    return network


def test_golden_digest(arithmetic: str, plain: bool, run_kernel: Any) -> None:
    network = golden_network(arithmetic)
    index = np.arange(60 * network.inputs * 75)
    inputs = (index * 2654435761 % 2**32 < 2**30).reshape(60, network.inputs, 75)

    spikes, _ = run_kernel(network, inputs, plain=plain)

    own = spikes[:, network.source_count :]
    assert 0.05 < own.mean() < 0.5
    assert hashlib.sha256(own.tobytes()).hexdigest()[:16] == GOLDEN[arithmetic]


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


@pytest.mark.slow
@pytest.mark.parametrize(("name", "features"), [("generic", ""), ("haswell", "+avx,+avx2")])
def test_golden_digest_on_lesser_processors(name: str, features: str, tmp_path: Any) -> None:
    if "+avx2" not in processor()[2].split(","):
        pytest.skip("this processor is one of them, or of another kind")
    options = ["-q", "-p", "no:cacheprovider", "-k", "digest and not less"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, __file__],
        env=os.environ | {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": features},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert ("4 passed" if features else "2 passed, 2 skipped") in done.stdout


def test_the_kernel_follows_the_processor_and_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for arithmetic in models.arithmetics("lif"):
        plain = models.model("lif", arithmetic, plain=True).run
        usual = models.model("lif", arithmetic).run
        assert (usual is not plain) == has_vectors()
        monkeypatch.setenv("SPIKEVOLVE_KERNELS", "plain")
        models.model.cache_clear()
        assert models.model("lif", arithmetic).run is plain
        monkeypatch.undo()
        models.model.cache_clear()


@pytest.mark.slow
def test_no_multiplication_is_fused_with_an_addition() -> None:
    if not has_vectors() or "+fma" not in processor()[2].split(","):
        pytest.skip("this processor has no fused multiply-add of vectors")
    import numba

    kernel: Any = numba.njit(RUN["float32"], nogil=True, error_model="numpy")(lif_vector.run)
    [code] = kernel.inspect_asm().values()

    assert "vmulps" in code
    assert "vaddps" in code
    assert "fmadd" not in code
