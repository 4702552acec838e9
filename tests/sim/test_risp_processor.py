"""RISP's processor: time, queues and values of spikes, beyond what the vectors show."""

from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.sim.formats.json_text import Ends, Synapse, assemble
from spikevolve.sim.risp_processor import RispProcessor, RispSettings, Spike


def chain(
    settings: RispSettings | None = None, arithmetic: str = "integer", **parameters: int
) -> RispProcessor:
    """An input neuron with threshold 2 that drives an output of threshold 1 with delay 3."""
    row = {"leak": 0, "min_potential": -9, "late_reset": 0} | parameters
    rows = [[2, *row.values()], [1, *row.values()]]
    network = assemble("risp", arithmetic, Ends(0, [0], [1]), rows, [Synapse(0, 1, 1, 3)])
    return RispProcessor(network, settings or RispSettings(spike_value_factor=4))


def test_a_spike_travels_into_the_next_run() -> None:
    processor = chain()

    first = processor.run(4, [Spike(0, 2)])
    second = processor.run(4)

    assert first.fires == [[2], []]
    assert second.fires == [[], [1]]
    assert second.output_counts == [1]
    assert [first.total_accumulates, second.total_accumulates] == [1, 1]


def test_spikes_for_later_wait_and_a_run_of_no_tick_changes_nothing() -> None:
    processor = chain()

    assert processor.run(2, [Spike(0, 5.9)]).total_fires == 0
    assert processor.run(0).total_fires == 0
    assert processor.run(3).fires == [[], []]
    assert processor.run(1).fires == [[0], []]


def test_clearing_forgets_charge_travelling_and_waiting_spikes() -> None:
    processor = chain()
    processor.run(3, [Spike(0, 1), Spike(0, 2, 0.3), Spike(0, 8)])

    processor.clear_activity()

    activity = processor.run(10)
    assert activity.total_accumulates == 0
    assert activity.charges.tolist() == [0, 0]


def test_a_late_fire_is_counted_in_the_next_run() -> None:
    processor = chain(late_reset=1)

    assert processor.run(1, [Spike(0, 0)]).fires == [[], []]
    assert processor.run(5).fires == [[0], [3]]


def test_values_become_charges() -> None:
    def charge(spike: Spike, settings: RispSettings, arithmetic: str) -> Any:
        return chain(settings, arithmetic).run(1, [spike]).charges[0].item()

    half = Spike(0, 0, 0.5)
    weights = RispSettings(4, (-3, -2, 1), inputs_from_weights=True)
    assert charge(half, RispSettings(3), "integer") == 1
    assert charge(half, RispSettings(3), "float64") == 1.5
    assert charge(Spike(0, 0, -7, False), RispSettings(3), "integer") == -7
    assert charge(half, weights, "integer") == -2
    assert charge(Spike(0, 0, 1.0), weights, "integer") == 1
    assert charge(Spike(0, 0, 0, False), weights, "integer") == -3


@pytest.mark.parametrize(
    ("spike", "sentence"),
    [
        (Spike(1, 0), "input is 1; the inputs are 0 to 0"),
        (Spike(0, -1), "time is -1; it must be 0 to "),
        (Spike(0, float("nan")), "time is nan; it must be 0 to "),
        (Spike(0, 0, 1.5), "value is 1.5; it must be 0 to 1"),
        (Spike(0, 0, float("nan"), False), "value is nan; it must be -536870912 to 536870912"),
        (Spike(0, 0, 0.5, False), "value is 0.5; in a discrete network a charge must be whole"),
    ],
)
def test_a_wrong_spike_is_named_and_changes_nothing(spike: Spike, sentence: str) -> None:
    processor = chain()

    with pytest.raises(InputError, match=sentence):
        processor.run(5, [Spike(0, 0), spike])

    assert processor.run(5).total_accumulates == 0


def test_other_mistakes_are_named(one_neuron: Any) -> None:
    with pytest.raises(InputError, match="the model is lif with 1 sources"):
        RispProcessor(one_neuron(), RispSettings())
    with pytest.raises(InputError, match="duration is -1; it must be 0 to"):
        chain().run(-1)
    with pytest.raises(InputError, match="the number of a weight must be 0 to 1"):
        chain(RispSettings(1, (1, 2), True)).run(1, [Spike(0, 0, 2, False)])
    with pytest.raises(InputError, match=r"input 0 receives a charge of 1.07374e\+09 at tick 3"):
        chain().run(5, 2 * [Spike(0, 3, 2**29, False)])
