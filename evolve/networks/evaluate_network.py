"""Any network that fits a task, scored on test data or unseen starts: its own, an edited one, RISP's."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...errors import InputError
from ...genomes import express
from ...results.summaries.intervals import Interval
from ...sim.batch import pack
from ...sim.models import check_has_kernels
from ...sim.network import Network
from ...tasks import registry
from ...tasks.control.control_task import EpisodicTask
from ...tasks.data.classification import Classification
from ...tasks.data.data_task import DataTask
from ...tasks.data.scores import SCORES
from ...tasks.data.tables.features import preparation_of
from ...tasks.data_settings import CUT_BY, WANTED_BY, cut_as
from ...tasks.registry import is_own_wrapper
from ...tasks.task import Task, TaskSettings, Traits
from ...tasks.workload import Split, Workload
from ..evaluation.evaluate import evaluate, evaluate_cases, make_workload
from ..runs.champion_answers import case_interval, class_interval
from ..runs.match_ends import ends, made_up, match
from ..runs.settings import settings_from
from ..runs.stored_networks import (
    answer_names,
    feature_names,
    read_network_file,
    read_run_genome,
)
from .champion_task import readout_weights, scaling_of
from .network_files import told_of

#: What a file says of its task that is taken over where the user says nothing: of any task that has
#: such a setting, and of the same task only.
_SEEN_BY = ("encoder", "decoder", "readout", "ticks")
_JUDGED_BY = ("score",)
_MADE_OF = ("env", "wrap", "max_steps")


class Shown(NamedTuple):
    """A network, and the task as the network sees it.

    Attributes:
        network: The network.
        task: Its data loaded, with the network's own settings of the encoder.
        told: What the network's file or run says of the task that it is for; empty if nothing.
        traits: The network's own settings of the encoder.
        notes: What is to be said of it, a sentence each.
        risp_charge: What RISP's spike of value 1 injects, of a network from its JSON; else None.
    """

    network: Network
    task: Task
    told: Mapping[str, Any]
    traits: Traits
    notes: tuple[str, ...]
    risp_charge: float | None

    @property
    def seed(self) -> int:
        """The seed of its run, 1 if it is of none; of unseen starts and of chance in the encoder."""
        run = self.told.get("run")
        seed = run.get("seed") if isinstance(run, dict) else None
        return seed if isinstance(seed, int) else 1


class Evaluated(NamedTuple):
    """How well a network does.

    Attributes:
        task: Name of the task.
        score_name: Name of the score.
        score: The score.
        interval: Its 95 % interval; None where it cannot be told.
        n: Samples or episodes.
        unit: What these are: `test samples`, `unseen starts`, or `training samples` where nothing is
            held out.
        chance: Score of the best constant answer.
        guess: Score of random answers.
        measured: Spikes, latency and the like, by name.
        ticks: Of the window.
        seed: Of the starts, and of chance in the encoder.
        notes: What is to be said of it, a sentence each.
    """

    task: str
    score_name: str
    score: float
    interval: Interval | None
    n: int
    unit: str
    chance: float
    guess: float
    measured: Mapping[str, float]
    ticks: int
    seed: int
    notes: tuple[str, ...]


def shown_to(path: Path, words: Mapping[str, Any]) -> Shown:
    """Load a task as a network sees it.

    What the user leaves open about encoder, decoder or readout and window is as the network's file says;
    so is, if it is of this very task, the split into training and test data.

    Args:
        path: A run folder, of which the champion is taken, or a file with a network.
        words: `task`, and settings of it that the user gives, by their names in `Settings`.

    Raises:
        InputError: There is no such network or task, or the one does not fit the other.
    """
    network, told, charge, risp = _read(path)
    check_has_kernels(network.model)
    settings = settings_from({**_taken_over(told, words), **words})
    traits = _traits(told)
    shared = {f.name for f in fields(TaskSettings)} & {f.name for f in fields(settings)}
    given = {name: getattr(settings, name) for name in shared}
    given["fold"] = settings.fold or 1
    given["evolve_encoder"] = True if traits else None
    integer = network.arithmetic == "integer"
    task = registry.load(
        settings.task,
        TaskSettings(
            **given,
            arithmetic=network.arithmetic,
            grid=_positive(told.get("grid"), 1.0 if integer else 2.0**-10),
            inputs="sources" if network.source_count else "neurons",
            full_charge=charge,
            measured=_measured(told, words),
            columns=_columns(told, settings.task),
        ),
    )
    try:
        task.check_fit(pack([network]))
    except InputError as error:
        raise InputError(f"{path} does not fit: {error}") from None
    _check_names(path, told, task)
    if isinstance(task, DataTask) and _is_scaled(told, task):
        task.rescale(scaling_of(told["scaling"]))
    known = {name for name, _ in traits}
    if traits and known != task.traits.keys():
        raise InputError(
            f"{path} has the traits {', '.join(known)}, which task {task.name} has not"
        )
    notes = _notes(path, told, task)
    return Shown(network, task, told, traits, notes, charge if risp else None)


def evaluate_network(
    path: Path, words: Mapping[str, Any], episodes: int | None = None, seed: int | None = None
) -> Evaluated:
    """Score a network.

    Args:
        path: As of `shown_to`.
        words: As of `shown_to`.
        episodes: How many unseen starts; None for as many as the task tests with.
        seed: Of the starts, and of chance in the encoder; the run's, else 1, if None.

    Raises:
        InputError: As `shown_to`, the task has no episodes, or its evaluation fails.
    """
    shown = shown_to(path, words)
    task, seed = shown.task, shown.seed if seed is None else seed
    if episodes is not None:
        if not isinstance(task, EpisodicTask):
            raise InputError(f"episodes is {episodes}, but task {task.name} has no episodes")
        task.test_episodes = episodes
    split: Split = "test" if task.has_test else "train"
    seen = task.with_traits(shown.traits)
    workload = _equipped(shown, seen, make_workload(seen, split, seed), seed)
    batch = pack([shown.network])
    found = evaluate(task, workload, batch)
    if found.faults:
        raise InputError(f"task {task.name}: {found.faults[0]}")
    measured = {name: float(column[0]) for name, column in found.measurements._asdict().items()}
    score = measured.pop("score")
    chance, guess = _constants(task, seed)
    return Evaluated(
        task=task.name,
        score_name=getattr(task, "score", None) or ("return" if task.episodes else "score"),
        score=score,
        interval=_interval(task, workload, shown.network),
        n=workload.size,
        unit=_unit(task, split),
        chance=chance,
        guess=guess,
        measured=measured,
        ticks=task.ticks,
        seed=seed,
        notes=shown.notes,
    )


def _read(path: Path) -> tuple[Network, Mapping[str, Any], float, bool]:
    """Return a network, what is said of its task, a spike's charge at an input neuron, if it is RISP's."""
    if path.is_dir():
        kept = read_run_genome(path)
        return express(kept.genome, kept.profile), told_of(kept), kept.profile.full_charge, False
    file = read_network_file(path)
    if file.risp is not None:
        return file.network, file.task, file.risp.spike_value_factor, True
    largest = float(np.abs(file.network.weights).max(initial=0)) or 1.0
    return file.network, file.task, _positive(file.task.get("full_charge"), largest), False


def _positive(value: object, usual: float) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < np.inf else usual


def _is_of(told: Mapping[str, Any], task: str) -> bool:
    """Return whether a description is of the task of that name; own classes are named without their file."""
    return bool(told) and told.get("name") in (task, task.rpartition(":")[2])


def _taken_over(told: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the task that a description says, and that the user leaves open."""
    names = _SEEN_BY + (_JUDGED_BY if _is_of(told, words["task"]) else ())
    found = {name: told[name] for name in names if told.get(name) is not None}
    if _is_of(told, words["task"]):
        found |= _made_of(told, words)
    run = told.get("run")
    if _is_of(told, words["task"]) and isinstance(run, dict):
        run = {**run, "normal": told.get("normal")}  # as it was found, where it was the largest
        for together in (WANTED_BY, (*CUT_BY, "fold")):
            if not {*together} & {*words}:
                found |= {name: run[name] for name in together if run.get(name) is not None}
    if "readout" in words:
        found.pop("decoder", None)
    if "decoder" in words:
        found.pop("readout", None)
    return found


def _columns(told: Mapping[str, Any], task: str) -> Mapping[str, Any] | None:
    """Return what columns of a table are to a network, and in which order it receives them.

    A network of a built-in task receives the columns that have the names of its features.
    """
    if told.get("columns") is not None or task not in ("data", "csv"):
        return told.get("columns")
    names = feature_names(told)
    return None if not names or made_up(names) else preparation_of({}, names).to_json()


def _measured(told: Mapping[str, Any], words: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what the task measured when the network was found, unless its environment is another now."""
    another = any(name in words and words[name] != told.get(name) for name in _MADE_OF)
    return told.get("measured", told) if _is_of(told, words["task"]) and not another else None


def _made_of(told: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a description says that the environment is made of, where the user says nothing of it.

    Raises:
        InputError: A wrapper is the user's own: code that a file names is not imported.
    """
    if {*_MADE_OF} & {*words}:
        return {}
    found = {name: told[name] for name in _MADE_OF if told.get(name)}
    wrap = found.get("wrap")
    if isinstance(wrap, list) and any(is_own_wrapper(str(text)) for text in wrap):
        raise InputError(
            "the environment of the network has a wrapper of your own; name all again with "
            + " ".join(f"--wrap {text}" for text in wrap)
        )
    return found


def _check_names(path: Path, told: Mapping[str, Any], task: Task) -> None:
    """Check that inputs and outputs stand for the same, as far as both sides have names for them.

    Raises:
        InputError: They do not, or stand in another order.
    """
    ours = task.describe()
    pairs = [("input", task.inputs, feature_names(told), tuple(task.feature_names))]
    if not told.get("readout"):
        pairs.append(("output", task.outputs, answer_names(told), answer_names(ours)))
    for what, count, their_names, our_names in pairs:
        found = match(ends(count, their_names), ends(count, our_names), what, str(path), task.name)
        if found.places != tuple(range(count)):
            raise InputError(
                f"{path} does not fit task {task.name}: its {what}s are {', '.join(their_names)}, those "
                f"of the task {', '.join(our_names)}"
            )


def _is_scaled(told: Mapping[str, Any], task: DataTask) -> bool:
    """Return whether the network has a scaling of its own, for as many features."""
    scaling = told.get("scaling")
    return (
        scaling is not None
        and not task.are_spikes
        and task.features == len(scaling_of(scaling).low)
    )


def _traits(told: Mapping[str, Any]) -> Traits:
    traits = told.get("traits")
    if not isinstance(traits, dict):
        return ()
    numbers = all(isinstance(value, int | float) for value in traits.values())
    return tuple((name, float(value)) for name, value in traits.items()) if numbers else ()


def _notes(path: Path, told: Mapping[str, Any], task: Task) -> tuple[str, ...]:
    """Say where a network has learned from what is test data now."""
    run = told.get("run")
    same_data = task.data_digest is not None and told.get("data_sha256") == task.data_digest
    if not same_data or not isinstance(run, dict):
        return ()
    if cut_as(run) == cut_as(asdict(task.settings)):
        return ()
    return (
        f"{path} learned on another split of these data: what is held out here is not new to it",
    )


def _equipped(shown: Shown, seen: Task, workload: Workload, seed: int) -> Workload:
    """Add the readout that the network's file holds, else one fitted to the training data."""
    readout = getattr(seen, "_readout", None)
    if readout is None or workload.split == "train":
        return workload
    weights = readout_weights(shown.told, shown.network, readout)
    if weights is not None:
        return seen.equip(workload, {shown.network.hash: weights})
    return seen.equip(workload, seen.readouts(seen.workload("train", seed), [shown.network]))


def _constants(task: Task, seed: int) -> tuple[float, float]:
    """Return the scores of the best constant answer and of guessing, by the score of the test."""
    if not isinstance(task, Classification) or task.score == task.training_score:
        return float(task.chance_score), float(task.guess_score)
    labels = task.workload("train", seed).arrays[1]
    shares = np.bincount(labels, minlength=len(task.classes)) / len(labels)
    score = SCORES[task.score]
    return score.constant(shares), score.guess(shares)


def _interval(task: Task, workload: Workload, network: Network) -> Interval | None:
    batch = pack([network])
    if isinstance(task, Classification):
        return class_interval(task, task.answers(workload, batch), workload.arrays[1])
    if type(task).case_scores is Task.case_scores:
        return None
    cases = evaluate_cases(task, workload, batch)
    if cases.faults:
        return None
    return case_interval(task, cases.measurements[0].tolist())


def _unit(task: Task, split: Split) -> str:
    what = "samples" if isinstance(task, DataTask) or not task.episodes else "starts"
    if split == "train":
        return f"training {what}, since nothing is held out"
    return f"unseen {what}" if what == "starts" else f"test {what}"
