"""The leaky integrate-and-fire tick against closed forms, for every kernel and the reference."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikevolve.sim import reference
from spikevolve.sim.network import Network
from spikevolve.sim.simulate import simulate


@pytest.fixture(params=["kernel", "reference"])
def trace(request: pytest.FixtureRequest) -> Callable[..., tuple[list[int], NDArray[Any]]]:
    """Function: network and the ticks of its input spikes to spike times and potentials."""
    run = {"kernel": simulate, "reference": reference.simulate}[request.param]

    def _trace(network: Network, when: list[int], ticks: int) -> tuple[list[int], NDArray[Any]]:
        inputs = np.zeros((ticks, network.inputs, 1), bool)
        inputs[when] = True
        spikes, potentials = run(network, inputs)
        return np.flatnonzero(spikes[:, -1, 0]).tolist(), potentials[:, -1, 0]

    return _trace


def test_a_spike_arrives_after_its_delay_and_decays(trace: Any, one_neuron: Any) -> None:
    network = one_neuron(weight=0.75, delay=3, leak=0.5)

    times, v = trace(network, [2], 30)

    assert times == []
    expected = [0.0] * 5 + [0.75 * 0.5**n for n in range(25)]
    # 0.75 · 0.5²⁰ is below 2⁻²⁰ and counts as 0
    np.testing.assert_array_equal(
        v, np.array([x if x >= 2.0**-20 else 0 for x in expected], np.float32)
    )


def test_product_and_sum_are_rounded_one_after_the_other(trace: Any, one_neuron: Any) -> None:
    leak = np.float32(0.9)
    fused_differs = 0
    for bias in np.arange(1, 40, dtype=np.float32) / 1024:
        network = one_neuron(weight=0.5, leak=leak, bias=bias, threshold=100)

        _, v = trace(network, [0], 8)

        expected = np.float32(0)
        for t in range(8):
            charge = bias + np.float32(0.5 if t == 1 else 0)
            fused = np.float32(np.float64(leak) * np.float64(expected) + np.float64(charge))
            expected = np.float32(leak * expected) + charge
            fused_differs += fused != expected
            assert v[t] == expected
    assert fused_differs > 0  # a fused multiply-add would have been noticed


def test_negative_potentials_are_flushed_too(trace: Any, one_neuron: Any) -> None:
    _, v = trace(one_neuron(weight=-(2.0**-10), leak=0.5), [0], 16)

    np.testing.assert_array_equal(
        v[1:12], np.array([-(2.0**-10) * 0.5**n for n in range(11)], np.float32)
    )
    np.testing.assert_array_equal(v[12:], 0)


@pytest.mark.parametrize("refractory", [0, 1, 3])
@pytest.mark.parametrize(("charge", "leak"), [(0.25, 0.9), (0.125, 0.9), (0.3125, 0.75)])
def test_a_constant_current_fires_at_the_closed_form_rate(
    trace: Any, one_neuron: Any, charge: float, leak: float, refractory: int
) -> None:
    network = one_neuron(bias=charge, leak=leak, refractory=refractory)
    # v after n ticks is I (1 − λⁿ) / (1 − λ); the threshold is 1
    ticks = math.ceil(math.log(1 - (1 - leak) / charge) / math.log(leak))

    times, _ = trace(network, [], 200)

    assert times[0] == ticks - 1
    assert set(np.diff(times)) == {ticks + refractory}


def test_too_weak_a_current_never_fires(trace: Any, one_neuron: Any) -> None:
    times, v = trace(one_neuron(bias=0.09375, leak=0.9), [], 500)

    assert times == []
    assert v[-1] == pytest.approx(0.9375, abs=1e-6)


def test_the_threshold_itself_is_enough(trace: Any, one_neuron: Any) -> None:
    assert trace(one_neuron(weight=1.0, threshold=1.0), [0], 5)[0] == [1]
    assert trace(one_neuron(weight=1.0, threshold=1.0009765625), [0], 5)[0] == []


def test_hard_and_soft_reset(trace: Any, one_neuron: Any) -> None:
    hard = one_neuron(weight=2.75, v_reset=-0.5)
    soft = one_neuron(weight=2.75, v_reset=-0.5, soft_reset=1)

    assert trace(hard, [0], 4)[1].tolist() == [0, -0.5, -0.5, -0.5]
    times, v = trace(soft, [0], 5)
    assert (times, v.tolist()) == ([1, 2], [0, 1.75, 0.75, 0.75, 0.75])


def test_a_refractory_neuron_holds_its_potential_and_loses_its_charge(
    trace: Any, one_neuron: Any
) -> None:
    network = one_neuron(weight=1.5, leak=0.5, refractory=2, soft_reset=1)

    times, v = trace(network, [0, 1, 2, 3], 7)

    # fires at tick 1 and is refractory at 2 and 3; the last input spike arrives at 4
    assert times == [1, 4]
    assert v.tolist() == [0, 0.5, 0.5, 0.5, 0.75, 0.75, 0.75]


def test_v_min_bounds_the_decayed_potential_only(trace: Any, one_neuron: Any) -> None:
    _, v = trace(one_neuron(weight=-3, v_min=-4), [0, 1, 2], 6)

    assert v.tolist() == [0, -3, -6, -7, -4, -4]


def test_a_self_connection_repeats_a_spike_for_ever(trace: Any, one_neuron: Any) -> None:
    times, _ = trace(one_neuron(weight=1, loop=(1, 5)), [0], 40)

    assert times == list(range(1, 40, 5))


@pytest.mark.parametrize("start", [-100, -7, -1, 1, 6, 100])
@pytest.mark.parametrize("shift", [0, 1, 2, 7, 31])
def test_integer_decay_rounds_towards_zero(
    trace: Any, one_neuron: Any, shift: int, start: int
) -> None:
    network = one_neuron("integer", weight=start, leak=shift, threshold=255, v_min=-255)

    _, v = trace(network, [0], 12)

    expected = start
    for t in range(1, 12):
        assert v[t] == expected
        lost = {0: expected, 31: 0}.get(shift, int(expected / 2**shift))
        expected -= lost


def test_integers_saturate_at_16_bits(trace: Any, one_neuron: Any) -> None:
    low = one_neuron("integer", weight=-20000, leak=31, threshold=1, v_min=-(2**15))
    high = one_neuron("integer", weight=20000, threshold=40000, leak=31)

    assert trace(low, [0, 1, 2], 5)[1].tolist() == [0, -20000, -32768, -32768, -32768]
    assert trace(high, [0, 1, 2], 5)[1].tolist() == [0, 20000, 32767, 32767, 32767]


def test_spikes_of_several_sources_add_up(trace: Any, one_neuron: Any) -> None:
    assert trace(one_neuron(weight=0.25, sources=4), [3], 6)[0] == [4]
    assert trace(one_neuron(weight=0.25, sources=3), [3], 6)[0] == []
