"""How networks learn in a run: whether they can, what neurons they have, and for how long."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from ...errors import InputError
from ...genomes import Profile, profile
from ...tasks.data.data_task import DataTask
from ...tasks.data.learning.lanes import LANES
from ...tasks.data.learning.learner import Manner
from ...tasks.data.samples import COPIES
from ...tasks.task import Task
from ..evaluation.learn import why_not
from ..search.search_settings import LearningSettings
from .search_defaults import A_HANDFUL
from .setting_kinds import lowest_and_highest
from .settings import Settings

#: Synapses of the networks on a path.
BUDGETS = (
    *(2000, 1500, 1150, 900, 700, 540, 420, 320, 250, 190, 150, 115, 90, 70, 54),
    *(42, 32, 25, 19, 15, 11, 9, 7, 5, 4, 3, 2),
)


#: How networks learn from few samples for so many features: decay and dropout keep them from learning
#: these by heart.
FROM_FEW = (
    Manner(decay=0.1, dropout=0.1, spike_price=0.003),
    Manner(decay=0.1, dropout=0.1, spike_price=0.001),
    Manner(decay=0.1, dropout=0.1, spike_price=0.01, early=0.3),
)

#: How they learn from more. Where fine differences matter, decay and dropout cost a tenth of the accuracy,
#: so half of the paths do without.
FROM_MANY = (
    Manner(decay=0.01, dropout=0.0, spike_price=0.003),
    Manner(decay=0.1, dropout=0.1, spike_price=0.003, early=0.3),
    Manner(decay=0.01, dropout=0.0, spike_price=0.01),
)

#: Samples × ticks × synapses of an epoch, beyond which fewer epochs must do: a path takes half a minute of
#: one core at most.
AFFORDABLE = 2e8

#: Samples for each feature from which on they are many.
MANY = 30


def why_not_learned(settings: Settings, task: Task) -> str | None:
    """Say why the networks of a run do not learn, None if they do.

    Raises:
        InputError: They are to, and cannot.
    """
    if settings.gradient == "off":
        reason: str | None = "gradient is off"
    elif settings.preset is not None:
        reason = f"the preset {settings.preset} has no learning"
    else:
        reason = why_not(task, profile(settings.profile, settings.ranges))
    if reason is not None and settings.gradient == "on":
        raise InputError(f"gradient is 'on', but {reason}; allowed are auto and off")
    if reason is not None and settings.paths is not None:
        raise InputError(f"paths is {settings.paths}, but no network learns: {reason}")
    return reason


def with_learnable_neurons(settings: Settings) -> Settings:
    """Return settings in which neurons have a bias and a soft reset, unless the user says otherwise.

    A bias shifts what a neuron adds up, as the constant of a linear model does; a soft reset keeps what
    lies beyond the threshold, so that spikes count what has arrived.
    """
    chip = profile(settings.profile, settings.ranges)
    half = chip.weight.nearest(chip.full_charge / 2)
    wanted = {"soft_reset": 1, "bias": [-half, half]}
    added = {
        name: value
        for name, value in wanted.items()
        if name in chip.parameters and name not in settings.ranges
    }
    return replace(settings, ranges=added | dict(settings.ranges))


def learning_settings(settings: Settings, task: Task, chip: Profile) -> LearningSettings:
    """Return how networks learn, by what the data are."""
    noisy = isinstance(task, DataTask) and task.jitter > 0.0
    samples = task.samples * (1 + COPIES if noisy else 1)
    batches = -(-samples // LANES)
    if task.samples <= A_HANDFUL:
        return _by_heart(settings, chip)
    share = min(1.0, AFFORDABLE / (samples * task.ticks * _densest(settings, task, chip)))
    first = max(2, int(share * min(max(1500 // batches, 20), 150)))
    later = max(1, int(share * min(max(400 // batches, 8), 40)))
    manners = FROM_MANY if task.samples >= MANY * task.features else FROM_FEW
    return LearningSettings(
        paths=_paths(_forms(settings, chip), manners, settings.paths),
        density=settings.density or 0.0,
        manners=manners,
        budgets=tuple(budget for budget in BUDGETS if budget >= task.outputs),
        first_epochs=first,
        epochs=later,
        child_epochs=max(1, int(share * 12)),
        refit_epochs=first,
        share=0.5,
        step=0.01,
    )


def _densest(settings: Settings, task: Task, chip: Profile) -> int:
    """Return the synapses of the densest network that a path begins with."""
    hidden = _forms(settings, chip)[-1]
    joined = (task.inputs + task.outputs) * hidden + task.inputs * task.outputs
    return min(joined, chip.max_synapses)


def _forms(settings: Settings, chip: Profile) -> tuple[int, ...]:
    """Return the numbers of hidden neurons that paths begin with: none, and some."""
    most = min(lowest_and_highest(settings.hidden or 0)[1], chip.max_hidden)
    if not chip.direct:  # then all that outputs hear of comes through hidden neurons
        return (max(most, 1),)
    return (0, most) if most else (0,)


def _paths(
    forms: Sequence[int], manners: Sequence[Manner], count: int | None
) -> tuple[tuple[int, Manner], ...]:
    """Return hidden neurons and manner of each path: every form in one manner, then in the next."""
    every = cycle((hidden, manner) for manner in manners for hidden in forms)
    return tuple(islice(every, count or 2 * len(forms)))


def _by_heart(settings: Settings, chip: Profile) -> LearningSettings:
    """Return how networks learn a handful of patterns: large steps, few epochs, starts instead of stops."""
    manner = Manner(decay=0.0, dropout=0.0, spike_price=0.001)
    return LearningSettings(
        paths=_paths(_forms(settings, chip)[-1:], (manner,), settings.paths),
        density=settings.density or 0.0,
        manners=(manner,),
        budgets=(),
        first_epochs=40,
        epochs=12,
        child_epochs=12,
        refit_epochs=12,
        share=0.5,
        step=0.05,
    )
