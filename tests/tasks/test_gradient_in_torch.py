"""The gradient of learning by another's automatic differentiation: PyTorch's, where it is installed.

It runs in the environment of the benchmarks' peers, which `python benchmarks/simulator.py --peers all`
makes.
"""

import subprocess
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim.batch import pack_lanes
from spikevolve.sim.compile import read_only
from spikevolve.sim.network import Network
from spikevolve.sim.neurons import lif
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.data.learning import gradient, trace
from spikevolve.tasks.data.learning.lanes import LANES
from spikevolve.tasks.data.learning.losses import COUNT, Loss
from spikevolve.tasks.data.learning.trace import EpochSettings, Numbers, Shown, Wiring

peer_engines = pytest.importorskip("peer_engines", reason="needs the folder benchmarks")

PRICE = 0.01  # as in the script


@pytest.fixture(scope="module")
def _torch() -> None:
    python = peer_engines.environment() / "bin" / "python"
    try:
        found = subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0
    except OSError:
        found = False
    if not found:
        pytest.skip(f"PyTorch is not in {peer_engines.environment()}")


def learned(network: Network, spikes: NDArray[np.bool_], labels: NDArray[np.int64]) -> Any:
    """Gradient of a batch and the spikes in it, (numbers,) and (ticks, neurons, samples)."""
    rows, (ticks, _, samples) = network.parameters, spikes.shape
    columns = np.zeros((network.neurons, 8), np.float32)
    own = (lif.LEAK, lif.REFRACTORY, lif.V_RESET, lif.V_MIN, lif.SOFT_RESET)
    columns[:, : len(own)] = rows[:, own]
    order = np.argsort(network.sources, kind="stable").astype(np.int32)
    sent = np.searchsorted(network.sources[order], np.arange(network.neurons + 1))
    arrays = (
        np.array([network.source_count]),
        network.offsets,
        network.sources,
        network.delays,
        sent.astype(np.int32),
        order,
        network.targets,
        columns,
        np.zeros(1, np.int64),
    )
    values = np.zeros((5, network.synapses + 2 * network.neurons), np.float32)
    values[0] = np.concatenate((network.weights, rows[:, lif.BIAS], rows[:, lif.THRESHOLD]))
    limits = np.zeros_like(values)
    limits[:] = np.array([-99, 99, 2.0**-10, 2.0**10, 0], np.float32)[:, np.newaxis]
    shown = Shown(
        read_only(pack_lanes(spikes)),
        read_only(np.zeros((0, 0, 0), np.float32)),
        read_only(labels[:, np.newaxis].astype(np.int32)),
        read_only(np.zeros((0, 0), np.float32)),
        read_only(np.ones(samples, np.float32)),
    )
    room = trace.trace(ticks, network.max_delay, network.neurons, network.output_neurons)
    gradient.epoch(
        Wiring(*map(read_only, arrays)),
        Numbers(values, read_only(limits)),
        shown,
        trace.grouped(shown, np.arange(samples)),
        np.zeros(1, np.int32),
        room,
        EpochSettings(1.0, 0.0, 0.0, PRICE),
        Loss(COUNT, network.outputs, 1.0, 1.0, 0.0),
        np.array([1, 0], np.uint64),
    )
    return values[trace.GRADIENT], room.spikes[-ticks:, :, :samples] > 0


@pytest.mark.slow
@pytest.mark.usefixtures("_torch")
def test_torch_finds_the_same_gradient_on_random_networks(networks_for: Any) -> None:
    networks = networks_for(load("iris", TaskSettings(encoder="rate:10")), 8)
    rng = np.random.default_rng(1)
    spikes, labels = rng.random((12, 4, LANES - 3)) < 0.4, rng.integers(0, 3, LANES - 3)

    answers = peer_engines.gradients("differentiate_torch.py", networks, spikes, labels)

    largest = 0.0
    for network, answer in zip(networks, answers, strict=True):
        found, own_spikes = learned(network, spikes, labels)
        first = network.source_count
        np.testing.assert_array_equal(own_spikes[:, first:], answer.spikes[:, first:])
        assert own_spikes[:, first:].any()
        expected = np.concatenate((answer.weights, answer.biases, answer.thresholds))
        for part in (
            found[network.synapses :][:first],
            found[network.synapses + network.neurons :][:first],
        ):
            part[:] = 0
        scale = np.abs(expected).max()
        largest = max(largest, float(np.abs(found - expected).max() / scale))
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * scale)
    print(f"largest difference: {largest:.1e} of the largest derivative")
