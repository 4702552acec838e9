"""Settings that suit a task: what a search does where the user leaves it open.

What the task's own window is (encoder, decoder, ticks) the task says. How to search for it is said
here, rule by rule, and why. A rule asks what the data or the spaces of an environment are.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ...errors import InputError
from ...tasks.control.control_task import Control, EpisodicTask
from ...tasks.data.classification import Classification
from ...tasks.data.data_task import DataTask
from ...tasks.data.regression import Regression
from ...tasks.data.scores import FEW
from ...tasks.task import Task
from ..search.tournament.settings import MOST_NUMBERS
from .settings import LIMITS, settings_from


class Rule(NamedTuple):
    """Settings that suit some of the tasks.

    Attributes:
        suits: Returns whether they suit a task.
        settings: By the names of `Settings`.
    """

    suits: Callable[[Task], bool]
    settings: Mapping[str, object]


def search_defaults(task: Task) -> dict[str, object]:
    """Return the settings that suit a task.

    Those that a class of the user's has as `defaults` take the place of the rules for built-in
    tasks, one of which it may be derived from.

    Raises:
        InputError: The user's `defaults` are no settings, or have a value that is not allowed.
    """
    if not isinstance(task.defaults, Mapping):
        raise InputError(f"task {task.name}: defaults must be a table (got {task.defaults!r})")
    try:
        settings_from({"task": task.name, **task.defaults})
    except InputError as error:
        raise InputError(f"task {task.name}: defaults: {error}") from None
    chosen: dict[str, object] = {}
    for rule in _rules(task):
        if rule.suits(task):
            chosen |= rule.settings
    chosen = {name: value for name, value in chosen.items() if value is not None}
    chosen |= task.defaults
    for rule in FOR_READOUTS:
        if rule.suits(task):
            chosen |= rule.settings
    if task.samples:
        chosen.setdefault("breeding_floor", 0.5)
    if task.samples and not any(limit in chosen for limit in LIMITS):
        chosen |= until_nothing_is_gained(task)
    return chosen


def _rules(task: Task) -> tuple[Rule, ...]:
    """Return the rules for a task; of those that do not learn, the user's `defaults` take their place."""
    if isinstance(task, DataTask) and task.settings.learned and task.why_not_learned() is None:
        return FOR_LEARNING
    if task.defaults:
        return ()
    if isinstance(task, DataTask):
        return FOR_DATA
    return FOR_CONTROL if isinstance(task, EpisodicTask) else ()


def until_nothing_is_gained(task: Task) -> dict[str, object]:
    """Return the limits of a search on data, by counts alone: it ends alike on any machine.

    The more samples there are, the longer training scores rise before they part from those of data
    never seen: on sets of a hundred samples the latter stay where they are after some 15,000
    evaluations, on 381 samples after 30,000. Where an evaluation takes long, in samples times
    ticks or for a readout to fit, there are fewer of them. Generations end a search whose networks
    are all known by then.
    """
    evaluations = min(max(20_000, 200 * task.samples), 50_000)
    if task.settings.readout is not None:
        evaluations //= 20
    affordable = max(1_000, 10**10 // (task.samples * task.ticks))
    return {
        "patience": 0.3,
        "evaluations": min(evaluations, affordable),
        "generations": 1_000,
    }


def _has_many_classes(task: Task) -> bool:
    return isinstance(task, Classification) and len(getattr(task, "classes", ())) > FEW


def _changes_in_time(task: Task) -> bool:
    return isinstance(task, DataTask) and task.change_in_time


def _shows_few_spike_trains(task: Task) -> bool:
    return isinstance(task, DataTask) and task.are_spikes and task.inputs <= _FEW_TRAINS


def _shows(task: Task, what: str) -> bool:
    return isinstance(task, EpisodicTask) and task.shows == what


def _sees_much(task: Task) -> bool:
    return isinstance(task, Control) and len(task.variables) > _FEW_VARIABLES


#: Samples, or fewer, that are patterns to be learned by heart.
A_HANDFUL = 16

_FEW_TRAINS = 64  # inputs
_FEW_VARIABLES = 6  # of an environment

#: Neurons that do not leak, and keep what is beyond their threshold, add up what they receive.
_ADDING = MappingProxyType({"leak": 1.0, "refractory": 0, "soft_reset": 1})

#: What suits data whose networks learn: paths begin the search, so that a handful of children goes far.
FOR_LEARNING: tuple[Rule, ...] = (
    Rule(lambda task: True, {"population": 60, "hidden": 0, "density": 1.0}),
    # Hidden neurons where there are samples enough to learn what they are for, features that a weighted
    # sum of them all would learn by heart, or signals, of which sums over the window tell little.
    Rule(
        lambda task: task.samples >= 300 or task.features > 32 or _changes_in_time(task),
        {"hidden": 16},
    ),
    Rule(lambda task: _has_many_classes(task), {"hidden": 32}),
    Rule(
        lambda task: task.samples <= A_HANDFUL,
        {"population": 20, "hidden": 16, "generations": 200},
    ),
)

#: What data are that networks learn without a gradient, later ones before earlier. None asks for a name:
#: the same table in a file of the user's gets the same search.
FOR_DATA: tuple[Rule, ...] = (
    # A handful of patterns: the score stays where it is for long, and then has reached the top.
    Rule(lambda task: task.samples <= A_HANDFUL, {"population": 100, "generations": 200}),
    # Many classes leave no room for compromise: the weighted sum reaches in one minute what a
    # population spread over a front does not reach in five. An output that has fallen silent needs
    # several changes at once to be of use again: with fewer mutations a child, searches for accuracy
    # lost a class for good. Without a price for spikes and latency, or with delays of a tick or two
    # alone, searches learn the training data faster, and test data not better.
    Rule(lambda task: _has_many_classes(task), {"selection": "weighted", "mutations": 3.0}),
    # Outputs add up evidence until one has enough of it. Of hundreds of synapses straight from the inputs
    # many matter a little: the search starts with most of them, and changes several at once.
    Rule(
        lambda task: _has_many_classes(task) and _shows_few_spike_trains(task),
        {
            "selection": "weighted",
            "weights": (1.0, 0.00005, 0.0),
            "population": 60,
            "mutations": 4.0,
            "hidden": 0,
            "density": 0.6,
            "ranges": {"max_hidden": 0, **_ADDING},
        },
    ),
    # Neurons count sums of their inputs: linear prediction, from which the search goes on. A spike
    # is cheap beside an error.
    Rule(
        lambda task: isinstance(task, Regression) and task.numbers == 1,
        {
            "selection": "weighted",
            "weights": (1.0, 0.0001, 0.0),
            "mutations": 4.0,
            "hidden": 0,
            "ranges": _ADDING,
        },
    ),
)

#: Sources of the searches of a tournament, by turns.
USUAL_SOURCES = "direct,cma_es,variation,cma_es,coarse,cma_es,variation,cma_es"

#: Evaluations of each of them in the first heat.
USUAL_HEAT = 800

#: Those where networks have more numbers than CMA-ES searches.
SOURCES_OF_LARGE = "variation,coarse"

#: Hidden neurons and density of first networks in control.
_HIDDEN, _DENSITY = 4, 0.5

#: Steps from which episodes are long.
_LONG = 1_000


def _has_long_episodes(task: Task) -> bool:
    return _shows(task, "numbers") and not _sees_much(task) and getattr(task, "steps", 0) >= _LONG


def _has_many_numbers(task: Task) -> bool:
    """Tell whether dense first networks have more weights, thresholds and leaks than CMA-ES searches."""
    if not _shows(task, "numbers") or _sees_much(task):
        return False
    inputs, targets = getattr(task, "inputs", 0), getattr(task, "outputs", 0) + _HIDDEN
    return targets * (inputs + targets + 2) > MOST_NUMBERS


#: All that suit a task of control apply, later ones before earlier. None asks for a name: an environment of
#: gymnasium's gets the same search as a built-in task with the same spaces.
FOR_CONTROL: tuple[Rule, ...] = (
    # One spike of an input must be able to make an output fire.
    Rule(
        lambda task: _shows(task, "bits"),
        {
            "selection": "weighted",
            "mutations": 3.0,
            "hidden": 0,
            "density": 0.5,
            "ranges": {"delay": [1, 2], "threshold": [0.0625, 0.5]},
        },
    ),
    # Each state has an input: what to do there, its synapses to the outputs say by their delays. Random
    # networks with all of them do something else in every state, so that some reach a goal that pays only
    # in the end.
    Rule(
        lambda task: _shows(task, "state"),
        {
            "selection": "weighted",
            "mutations": 3.0,
            "hidden": 0,
            "density": 1.0,
            "ranges": {"delay": [1, 7], "threshold": [0.0625, 0.5]},
        },
    ),
    # Searches that begin with small networks, or prefer few spikes from the start, settle on ones
    # that balance a pole but drift off after a thousand steps, or push a car only along its velocity.
    # So all parents are chosen by score alone (the front is kept in the archive nevertheless), and
    # first networks have hidden neurons. Small populations win small budgets.
    Rule(
        lambda task: _shows(task, "numbers") and not _sees_much(task),
        {
            "searches": 8,
            "sources": USUAL_SOURCES,
            "heat": USUAL_HEAT,
            "evaluations": 25_000,
            "population": 20,
            "selection": "weighted",
            "duplicates": "behaviour",
            "mutations": 1.0,
            "initial": "random,dense",
            "hidden": _HIDDEN,
            "density": _DENSITY,
            "rates": {"add_synapse": 0.2, "add_neuron": 0.05},
        },
    ),
    # Of much that is seen, a few variables go far, so that a front of small networks ends the search
    # early: parents are chosen by score here, too, and the search goes on for twice as long.
    Rule(
        _sees_much,
        {
            "selection": "weighted",
            "mutations": 3.0,
            "hidden": 6,
            "density": 0.5,
            "generations": 400,
        },
    ),
    # To stay up for thousands of steps takes several changes at once, and memory; and it shows late which
    # search is a good one, so there are fewer, which have longer. Coarse numbers are found sooner.
    Rule(
        _has_long_episodes,
        {
            "searches": 4,
            "sources": "coarse,direct,coarse,cma_es",
            "heat": 2_500,
            "evaluations": None,
            "minutes": 8.0,
            "population": 50,
            "mutations": 3.0,
            "hidden": f"{_HIDDEN},{_HIDDEN}",
        },
    ),
    Rule(_has_many_numbers, {"sources": SOURCES_OF_LARGE}),
)

#: Those of networks with a readout, whatever else is said of the task. Such a network has as many
#: neurons as the readout says. One whose neurons add up counts what it receives. A spike is cheap
#: beside a wrong answer: at a price of 0.001 each, as networks without a readout pay, a search would
#: rather silence hundreds of spikes than err less.
FOR_READOUTS: tuple[Rule, ...] = (
    Rule(
        lambda task: task.settings.readout is not None,
        {
            "selection": "weighted",
            "weights": (1.0, 0.00001, 0.0),
            "mutations": 20.0,
            "hidden": 0,
            "density": 0.25,
            "ranges": {"max_hidden": 0, **_ADDING, "threshold": (0.5, 4.0)},
        },
    ),
)
