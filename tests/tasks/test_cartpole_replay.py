"""TENNLab's published cart-pole networks, replayed with our physics, encoders and loop.

Of the eight, those whose thresholds are above 0 are LIF networks as well: without leak, and with
whole numbers. (At a threshold of 0, RISP fires only where something arrives.)
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.sim.batch import pack
from spikevolve.sim.network import Network
from spikevolve.sim.neurons.lif import LEAK, LEAK_NONE, PARAMETERS, THRESHOLD, V_MIN
from spikevolve.tasks import cartpole_dynamics
from spikevolve.tasks.cartpole import CartPole, CartPoleHard
from spikevolve.tasks.control_encoders import Variable, code
from spikevolve.tasks.encoders import Argyle, FlipFlop, ValueEncoder
from spikevolve.tasks.episodes import DECISIONS, SPIKES, Course, Functions, play
from spikevolve.tasks.task import TaskSettings

VECTORS = Path(__file__).parents[3] / "shared" / "conformance" / "risp" / "vectors"
EPISODES, STEPS, TICKS = 250, 15_000, 24

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="RISP conformance vectors not found")


def read(number: int) -> tuple[Network, int]:
    """The network, and the charge of an input spike."""
    data: Any = json.loads((VECTORS / str(number) / "network.json").read_text())
    properties = data["Properties"]
    at = {p["name"]: p["index"] for p in properties["node_properties"]}
    at |= {p["name"]: p["index"] for p in properties["edge_properties"]}
    nodes = {n["id"]: i for i, n in enumerate(sorted(data["Nodes"], key=lambda n: n["id"]))}
    settings = data["Associated_Data"]["proc_params"]
    assert settings["leak_mode"] == "none"
    assert settings["discrete"]
    edges = sorted(
        (nodes[e["to"]], nodes[e["from"]], e["values"][at["Weight"]], e["values"][at["Delay"]])
        for e in data["Edges"]
    )
    targets, sources, weights, delays = np.array(edges, np.int32).T.copy()
    parameters = np.zeros((len(nodes), len(PARAMETERS)), np.int32)
    for node in data["Nodes"]:
        parameters[nodes[node["id"]], THRESHOLD] = node["values"][at["Threshold"]]
    parameters[:, LEAK] = LEAK_NONE
    parameters[:, V_MIN] = settings["min_potential"]
    network = Network(
        model="lif",
        arithmetic="integer",
        source_count=0,
        input_neurons=np.array([nodes[i] for i in data["Inputs"]], np.int32),
        output_neurons=np.array([nodes[i] for i in data["Outputs"]], np.int32),
        offsets=np.searchsorted(targets, np.arange(len(nodes) + 1)).astype(np.int32),
        sources=sources,
        weights=weights,
        delays=delays,
        parameters=parameters,
    )
    network.validate()
    return network, int(settings["spike_value_factor"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "variables", "encoder", "mean", "full", "spikes"),
    [
        (42, CartPole.variables, FlipFlop(8), 15_000, 1.00, 10.8),
        (43, CartPole.variables, FlipFlop(8), 15_000, 1.00, 10.6),
        (48, CartPoleHard.variables, Argyle(8, 4), 14_051, 0.87, 49.7),
        (49, CartPoleHard.variables, Argyle(8, 4), 14_663, 0.97, 32.8),
    ],
)
def test_published_networks_score_as_published(
    number: int,
    variables: tuple[Variable, ...],
    encoder: ValueEncoder,
    mean: int,
    full: float,
    spikes: float,
) -> None:
    network, charge = read(number)
    course = Course(
        settings=np.array([2.4, 0.209, -10.0, 10.0, 0.0]),
        starts=CartPoleHard(TaskSettings()).start(np.random.default_rng(1), EPISODES),
        **code(encoder, variables, TICKS)._asdict(),
        charge=charge,
        observed=4,
        target=0,
        ticks=TICKS,
        steps=STEPS,
    )
    functions = Functions(cartpole_dynamics.observe, cartpole_dynamics.step)
    results = play(pack([network]), functions, course)
    assert results.returns.mean() == pytest.approx(mean, abs=0 if full == 1 else 700)
    assert (results.returns == STEPS).mean() == pytest.approx(full, abs=0 if full == 1 else 0.1)
    fires = results.totals[0, SPIKES] / results.totals[0, DECISIONS]
    assert fires == pytest.approx(spikes, rel=0.02)
