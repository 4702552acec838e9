"""How a network is shown samples or observations, and how its answers are read, without its task.

All of it stands in the description of the task that a run folder and exported networks hold, so that no
data are loaded and no code of the user's is imported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...sim.formats import json_text
from ...sim.network import Network
from ...tasks.control.observation_encoder import Variable
from ...tasks.data.anomaly import ANOMALY, NORMAL
from ...tasks.data.samples import Scaling
from ...tasks.data.tables.prepare import Preparation
from ...tasks.decoders.actions import CONTINUOUS_DECODERS
from ...tasks.decoders.classes import DECODERS, Decoder
from ...tasks.decoders.numbers import NUMBER_DECODERS, NumberDecoder
from ...tasks.encoded_task import unnamed, with_fields
from ...tasks.encoders import Encoder, encoder
from ...tasks.encoders.encoder_kinds import Setting
from ...tasks.gym.space_forms import Choice, Form, Numbers, form_from_json
from ...tasks.readouts.linear_readout import Ridge, readout
from ...tasks.task import Traits
from ...tasks.text_form import parse

Kind = Literal["classification", "regression", "control"]

_MOST_TICKS = 10**5


@dataclass(frozen=True, eq=False)
class ChampionTask:
    """What a network was evolved for, as far as it takes to use it.

    Attributes:
        name: Of the task.
        kind: `classification`, `regression` or `control`.
        encoder: With the network's own settings; None where samples are spikes.
        setting: Window of a sample or decision, and arithmetic.
        receives: Whether the inputs receive `spikes` or `charges`.
        scaling: Of the features, as fitted to the training data; None where samples are spikes, and for
            control.
        features: Names of the features or observations; of a table in the order of its columns.
        sample_shape: (features,), (steps, channels), or (ticks, inputs); None where it is unknown,
            and for control.
        decoder: Reads the outputs; None where a readout does.
        readout: The kind of readout, None where a decoder reads the outputs.
        readout_weights: (features of the readout + 1, answers), the constants last.
        classes: Names of the classes.
        normal: The class that is normal, in the words of the data, where anomalies are found.
        ends: (2, numbers), lowest and highest number that a network can say, of regression.
        variables: What a network sees, of control.
        actions: Names of the outputs, of control.
        action_values: Of each number of an action the value of each decision; () where the action is
            the number of the output.
        action_form: How these values make an action; None where there are none.
        observation_form: What an environment shows; None if that is a vector of numbers.
        traits: Settings of the encoder that the network has for itself.
        seed: Of the run: of what chance there is in the encoder.
        score: Name of the score on validation and test data.
    """

    name: str
    kind: Kind
    encoder: Encoder | None
    setting: Setting
    receives: Literal["spikes", "charges"]
    scaling: Scaling | None
    features: tuple[str, ...]
    sample_shape: tuple[int, ...] | None
    decoder: Decoder | NumberDecoder | None
    readout: Ridge | None
    readout_weights: NDArray[np.float64] | None
    classes: tuple[str, ...]
    normal: str | None
    ends: NDArray[np.float64]
    variables: tuple[Variable, ...]
    actions: tuple[str, ...]
    action_values: tuple[tuple[float, ...], ...]
    action_form: Form | None
    observation_form: Form | None
    traits: Traits
    seed: int
    score: str

    def class_of(self, label: str) -> str:
        """Return the class that a label of the data is of: where anomalies are found, one of two."""
        if self.normal is None or label in self.classes:
            return label
        return NORMAL if label == self.normal else ANOMALY


def champion_task(told: Mapping[str, Any], network: Network, charge: float | None) -> ChampionTask:
    """Read what a description says, and hold it against the network.

    Args:
        told: What a manifest says of the task, with `traits`, and `full_charge`, `grid` and
            `readout_weights` where the network has them; nothing is known of the values.
        network: The network.
        charge: What a spike injects into an input that is a neuron, where that is known better.

    Raises:
        InputError: Something is missing or wrong, or the network is not for such a task.
    """
    name = json_text.text(told.get("name"), "name")
    kind = _kind(told, name)
    spoken = told.get("readout")
    features = _texts(told, "features")
    if told.get("columns") is not None:
        features = Preparation.from_json(told["columns"]).names
    variables = _variables(told) if kind == "control" else ()
    scaling = scaling_of(told["scaling"]) if told.get("scaling") else None
    count = len(variables) or (len(scaling.low) if scaling else network.inputs)
    _check_ends(told, network, count)
    traits = told.get("traits") or {}
    chosen = _encoder(told.get("encoder"), traits)
    numbers = _rows(told.get("numbers") or [], "numbers")
    values = _rows(told.get("action_values") or [], "action_values")
    read = readout(json_text.text(spoken, "readout")) if spoken else None
    return ChampionTask(
        name=name,
        kind=kind,
        encoder=chosen,
        setting=_setting(told, network, charge),
        receives="spikes" if network.source_count else "charges",
        scaling=scaling,
        features=features if len(features) == count else unnamed(count),
        sample_shape=_shape(told.get("sample_shape")),
        decoder=None if read else _decoder(told.get("decoder"), kind),
        readout=read,
        readout_weights=readout_weights(told, network, read) if read else None,
        classes=_texts(told, "classes"),
        normal=None if told.get("normal") is None else json_text.text(told["normal"], "normal"),
        ends=np.array(numbers, np.float64).reshape(-1, 2).T,
        variables=variables,
        actions=_texts(told, "actions"),
        action_values=values,
        action_form=_action_form(told, values),
        observation_form=_observation_form(told, variables),
        traits=tuple((str(key), json_text.number(value, key)) for key, value in traits.items()),
        seed=json_text.whole((told.get("run") or {}).get("seed", 1), "seed", 0, 2**63),
        score=str(told.get("score") or ("return" if kind == "control" else "score")),
    )


def _kind(told: Mapping[str, Any], name: str) -> Kind:
    if told.get("variables"):
        return "control"
    if told.get("classes"):
        return "classification"
    if told.get("numbers"):
        return "regression"
    raise InputError(
        f"task {name} says neither classes, numbers nor variables: a network for it can be "
        "evaluated by the task alone"
    )


def _check_ends(told: Mapping[str, Any], network: Network, features: int) -> None:
    """Check that the network has the inputs and outputs that the task says."""
    for end, found in (("inputs", network.inputs), ("outputs", network.outputs)):
        wanted = json_text.whole(told.get(end), end, 1, 2**31 - 1)
        if found != wanted:
            raise InputError(f"the network has {found} {end}, but its task says {wanted}")
    if features < 1 or network.inputs % features:
        raise InputError(
            f"the network has {network.inputs} inputs, which {features} features cannot share"
        )


def _setting(told: Mapping[str, Any], network: Network, charge: float | None) -> Setting:
    ticks = json_text.whole(told.get("ticks"), "ticks", 1, _MOST_TICKS)
    usual = float(np.abs(network.weights).max(initial=0)) or 1.0
    full = json_text.number(told.get("full_charge", usual), "full_charge")
    grid = json_text.number(
        told.get("grid", 1 if network.arithmetic == "integer" else 2.0**-10), "grid"
    )
    if not (full > 0 and grid > 0):
        raise InputError(f"full_charge and grid must be above 0 (got {full:g} and {grid:g})")
    return Setting(ticks, network.arithmetic, grid, charge or full)


def _encoder(text: object, traits: object) -> Encoder | None:
    if text is None:
        return None
    made = encoder(json_text.text(text, "encoder"))
    if not isinstance(traits, dict) or not {*traits} <= {*made.__dataclass_fields__}:
        raise InputError(f"traits must be settings of the encoder {made.name} (got {traits!r})")
    return with_fields(made, traits)


def _decoder(text: object, kind: Kind) -> Decoder | NumberDecoder:
    spec = json_text.text(text, "decoder")
    if kind == "regression":
        return parse(spec, NUMBER_DECODERS, "decoder")
    # Actions that are numbers have decoders of their own.
    known = DECODERS if spec.partition(":")[0] in DECODERS else CONTINUOUS_DECODERS
    return parse(spec, known, "decoder")


def _action_form(told: Mapping[str, Any], values: tuple[tuple[float, ...], ...]) -> Form | None:
    """Return the form of actions; where a description has none, their type tells."""
    if not values:
        return None
    if told.get("action_form") is not None:
        form = form_from_json(told["action_form"], "action_form")
        if len(form.paths()) != len(values):
            raise InputError(
                f"action_form has {len(form.paths())} numbers, but action_values has {len(values)}"
            )
        return form
    found = told.get("action_type")
    if found is None:  # a whole number, or from before 0.2, when the type was not kept
        vectors = len(values) > 1 or any(isinstance(v, float) for row in values for v in row)
        return Numbers((len(values),), "float32") if vectors else Choice(len(values[0]))
    try:
        return Numbers((len(values),), str(np.dtype(json_text.text(found, "action_type"))))
    except TypeError:
        raise InputError(f"action_type is {found!r}; it must be a type of NumPy's") from None


def _observation_form(told: Mapping[str, Any], variables: tuple[Variable, ...]) -> Form | None:
    if told.get("observation_form") is None:
        return None
    form = form_from_json(told["observation_form"], "observation_form")
    if form.size != len(variables):
        raise InputError(
            f"observation_form has {form.size} numbers, but there are {len(variables)} variables"
        )
    return form


def scaling_of(found: object) -> Scaling:
    """Return the scaling that a description says.

    Raises:
        InputError: It is not as it must be.
    """
    values = json_text.entry(found, "scaling", ("low", "high"))
    low, high = (_numbers(values[end], f"scaling: {end}") for end in ("low", "high"))
    if len(low) != len(high):
        raise InputError(f"scaling has {len(low)} low and {len(high)} high ends")
    return Scaling(np.array(low, np.float64), np.array(high, np.float64))


def _variables(told: Mapping[str, Any]) -> tuple[Variable, ...]:
    found = []
    for number, item in enumerate(json_text.entries(told, "variables")):
        where = f"variables[{number}]"
        if not isinstance(item, list) or len(item) != len(Variable._fields):
            raise InputError(f"{where} must be a name, an observation, a low and a high end")
        name, observation, low, high = item
        place = json_text.whole(observation, where, 0, 2**31 - 1)
        ends = (json_text.number(low, where), json_text.number(high, where))
        found.append(Variable(json_text.text(name, where), place, *ends))
    return tuple(found)


def readout_weights(
    told: Mapping[str, Any], network: Network, kind: Ridge
) -> NDArray[np.float64] | None:
    """Return (features + 1, answers) weights from what `network_files` writes; None if there are none.

    Raises:
        InputError: They are not as they must be, or of another network.
    """
    kept = told.get("readout_weights")
    if kept is None:
        return None
    values = json_text.entry(kept, "readout_weights", ("constants", "counts"))
    constants = _numbers(values["constants"], "readout_weights: constants")
    counted = network.neurons - network.source_count
    rows = json_text.entries(values, "counts")
    if len(rows) != counted * kind.bins:
        raise InputError(
            f"readout_weights has {len(rows)} counts; {counted} neurons in {kind.bins} parts of the "
            f"window have {counted * kind.bins}"
        )
    weights = np.empty((len(rows) + 1, len(constants)))
    weights[-1] = constants
    for number, row in enumerate(rows):
        where = f"readout_weights: counts[{number}]"
        entry = json_text.entry(row, where, ("neuron", "bin", "weights"))
        part = json_text.whole(entry["bin"], f"{where}: bin", 0, kind.bins - 1)
        first = network.source_count
        neuron = json_text.whole(entry["neuron"], f"{where}: neuron", first, network.neurons - 1)
        values_of_row = _numbers(entry["weights"], f"{where}: weights")
        if len(values_of_row) != len(constants):
            raise InputError(f"{where} has {len(values_of_row)} weights, not {len(constants)}")
        weights[part * counted + neuron - first] = values_of_row
    return weights


def _shape(found: object) -> tuple[int, ...] | None:
    if found is None:
        return None
    if not isinstance(found, list) or len(found) not in (1, 2):
        raise InputError(f"sample_shape is {found!r}; it must be one or two whole numbers")
    return tuple(json_text.whole(size, "sample_shape", 1, 2**31 - 1) for size in found)


def _rows(found: Sequence[Any], name: str) -> tuple[tuple[float, ...], ...]:
    if not isinstance(found, list):
        raise InputError(f"{name} is {found!r}; it must be a list")
    return tuple(tuple(_numbers(row, f"{name}[{n}]")) for n, row in enumerate(found))


def _numbers(found: object, name: str) -> list[float]:
    if not isinstance(found, list):
        raise InputError(f"{name} is {json_text.shown(found)}; it must be a list of numbers")
    for number in found:
        json_text.number(number, name)
    return found


def _texts(told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = told.get(key) or []
    if not isinstance(found, list):
        raise InputError(f"{key} is {json_text.shown(found)}; it must be a list of names")
    return tuple(map(str, found))
