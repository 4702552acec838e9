"""Print a digest of what a small network has learned; `test_learning_arithmetic` compares processors."""

import hashlib

import numpy as np

from spikevolve.sim.batch import pack_lanes
from spikevolve.sim.compile import read_only
from spikevolve.tasks.data.learning.learner import Learner, Limits, Manner, Stage, learn
from spikevolve.tasks.data.learning.losses import COUNT, FIRST, Loss
from spikevolve.tasks.data.learning.trace import EXACT, Shown

INPUTS, OUTPUTS, HIDDEN, SAMPLES, TICKS = 6, 3, 4, 40, 12


def dense() -> Learner:
    """Inputs to all others, hidden neurons to outputs; some of these are refractory and leak."""
    neurons, rng = INPUTS + OUTPUTS + HIDDEN, np.random.default_rng(5)
    joined = np.zeros((neurons, neurons), np.bool_)
    joined[INPUTS:, :INPUTS] = True
    joined[INPUTS : INPUTS + OUTPUTS, INPUTS + OUTPUTS :] = True
    targets, sources = np.nonzero(joined)
    columns = np.zeros((neurons, 8), np.float32)
    columns[:, 0] = rng.choice([0.75, 0.9, 1.0], neurons)  # leak
    columns[:, 1] = rng.choice([0, 0, 2], neurons)  # refractory
    columns[:, 3] = -4  # v_min
    columns[:, 4] = rng.integers(0, 2, neurons)  # soft_reset
    values = np.zeros((5, len(sources) + 2 * neurons), np.float32)
    values[EXACT, : len(sources)] = rng.integers(-300, 600, len(sources)) / 1024
    values[EXACT, len(sources) + neurons :] = 1
    return Learner(
        sources=INPUTS,
        outputs=np.arange(INPUTS, INPUTS + OUTPUTS, dtype=np.int32),
        hidden=INPUTS + OUTPUTS,
        ids=np.arange(neurons),
        wiring=np.array((sources, targets, 1 + sources % 3), np.int32),
        neurons=columns,
        whole=False,
        values=values,
        weight=Limits(-1, 1, 2**-10),
        bias=Limits(-0.5, 0.5, 2**-10),
        threshold=Limits(0, 0, 1),
    )


def main() -> None:
    """Learn from random samples for three epochs with pruning, by two losses."""
    rng = np.random.default_rng(6)
    shown = Shown(
        read_only(pack_lanes(rng.random((TICKS, INPUTS, SAMPLES)) < 0.3)),
        read_only(np.zeros((0, 0, 0), np.float32)),
        read_only(rng.integers(0, OUTPUTS, (SAMPLES, 1)).astype(np.int32)),
        read_only(np.zeros((0, 0), np.float32)),
        read_only(rng.choice([0.7, 1.3], SAMPLES).astype(np.float32)),
    )
    for kind in (COUNT, FIRST):
        loss = Loss(kind, OUTPUTS, 1.0, 1.1, 0.3 * (kind == COUNT))
        stages, chance = (Stage(3, 30, 0.01),), np.random.default_rng(7)
        [learned] = learn(dense(), shown, loss, stages, Manner(), chance, lambda: False)
        print(kind, hashlib.sha256(learned.values.tobytes()).hexdigest())


if __name__ == "__main__":
    main()
