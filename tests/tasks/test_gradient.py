"""Learning runs networks as the simulator does, and its gradient is that of a readable twin.

In the twin a spike is a number: what it was in the run that is differentiated, plus a slope times how
far its neuron is from where it was then. So its loss is smooth, and differences of it are the gradient.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spikevolve.sim import models, reference
from spikevolve.sim.batch import pack_lanes
from spikevolve.sim.compile import read_only
from spikevolve.sim.network import Network
from spikevolve.tasks.data.learning import gradient, losses, trace
from spikevolve.tasks.data.learning.lanes import LANES
from spikevolve.tasks.data.learning.losses import COUNT, FIRST, MEMBRANE, NUMBERS, Loss
from spikevolve.tasks.data.learning.trace import EpochSettings, Numbers, Shown, Trace, Wiring

Array = NDArray[Any]

MODELS = [(m, a) for m in ("lif", "if", "alif", "cuba_lif") for a in models.arithmetics(m)]
LOSSES = {
    "count": Loss(COUNT, 4, 1.0, 1.0, 0.0),
    "early": Loss(COUNT, 4, 1.0, 1.5, 0.3),
    "bins": Loss(COUNT, 2, 1.0, 1.0, 0.3),
    "first": Loss(FIRST, 4, 1.0, 1.0, 0.0),
    "first_to": Loss(FIRST, 4, 3.0, 2.0, 0.0),
    "membrane": Loss(MEMBRANE, 4, 1.0, 1.0, 0.0),
    "vector": Loss(NUMBERS, 1, 5.0, 7.0, 0.0),
    "rate": Loss(NUMBERS, 2, 9.0, 1.0, 0.0),
}
PLAIN = EpochSettings(step=0.0, decay=0.0, dropout=0.0, spike_price=0.0)
COLUMNS = (  # in the order of the constants of `gradient`
    *("leak", "refractory", "v_reset", "v_min", "soft_reset"),
    *("synaptic_leak", "adaptation", "adaptation_leak"),
)


class Net(NamedTuple):
    """A network of any shape: inputs, then outputs, then hidden neurons."""

    model: str
    arithmetic: str
    first: int  # neuron with a potential
    inputs: int
    outputs: NDArray[np.int32]
    wiring: NDArray[np.int32]  # (3, synapses): sources, targets, delays; by target, then by source
    columns: dict[str, NDArray[np.float32]]  # (neurons,) each
    values: NDArray[np.float32]  # weights, biases, thresholds

    @property
    def whole(self) -> bool:
        return self.arithmetic == "integer"

    @property
    def neurons(self) -> int:
        return len(self.columns["leak"])

    def parts(self, values: Array) -> tuple[Array, Array, Array]:
        """Weights, biases and thresholds among numbers whose last axis is all of them."""
        synapses = self.wiring.shape[1]
        found = np.split(values, (synapses, synapses + self.neurons), axis=-1)
        return found[0], found[1], found[2]


def draw_net(seed: int, kind: tuple[str, str], sources: bool = True, calm: bool = False) -> Net:
    """A random network; a calm one rarely meets lowest potentials, and never the largest one."""
    (model, arithmetic), rng = kind, np.random.default_rng(seed)
    inputs, hidden = int(rng.integers(1, 4)), int(rng.integers(0, 4))
    neurons, first, whole = inputs + 4 + hidden, inputs if sources else 0, arithmetic == "integer"
    joined = rng.random((neurons, neurons)) < 0.5
    joined[:first] = False
    targets, froms = np.nonzero(joined)
    unit, none = 1 if whole else 2.0**-7, np.zeros(neurons)
    leaks = [0, 0.5, 0.75, 0.875, 1 - 2.0**-7, 1] if whole else [0, 0.5, 0.75, 0.9, 1]
    columns = {
        "leak": rng.choice(leaks, neurons) if model != "if" else none + 1,
        "refractory": rng.choice([0, 0, 1, 2], neurons),
        "v_reset": rng.integers(-50, 1, neurons) * unit,
        "v_min": rng.integers(-256, -127 if calm else 1, neurons) * unit,
        "soft_reset": rng.integers(0, 2, neurons),
        "synaptic_leak": rng.choice([0, 0.25, 0.5, 0.9], neurons) if model == "cuba_lif" else none,
        "adaptation": rng.integers(0, 64, neurons) * unit if model == "alif" else none,
        "adaptation_leak": rng.choice([0, 0.5, 0.9], neurons) if model == "alif" else none,
    }
    parts = (
        rng.integers(-60 if calm else -127, 128, len(froms)),
        rng.integers(-3, 20, neurons),
        rng.integers(64, 200, neurons) if calm else rng.integers(1, 256, neurons),
    )
    delays = rng.integers(1, 6, len(froms))
    return Net(
        model,
        arithmetic,
        first,
        inputs,
        np.arange(inputs, inputs + 4, dtype=np.int32),
        np.array((froms, targets, delays), np.int32),
        {name: column.astype(np.float32) for name, column in columns.items()},
        (np.concatenate(parts) * unit).astype(np.float32),
    )


def network_of(net: Net) -> Network:
    """The network as the simulator has it."""
    weights, biases, thresholds = net.parts(net.values)
    dtype: Any = models.DTYPES[net.arithmetic]
    named = {**net.columns, "bias": biases, "threshold": thresholds}
    if net.whole:
        shifts = {0.0: 0.0, 1.0: 31.0}
        named["leak"] = np.array(
            [shifts.get(x) or (0 if x == 0 else -math.log2(1 - x)) for x in net.columns["leak"]]
        )
    rows = np.column_stack([named[name] for name in models.parameters(net.model)])
    rows[: net.first] = 0
    network = Network(
        model=net.model,
        arithmetic=net.arithmetic,
        source_count=net.first,
        input_neurons=np.arange(net.inputs, dtype=np.int32),
        output_neurons=net.outputs,
        offsets=np.searchsorted(net.wiring[1], np.arange(net.neurons + 1)).astype(np.int32),
        sources=net.wiring[0],
        weights=weights.astype(dtype),
        delays=net.wiring[2],
        parameters=np.ascontiguousarray(rows.astype(dtype)),
    )
    network.validate()
    return network


def draw_inputs(net: Net, ticks: int, samples: int, seed: int) -> Array:
    """(ticks, inputs, samples): spikes of sources, or charges."""
    rng = np.random.default_rng(seed)
    shape = (ticks, net.inputs, samples)
    if net.first:
        return rng.random(shape) < 0.5
    return rng.integers(-25, 64, shape) * (1.0 if net.whole else 2.0**-7)


def shown(net: Net, inputs: Array, seed: int) -> Shown:
    """Samples with random right answers and weights."""
    rng, samples = np.random.default_rng(seed), inputs.shape[2]
    spikes = pack_lanes(inputs) if net.first else np.zeros((0, 0, 0), np.uint64)
    charges = np.zeros((0, 0, 0)) if net.first else inputs
    return Shown(
        read_only(spikes),
        read_only(charges.astype(np.float32)),
        read_only(rng.integers(0, 2, (samples, 2)).astype(np.int32)),
        read_only(rng.random((samples, 4)).astype(np.float32)),
        read_only(rng.choice([0.5, 1.0, 3.0], samples).astype(np.float32)),
    )


def compiled(net: Net, ticks: int, step: float = 0.0) -> tuple[Wiring, Numbers, Trace]:
    """The network as the kernel takes it; nothing moves unless there is a step."""
    sources, targets, delays = net.wiring
    ends = [np.searchsorted(np.sort(e), np.arange(net.neurons + 1)) for e in (targets, sources)]
    arrays = (
        np.array([net.first]),
        ends[0].astype(np.int32),
        sources,
        delays,
        ends[1].astype(np.int32),
        np.argsort(sources, kind="stable").astype(np.int32),
        targets,
        np.column_stack([net.columns[name] for name in COLUMNS]),
        np.array([net.whole], np.int64),
    )
    grid = 1.0 if net.whole else 2.0**-7
    values = np.zeros((5, len(net.values)), np.float32)
    values[trace.EXACT] = net.values
    limits = np.empty_like(values)
    limits[:] = np.array([-999, 999, grid, 1 / grid, step], np.float32)[:, np.newaxis]
    history = max(5, int(net.columns["refractory"].max()))
    room = trace.trace(ticks, history, net.neurons, net.outputs)
    return Wiring(*map(read_only, arrays)), Numbers(values, read_only(limits)), room


def learn_batch(
    net: Net, given: Shown, batch: int, loss: Loss, lesson: EpochSettings
) -> tuple[float, Numbers, Trace]:
    """What the kernel makes of a batch: sum of the losses, numbers, and trace."""
    wiring, numbers, room = compiled(net, max(len(given.spikes), len(given.charges)))
    groups = trace.grouped(given, np.arange(len(given.weights)))
    order, chance = np.array([batch], np.int32), np.array([1, 0], np.uint64)
    total = gradient.epoch(wiring, numbers, given, groups, order, room, lesson, loss, chance)
    return total, numbers, room


@pytest.mark.slow  # compares much
@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(MODELS),
    sources=st.booleans(),
    samples=st.integers(1, 70),
)
def test_networks_spike_while_they_learn_as_in_the_reference(
    seed: int, kind: tuple[str, str], sources: bool, samples: int
) -> None:
    net = draw_net(seed, kind, sources)
    network = network_of(net)
    inputs = draw_inputs(net, 14, samples, seed)
    given = shown(net, inputs, seed)
    heard = np.isin(np.arange(net.neurons), net.wiring[0]) | (np.arange(net.neurons) >= net.first)

    found = []
    for batch in range(-(-samples // LANES)):
        _, _, room = learn_batch(net, given, batch, LOSSES["count"], PLAIN)
        found.append(room.spikes[-14:])
    spikes = np.concatenate(found, axis=2)[:, :, :samples]

    typed = inputs if net.first else inputs.astype(network.weights.dtype)
    expected = reference.simulate(network, typed)
    np.testing.assert_array_equal(spikes[:, heard], expected.spikes[:, heard])
    potentials = room.after[1:, net.first :, : (samples - 1) % LANES + 1]
    last = expected.potentials[:, net.first :, (samples - 1) // LANES * LANES :]
    np.testing.assert_array_equal(potentials, last)


class Seen(NamedTuple):
    """What a batch did: (ticks, neurons, lanes) each."""

    charges: Array  # from outside
    spikes: Array
    before: Array  # a reset
    after: Array  # the last tick
    held: Array


def seen(net: Net, inputs: Array, room: Trace) -> Seen:
    ticks, lanes = len(inputs), inputs.shape[2]
    spikes = room.spikes[-ticks:, :, :lanes].astype(np.float64)
    charges = np.zeros(spikes.shape)
    if not net.first:
        charges[:, : net.inputs] = inputs
    held = np.zeros(spikes.shape, np.bool_)
    for t in range(ticks):
        for j, refractory in enumerate(net.columns["refractory"]):
            held[t, j] = spikes[max(0, t - int(refractory)) : t, j].any(axis=0)
    before, after = (
        rows[:ticks, :, :lanes].astype(np.float64) for rows in (room.before, room.after)
    )
    return Seen(charges, spikes, before, after, held)


class Twin(NamedTuple):
    """The same network with other numbers, smooth: (ticks, neurons, variants, lanes)."""

    spikes: Array
    potentials: Array  # before a reset
    last: Array  # (neurons, variants, lanes), after the last tick


def twin(net: Net, values: Array, at: Seen) -> Twin:
    """Run (variants, numbers) near a recorded run, around which spikes are linear."""
    weights, biases, thresholds = (part[..., np.newaxis] for part in net.parts(values))
    theta = net.parts(net.values.astype(np.float64))[2]
    ticks, neurons, lanes = at.spikes.shape
    shape = (neurons, len(values), lanes)
    spikes, potentials = np.zeros((2, ticks, *shape))
    spikes[:, : net.first] = at.spikes[:, : net.first, np.newaxis]
    v, current, raised, raised_then = np.zeros((4, *shape))
    for t in range(ticks):
        for j in range(net.first, neurons):
            c = {name: float(column[j]) for name, column in net.columns.items()}
            held, spike = at.held[t, j], at.spikes[t, j]
            charge = biases[:, j] + at.charges[t, j]
            for s in np.flatnonzero((net.wiring[1] == j) & (net.wiring[2] <= t)):
                charge = charge + weights[:, s] * spikes[t - net.wiring[2, s], net.wiring[0, s]]
            current[j] = c["synaptic_leak"] * current[j] + charge
            then = at.after[t, j]
            left = c["leak"] * v[j]
            if net.whole:  # what rounding towards zero added, then
                left = left + then - np.trunc((1 - c["leak"]) * then) - c["leak"] * then
            u = np.where(c["leak"] * then > c["v_min"], left, c["v_min"]) + current[j]
            limit = thresholds[:, j] + c["adaptation"] * raised[j]
            limit_then = theta[j] + c["adaptation"] * raised_then[j]
            distance = at.before[t, j] - limit_then
            slope = 1 / (1 + 2 * np.abs(distance) / limit_then) ** 2 / limit_then
            spikes[t, j] = np.where(held, 0, spike + slope * (u - limit - distance))
            reset = u - limit * spike if c["soft_reset"] else np.where(spike, c["v_reset"], u)
            potentials[t, j] = np.where(held, v[j], u)
            v[j] = np.where(held, v[j], reset)
            raised[j] = c["adaptation_leak"] * raised[j] + spikes[t, j]
            raised_then[j] = c["adaptation_leak"] * raised_then[j] + spike
    return Twin(spikes, potentials, v)


def cross_entropy(scores: Array, labels: Array) -> Array:
    """(variants, lanes) of (outputs, variants, lanes) and (lanes,)."""
    right = np.take_along_axis(scores, np.broadcast_to(labels, scores.shape)[:1], 0)[0]
    found: Array = np.log(np.exp(scores).sum(axis=0)) - right
    return found


def count_loss(spikes: Array, last: Array, labels: Array, loss: Loss) -> Array:
    groups = [np.arange(4)[n : n + loss.width] for n in range(0, 4, loss.width)]

    def total(scores: Array) -> Array:
        scores = loss.temperature * scores
        each = [cross_entropy(scores[o], labels[:, n]) for n, o in enumerate(groups)]
        return np.asarray(np.sum(each, axis=0))

    so_far = np.mean([total(counts) for counts in spikes.cumsum(axis=0)], axis=0)
    end = total(spikes.sum(axis=0) + losses.PART * last)
    return np.asarray((1 - loss.early) * end + loss.early * so_far)


def first_loss(then: Array, spikes: Array, before: Array, labels: Array, loss: Loss) -> Array:
    """`then` are the spikes of the run that decides when; `before` potentials in thresholds."""
    enough = np.asarray((then.cumsum(axis=0) >= loss.most).any(axis=1))
    moment = np.where(enough.any(axis=0), enough.argmax(axis=0), len(enough) - 1)
    earlier = np.arange(len(enough))[:, np.newaxis] < moment
    progress = (spikes * earlier[:, np.newaxis, np.newaxis]).sum(axis=0)
    there = before[moment, :, :, np.arange(then.shape[2])]  # (lanes, outputs, variants)
    progress = progress + there.transpose(1, 2, 0)
    z, right = 4 * (progress - loss.most), np.arange(4)[:, np.newaxis] == labels
    binary = np.log1p(np.exp(-z)) + (1 - right[:, np.newaxis]) * z
    return np.asarray(cross_entropy(loss.temperature * progress, labels) + binary.sum(axis=0) / 2)


def loss_of(net: Net, run: Twin, at: Seen, given: Shown, loss: Loss) -> Array:
    """The loss of every sample by the formulas of `losses`, (variants, lanes)."""
    theta = net.parts(net.values.astype(np.float64))[2][net.outputs, np.newaxis, np.newaxis]
    spikes, last = run.spikes[:, net.outputs], run.last[net.outputs] / theta
    if loss.kind == COUNT:
        return count_loss(spikes, last, given.labels, loss)
    if loss.kind == MEMBRANE:
        return cross_entropy(loss.temperature * last, given.labels[:, 0])
    if loss.kind == FIRST:
        before = run.potentials[:, net.outputs] / theta
        return first_loss(at.spikes[:, net.outputs], spikes, before, given.labels[:, 0], loss)
    counts = spikes.sum(axis=0) + last
    said = (counts - 0.5) / loss.most
    if loss.width == 2:
        said = (1 + (counts[1::2] - counts[::2]) / loss.most) / 2
    wanted = given.targets[:, : len(said)].T[:, np.newaxis]
    return np.asarray(loss.temperature * ((said - wanted) ** 2).mean(axis=0))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("kind", MODELS, ids="-".join)
@pytest.mark.parametrize("sources", [True, False], ids=["spikes", "charges"])
def test_the_gradient_is_that_of_a_readable_twin(
    kind: tuple[str, str], name: str, sources: bool
) -> None:
    loss, samples, price = LOSSES[name], 20, 0.01
    for seed in range(3):
        net = draw_net(seed, kind, sources, calm=True)
        inputs = draw_inputs(net, 8, samples, seed)
        given = shown(net, inputs, seed)
        lesson = EpochSettings(step=1.0, decay=0.0, dropout=0.0, spike_price=price)
        total, numbers, room = learn_batch(net, given, 0, loss, lesson)
        found = numbers.values[trace.GRADIENT].astype(np.float64)

        at, base = seen(net, inputs, room), net.values.astype(np.float64)
        nudge = 1e-4 * (127 if net.whole else 1)
        nudges = nudge * np.eye(len(base))
        run = twin(net, base + np.concatenate((nudges, -nudges, nudges[:1] * 0)), at)
        every = loss_of(net, run, at, given, loss)
        priced = every + price * run.spikes[:, net.first :].sum(axis=(0, 1))
        mean = priced @ (given.weights / given.weights.sum(dtype=np.float64))
        more, less, _ = np.split(mean, (len(base), 2 * len(base)))
        expected = (more - less) / (2 * nudge)

        assert total == pytest.approx(every[-1] @ given.weights, rel=1e-5)
        own = np.ones(
            len(base), np.bool_
        )  # inputs that are sources have neither bias nor threshold
        for part in net.parts(own)[1:]:
            part[: net.first] = False
        tolerance = 1e-5 * np.abs(expected).max()
        np.testing.assert_allclose(found[own], expected[own], rtol=1e-3, atol=tolerance)
        assert np.count_nonzero(expected[own]) > len(base) / 3


def test_numbers_move_by_adam_and_stay_within_their_limits() -> None:
    net = draw_net(4, ("lif", "float32"), calm=True)
    given = shown(net, draw_inputs(net, 8, 60, 4), 4)
    groups, loss = trace.grouped(given, np.arange(60)), LOSSES["count"]
    wiring, numbers, room = compiled(net, 8, step=2.0)
    limits = numbers.limits.copy()
    limits[trace.STEP, 1] = 0  # one that does not move
    limits[trace.HIGH, 2] = most = net.values[2]  # one that must not grow
    numbers = Numbers(numbers.values, read_only(limits))
    chance = np.array([1, 0], np.uint64)
    exact, (m, v) = net.values.astype(np.float64), np.zeros((2, len(net.values)))
    steps, synapses = limits[trace.STEP].astype(np.float64), net.wiring.shape[1]
    decays = np.where(np.arange(len(exact)) < synapses, 0.05, 0.0)

    for batches in range(1, 9):
        lesson = EpochSettings(step=0.1 / batches, decay=0.05, dropout=0.0, spike_price=0.0)
        order = np.array([batches % 2], np.int32)
        gradient.epoch(wiring, numbers, given, groups, order, room, lesson, loss, chance)
        g = numbers.values[trace.GRADIENT].astype(np.float64)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        rate = lesson.step * steps
        adam = (m / (1 - 0.9**batches)) / (np.sqrt(v / (1 - 0.999**batches)) + 1e-8)
        exact = exact - (steps > 0) * lesson.step * decays * exact - rate * adam
        exact[2] = min(exact[2], most)

        # The moments are float32, and of a gradient close to 0 little is left in a quotient.
        clear = np.sqrt(v) > 1e-5
        np.testing.assert_allclose(numbers.values[trace.EXACT][clear], exact[clear], atol=1e-5)
        rounded = np.rint(numbers.values[trace.EXACT] * 128) / 128
        np.testing.assert_array_equal(numbers.values[trace.ROUNDED], rounded)
    assert numbers.values[trace.EXACT, 1] == net.values[1]
    assert np.count_nonzero(clear) > len(exact) / 2


def test_numbers_that_are_not_learned_are_run_as_they_are() -> None:
    net = draw_net(4, ("lif", "float32"))
    wiring, numbers, room = compiled(net, 8)
    limits = numbers.limits.copy()
    odd = net.values + np.float32(0.001)
    limits[trace.LOW] = limits[trace.HIGH] = odd
    numbers.values[trace.EXACT] = odd
    given = shown(net, draw_inputs(net, 8, 9, 4), 4)
    order, chance = np.zeros(1, np.int32), np.array([1, 0], np.uint64)

    gradient.epoch(
        wiring,
        Numbers(numbers.values, read_only(limits)),
        given,
        trace.grouped(given, np.arange(9)),
        order,
        room,
        PLAIN,
        LOSSES["count"],
        chance,
    )

    np.testing.assert_array_equal(numbers.values[trace.ROUNDED], odd)
