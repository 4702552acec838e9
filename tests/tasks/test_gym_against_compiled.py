"""gymnasium's CartPole and others by id do what the compiled tasks do, with every encoder."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim.batch import Batch, pack
from spikevolve.sim.network import Network
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.control.control_task import Control
from spikevolve.tasks.encoders import ENCODERS
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask
from spikevolve.tasks.workload import Workload

pytestmark = pytest.mark.slow  # starts runs, or compiles much

Networks = Callable[..., list[Network]]
Batches = Callable[..., Batch]

OF_CHANGES = ("delta", "step_forward")


def loaded(name: str, **settings: Any) -> GymnasiumTask:
    made = load(name, TaskSettings(**settings))
    assert isinstance(made, GymnasiumTask)
    return made


def compiled_twin(
    made: GymnasiumTask, name: str, workload: Workload, starts: NDArray[np.float64]
) -> tuple[Control, Workload]:
    """The compiled task with the same episodes and the same code."""
    twin = load(name, made.settings)
    assert isinstance(twin, Control)
    shown, *code = workload.arrays
    return twin, Workload.of("train", workload.size, np.hstack([starts, shown[:, 1:]]), *code)


def generators(workload: Workload) -> list[np.random.Generator]:
    """What gymnasium draws from in each episode."""
    return [np.random.default_rng(int(seed)) for seed in workload.arrays[0][:, 0]]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"decoder": "first_spike", "ticks": 10, "encoder": "argyle:2,spikes=3"},
        {"decoder": "membrane", "inputs": "neurons"},
        *({"encoder": name, "ticks": 22} for name in ENCODERS if name not in OF_CHANGES),
        *({"encoder": f"{name}:0.01"} for name in OF_CHANGES),
        {"encoder": "poisson:0.3,mirrored", "inputs": "neurons", "full_charge": 0.5},
        {"encoder": "charge:mirrored", "arithmetic": "integer", "grid": 1.0, "full_charge": 60},
    ],
    ids=str,
)
def test_equals_the_compiled_cart_pole(settings: dict[str, Any], networks_for: Networks) -> None:
    made = loaded("gym:CartPole-v1", episodes=12, **settings)
    workload = made.workload("train", 3, 0)
    starts = [rng.uniform(-0.05, 0.05, 4) for rng in generators(workload)]
    batch = pack(networks_for(made, 8, made.settings.arithmetic))

    measured = made.evaluate(workload, batch)

    twin, same = compiled_twin(made, "cartpole", workload, np.array(starts))
    assert np.array_equal(measured, twin.evaluate(same, batch))
    assert len(set(measured.score)) > 1
    assert measured.input_spikes.all()


@pytest.mark.parametrize(
    ("name", "twin_name", "decoder"),
    [
        ("gym:Pendulum-v1", "pendulum", "bins:5"),
        ("gym:MountainCarContinuous-v0", "mountain_car_continuous", "rate"),
        ("gym:Pendulum-v1", "pendulum", "vector:4"),
    ],
)
def test_equals_compiled_tasks_with_continuous_actions(
    name: str, twin_name: str, decoder: str, batch_for: Batches
) -> None:
    code = "argyle:neurons=3,spikes=3"
    made = loaded(name, episodes=3, decoder=decoder, encoder=code, ticks=8)
    workload = made.workload("train", 3, 0)
    starts: list[Any] = []
    for rng in generators(workload):
        if twin_name == "pendulum":
            starts.append(rng.uniform([-np.pi, -1.0], [np.pi, 1.0]))
        else:
            starts.append([rng.uniform(-0.6, -0.4), 0.0, 0.0])  # the last: has not moved yet
    batch = batch_for(made, 5)

    measured = made.evaluate(workload, batch)

    twin, same = compiled_twin(made, twin_name, workload, np.array(starts))
    np.testing.assert_allclose(measured, twin.evaluate(same, batch), rtol=1e-9)
