"""What the tests of this room share: random networks, and a way to run each kernel."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim import models
from spikevolve.sim.batch import pack, pack_lanes, unpack_lanes, words
from spikevolve.sim.compile import has_vectors
from spikevolve.sim.kernels import entries
from spikevolve.sim.network import Network

MakeNetwork = Callable[..., Network]
RunKernel = Callable[..., tuple[NDArray[np.bool_], NDArray[Any]]]


KINDS = [
    (model, arithmetic) for model in models.names() for arithmetic in models.arithmetics(model)
]  # every neuron model in every arithmetic: what is registered is tested

# Izhikevich 2003: (a, b, c, d) of regular spiking, intrinsically bursting, chattering, fast spiking.
_CORTICAL = np.array(
    [(0.02, 0.2, -65, 8), (0.02, 0.2, -55, 4), (0.02, 0.2, -50, 2), (0.1, 0.2, -65, 2)]
)


def _column(name: str, arithmetic: str, count: int, rng: np.random.Generator) -> NDArray[Any]:
    """A parameter of integrate-and-fire neurons, on the grid of the arithmetic."""
    whole = arithmetic == "integer"
    grid = 1 if whole else 1 / 1024
    steps = {  # from, below
        "threshold": (1, 256) if whole else (64, 2048),
        "bias": (-3, 20) if whole else (-64, 256),
        "v_reset": (-50, 1) if whole else (-512, 1),
        "v_min": (-256, 1) if whole else (-4096, 1),
        "min_potential": (-256, 1) if whole else (-4096, 1),
        "adaptation": (0, 1024),
    }
    choices = {
        "leak": [0, 1, 2, 3, 4, 5, 6, 7, 31] if whole else [0, 0.5, 0.75, 0.9, 1],
        "adaptation_leak": [0, 0.5, 0.9, 0.99, 1],
        "synaptic_leak": [0, 0.25, 0.5, 0.9],
        "refractory": [0, 1, 2, 3],
        "soft_reset": [0, 1],
        "late_reset": [0, 1],
    }
    if name in steps:
        return rng.integers(*steps[name], count) * grid
    return rng.choice(choices[name], count)


def _parameters(model: str, arithmetic: str, count: int, rng: np.random.Generator) -> NDArray[Any]:
    """(count, P) rows that the model allows."""
    if model == "izhikevich":
        return np.column_stack((rng.choice(_CORTICAL, count), rng.integers(-2, 8, count)))
    names = models.parameters(model)
    rows = np.column_stack([_column(name, arithmetic, count, rng) for name in names])
    if model == "risp":
        rows[:, names.index("leak")] = rng.integers(0, 2, count)
    return rows


def _random_network(
    seed: int,
    arithmetic: str = "float32",
    *,
    model: str = "lif",
    sources: bool = True,
    max_hidden: int = 8,
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
    parameters = np.zeros((neurons, len(models.parameters(model))), dtype)
    parameters[first:] = _parameters(model, arithmetic, neurons - first, rng)
    weights = rng.integers(-127, 128, synapses) * _charge_unit(model, arithmetic)
    network = Network(
        model=model,
        arithmetic=arithmetic,
        source_count=first,
        input_neurons=np.arange(inputs, dtype=np.int32),
        output_neurons=np.arange(inputs, inputs + outputs, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(neurons + 1)).astype(np.int32),
        sources=froms.astype(np.int32),
        weights=weights.astype(dtype),
        delays=rng.integers(1, 16, synapses, dtype=np.int32),
        parameters=parameters,
    )
    network.validate()
    return network


def _charge_unit(model: str, arithmetic: str) -> float:
    """What 1 of ±127 stands for: about a threshold is the largest charge, 16 mV in Izhikevich's."""
    return 1 if arithmetic == "integer" else 1 / 8 if model == "izhikevich" else 1 / 128


def _random_inputs(network: Network, ticks: int, lanes: int, seed: int) -> NDArray[Any]:
    """Spikes for sources, charges on the grid for input neurons."""
    rng = np.random.default_rng(seed)
    shape = (ticks, network.inputs, lanes)
    if network.source_count:
        return rng.random(shape) < 0.4
    unit = _charge_unit(network.model, network.arithmetic)
    charges = rng.integers(-25, 64, shape) * (4 if unit == 1 else 1)
    return (charges * unit).astype(network.weights.dtype)


def _run_kernel(
    network: Network, inputs: NDArray[Any], *, plain: bool, windows: tuple[int, ...] = ()
) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Run a kernel in windows of so many ticks (all at once by default), its state carried over.

    Returns:
        Spikes (ticks, neurons, lanes) and the last potentials (neurons, lanes).
    """
    kernel = entries.model(network.model, network.arithmetic, plain=plain)
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


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Each neuron model in each arithmetic in turn."""
    model, arithmetic = request.param
    return model, arithmetic


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


def _charged_neuron(model: str, arithmetic: str, **parameters: float) -> Network:
    """One neuron without synapses, input and output at once; parameters not given are 0."""
    dtype: Any = models.DTYPES[arithmetic]
    row = [parameters.pop(name, 0) for name in models.parameters(model)]
    assert not parameters, f"{model} has no parameters {list(parameters)}"
    network = Network(
        model=model,
        arithmetic=arithmetic,
        source_count=0,
        input_neurons=np.zeros(1, np.int32),
        output_neurons=np.zeros(1, np.int32),
        offsets=np.zeros(2, np.int32),
        sources=np.zeros(0, np.int32),
        weights=np.zeros(0, dtype),
        delays=np.zeros(0, np.int32),
        parameters=np.array([row], dtype),
    )
    network.validate()
    return network


@pytest.fixture(scope="session")
def charged_neuron() -> MakeNetwork:
    return _charged_neuron
