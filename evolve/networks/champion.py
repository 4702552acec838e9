"""A network that a run found, to be used: it classifies, predicts numbers, and acts in a loop."""

from __future__ import annotations  # pandas is for the type checker, and loaded by `predict` alone

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes import Genome, Profile, express
from ...results.summaries.intervals import Interval, of_mean
from ...results.summaries.neuron_names import input_names, output_names
from ...sim.batch import pack
from ...sim.html import html_table
from ...sim.network import Network, labels, roles
from ...tasks.data import scoring
from ...tasks.data.number_scores import NUMBER_SCORES, sample_scores, scores
from ...tasks.data.samples import Chosen, features_of, targets_of
from ...tasks.data.scores import SCORES
from ...tasks.data.tables.features import preparation_of
from ...tasks.data.tables.labels import labels_of_table, numbers_of_table
from ...tasks.data.tables.names import listed_names
from ...tasks.data.tables.prepare import Preparation
from ...tasks.data.tables.table import Table
from ...tasks.data.tables.typed_files import table_of_frame
from ...tasks.new_samples import Reading, features_of_table, read_new_samples
from ...tasks.task import Task, Traits
from ..runs.champion_answers import class_interval
from ..runs.stored_networks import NetworkFile, RunGenome, read_network_file, read_run_genome
from .champion_task import ChampionTask, champion_task
from .network_files import told_of
from .policy import Policy
from .responses import Responses, received, responses
from .sample_columns import column_places, samples_of, without_gaps

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Champion:
    """A network with all that it takes to use it: its encoder and scaling, its decoder or readout, names.

    Attributes:
        id: The individual's, such as `12-7`; empty if it has none.
        network: The expressed network.
        task: How it is shown samples or observations, and how its answers are read.
        told: The same as plain values, as exported files hold it.
    """

    id: str
    network: Network
    task: ChampionTask
    told: Mapping[str, Any]

    @classmethod
    def read(cls, path: str | Path, individual: str | None = None) -> Champion:
        """Read a champion from a run folder or a file; no code that they name is imported.

        Args:
            path: A run folder, finished, running or stopped; or a file that `spikevolve export` wrote,
                as `champion`, `network`, `genome` or `risp`.
            individual: Id of another network of the run.

        Raises:
            InputError: There is no such thing, it is damaged or of a newer version, the run has no
                champion yet, or the file does not say what its network is for.
        """
        path = Path(path)
        if path.is_dir():
            return cls.of_run_genome(read_run_genome(path, individual), str(path))
        if individual is not None:
            raise InputError(
                f"{path} is a file with one network, so it has no individual {individual}"
            )
        return cls.of_file(read_network_file(path), str(path))

    @classmethod
    def from_genome(cls, genome: Genome, profile: Profile, task: Task, seed: int = 1) -> Champion:
        """Make a champion of a genome; with a readout, that is fitted to the training data.

        Args:
            genome: Valid for the profile, with the traits of the task.
            profile: The hardware.
            task: The task, its data loaded.
            seed: Of what chance there is in the encoder.

        Raises:
            InputError: The genome is not for this task.
        """
        told = {**task.describe(), "run": {"seed": seed}}
        shown = task.with_traits(genome.traits)
        network = express(genome, profile)
        task.check_fit(pack([network]))
        weights = None
        if told.get("readout"):
            fitted = task.readouts(shown.workload("train", seed), [network])
            weights = fitted[network.hash]
        outputs = output_names(told, network.outputs)
        kept = RunGenome("", genome, profile, outputs, weights, told)
        return cls.of_run_genome(kept, f"task {task.name}")

    @classmethod
    def of_run_genome(cls, kept: RunGenome, where: str) -> Champion:
        """Make a champion of a genome of a run; `where` is for messages.

        Raises:
            InputError: Its task cannot be understood.
        """
        network = express(kept.genome, kept.profile)
        return cls._of(network, told_of(kept), where, kept.id)

    @classmethod
    def of_file(cls, file: NetworkFile, where: str) -> Champion:
        """Make a champion of what a file holds; `where` is for messages.

        Raises:
            InputError: It does not say what the network is for, or that does not fit the network.
        """
        if not file.task:
            raise InputError(
                f"{where} does not say what its network is for: export it from its run with --format "
                "champion, or score it with `spikevolve evaluate`"
            )
        charge = file.risp.spike_value_factor if file.risp else None
        return cls._of(file.network, file.task, where, file.id, charge)

    @classmethod
    def _of(
        cls,
        network: Network,
        told: Mapping[str, Any],
        where: str,
        individual: str,
        charge: float | None = None,
    ) -> Champion:
        try:
            task = champion_task(told, network, charge)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        return cls(individual, network, task, told)

    @property
    def traits(self) -> Traits:
        """Settings of the encoder that the network has for itself."""
        return self.task.traits

    @property
    def roles(self) -> tuple[str, ...]:
        """(neurons,) `input`, `hidden` or `output`."""
        return roles(self.network)

    @property
    def labels(self) -> tuple[str, ...]:
        """(neurons,) names: "petal width (mirrored)", "push left"; `h0`, … of hidden neurons."""
        outputs = output_names(self.told, self.network.outputs)
        return labels(self.network, outputs, input_names(self.told))

    def __repr__(self) -> str:
        """Return what it is for, and how large it is."""
        network = self.network
        size = f"{network.hidden} hidden neurons, {network.synapses} synapses"
        return f"<Champion {self.id or 'without id'} of task {self.task.name}: {size}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what it is for, how it is asked, and how large it is."""
        task, network = self.task, self.network
        rows: list[tuple[str, object]] = [
            ("task", f"{task.name}, {task.kind}"),
            ("inputs", ", ".join(task.features) or network.inputs),
            ("window", f"{task.setting.ticks} ticks"),
            ("outputs", ", ".join(self.labels[n] for n in network.output_neurons)),
            ("hidden neurons", network.hidden),
            ("synapses", network.synapses),
        ]
        return html_table(f"champion {self.id}".strip(), rows)

    def predict(self, data: Any) -> pd.DataFrame:
        """Classify samples, or predict their numbers.

        Args:
            data: A DataFrame, whose columns are matched by name in any order, others ignored; or an
                array, (samples, features) in the order of `task.features`; signals, (samples, steps,
                channels), and spikes, (samples, ticks, inputs), as arrays only.

        Returns:
            A row for each sample, with the index of the data: `answer`, the class or the number
            (`answer 0`, … of several numbers); for classes `share CLASS`, the share of all output
            spikes, NaN where there is none, or `readout CLASS`, what the readout says; `latency` in
            ticks; `spikes` of all neurons that have a potential.

        Raises:
            InputError: A column is missing, a value is no finite number, samples are of another shape, or
                the champion is one of control.
        """
        found = self.table(self.respond(data))
        return found.set_axis(data.index) if hasattr(data, "iloc") else found

    def table(self, found: Responses) -> pd.DataFrame:
        """Return responses as `predict` returns them, a row for each sample."""
        import pandas as pd

        columns: dict[str, Any] = {}
        task = self.task
        if task.kind == "classification":
            columns["answer"] = np.array(task.classes, object)[found.decisions]
            word = "share" if task.readout is None else "readout"
            columns |= {f"{word} {c}": found.said[:, k] for k, c in enumerate(task.classes)}
        else:
            low, high = task.ends
            numbers = (low + found.said * (high - low)).T
            several = len(numbers) > 1
            columns |= {f"answer {n}" if several else "answer": y for n, y in enumerate(numbers)}
        return pd.DataFrame(columns | {"latency": found.latencies, "spikes": found.spikes})

    def read_samples(self, path: str | Path, label: str | None = None) -> Chosen:
        """Read samples from a file, in the order of the features, as `predict` takes them.

        Args:
            path: A file of any kind that data tasks read; columns are matched by name.
            label: The column of right answers, of several numbers `a,b`; None reads none.

        Raises:
            InputError: The file is not as it must be, or lacks a column.
        """
        self._check_samples()
        task = self.task
        right = _numbers_of if task.kind == "regression" else labels_of_table
        reading = Reading(self._preparation, self._places, right)
        return read_new_samples(Path(path), label, reading, task.sample_shape, task.name)

    def score(self, data: Any, targets: Any) -> float:
        """Score the answers to samples by the score of the run, `task.score`.

        Args:
            data: As of `predict`.
            targets: (samples,) classes, or (samples,) or (samples, numbers) numbers.

        Raises:
            InputError: As `predict`, or a class is none that the network knows, or there is not a target
                for each sample.
        """
        return self.score_of(self.respond(data), self.right_answers(targets))

    def right_answers(self, targets: Any) -> NDArray[Any]:
        """Return targets as they are scored: numbers of classes, (samples,) int32, or scaled numbers.

        Raises:
            InputError: A class is none that the network knows, or a number is not finite.
        """
        task = self.task
        if task.kind == "regression":
            values = np.asarray(targets)
            numbers = targets_of(values, len(values), "targets")
            if numbers.shape[1] != task.ends.shape[1]:
                raise InputError(
                    f"targets have {numbers.shape[1]} numbers; there are {task.ends.shape[1]}"
                )
            width = task.ends[1] - task.ends[0]
            return np.asarray((numbers - task.ends[0]) / np.where(width == 0, 1.0, width))
        texts = [task.class_of(str(target)) for target in np.asarray(targets).tolist()]
        places = {name: place for place, name in enumerate(task.classes)}
        for sample, text in enumerate(texts):
            if text not in places:
                raise InputError(
                    f"sample {sample} is of class {text!r}, which the network has never seen; it "
                    f"knows {', '.join(task.classes)}"
                )
        return np.array([places[text] for text in texts], np.int32)

    def score_of(self, found: Responses, right: NDArray[Any]) -> float:
        """Score responses; `right` is what `right_answers` returns, at least one."""
        task = self.task
        if len(right) != len(found.latencies):
            raise InputError(f"there are {len(right)} targets, but {len(found.latencies)} samples")
        if not len(right):
            raise InputError("there are no samples to score")
        if task.kind == "regression":
            return float(scores(task.score, found.said[np.newaxis], right, task.ends)[0])
        answers = _answers(found)
        return float(SCORES[task.score].of(answers, right, len(task.classes))[0])

    def interval_of(self, found: Responses, right: NDArray[Any]) -> Interval | None:
        """Return the 95 % interval of the score of responses; None where there is none.

        Args:
            found: The responses.
            right: What `right_answers` returns.
        """
        task = self.task
        if task.kind == "classification":
            return class_interval(task, _answers(found), right)
        each = sample_scores(task.score, found.said[np.newaxis], right, task.ends)[0]
        kind = NUMBER_SCORES[task.score]
        found_of_mean = of_mean(each, (kind.lowest, 1.0))
        return found_of_mean and found_of_mean.through(lambda end: float(kind.of_mean(end)))

    def respond(self, data: Any) -> Responses:
        """Run the network on samples, each from rest.

        With an encoder that draws, the draws are those of the run's test, from the first sample on.

        Raises:
            InputError: As `predict`.
        """
        self._check_samples()
        return responses(self.network, self.task, self._samples(data))

    def policy(self) -> Policy:
        """Return what acts in a loop: `reset()`, then `act(observation)`; state is carried on.

        Raises:
            InputError: The champion is not one of control.
        """
        return Policy(self.network, self.task)

    def encode(self, data: Any) -> NDArray[Any]:
        """Encode samples, as of `predict`: (ticks, inputs, samples) bool spikes, or charges.

        Raises:
            InputError: As `predict`.
        """
        self._check_samples()
        return received(self.network, self.task, self._samples(data))

    @property
    def _preparation(self) -> Preparation:
        """How columns of a table become features."""
        return preparation_of(self.told, self.task.features)

    def _places(self, there: list[str], needed: tuple[str, ...]) -> list[int]:
        return column_places(there, needed, self.task.sample_shape)

    def _check_samples(self) -> None:
        task = self.task
        if task.kind == "control":
            raise InputError(
                f"a champion of task {task.name} acts on observations instead of samples: use "
                "policy(), or `spikevolve evaluate`"
            )
        if task.readout is not None and task.readout_weights is None:
            raise InputError(
                f"the readout of this network of task {task.name} is not known: only networks of the "
                "front have one, from the end of their run on"
            )

    def _samples(self, data: Any) -> NDArray[Any]:
        """Return samples as they are encoded: scaled to [0, 1], or spikes."""
        task = self.task
        if hasattr(data, "columns") and hasattr(data, "iloc"):
            data = features_of_table(table_of_frame(data), self._preparation, self._places)
        elif task.encoder is not None:
            data = without_gaps(data, self._preparation)
        samples = samples_of(data, task.features, task.sample_shape, spikes=task.encoder is None)
        if len(samples):
            samples = features_of(samples, "the data")
        if task.encoder is None:
            if samples.shape[1] > task.setting.ticks:
                raise InputError(
                    f"the samples last {samples.shape[1]} ticks, but the network's window has "
                    f"{task.setting.ticks}"
                )
            return samples
        samples = self._preparation.ordered(samples)
        return samples if task.scaling is None else task.scaling(samples)


def _numbers_of(table: Table, columns: str) -> NDArray[np.float64]:
    return numbers_of_table(table, listed_names(columns, "label"))


def _answers(found: Responses) -> scoring.Answers:
    """Return responses as scores take the answers of one network."""
    return scoring.Answers(
        found.decisions[np.newaxis],
        found.latencies[np.newaxis],
        np.zeros((1, 2), np.int64),
        found.counts[np.newaxis],
    )
