"""Our counts are those of NeuroBench's own code, on a network that both can run; optional."""

from typing import Any

import numpy as np
import pytest

from spikevolve.sim.batch import connection_sparsity, pack, pack_lanes
from spikevolve.sim.count import counter
from spikevolve.sim.network import Network
from spikevolve.sim.neurons.lif import PARAMETERS
from spikevolve.sim.simulate import simulate

INPUTS, OUTPUTS, TICKS, SAMPLES = 6, 4, 20, 30
THRESHOLD, LEAK = 0.99, 0.875


def weights() -> Any:
    """(outputs, inputs) float32, on the grid of 1/128, a third of them 0: no synapse."""
    rng = np.random.default_rng(1)
    drawn = rng.integers(-40, 100, (OUTPUTS, INPUTS)) / 128
    return (drawn * (rng.random(drawn.shape) < 2 / 3)).astype(np.float32)


def network() -> Network:
    """Inputs and outputs, joined with a delay of one tick; a spike resets to 0."""
    matrix = weights()
    targets, sources = np.nonzero(matrix)
    values = {"threshold": THRESHOLD, "leak": LEAK, "v_min": -np.inf}
    rows = np.zeros((INPUTS + OUTPUTS, len(PARAMETERS)), np.float32)
    rows[INPUTS:] = [values.get(name, 0.0) for name in PARAMETERS]
    begins = np.searchsorted(targets + INPUTS, np.arange(INPUTS + OUTPUTS + 1))
    return Network(
        model="lif",
        arithmetic="float32",
        source_count=INPUTS,
        input_neurons=np.arange(INPUTS, dtype=np.int32),
        output_neurons=np.arange(INPUTS, INPUTS + OUTPUTS, dtype=np.int32),
        offsets=begins.astype(np.int32),
        sources=sources.astype(np.int32),
        weights=matrix[targets, sources],
        delays=np.ones(len(sources), np.int32),
        parameters=rows,
    )


def by_neurobench(arriving: Any) -> dict[str, Any]:
    """What its benchmark says of the same network in snnTorch; (samples, ticks, inputs)."""
    torch = pytest.importorskip("torch")
    snntorch = pytest.importorskip("snntorch")
    benchmarks = pytest.importorskip("neurobench.benchmarks")
    models = pytest.importorskip("neurobench.models")
    static = pytest.importorskip("neurobench.metrics.static")
    workload = pytest.importorskip("neurobench.metrics.workload")
    linear = torch.nn.Linear(INPUTS, OUTPUTS, bias=False)
    linear.weight.data = torch.tensor(weights())
    leaky = snntorch.Leaky(
        beta=LEAK,
        threshold=THRESHOLD,
        init_hidden=True,
        output=True,
        reset_mechanism="zero",
        reset_delay=False,
    )
    shown = torch.utils.data.TensorDataset(
        torch.tensor(arriving, dtype=torch.float32), torch.zeros(SAMPLES, dtype=torch.long)
    )
    benchmark = benchmarks.Benchmark(
        models.SNNTorchModel(torch.nn.Sequential(linear, leaky)),
        torch.utils.data.DataLoader(shown, batch_size=SAMPLES),
        [],
        [],
        [
            [static.ConnectionSparsity],
            [workload.ActivationSparsity, workload.SynapticOperations],
        ],
    )
    results: dict[str, Any] = benchmark.run()
    return results


def test_counts_are_those_of_neurobench() -> None:
    pytest.importorskip("neurobench")
    inputs = np.random.default_rng(2).random((TICKS, INPUTS, SAMPLES)) < 0.3
    ours = network()
    ours.validate()
    spikes = simulate(ours, inputs).spikes
    batch = pack([ours])
    raster = np.concatenate((np.zeros((1, *spikes.shape[1:]), bool), spikes))
    packed, header = pack_lanes(raster), batch.headers[0]
    # There a spike arrives in its own tick, here a tick later: it is shown what arrives here.
    arriving = raster[:TICKS, :INPUTS].transpose(2, 0, 1)

    theirs = by_neurobench(arriving)

    fired, operations = counter()(header, batch.structure, packed, TICKS)
    assert fired > 0
    assert theirs["ActivationSparsity"] == pytest.approx(1 - fired / (TICKS * SAMPLES * OUTPUTS))
    assert theirs["SynapticOperations"]["Effective_ACs"] == pytest.approx(operations / SAMPLES)
    # It counts the places of the layers that are there, we those between all neurons.
    missing = 1 - float(connection_sparsity(batch.headers)[0])
    places = (INPUTS + OUTPUTS) / INPUTS
    assert theirs["ConnectionSparsity"] == pytest.approx(1 - missing * places, abs=5e-4)
