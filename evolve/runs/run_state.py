"""A search on its way: what the driver's loop reads and writes, when it ends, what it says."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...genomes import Genome, Profile
from ...results.store.writer import RunWriter
from ...tasks.task import Task
from ...tasks.workload import Split
from ..engines.engine import Engine
from ..evaluation.evaluate import RowCache
from ..evaluation.expressed import Workloads
from ..search.gain import Best, Gain
from ..search.individual import Individual
from ..search.search import Search

#: Evaluations without a gain that no search ends for: early ones gain in leaps.
PATIENCE_FLOOR = 5_000


@dataclass(frozen=True)
class Limits:
    """The first limit that is reached ends a search; None is no limit.

    Attributes:
        generations: Closed generations.
        evaluations: Cost of the search: measured individuals, an epoch of learning counting as
            three; checked whenever a generation closes.
        seconds: Time spent searching, from the first row on, interruptions left out; an open
            generation is given up.
        target: Score of the champion, on the data that choose it.
        patience: Share of the cost so far for which nothing was gained, 0 to 1; checked whenever a
            generation closes, and not before `PATIENCE_FLOOR` evaluations without a gain.
    """

    generations: int | None = None
    evaluations: int | None = None
    seconds: float | None = None
    target: float | None = None
    patience: float | None = None

    def reached(self, generations: int, cost: float, gained: float, seconds: float) -> str | None:
        """Name the limit that a search has reached, or returns None.

        Args:
            generations: Closed generations.
            cost: What they took, in evaluations.
            gained: What those before the latest gain took.
            seconds: Time of searching.
        """
        if self.generations is not None and generations >= self.generations:
            return "generations"
        if self.evaluations is not None and cost >= self.evaluations:
            return "evaluations"
        if self.out_of_time(seconds):
            return "minutes"
        if self.patience is not None and cost - gained >= max(self.patience * cost, PATIENCE_FLOOR):
            return "patience"
        return None

    def out_of_time(self, seconds: float) -> bool:
        """Tell whether the time is up."""
        return self.seconds is not None and seconds >= self.seconds

    def generations_left(self, generations: int, cost: float, gained: float, most: float) -> int:
        """Return how many generations, at least 1, can go by without a limit before the last of them.

        Clocks and the target are left aside.

        Args:
            generations: As of `reached`.
            cost: As of `reached`.
            gained: As of `reached`.
            most: The most that a generation takes, in evaluations.
        """
        ends = [] if self.evaluations is None else [float(self.evaluations)]
        if self.patience is not None:
            share = gained / (1 - self.patience) if self.patience < 1 else 0.0
            ends.append(max(share, gained + PATIENCE_FLOOR))
        left = [int((end - cost) / most) for end in ends]
        if self.generations is not None:
            left.append(self.generations - generations)
        return max(1, min(left, default=10**9))

    def seconds_left(
        self, generations: int, cost: float, gained: float, seconds: float
    ) -> float | None:
        """Estimate the time to the nearest limit if nothing is gained; None where no limit tells.

        Arguments are those of `reached`.
        """
        estimates = []
        if self.seconds is not None:
            estimates.append(self.seconds - seconds)
        if self.generations and generations:
            estimates.append(seconds * (self.generations / generations - 1))
        if self.evaluations and cost:
            estimates.append(seconds * (self.evaluations / cost - 1))
        if self.patience is not None and self.patience < 1 and cost:
            end = max(gained / (1 - self.patience), gained + PATIENCE_FLOOR)
            estimates.append(seconds * (end / cost - 1))
        return max(0.0, min(estimates)) if estimates else None


Note = Callable[[str], None]

#: Sentences that reach the terminal; a task that keeps failing would flood it.
SHOWN = 5

logger = logging.getLogger("spikevolve")


def notes(writer: RunWriter) -> Note:
    """Return a function that takes a sentence to the log of a run and to the program's logger."""
    told = 0

    def note(sentence: str) -> None:
        nonlocal told
        writer.log(sentence)
        told += 1
        if told <= SHOWN:
            logger.warning(sentence)
        elif told == SHOWN + 1:
            logger.warning("more of this is in log.txt in %s", writer.folder)

    return note


class Evaluator(NamedTuple):
    """Where and for what individuals are measured.

    Attributes:
        engine: Where their networks are measured.
        task: What the networks are for.
        profile: The hardware that genomes are expressed for.
        note: Is told of evaluations that fail.
    """

    engine: Engine
    task: Task
    profile: Profile
    note: Note


@dataclass(kw_only=True)
class Measuring:
    """A search and where it is measured: what a generation needs from ask to tell.

    Attributes:
        task: What the networks are for.
        search: The search.
        engine: Where networks are measured.
        note: Is told what people should know.
        limits: When the search ends.
        keep_all_genomes: Whether the table of genomes has those of the dead, too.
        cache: Rows on the present workload.
        draw: Returns the data of a split and a generation, None where all generations have the same.
        data: The data of the latest generation.
        seconds_before: Time spent by earlier processes.
        rows: Rows of the open generation by index, whichever process got them.
        learned: Genomes that the newborn of the open generation have learned, by index.
        faults: What went wrong in evaluations of the open generation, by index.
        racing: First episodes, after which hopeless networks get no more; None for no racing.
        bound: Score below which they are hopeless in the open generation; None if none is.
        losers: Indices of the rows that are of the first episodes alone.
        case_scores: Scores of the population in every sample or episode, by network hash.
        case_scores_of: Digest of the data that they are of.
        kept: Hashes of the living genomes, all of which the table of genomes has.
        started: When this process had its first row, by the monotonic clock; None before.
    """

    task: Task
    search: Search
    engine: Engine
    note: Note
    limits: Limits
    keep_all_genomes: bool
    cache: RowCache = field(default_factory=RowCache)
    draw: Callable[[Split, int | None], Workloads]
    data: Workloads | None = None
    seconds_before: float = 0.0
    rows: dict[int, Sequence[float]] = field(default_factory=dict)
    learned: dict[int, Genome] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    racing: int | None = None
    bound: float | None = None
    losers: set[int] = field(default_factory=set)
    case_scores: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    case_scores_of: str | None = None
    kept: set[str] = field(default_factory=set)
    started: float | None = None

    @property
    def evaluator(self) -> Evaluator:
        """Where and for what this search measures."""
        return Evaluator(self.engine, self.task, self.search.settings.profile, self.note)

    @property
    def seconds(self) -> float:
        """Time spent on this search, by earlier processes too."""
        here = 0.0 if self.started is None else time.monotonic() - self.started
        return self.seconds_before + here

    def start_clock(self, before: float = 0.0) -> None:
        """Count the time, unless it counts: kernels are compiled, workers are there.

        Args:
            before: Seconds of work that has just been done, which count, too.
        """
        if self.started is None:
            self.started = time.monotonic() - before


@dataclass(kw_only=True)
class Run(Measuring):
    """A search on its way, and where it is kept.

    Attributes:
        writer: The run folder.
        evaluations: Measured individuals of closed generations, cached ones not counted.
        cost: What closed generations took, in evaluations.
        gain: What the search gained last.
        bests: How good the best networks of each island were when it gained something last.
        island_seconds: What a generation of an island took last; None before.
        further: Validation data, once they are needed.
        validated: Validation scores that are known, by network hash.
        validations: Networks that this process has validated.
        validated_at: When members of the front were last validated, by the monotonic clock.
        readouts: The readout of the champion for now, by network hash.
        front_written: Generation and `validations` that the table of the front has; None before.
        committed: When the run folder was last brought up to date.
        score: What the score on training data is called.
    """

    writer: RunWriter
    evaluations: int = 0
    cost: float = 0.0
    gain: Gain = field(default_factory=Gain)
    bests: list[Best] = field(default_factory=list)
    island_seconds: float | None = None
    further: Workloads | None = None
    validated: dict[str, float] = field(default_factory=dict)
    validations: int = 0
    validated_at: float = field(default_factory=time.monotonic)
    readouts: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    front_written: tuple[int, int] | None = None
    committed: float = field(default_factory=time.monotonic)
    score: str = "score"


class Measured(NamedTuple):
    """One generation and its rows, in the order of `Search.ask`.

    Attributes:
        individuals: What the search asked for.
        hashes: Content hashes of the expressed networks.
        rows: Measurements in the order of `measurements.NAMES`.
        faults: What went wrong in each evaluation, None if nothing did.
        complete: Whether the row is of all episodes, or of none for a fault.
        cached: Whether the row was known, or is another one's of this generation.
        seconds: Time that each measurement took, 0 where none was made by this process.
        variation_seconds: Time to breed and express the individuals.
        kernel_seconds: Time that the engine took.
    """

    individuals: list[Individual]
    hashes: list[str]
    rows: list[Sequence[float]]
    faults: list[str | None]
    complete: list[bool]
    cached: list[bool]
    seconds: list[float]
    variation_seconds: float
    kernel_seconds: float


class Progress(NamedTuple):
    """How a search stands after a generation.

    Attributes:
        generation: Closed generations.
        generations: How many there may be, None if that does not limit the search.
        evaluations: Measured individuals.
        cost: What the search took so far, in evaluations; more than these where it learns.
        best: Means of the best score of the front by name: of the score, then of the other
            objectives; where the front is empty, of the best survivor.
        score: What that score is called.
        evaluations_per_second: Over the whole time of searching.
        seconds: Time of searching so far.
        seconds_left: Estimate to the nearest limit, None if no limit tells.
        member: Which run of a study it is, such as "seed 3 (3 of 10)"; empty outside a study.
        short_of: Why the best one is in no front: "not above chance" or "outside the constraints";
            empty where it is.
    """

    generation: int
    generations: int | None
    evaluations: int
    cost: float
    best: Mapping[str, float]
    score: str
    evaluations_per_second: float
    seconds: float
    seconds_left: float | None
    member: str = ""
    short_of: str = ""
