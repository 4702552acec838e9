"""Our leaky integrate-and-fire tick in another simulator: Brian2, where it is installed.

It runs in the environment of the benchmarks' peers, which `python benchmarks/simulator.py --peers all`
makes.
"""

import subprocess
from typing import Any

import numpy as np
import pytest

peer_engines = pytest.importorskip("peer_engines", reason="needs the folder benchmarks")


@pytest.fixture(scope="module")
def _brian2() -> None:
    python = peer_engines.environment() / "bin" / "python"
    try:
        found = subprocess.run([python, "-c", "import brian2"], capture_output=True).returncode == 0
    except OSError:
        found = False
    if not found:
        pytest.skip(f"Brian2 is not in {peer_engines.environment()}")


@pytest.mark.slow
@pytest.mark.usefixtures("_brian2")
def test_brian2_gives_the_same_spikes_on_random_networks(
    random_network: Any, random_inputs: Any
) -> None:
    # thresholds, leaks, refractory periods, biases, both resets, lower bounds, delays, loops: all vary
    networks = [random_network(seed) for seed in range(60)]
    networks = [network for network in networks if network.inputs == 3][:10]
    spikes = random_inputs(networks[0], 40, 4, seed=1)

    answers = peer_engines.run("run_brian2.py", networks, spikes, step=len(spikes))

    assert [
        peer_engines.differences(network, spikes, answer)
        for network, answer in zip(networks, answers, strict=True)
    ] == [0] * len(networks)
    assert sum(len(answer.ticks) for answer in answers) > 100  # they were not silent
    rows = np.concatenate([n.parameters[n.source_count :] for n in networks])
    assert rows[:, [2, 6]].any(axis=0).all(), "some are refractory, some reset softly"
