"""RISP's processor: a network of model `risp` behind the interface that TENNLab's simulator has.

The neuron is in `neurons.risp`. What is here is the way in, from spikes with a value and a time to
charges, and the way out: fires, charges and totals of a run, as that simulator counts them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .network import LARGEST_CHARGE, ChargeEvent, Network, sum_charges
from .neurons.risp import LATE_RESET, LEAK, MIN_POTENTIAL
from .stepper import Stepper

_LARGEST_TIME = 2**53  # ticks


@dataclass(frozen=True)
class RispSettings:
    """What RISP's parameters say about input and time; the rest of them is in the network.

    Attributes:
        spike_value_factor: Charge of an input spike of value 1.
        weights: The weights that synapses, and perhaps inputs, choose from; () for any.
        inputs_from_weights: Whether an input spike chooses one of `weights`.
        run_time_inclusive: Whether a run is one tick longer.
    """

    spike_value_factor: float = 1.0
    weights: tuple[float, ...] = ()
    inputs_from_weights: bool = False
    run_time_inclusive: bool = False


class Spike(NamedTuple):
    """A spike for an input.

    Attributes:
        input: Number of the input.
        time: Ticks from the beginning of the next run, truncated to a whole number.
        value: From 0 to 1, or, if not normalised, the charge itself (with `inputs_from_weights` the
            number of the weight).
        normalised: Whether `value` is a share of `spike_value_factor` (or of the list of weights).
    """

    input: int
    time: float
    value: float = 1.0
    normalised: bool = True


class Activity(NamedTuple):
    """What a run shows.

    Attributes:
        fires: For each neuron the ticks of its fires, counted from the beginning of the run.
        charges: (neurons,) float64 or int32, after leak and floor at the end of the run.
        output_counts: Fires of each output.
        total_fires: Fires of all neurons.
        total_accumulates: Events that arrived, from inputs and over synapses.
    """

    fires: list[list[int]]
    charges: NDArray[Any]
    output_counts: list[int]
    total_fires: int
    total_accumulates: int


class RispProcessor:
    """A network of model `risp` with its state.

    Charges, spikes on their way and spikes for later than a run persist into the next run. A neuron
    with `late_reset` fires, in these counts, one tick after its spike leaves.

    Args:
        network: Of model `risp`, without sources.
        settings: Of its inputs.

    Raises:
        InputError: If the network is of another kind or not valid.
    """

    def __init__(self, network: Network, settings: RispSettings) -> None:
        if network.model != "risp" or network.source_count:
            raise InputError(
                f"network: the model is {network.model} with {network.source_count} sources; RISP's "
                "processor runs the model risp, whose inputs are neurons"
            )
        self.network = network
        self.settings = settings
        self._stepper = Stepper(network.with_all_outputs())
        self.clear_activity()

    def clear_activity(self) -> None:
        """Go back to the beginning: no charge, nothing on its way, nothing queued."""
        self._stepper.reset()
        self._before = np.zeros((self.network.max_delay, self.network.neurons), np.bool_)
        self._queue: list[ChargeEvent] = []

    def run(self, duration: float, spikes: Iterable[Spike] = ()) -> Activity:
        """Go on for a while.

        Args:
            duration: It takes int(duration − 1) + 1 ticks, and one more if `run_time_inclusive`.
            spikes: For this run and later ones, in addition to those queued before.

        Raises:
            InputError: Naming the spike or the duration and what is allowed; nothing has changed.
        """
        ticks = _ticks(duration, self.settings)
        queue = self._queue + [self._event(spike) for spike in spikes]
        due = [event for event in queue if event.tick < ticks]
        spikes_now = self._stepper.run(sum_charges(due, ticks, self.network))[:, :, 0]
        self._queue = [e._replace(tick=e.tick - ticks) for e in queue if e.tick >= ticks]
        whole = np.concatenate((self._before, spikes_now))
        fired = registered(self.network, whole)[len(self._before) :]
        self._before = whole[ticks:]
        fires = [np.flatnonzero(row).tolist() for row in fired.T]
        return Activity(
            fires,
            _charges_at_the_end(self.network, self._stepper.potentials[:, 0]),
            [len(fires[neuron]) for neuron in self.network.output_neurons],
            sum(map(len, fires)),
            len(due) + _arrivals(self.network, whole, ticks),
        )

    def _event(self, spike: Spike) -> ChargeEvent:
        inputs = self.network.inputs
        if not 0 <= spike.input < inputs:
            raise InputError(f"input is {spike.input}; the inputs are 0 to {inputs - 1}")
        if not 0 <= spike.time <= _LARGEST_TIME:
            raise InputError(f"time is {spike.time}; it must be 0 to {_LARGEST_TIME} ticks")
        value = input_charge(self.network, self.settings, spike.value, spike.normalised)
        return ChargeEvent(int(spike.time), int(spike.input), value)


def _ticks(duration: float, settings: RispSettings) -> int:
    if not 0 <= duration <= _LARGEST_TIME:
        raise InputError(f"duration is {duration}; it must be 0 to {_LARGEST_TIME} ticks")
    return int(duration - 1) + 1 + settings.run_time_inclusive


def input_charge(
    network: Network, settings: RispSettings, value: float, normalised: bool = True
) -> float:
    """Return the charge that an input spike of some value delivers.

    Raises:
        InputError: If the value is not allowed.
    """
    if normalised and not 0 <= value <= 1:
        raise InputError(f"value is {value}; it must be 0 to 1")
    if settings.inputs_from_weights:
        return _chosen_weight(settings.weights, value, normalised)
    if normalised:
        charge = value * settings.spike_value_factor
        return math.floor(charge) if network.arithmetic == "integer" else charge
    if not abs(value) <= LARGEST_CHARGE:
        raise InputError(f"value is {value}; it must be {-LARGEST_CHARGE} to {LARGEST_CHARGE}")
    if network.arithmetic == "integer" and value % 1:
        raise InputError(f"value is {value}; in a discrete network a charge must be whole")
    return value


def _chosen_weight(weights: tuple[float, ...], value: float, normalised: bool) -> float:
    last = len(weights) - 1
    if normalised:
        return weights[min(int(value * len(weights)), last)]
    if not 0 <= value < len(weights):
        raise InputError(f"value is {value}; the number of a weight must be 0 to {last}")
    return weights[int(value)]


def registered(network: Network, spikes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(ticks, neurons) bool, when RISP registers the spikes that leave as said by `spikes`.

    Args:
        network: Of model `risp`.
        spikes: (ticks, neurons) bool; before them there was none.
    """
    late = network.parameters[:, LATE_RESET] != 0
    before = np.zeros_like(spikes[:1])
    return np.where(late, np.concatenate((before, spikes))[:-1], spikes)


def _charges_at_the_end(network: Network, potentials: NDArray[Any]) -> NDArray[Any]:
    leak, lowest = network.parameters[:, LEAK], network.parameters[:, MIN_POTENTIAL]
    charges: NDArray[Any] = np.where(leak != 0, 0, np.maximum(potentials, lowest))
    return charges


def _arrivals(network: Network, spikes: NDArray[np.bool_], ticks: int) -> int:
    """Spikes that arrive over synapses in the last `ticks` rows."""
    first = len(spikes) - ticks
    arrivals = 0
    for delay in np.unique(network.delays):
        sent = spikes[first - delay : len(spikes) - delay].sum(axis=0)
        arrivals += int(sent[network.sources[network.delays == delay]].sum())
    return arrivals
