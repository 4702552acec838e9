"""Networks that a search starts from: those of a file or a run, made to fit its task and profile."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ...errors import InputError
from ...genomes import Genome, Profile, genome_columns, genome_from_columns, validate
from ...genomes.from_network import Converted, Places, genome_from_network, whole_network
from ...posix import read_regular
from ...results.store.folder import MANIFEST, read_manifest
from ...sim.network import Network
from ...tasks.data_settings import cut_as
from ...tasks.task import Task, Traits
from .match_ends import Ends, ends, match
from .start_from_weights import genome_of_weights
from .stored_genomes import profile_of
from .stored_networks import (
    NetworkFile,
    answer_names,
    feature_names,
    front_genomes,
    network_from_text,
)

#: Endings of files that are pickles, or hold some.
PICKLES = (".joblib", ".pkl", ".pickle", ".pt", ".pth")


class Given(NamedTuple):
    """Networks that are given to a search.

    Attributes:
        genomes: Valid for its profile, all different.
        notes: What did not fit, a sentence each.
    """

    genomes: tuple[Genome, ...] = ()
    notes: tuple[str, ...] = ()


class Stored(NamedTuple):
    """A network that is to become a genome of the search.

    Attributes:
        network: With all of its neurons.
        charge: What a spike at an input injects, where inputs are neurons.
        genome: The genome that it is of, if it is of one.
    """

    network: Network
    charge: float
    genome: Genome | None = None


class Origin(NamedTuple):
    """Where networks come from.

    Attributes:
        where: File or folder, for messages.
        networks: They have the same inputs and outputs.
        task: What is known of the task that they were for.
        inputs: Their inputs.
        outputs: Their outputs.
        split: How the data of a run are cut: see `tasks.task.cut_as`.
    """

    where: str
    networks: Sequence[Stored]
    task: Mapping[str, Any]
    inputs: Ends
    outputs: Ends
    split: tuple[object, ...] | None = None


def given_networks(start_from: str, task: Task, profile: Profile, most: int) -> Given:
    """Read networks and make genomes of them.

    Args:
        start_from: A file with a network or with the weights of one, or a run folder, of which the
            champion and then the best of the front are taken.
        task: What they are to be for.
        profile: What they must obey, with the traits of the task.
        most: How many, at most.

    Raises:
        InputError: Nothing can be read, or no network fits; says what would have to change.
    """
    path = Path(start_from)
    if path.suffix.lower() in PICKLES:
        raise InputError(
            f"{path} is a pickle, which would execute code; save the weights as arrays instead, "
            "numpy.savez('weights.npz', w0=…, b0=…, w1=…, b1=…)"
        )
    if path.suffix.lower() == ".npz":
        return Given((genome_of_weights(path, task, profile),))
    origin = _of_run(path, most) if path.is_dir() else _of_file(path)
    return _fitted(origin, task, profile)


def to_json(genomes: Iterable[Genome]) -> list[str]:
    """Return genomes as a manifest keeps them, a text of JSON each."""
    return [
        json.dumps(genome_columns(genome), separators=(",", ":"), default=np.ndarray.tolist)
        for genome in genomes
    ]


def from_json(kept: object, profile: Profile) -> tuple[Genome, ...]:
    """Undo `to_json`.

    Raises:
        InputError: The manifest is damaged.
    """
    try:
        genomes = tuple(genome_from_columns(json.loads(text)) for text in kept)  # type: ignore[attr-defined]
        for genome in genomes:
            validate(genome, profile)
    except (InputError, ValueError, TypeError, KeyError, LookupError, OverflowError) as error:
        raise InputError(f"{MANIFEST} is damaged: given must be a list of genomes") from error
    return genomes


def _of_run(folder: Path, most: int) -> Origin:
    manifest: dict[str, Any] = read_manifest(folder)
    profile = profile_of(folder, manifest)
    genomes = front_genomes(folder)[:most]
    if not genomes:
        raise InputError(f"{folder} has no front to start from yet; spikevolve test measures it")
    networks = [Stored(whole_network(g, profile), profile.full_charge, g) for g in genomes]
    settings = manifest["settings"]
    split = cut_as(settings)
    return _origin(str(folder), networks, manifest["task"])._replace(split=split)


def _of_file(path: Path) -> Origin:
    file = network_from_text(_text(path), str(path))
    if file.inherited is not None:
        genome, profile = file.inherited
        stored = Stored(whole_network(genome, profile), profile.full_charge, genome)
    else:
        stored = Stored(file.network, _charge(file))
    origin = _origin(str(path), [stored], file.task)
    if file.risp is not None and not file.task:  # then its neurons may have names
        inputs, outputs = ([file.labels[n] for n in found] for found in _found(file.network))
        if not any(name.isdigit() for name in (*inputs, *outputs)):
            origin = origin._replace(
                inputs=ends(len(inputs), inputs), outputs=ends(len(outputs), outputs)
            )
    return origin


def _found(network: Network) -> tuple[list[int], list[int]]:
    return network.input_neurons.tolist(), network.output_neurons.tolist()


def _charge(file: NetworkFile) -> float:
    """Return what a spike injects: as the file says, else the largest weight."""
    if file.risp is not None:
        return file.risp.spike_value_factor
    told = file.task.get("full_charge")
    if isinstance(told, int | float) and told > 0:
        return float(told)
    return float(np.abs(file.network.weights).max(initial=0)) or 1.0


def _text(path: Path) -> str:
    try:
        return read_regular(path, links=True).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"start_from: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"start_from: {path} is no network: it must be JSON, .npz or a run folder"
        ) from error


def _origin(where: str, networks: Sequence[Stored], task: Mapping[str, Any]) -> Origin:
    network = networks[0].network
    inputs = ends(network.inputs, feature_names(task))
    return Origin(where, networks, task, inputs, ends(network.outputs, answer_names(task)))


def _fitted(origin: Origin, task: Task, profile: Profile) -> Given:
    """Make genomes of the networks that fit.

    Raises:
        InputError: None does.
    """
    told, where = task.describe(), origin.where
    ours = ends(task.inputs, task.feature_names), ends(task.outputs, answer_names(told))
    inputs = match(origin.inputs, ours[0], "input", where, task.name)
    outputs = match(origin.outputs, ours[1], "output", where, task.name)
    places = Places(inputs.places, outputs.places)
    fitted, refused = [], []
    for stored in origin.networks:
        try:
            fitted.append(_converted(stored, profile, places, task.own_traits()))
        except InputError as error:
            refused.append(str(error))
    if not fitted:
        raise InputError(f"{where}: {refused[0]}")
    notes = [said for said in (inputs.said, outputs.said, _encoders(origin.task, told)) if said]
    unlike = [f"{where}: {'; '.join(notes)}"] if notes else []
    if _knows_held_out(origin, task):
        unlike.append(
            f"{where} learned on another split of these data: what is held out here is not new to it"
        )
    if refused:
        unlike.append(f"{where}: {len(refused)} of its networks do not fit: {refused[0]}")
    genomes = {found.genome.content_hash: found.genome for found in fitted}
    return Given(tuple(genomes.values()), (*unlike, *_changes(where, fitted)))


def _knows_held_out(origin: Origin, task: Task) -> bool:
    """Return whether networks may have learned on data that the task holds out."""
    same = task.data_digest is not None and origin.task.get("data_sha256") == task.data_digest
    return same and origin.split not in (None, cut_as(asdict(task.settings)))


def _encoders(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    before, now = theirs.get("encoder"), ours.get("encoder")
    if before and now and before != now:
        return f"it saw by the encoder {before}, and sees by {now}"
    return ""


def _converted(stored: Stored, profile: Profile, places: Places, usual: Traits) -> Converted:
    """Return a genome as it is if it is valid, else one of the nearest values."""
    own = dict(stored.genome.traits) if stored.genome else {}
    traits = tuple(
        (name, own[name] if own.get(name) in profile.traits[name] else value)
        for name, value in usual
    )
    hidden_ids: Mapping[int, int] = MappingProxyType({})
    if stored.genome is not None:
        genome = stored.genome.with_traits(traits)
        if _is_valid(genome, stored, profile, places):
            return Converted(genome)
        first_hidden = genome.inputs + genome.outputs
        ids = genome.neuron_ids.tolist()
        hidden_ids = {n: ids[n] for n in range(first_hidden, genome.neurons)}
    return genome_from_network(
        stored.network,
        profile,
        places,
        hidden_ids=hidden_ids,
        charge=stored.charge,
        traits=traits,
    )


def _is_valid(genome: Genome, stored: Stored, profile: Profile, places: Places) -> bool:
    """Return whether a genome means in the profile what it meant in its own, and is valid there."""
    same = (*places.inputs,) == (*range(genome.inputs),) and (*places.outputs,) == (
        *range(genome.outputs),
    )
    if not same or genome.parameters.shape[1] != len(profile.genes):
        return False
    try:
        validate(genome, profile)
    except InputError:
        return False
    bare = replace(profile, traits={})
    again = whole_network(genome.with_traits(()), bare)
    return again.hash == stored.network.hash


def _changes(where: str, fitted: Sequence[Converted]) -> list[str]:
    """Say in one sentence what became of values that the profile does not allow, if any did."""
    changed = [found for found in fitted if found.change or found.scale != 1]
    if not changed:
        return []
    most = max(changed, key=lambda found: found.change.share if found.change else 0.0)
    said = []
    if most.change is not None:
        _, name, before, after = most.change
        said.append(
            f"values were rounded to the profile, most of all a {name} of {before:g} to {after:g}"
        )
    if most.scale != 1:
        said.append(f"all charges were multiplied by {most.scale:g}")
    if lost := sum(found.lost for found in fitted):
        said.append(f"{lost} synapses were left out, whose weights became 0")
    return [f"{where}: {'; '.join(said)}"]
