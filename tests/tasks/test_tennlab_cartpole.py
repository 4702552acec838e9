"""TENNLab's eight published cart-pole networks, replayed with our physics, encoders and loop."""

import json
from pathlib import Path

import numpy as np
import pytest

from spikevolve.sim.batch import pack
from spikevolve.sim.formats.risp_json import read_risp
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.control.control_task import Control
from spikevolve.tasks.control.episode_loop import DECISIONS, SPIKES, EpisodeBatch, play

VECTORS = Path(__file__).parents[3] / "shared" / "conformance" / "risp" / "vectors"
EPISODES, STEPS = 100, 15_000

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="RISP conformance vectors not found")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "level", "encoder", "mean", "full", "spikes"),
    [
        (42, "cartpole_easy", "flip_flop:8", 15_000, 1.00, 10.8),
        (43, "cartpole_easy", "flip_flop:8", 15_000, 1.00, 10.6),
        (44, "cartpole_medium", "flip_flop:8", 15_000, 1.00, 14.1),
        (45, "cartpole_medium", "flip_flop:8", 15_000, 1.00, 5.3),
        (46, "cartpole_hard", "flip_flop:8", 13_677, 0.91, 15.2),
        (47, "cartpole_hard", "flip_flop:8", 14_238, 0.91, 8.2),
        (48, "cartpole_hardest", "argyle:4,spikes=8", 14_051, 0.87, 49.7),
        (49, "cartpole_hardest", "argyle:4,spikes=8", 14_663, 0.97, 32.8),
    ],
)
def test_published_networks_score_as_published(
    number: int, level: str, encoder: str, mean: int, full: float, spikes: float
) -> None:
    document = json.loads((VECTORS / str(number) / "network.json").read_text())
    network, processor, _ = read_risp(document)
    task = load(level, TaskSettings(encoder=encoder))
    assert isinstance(task, Control)
    _, places, bounds, _ = task.workload("train", 1).arrays
    course = EpisodeBatch(
        settings=np.array(task.constants),
        starts=task.start(np.random.default_rng(1), EPISODES),
        places=places,
        bounds=bounds,
        charge=processor.spike_value_factor,
        observed=task.observed,
        target=0,
        ticks=task.ticks,
        steps=task.steps,
    )
    results = play(pack([network]), task.functions(), course)
    decisions = results.totals[0, DECISIONS]
    assert decisions / EPISODES == pytest.approx(mean, abs=0 if full == 1 else 700)
    if full < 1:
        assert (results.returns == STEPS).mean() == pytest.approx(full, abs=0.1)
    # Full episodes on the medium level may fall short of the share of idle steps by a little.
    assert results.returns.mean() == pytest.approx(decisions / EPISODES, rel=2e-3)
    assert results.totals[0, SPIKES] / decisions == pytest.approx(spikes, rel=0.02)
