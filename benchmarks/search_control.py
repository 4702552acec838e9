"""What searches find in control: the rows, what is asked of them, and the table.

A row's figure is of the champion on unseen starts, which no search reads before it has ended. Budgets are minutes
of one core (`--workers 1`).
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from search_rows import Row
from search_runs import Place, cpu_seconds, is_done, read_run
from search_tables import Table, spread

from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.runs.prepared_again import prepared_again
from spikevolve.sim.batch import pack

#: Steps that a double pole is to be balanced for, from the classic start.
CLASSIC_STEPS = 100_000

#: Ways to search at equal time, by name, with their options.
WAYS: dict[str, tuple[str, ...]] = {
    "default": (),
    "single": ("--searches", "1"),
    "variation": ("--sources", "variation"),
    "coarse": ("--sources", "coarse"),
    "cma_es": ("--sources", "cma_es"),
    "eons": ("--preset", "eons"),
    "random": ("--searches", "1", "--population", "20000", "--generations", "1"),
}

#: Ways whose budget is in the way itself: random search draws so many networks, and measures each once.
_OWN_BUDGET = ("random",)


class Asked(NamedTuple):
    """A row of the table.

    Attributes:
        name: Of the row.
        task: That is run.
        budget: Options that say how long.
        figure: Returns what counts from the folder of a run that is done.
        best_known: The best figure of anybody else's, in words.
        must: What the median is to reach.
        fewer: Whether smaller figures are better.
        worst: What no seed may be beyond; None where nothing is asked.
        share: Whether the figure is 1 for a seed that succeeds, 0 for others, and `must` a share.
    """

    name: str
    task: str
    budget: tuple[str, ...]
    figure: Callable[[Path], float]
    best_known: str
    must: float
    fewer: bool = False
    worst: float | None = None
    share: bool = False

    def reached(self, figures: Sequence[float]) -> bool:
        """Tell whether figures, one for each seed, are what is asked for."""
        if self.share:
            return sum(figures) / len(figures) >= self.must
        sign = -1.0 if self.fewer else 1.0
        enough = sign * median(figures) >= sign * self.must
        return enough and (
            self.worst is None or min(sign * f for f in figures) >= sign * self.worst
        )

    def ratio(self, figures: Sequence[float]) -> float:
        """Return how far figures have come, above 1 where they are better than what is asked for."""
        if self.share:
            return sum(figures) / len(figures) / self.must
        found = median(figures)
        less_is_more = self.fewer or self.must < 0
        return self.must / found if less_is_more else found / self.must


def test_score(folder: Path) -> float:
    """Return the champion's mean return on unseen starts; of a run without champion infinitely low."""
    champion = read_run(folder).champion
    return -np.inf if champion is None else float(champion["test_score"])


def worst_start(folder: Path) -> float:
    """Return the champion's lowest return among the unseen starts."""
    file = folder / "answers.json"
    return float(min(json.loads(file.read_text())["scores"])) if file.exists() else -np.inf


def evaluations_to_475(folder: Path) -> float:
    """Return the cost of a run that has ended by its target, if the champion holds it on unseen starts."""
    return read_run(folder).cost if test_score(folder) >= 475 else np.inf


def lasts_from_the_classic_start(folder: Path) -> float:
    """Return 1 where the champion holds a double pole for 100,000 steps from 4°, else 0."""
    if read_run(folder).champion is None:
        return 0.0
    task = prepared_again(folder).task
    task.steps = CLASSIC_STEPS
    network = Champion.read(folder).network
    returns = task.case_scores(task.workload("train", 0, 0), pack([network]))
    return float(returns[0, 0] >= CLASSIC_STEPS)


def synapses(folder: Path) -> float:
    """Return the champion's number of synapses."""
    champion = read_run(folder).champion
    return np.nan if champion is None else float(champion["synapses"])


def _minutes(count: int) -> tuple[str, ...]:
    return ("--minutes", str(count))


_TO_475 = ("--target", "475", "--evaluations", "20000")

#: What issue 14 asks for; figures of others as there.
CONTROL = (
    Asked("cartpole", "cartpole", _TO_475, evaluations_to_475, "neat-python 300", 300, fewer=True),
    Asked(
        "cartpole_hard",
        "cartpole_hard",
        _minutes(8),
        test_score,
        "TENNLab 14,238",
        14_400,
        worst=13_500,
    ),
    Asked(
        "cartpole_hardest", "cartpole_hardest", _minutes(8), test_score, "TENNLab 14,663", 14_663
    ),
    Asked("acrobot", "acrobot", _minutes(4), test_score, "PPO −73.5", -78),
    Asked("acrobot-worst", "acrobot", _minutes(4), worst_start, "–", -250),
    Asked("mountain_car", "mountain_car", _minutes(4), test_score, "DQN −100.8", -101.5),
    Asked("pendulum", "pendulum", _minutes(4), test_score, "PPO −172", -185),
    Asked("double_pole", "double_pole", _minutes(8), test_score, "regulator 868", 750),
    Asked(
        "double_pole-classic",
        "double_pole",
        _minutes(8),
        lasts_from_the_classic_start,
        "NEAT 3,600 evaluations",
        0.5,
        share=True,
    ),
    Asked(
        "double_pole_no_velocity-classic",
        "double_pole_no_velocity",
        _minutes(8),
        lasts_from_the_classic_start,
        "NEAT 6,929 evaluations",
        0.3,
        share=True,
    ),
    Asked("LunarLander-v3", "gym:LunarLander-v3", _minutes(30), test_score, "PPO 242", 200),
)


def row_of(asked: Asked, way: str) -> Row:
    """Return the runs of a row, those of one way to search; rows of one task share them.

    Args:
        asked: The row.
        way: A name in `WAYS`.
    """
    limit = () if way in _OWN_BUDGET else asked.budget
    name = asked.task.replace(":", "-")
    return Row(name, asked.task, options=("--workers", "1", *limit, *WAYS[way]))


def table(places: dict[str, Place], rows: Sequence[Asked], seeds: Sequence[int]) -> Table:
    """Return the table of what the runs have found that are done.

    Args:
        places: Where the runs of each way lie.
        rows: The rows.
        seeds: Seeds of the runs.
    """
    lines: list[dict[str, Any]] = []
    for asked in rows:
        for way, place in places.items():
            row = row_of(asked, way)
            folders = [place.folder(row, seed) for seed in seeds]
            done = [folder for folder in folders if is_done(folder, row)]
            lines.append(_line(asked, way, done))
    title = "Control: champions on unseen starts, median (lowest–highest) over the seeds."
    return Table(title, lines)


def _line(asked: Asked, way: str, done: Sequence[Path]) -> dict[str, Any]:
    figures = [asked.figure(folder) for folder in done]
    common = {"row": asked.name, "search": way, "runs": f"{len(done)}"}
    return {
        **common,
        "found": spread(figures),
        "must": f"{asked.must:,g}",
        "best known": asked.best_known,
        "ratio": f"{asked.ratio(figures):.2f}" if figures else "–",
        "reached": ("yes" if asked.reached(figures) else "no") if figures else "–",
        "synapses": spread([synapses(folder) for folder in done]),
        "CPU s": spread([cpu_seconds(folder) for folder in done]),
    }
