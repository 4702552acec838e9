"""A network that acts: shown an observation it decides on an action, and remembers what it has seen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.network import Network
from ...sim.stepper import Stepper
from ...tasks.control.observation_encoder import perception
from ...tasks.control.python_task import Senses
from ...tasks.decoders.actions import Bins, ContinuousDecoder
from ...tasks.decoders.classes import Decoder
from ...tasks.decoders.decisions import decide_step
from ...tasks.task import as_charges
from .champion_task import ChampionTask


class Policy:
    """A network in a closed loop, such as gymnasium's; state is carried from one decision to the next.

    Args:
        network: The network.
        task: How it perceives and acts.

    Attributes:
        latency: Ticks that the last decision took, 1 … window.
        spikes: Spikes of all neurons that have a potential, in the last decision.
        raster: (ticks, neurons) bool, all spikes of the last decision.

    Raises:
        InputError: The task is not one of control, or does not say its actions.
    """

    latency: int
    spikes: int
    raster: NDArray[np.bool_]

    def __init__(self, network: Network, task: ChampionTask) -> None:
        if task.kind != "control" or task.encoder is None:
            raise InputError(
                f"a champion of task {task.name} answers to samples instead of acting: use predict()"
            )
        if isinstance(task.decoder, ContinuousDecoder) and not task.action_values:
            raise InputError(
                f"the task {task.name} of this network does not say the values of its actions, as that "
                "of runs before version 0.2 does not"
            )
        self._network, self._task = network, task
        width = network.inputs // len(task.variables)
        self._perception = perception(task.encoder, task.variables, task.setting, width)
        self._observed = max(variable.observation for variable in task.variables) + 1
        self._stepper = Stepper(network.with_all_outputs())
        self._outputs = _outputs_of_numbers(network, task)
        self.reset()

    def reset(self, seed: int | None = None) -> None:
        """Begin an episode: bring the network to rest, and have the encoder forget what it was shown.

        Args:
            seed: Of the encoder's chance, where it has any; that of the run if None.
        """
        rng = np.random.default_rng(self._task.seed if seed is None else seed)
        memory = self._perception.begin(rng, 1)
        self.begin(memory)

    def begin(self, memory: NDArray[np.float64]) -> None:
        """As `reset`, with the memory, (1, rows), with which the encoder begins an episode of a workload."""
        shape = self._task.setting.ticks, self._network.inputs
        self._senses = Senses(self._perception, shape, self._network.weights.dtype, memory)
        self._stepper.reset()
        self.latency = self.spikes = 0
        self.raster = np.zeros((0, self._network.neurons), np.bool_)

    def act(self, observation: Any) -> Any:
        """Show an observation for a decision window, and decide.

        Args:
            observation: What the environment shows, whatever its space; or, as a vector, the numbers
                that the network sees, in the order of `ChampionTask.variables`.

        Returns:
            The action as the environment takes it: a whole number, an array, or several of these.

        Raises:
            InputError: It is no such observation, or a number is not finite.
        """
        task, setting = self._task, self._task.setting
        inputs = self._senses.window(self._seen(observation)[:, np.newaxis])
        if task.receives == "charges":
            inputs = as_charges(inputs, setting.arithmetic, setting.full_charge)
        fired = self._stepper.run(np.ascontiguousarray(inputs[:, :, 0]))
        self.raster = fired
        self.spikes = int(self._stepper.counts[self._network.source_count :].sum())
        assert isinstance(task.decoder, Decoder)  # `champion_task` has seen to it
        lanes, target = fired[:, :, np.newaxis], task.decoder.target
        decided = [decide_step(self._stepper, lanes, part, target) for part in self._outputs]
        self.latency = int(max(latencies[0] for _, latencies in decided))
        decisions = [int(decisions[0]) for decisions, _ in decided]
        if task.action_form is None:
            return decisions[0]
        return task.action_form.build(
            row[k] for row, k in zip(task.action_values, decisions, strict=True)
        )

    def __call__(self, observation: Any) -> Any:
        """Return `act(observation)`."""
        return self.act(observation)

    def _seen(self, observation: Any) -> NDArray[np.float64]:
        """Return the observed variables at their places, (observations,)."""
        form = self._task.observation_form
        known = self._task.variables
        is_vector = isinstance(observation, np.ndarray) and observation.shape == (len(known),)
        values = (
            self._placed(observation) if form is None or is_vector else form.vector(observation)
        )
        if not np.isfinite(values).all():
            raise InputError(f"an observation must be finite numbers (got {values.tolist()})")
        return values

    def _placed(self, observation: Any) -> NDArray[np.float64]:
        """Return a vector of all observations, or of the observed variables alone, as the former."""
        variables = self._task.variables
        try:
            values = np.asarray(observation, np.float64).ravel()
        except (ValueError, TypeError):
            raise InputError(f"an observation must be numbers (got {observation!r})") from None
        if len(values) < self._observed:
            if len(values) != len(variables):
                raise InputError(
                    f"an observation has {len(values)} numbers; the network sees {len(variables)}: "
                    f"{', '.join(variable.name for variable in variables)}"
                )
            placed = np.zeros(self._observed)
            placed[[variable.observation for variable in variables]] = values
            values = placed
        return values


def _outputs_of_numbers(network: Network, task: ChampionTask) -> list[NDArray[np.int32]]:
    """Return the outputs that decide each number of an action.

    Raises:
        InputError: There are others than the decoder reads.
    """
    assert isinstance(task.decoder, Decoder)  # `champion_task` has seen to it
    rows = task.action_values or ((0.0,) * network.outputs,)
    counts = [len(row) for row in rows]
    if isinstance(task.decoder, ContinuousDecoder) and not isinstance(task.decoder, Bins):
        counts = [len(task.decoder.actions(0.0, 1.0))] * len(rows)
    if sum(counts) != network.outputs:
        raise InputError(
            f"the network has {network.outputs} outputs, but its task's actions take {sum(counts)}"
        )
    return np.split(network.output_neurons, np.cumsum(counts)[:-1])
