"""Other simulators on the same networks and spikes, each as a script in an environment of its own.

`peers/.venv` is made from `peers/requirements.txt` when first needed, which wants a network and some
minutes; SPIKEVOLVE_PEERS names another folder for it. The scripts lie in `peers/`.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from peers.exchange import Answer, Gradient, read_answers, read_gradients, write_job
from workloads import WORKLOADS, draw

from spikevolve.sim.network import Network
from spikevolve.sim.neurons.lif import LEAK, PARAMETERS
from spikevolve.sim.simulate import simulate

FOLDER = Path(__file__).parent / "peers"
NETWORKS = 3  # of a workload that each peer is given
TIMEOUT_SECONDS = 600


class Peer(NamedTuple):
    """Another simulator.

    Attributes:
        name: As its authors write it.
        script: In `peers/`.
        ticks: At most so many of a workload are run.
        adapt: Makes of a network one that the simulator can run.
        note: What that changes, and what else is different.
    """

    name: str
    script: str
    ticks: int
    adapt: Callable[[Network], Network]
    note: str


def unchanged(network: Network) -> Network:
    """Return the network itself."""
    return network


def with_delays_of_one(network: Network) -> Network:
    """Return the network with every delay a tick."""
    return replace(network, delays=np.ones_like(network.delays))


def without_leak(network: Network) -> Network:
    """Return the network with neurons that keep their potential."""
    parameters = network.parameters.copy()
    parameters[network.source_count :, LEAK] = 1
    return replace(network, parameters=parameters)


PEERS = (
    Peer("Brian2", "run_brian2.py", 10_000, unchanged, ""),
    Peer("NEST", "run_nest.py", 10_000, unchanged, "float64"),
    Peer("snnTorch", "run_snntorch.py", 10_000, with_delays_of_one, "dense, delays all 1"),
    Peer("SuperNeuroMAT", "run_superneuromat.py", 1_000, without_leak, "leak 1, it has no other"),
)


def environment() -> Path:
    """Return the folder of the peers' environment, whether it is there or not."""
    return Path(os.environ.get("SPIKEVOLVE_PEERS", FOLDER / ".venv"))


def make_environment() -> None:
    """Make the peers' environment, or add what is missing in it; say on stderr what goes wrong."""
    python = environment() / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        if not python.exists():
            print(f"making {environment()}: this takes some minutes", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", environment()], check=True)
        subprocess.run([*install, "-r", FOLDER / "requirements.txt"], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"the peers' environment is not complete: {error}", file=sys.stderr)


def run(script: str, networks: list[Network], spikes: NDArray[np.bool_], step: int) -> list[Answer]:
    """Run networks in another simulator.

    Args:
        script: In `peers/`.
        networks: Of model `lif`, float32, with sources.
        spikes: (ticks, inputs, samples), given to each network.
        step: Ticks that are handed over at once.

    Raises:
        ChildProcessError: If it cannot be run, with the last line of what it says.
    """
    with TemporaryDirectory() as folder:
        job, answers = Path(folder) / "job.npz", Path(folder) / "answers.npz"
        write_job(job, networks, PARAMETERS, spikes, step)
        _run(script, job, answers)
        return read_answers(answers)


def gradients(
    script: str, networks: list[Network], spikes: NDArray[np.bool_], labels: NDArray[np.int64]
) -> list[Gradient]:
    """Have networks differentiated in another simulator.

    Args:
        script: In `peers/`, one that calls `exchange.answer_gradients`.
        networks: Of model `lif`, float32, with sources.
        spikes: (ticks, inputs, samples), given to each network.
        labels: (samples,) the outputs that are right.

    Raises:
        ChildProcessError: If it cannot be run, with the last line of what it says.
    """
    with TemporaryDirectory() as folder:
        job, answers = Path(folder) / "job.npz", Path(folder) / "answers.npz"
        write_job(job, networks, PARAMETERS, spikes, len(spikes), labels)
        _run(script, job, answers)
        return read_gradients(answers)


def _run(script: str, job: Path, answers: Path) -> None:
    """Run a script in the peers' environment; raises ChildProcessError."""
    command = [environment() / "bin" / "python", FOLDER / script, job, answers]
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    variables |= {"OMP_NUM_THREADS": "1"}  # a thread that waits would be counted
    try:
        subprocess.run(
            command,
            check=True,
            env=variables,
            timeout=TIMEOUT_SECONDS,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or [f"exit status {error.returncode}"])[-1]
        raise ChildProcessError(last) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ChildProcessError(str(error)) from None


def differences(network: Network, spikes: NDArray[np.bool_], answer: Answer) -> int:
    """Return the number of spikes that the peer has and our simulator has not, or the other way round."""
    expected = simulate(network, spikes).spikes
    expected[:, : network.source_count] = False
    got = np.zeros_like(expected)
    got[answer.ticks, answer.neurons, answer.samples] = True
    repeated = len(answer.ticks) - np.count_nonzero(got)
    return int(np.count_nonzero(got != expected) + repeated)


def measure(peer: Peer, name: str) -> dict[str, Any]:
    """Return a row of the table: a peer's time on a workload, scaled, and whether its spikes are ours."""
    workload = WORKLOADS[name]
    networks, spikes = draw(workload)
    networks = [peer.adapt(network) for network in networks[:NETWORKS]]
    spikes = spikes[: peer.ticks]
    row: dict[str, Any] = {"workload": name, "engine": peer.name, "cpu_ms_per_genome": None}
    try:
        answers = run(peer.script, networks, spikes, min(workload.step, len(spikes)))
    except ChildProcessError as error:
        return row | {"spikes": "–", "note": f"not measured: {error}"}
    different = sum(
        differences(n, spikes, answer) for n, answer in zip(networks, answers, strict=True)
    )
    scaled = f"scaled from {len(spikes):,} ticks" if len(spikes) < workload.ticks else ""
    seconds = np.mean([answer.cpu_seconds for answer in answers])
    return row | {
        "cpu_ms_per_genome": float(seconds) * 1000 * workload.ticks / len(spikes),
        "spikes": f"{different} differ" if different else "the same",
        "note": "; ".join(filter(None, (peer.note, scaled))),
    }
