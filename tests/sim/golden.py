"""The same spikes for ever, on any processor: `python tests/sim/golden.py [--plain] [MODEL …]`.

Runs a fixed network of each neuron model in each arithmetic, with the kernel that this processor has
or with the scalar loop, and compares a digest of its spikes. `--reference` runs the readable reference,
which is where digests come from: for a new model it prints the one to enter. Needs NumPy and Numba only, so that it
runs on any machine. Exit status 1 if a digest is another one.
"""

import argparse
import hashlib
import platform
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikevolve.sim import models, reference
from spikevolve.sim.batch import pack, pack_lanes, unpack_lanes, words
from spikevolve.sim.kernels import entries
from spikevolve.sim.network import Network

# Made by the readable reference: a change of them is a change of meaning.
DIGESTS = {
    ("lif", "float32"): "6b9666639103940a",
    ("lif", "integer"): "e2286befa5ff2794",
    ("if", "float32"): "2b966e548d3557dd",
    ("if", "integer"): "c571774e091e17a4",
    ("alif", "float32"): "10afb80617e05841",
    ("cuba_lif", "float32"): "6e13a389921b0564",
    ("izhikevich", "float64"): "fe0d734b938ed81e",
    ("risp", "integer"): "3b7f2477143fa5c8",
    ("risp", "float64"): "1ff059dfc6e8c5d7",
}
TICKS, LANES = 60, 75
INPUTS, NEURONS = 6, 24


def golden_network(model: str, arithmetic: str) -> Network:
    """By arithmetic alone, so that no random generator's version matters."""
    pairs = np.arange(NEURONS * (NEURONS - INPUTS))
    pairs = pairs[pairs * 7919 % 101 < 22]
    targets, sources = INPUTS + pairs // NEURONS, pairs % NEURONS
    dtype: Any = models.DTYPES[arithmetic]
    columns = _columns(model, arithmetic, np.arange(NEURONS - INPUTS))
    rows = np.zeros((NEURONS, len(columns)), dtype)
    rows[INPUTS:] = np.column_stack(columns)
    unit = 1 if arithmetic == "integer" else 1 / 8 if model == "izhikevich" else 1 / 128
    network = Network(
        model=model,
        arithmetic=arithmetic,
        source_count=INPUTS,
        input_neurons=np.arange(INPUTS, dtype=np.int32),
        output_neurons=np.arange(INPUTS, INPUTS + 3, dtype=np.int32),
        offsets=np.searchsorted(targets, np.arange(NEURONS + 1)).astype(np.int32),
        sources=sources.astype(np.int32),
        weights=(((pairs * 4481 % 211) - 84) * unit).astype(dtype),
        delays=(1 + pairs * 31 % 9).astype(np.int32),
        parameters=rows,
    )
    network.validate()
    return network


def _columns(model: str, arithmetic: str, number: NDArray[Any]) -> list[NDArray[Any]]:
    """The parameters of the neurons with these numbers, in the model's order."""
    whole = arithmetic == "integer"
    leaks = [0, 1, 3, 7, 31] if whole else [0, 0.5, 0.75, 0.9, 1]
    kinds = [(0.02, 0.2, -65, 8), (0.02, 0.2, -55, 4), (0.02, 0.2, -50, 2), (0.1, 0.2, -65, 2)]
    columns = {
        "threshold": 40 + number * 37 % 128 if whole else (16 + number * 37 % 64) / 32,
        "leak": number % 2 if model == "risp" else np.array(leaks)[number % 5],
        "refractory": number % 4,
        "bias": number * 11 % 13 + 4 if whole else (number * 11 % 13 - 2) / 32,
        "v_reset": number * 0,
        "v_min": number * 0 - (255 if whole else 4),
        "min_potential": number * 0 - (255 if whole else 4),
        "soft_reset": number % 3 == 0,
        "late_reset": number % 3 == 0,
        "adaptation": number * 7 % 16 / 64,
        "adaptation_leak": np.array([0, 0.5, 0.9, 0.99, 1])[number % 5],
        "synaptic_leak": np.array([0, 0.25, 0.5, 0.9])[number % 4],
        **dict(zip("abcd", np.array(kinds)[number % 4].T, strict=True)),
    }
    if model == "izhikevich":
        columns["bias"] = number * 11 % 13 - 2
    return [columns[name] for name in models.parameters(model)]


def golden_inputs() -> NDArray[np.bool_]:
    """(ticks, inputs, lanes)."""
    index = np.arange(TICKS * INPUTS * LANES)
    return (index * 2654435761 % 2**32 < 2**30).reshape(TICKS, INPUTS, LANES)


def digest(spikes: NDArray[np.bool_]) -> str:
    """Of the spikes of all neurons but sources, (ticks, neurons, lanes)."""
    return hashlib.sha256(spikes[:, INPUTS:].tobytes()).hexdigest()[:16]


def run(model: str, arithmetic: str, plain: bool) -> NDArray[np.bool_]:
    """(ticks, neurons, lanes), the spikes of the golden network by a compiled kernel."""
    network = golden_network(model, arithmetic)
    kernel = entries.model(model, arithmetic, plain=plain)
    [header], structure, numbers = pack([network])[1:]
    raster = np.zeros((network.max_delay + TICKS, NEURONS, words(LANES)), np.uint64)
    raster[network.max_delay :, :INPUTS] = pack_lanes(golden_inputs())
    state = np.zeros((kernel.states, NEURONS, LANES), kernel.dtype)
    no_charges = np.zeros((0, 0, 0), kernel.dtype)
    kernel.run(header, structure, numbers, no_charges, raster, state, TICKS, LANES)
    return unpack_lanes(raster[network.max_delay :], LANES)


def main() -> None:
    """Print a line for each model and arithmetic."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", help="all of them if none is given")
    parser.add_argument("--plain", action="store_true", help="the scalar loop in any case")
    parser.add_argument("--reference", action="store_true", help="the readable reference")
    given = parser.parse_args()
    same = True
    for model in given.models or models.names():
        for arithmetic in models.arithmetics(model):
            if given.reference:
                network = golden_network(model, arithmetic)
                spikes = reference.simulate(network, golden_inputs()).spikes
            else:
                spikes = run(model, arithmetic, given.plain)
            found = digest(spikes)
            good = found == DIGESTS.get((model, arithmetic))
            same = same and good
            verdict = "same" if good else f"DIFFERS: {found}"
            print(platform.machine(), model, arithmetic, verdict, flush=True)
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
