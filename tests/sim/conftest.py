"""What the tests of this room share: random networks, and a way to run each kernel."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim import models
from spikevolve.sim.batch import pack
from spikevolve.sim.bits import pack_lanes, unpack_lanes, words
from spikevolve.sim.compile import has_vectors
from spikevolve.sim.network import Network

MakeNetwork = Callable[..., Network]
RunKernel = Callable[..., tuple[NDArray[np.bool_], NDArray[Any]]]


def _parameters(arithmetic: str, count: int, rng: np.random.Generator) -> NDArray[Any]:
    """Rows of threshold, leak, refractory, bias, v_reset, v_min, soft_reset."""
    if arithmetic == "float32":
        leaks = rng.choice([0, 0.5, 0.75, 0.9, 1], count)
        grid, threshold, bias = 1 / 1024, rng.integers(64, 2048, count), (-64, 256)
        v_reset, v_min = -rng.integers(0, 512, count), -rng.integers(0, 4096, count)
    else:
        leaks = rng.choice([0, 1, 2, 3, 4, 5, 6, 7, 31], count)
        grid, threshold, bias = 1, rng.integers(1, 256, count), (-3, 20)
        v_reset, v_min = -rng.integers(0, 50, count), -rng.integers(0, 256, count)
    columns = (
        threshold * grid,
        leaks,
        rng.integers(0, 4, count),
        rng.integers(*bias, count) * grid,
        v_reset * grid,
        v_min * grid,
        rng.integers(0, 2, count),
    )
    return np.stack(columns, axis=1)


def _random_network(
    seed: int, arithmetic: str = "float32", *, sources: bool = True, max_hidden: int = 8
) -> Network:
    """A small network of any shape: recurrent, self-connected, unconnected, as it comes."""
    rng = np.random.default_rng(seed)
    inputs, outputs, hidden = rng.integers(1, 5), rng.integers(1, 4), rng.integers(0, max_hidden)
    neurons = int(inputs + outputs + hidden)
    first = int(inputs) if sources else 0
    room = neurons * (neurons - first)
    synapses = int(rng.integers(0, min(room, 4 * neurons) + 1))
    pairs = np.sort(rng.choice(room, synapses, replace=False))
    targets, froms = first + pairs // neurons, pairs % neurons
    dtype: Any = models.DTYPES[arithmetic]
    parameters = np.zeros((neurons, 7), dtype)
    parameters[first:] = _parameters(arithmetic, neurons - first, rng)
    weights = rng.integers(-127, 128, synapses)
    network = Network(
        model="lif",
        arithmetic=arithmetic,
        source_count=first,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, inputs + outputs, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(neurons + 1)).astype(np.int32),
        sources=froms.astype(np.int32),
        weights=(weights / 128 if arithmetic == "float32" else weights).astype(dtype),
        delays=rng.integers(1, 16, synapses, dtype=np.int32),
        parameters=parameters,
    )
    network.validate()
    return network


def _random_inputs(network: Network, ticks: int, lanes: int, seed: int) -> NDArray[Any]:
    """Spikes for sources, charges on the grid for input neurons."""
    rng = np.random.default_rng(seed)
    shape = (ticks, network.inputs, lanes)
    if network.source_count:
        return rng.random(shape) < 0.4
    charges = rng.integers(-100, 256, shape)
    if network.arithmetic == "float32":
        return (charges / np.float32(512)).astype(np.float32)
    return charges.astype(np.int32)


def _run_kernel(
    network: Network, inputs: NDArray[Any], *, plain: bool, windows: tuple[int, ...] = ()
) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Run a kernel in windows of so many ticks (all at once by default), its state carried over.

    Returns:
        Spikes (ticks, neurons, lanes) and the last potentials (neurons, lanes).
    """
    kernel = models.model(network.model, network.arithmetic, plain=plain)
    _, headers, structure, numbers = pack([network])
    ticks, _, lanes = inputs.shape
    history = network.max_delay
    raster = np.zeros((history, network.neurons, words(lanes)), np.uint64)
    state = np.zeros((kernel.states, network.neurons, lanes), kernel.dtype)
    seen = []
    for length in windows or (ticks,):
        now, inputs = inputs[:length], inputs[length:]
        new = np.full((length, network.neurons, words(lanes)), 2**64 - 1, np.uint64)
        charges = np.zeros((0, 0, 0), kernel.dtype)
        if network.source_count:
            new[:, : network.source_count] = pack_lanes(now)
        else:
            charges = np.ascontiguousarray(now)
        raster = np.concatenate((raster[len(raster) - history :], new))
        kernel.run(headers[0], structure, numbers, charges, raster, state, length, lanes)
        seen.append(raster[history:])
    packed = np.concatenate(seen)
    spikes = unpack_lanes(packed, lanes)
    assert np.array_equal(pack_lanes(spikes), packed), "bits past the lanes are set"
    return spikes, state[0]


@pytest.fixture(scope="session")
def random_network() -> MakeNetwork:
    return _random_network


@pytest.fixture(scope="session")
def random_inputs() -> Callable[..., NDArray[Any]]:
    return _random_inputs


@pytest.fixture(scope="session")
def run_kernel() -> RunKernel:
    return _run_kernel


@pytest.fixture(params=["plain", "vector"])
def plain(request: pytest.FixtureRequest) -> bool:
    """Each kernel in turn: plain loops, and vectors where this processor has them."""
    if request.param == "vector" and not has_vectors():
        pytest.skip("this processor has no AVX2: the plain loops run everything")
    return bool(request.param == "plain")


@pytest.fixture(params=["float32", "integer"])
def arithmetic(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _one_neuron(
    arithmetic: str = "float32",
    weight: float = 1.0,
    delay: int = 1,
    *,
    sources: int = 1,
    loop: tuple[float, int] | None = None,
    **parameters: float,
) -> Network:
    """Sources that all drive one neuron, perhaps connected to itself by (weight, delay)."""
    dtype: Any = models.DTYPES[arithmetic]
    leak = 1 if arithmetic == "float32" else 31
    row = {"threshold": 1, "leak": leak, "refractory": 0, "bias": 0, "v_reset": 0, "v_min": -4}
    rows = np.zeros((sources + 1, 7), dtype)
    rows[sources] = list((row | {"soft_reset": 0} | parameters).values())
    loops = [] if loop is None else [loop]
    network = Network(
        model="lif",
        arithmetic=arithmetic,
        source_count=sources,
        input_neurons=np.arange(sources, dtype=np.int32),
        output_neurons=np.array([sources], np.int32),
        offsets=np.array([0] * (sources + 1) + [sources + len(loops)], np.int32),
        sources=np.arange(sources + len(loops), dtype=np.int32),
        weights=np.array([weight] * sources + [w for w, _ in loops], dtype),
        delays=np.array([delay] * sources + [d for _, d in loops], np.int32),
        parameters=rows,
    )
    network.validate()
    return network


@pytest.fixture(scope="session")
def one_neuron() -> MakeNetwork:
    return _one_neuron
