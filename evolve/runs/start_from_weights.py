"""The weights of a conventional network, as a file holds them, to start a search of spiking ones from."""

from pathlib import Path

import numpy as np

from ...errors import InputError
from ...genomes import Genome, Profile
from ...genomes.from_weights import Feed, Layer, genome_from_weights
from ...tasks.data.classification import Classification
from ...tasks.data.files.numpy_file import read_arrays
from ...tasks.encoders import encoder
from ...tasks.encoders.rate_population_charge import Rate
from ...tasks.task import Task


def genome_of_weights(file: Path, task: Task, profile: Profile) -> Genome:
    """Read w0, b0, w1, b1, … and return the genome that spikes at the rates of the units.

    Args:
        file: NumPy arrays, (inputs, units) and (units,) for each layer, of a network whose hidden
            units rectify, and whose inputs are the features scaled to 0 … 1 as the task does it.
        task: What it is for.
        profile: What the genome must obey.

    Raises:
        InputError: The file has no such weights, or task or profile cannot have such a network; says
            what would have to change.
    """
    layers = _layers(file)
    try:
        labelled, shown = _checked(task)
        features = labelled.training_features()
        _match_outputs(layers, features.shape[1], labelled)
        rate, width = shown.spikes / task.ticks, task.inputs // features.shape[1]
        return genome_from_weights(layers, Feed(features, rate, width, task.own_traits()), profile)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None


def _checked(task: Task) -> tuple[Classification, Rate]:
    """Return a task that converted networks can be for, and its encoder.

    Raises:
        InputError: They cannot.
    """
    if not isinstance(task, Classification) or task.settings.readout:
        raise InputError(
            f"weights are for classes that output spikes decide on, which task {task.name} has not"
        )
    told = task.describe()
    shown = encoder(str(told["encoder"])) if told["encoder"] else None
    evenly = isinstance(shown, Rate) and shown.range == 1.0
    if not evenly or task.training_features().ndim != 2:
        raise InputError(
            "weights need features that come as evenly spaced spikes: say --encoder rate:100 --ticks "
            f"100 (the encoder is {told['encoder']})"
        )
    if str(told["decoder"]).startswith("membrane"):
        raise InputError("weights need outputs that spike: say --decoder spike_count")
    assert isinstance(shown, Rate)
    return task, shown


def _match_outputs(layers: list[Layer], features: int, task: Classification) -> None:
    """Give two classes an output each where one unit tells them apart, and check the sizes."""
    weights, bias = layers[-1]
    classes = len(task.classes)
    if classes == 2 and len(bias) == 1:  # it stands for the second class
        layers[-1] = Layer(np.hstack([-weights, weights]), np.concatenate([-bias, bias]))
    ends = len(layers[0].weights), len(layers[-1].bias)
    if ends != (features, classes):
        raise InputError(
            f"the weights are of {ends[0]} features and {ends[1]} classes, but task {task.name} has "
            f"{features} and {classes}"
        )


def _layers(file: Path) -> list[Layer]:
    """Read the layers; raise InputError where they do not fit together."""
    arrays = read_arrays(file)
    count = len(arrays) // 2 if isinstance(arrays, dict) else 0
    names = [f"{kind}{layer}" for layer in range(count) for kind in "wb"]
    if not isinstance(arrays, dict) or not count or {*arrays} != {*names}:
        held = ", ".join(arrays) if isinstance(arrays, dict) else "one array"
        raise InputError(
            f"{file} must hold w0, b0, w1, b1, …, (inputs, units) and (units,) for each layer (it "
            f"holds {held})"
        )
    units = arrays["w0"].shape[0] if arrays["w0"].ndim else 0
    for name in names:
        array, wanted = arrays[name], "(units,)"
        fits = name[0] == "b" and array.shape == (units,)
        if name[0] == "w":
            wanted = f"({units}, units)"
            fits = array.ndim == 2 and array.shape[0] == units and array.size > 0
            units = array.shape[-1] if array.ndim else 0
        if not fits or array.dtype.kind not in "iuf" or not np.isfinite(array).all():
            raise InputError(
                f"{file}: {name} is {array.dtype} of shape {array.shape}; it must be finite numbers "
                f"of shape {wanted}, as many as units before"
            )
    pairs = ((arrays[f"w{layer}"], arrays[f"b{layer}"]) for layer in range(count))
    return [Layer(*(np.asarray(array, np.float64) for array in pair)) for pair in pairs]
