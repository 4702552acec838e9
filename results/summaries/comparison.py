"""Groups of runs compared: what each run reached, medians of groups, tests between them, curves."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TypedDict

import moocore
import numpy as np
from numpy.typing import NDArray

from ...errors import InputError, did_you_mean
from . import group_statistics
from .compared_runs import Group, RunFacts
from .front_rows import Row
from .group_statistics import Difference
from .rows_as_text import markdown
from .run_names import count
from .run_report import TESTED

#: Hypervolumes are measured from a point so far beyond the worst that was found, in each objective.
BEYOND = 1.1
_SEED = 1  # of the bootstrap: the same runs give the same intervals


class Comparison(TypedDict):
    """What `compare` returns: plain JSON values; null is what was not measured."""

    task: str
    training_score: str | None  # name of the score in `best_score`; null where runs differ in it
    score: str  # name of the score in `test_score`
    target: float | None
    runs: dict[str, list[str]]  # folders of each group
    groups: list[Row]  # a row for each measure and group: `Spread`
    tests: list[Row]  # a row for each measure and pair of groups: `Difference`, `p_holm`
    notes: list[str]  # what to know before believing it, a sentence each


def compare(
    groups: Sequence[Group], target: float | None = None, measures: Sequence[str] | None = None
) -> Comparison:
    """Compare groups of runs.

    Groups with the same seeds, splits and folds are compared pair by pair, others as independent
    samples. p-values are corrected over all tests that are made.

    Args:
        groups: As of `read_groups`.
        target: Score on training data; the cost at which each run reached it is a measure, then.
        measures: Which ones; all that are known if None.

    Raises:
        InputError: There is no such measure.
    """
    found = _measures([run for group in groups for run in group.runs], target)
    if measures is not None:
        for name in measures:
            if name not in found:
                raise InputError(f"there is no measure {name!r}{did_you_mean(name, found)}")
        found = {name: found[name] for name in measures}
    rng = np.random.default_rng(_SEED)
    rows: list[Row] = []
    tests: list[Row] = []
    for measure, values in found.items():
        for group in groups:
            known = _known([values[run.folder] for run in group.runs])
            about = {"measure": measure, "group": group.name}
            rows.append({**about, **group_statistics.spread(known, rng)._asdict()})
        for first, second in combinations(groups, 2):
            difference = _difference(first, second, values, rng)
            about = {"measure": measure, "group": first.name, "other": second.name}
            tests.append({**about, **difference._asdict()})
    for row, p in zip(tests, group_statistics.holm([row["p"] for row in tests]), strict=True):
        row["p_holm"] = p
    one = groups[0].runs[0]
    training = {run.scores.training for group in groups for run in group.runs}
    return Comparison(
        task=str(one.about[0]),
        training_score=one.scores.training if len(training) == 1 else None,
        score=one.scores.test,
        target=target,
        runs={group.name: [str(run.folder) for run in group.runs] for group in groups},
        groups=rows,
        tests=tests,
        notes=_notes(groups, tests, len(training) > 1) + _about_target(groups, found, target),
    )


#: What runs reached, by measure and folder; None what was not measured, infinity what was not reached.
_Measures = dict[str, dict[Path, float | None]]


def _measures(runs: Sequence[RunFacts], target: float | None) -> _Measures:
    """Return every measure that a run has, the scores first."""
    names = ["test_score"]
    for objective in runs[0].objectives[1:]:
        tested = f"test_{objective.name}"
        known = tested in TESTED and any(run.champion.get(tested) is not None for run in runs)
        names.append(tested if known else objective.name)
    names += ["synapses"] if "synapses" not in names else []
    found: _Measures = {
        name: {run.folder: run.champion.get(name) for run in runs} for name in names
    }
    if len({run.scores.training for run in runs}) == 1:
        found["best_score"] = {run.folder: _last(run.best) for run in runs}
        found["hypervolume"] = _hypervolumes(runs)
        if target is not None:
            reached = {run.folder: _cost_of(run, target) for run in runs}
            found["evaluations_to_target"] = dict(reached)
    return {name: values for name, values in found.items() if _known(list(values.values()))}


def _last(values: NDArray[np.float64]) -> float | None:
    return float(values[-1]) if len(values) and np.isfinite(values[-1]) else None


def _cost_of(run: RunFacts, target: float) -> float:
    """Return what a run had taken when it reached a score; infinity where it did not."""
    reached = np.flatnonzero(run.best >= target)
    return float(run.cost[reached[0]]) if len(reached) else math.inf


def _hypervolumes(runs: Sequence[RunFacts]) -> dict[Path, float | None]:
    """Return the share of a box that each front dominates, 0 for an empty one.

    The box spans, in each objective that all runs have, from the best that any of the fronts reached to
    `BEYOND` times as far as the worst. None where that is one objective alone.
    """
    shared = [o for o in runs[0].objectives if all(o in run.objectives for run in runs)]
    if len(shared) < 2:
        return dict.fromkeys([run.folder for run in runs])
    signs = np.array([-1.0 if o.larger_is_better else 1.0 for o in shared])
    points = {run.folder: np.stack([run.front[o.name] for o in shared], axis=1) for run in runs}
    points = {run: signs * front[np.isfinite(front).all(axis=1)] for run, front in points.items()}
    together = np.concatenate(list(points.values()))
    if not len(together):
        return dict.fromkeys(points)
    best, worst = together.min(axis=0), together.max(axis=0)
    width = np.where(worst > best, worst - best, 1.0)
    reference, box = [BEYOND] * len(shared), BEYOND ** len(shared)
    return {
        run: float(moocore.hypervolume((front - best) / width, ref=reference) / box)
        if len(front)
        else 0.0
        for run, front in points.items()
    }


def _known(values: Sequence[float | None]) -> list[float]:
    return [float(value) for value in values if value is not None]


def _pairs(first: Group, second: Group) -> list[tuple[RunFacts, RunFacts]] | None:
    """Return the runs of two groups in pairs; None where they do not match one to one."""
    ours, theirs = ({run.key: run for run in group.runs} for group in (first, second))
    if (
        len(ours) != len(first.runs)
        or len(theirs) != len(second.runs)
        or ours.keys() != theirs.keys()
    ):
        return None
    return [(ours[key], theirs[key]) for key in ours]


def _difference(
    first: Group,
    second: Group,
    values: Mapping[Path, float | None],
    rng: np.random.Generator,
) -> Difference:
    pairs = _pairs(first, second)
    if pairs is None:
        a, b = (_known([values[run.folder] for run in g.runs]) for g in (first, second))
        return group_statistics.of_groups(a, b, rng)
    both = [(values[one.folder], values[other.folder]) for one, other in pairs]
    known = [(a, b) for a, b in both if a is not None and b is not None]
    return group_statistics.of_pairs([a for a, _ in known], [b for _, b in known], rng)


def _notes(groups: Sequence[Group], tests: Sequence[Row], apart: bool) -> list[str]:
    notes = [f"Left out: {why}" for group in groups for why in group.damaged]
    runs = [run for group in groups for run in group.runs]
    if unfinished := sum(not run.done for run in runs):
        notes.append(f"Not ended yet: {unfinished} of {count(len(runs), 'run')}.")
    if apart:
        notes.append("The runs climb different scores on training data, which are left out.")
    paired = [row["n"] for row in tests if row["test"].startswith("Wilcoxon")]
    if paired and group_statistics.smallest_p(max(paired)) > 1 - group_statistics.CONFIDENCE:
        smallest = group_statistics.smallest_p(max(paired))
        notes.append(
            f"{count(max(paired), 'pair')} cannot give a p-value below {smallest:.3g}, whatever the "
            "difference: more seeds can."
        )
    return notes


def _about_target(groups: Sequence[Group], measures: _Measures, target: float | None) -> list[str]:
    """Say how many runs reached the target, for each group in which some did not."""
    notes = []
    for group in groups if "evaluations_to_target" in measures else ():
        costs = [measures["evaluations_to_target"][run.folder] for run in group.runs]
        if missed := costs.count(math.inf):
            reached = len(costs) - missed
            notes.append(f"{group.name}: {reached} of {len(costs)} runs reached {target:g}.")
    return notes


_GROUP_COLUMNS = ("measure", "group", *group_statistics.Spread._fields)
_TEST_COLUMNS = (
    *("measure", "group", "other", "n", "median", "low_95", "high_95"),
    *("test", "p", "p_holm", "effect", "effect_size"),
)


def as_page(found: Comparison) -> str:
    """Return a comparison as Markdown: a table of the groups, a table of the tests, notes."""
    title = f"{found['task']}, judged by {found['score']}"
    if found["training_score"] not in (None, found["score"]):
        title += f"; on training data by {found['training_score']}"
    parts = [f"{title}\n"]
    if found["groups"]:
        parts.append(markdown(found["groups"], _GROUP_COLUMNS))
    else:
        parts.append("Nothing has been measured yet.\n")
    if found["tests"]:
        about = (
            "Differences, the first group less the second, with tests corrected by Holm's method\n"
        )
        parts += [about, markdown(found["tests"], _TEST_COLUMNS)]
    return "\n".join([*parts, *(f"{note}\n" for note in found["notes"])])


def as_rows(found: Comparison) -> list[Row]:
    """Return a comparison as rows of one table: those of the groups, whose `other` is empty, and tests."""
    columns = dict.fromkeys((*_GROUP_COLUMNS, *_TEST_COLUMNS))
    return [{**columns, **row} for row in (*found["groups"], *found["tests"])]


def curves(groups: Sequence[Group]) -> list[Row]:
    """Return how groups rose: the best score on training data over the evaluations.

    Returns:
        Rows with `group`, `evaluations`, `median`, `lower_quartile` and `upper_quartile` over its runs,
        wherever a run of it closed a generation. A run that has ended keeps its last score; None where
        too few of them have a network above chance.

    Raises:
        InputError: The runs climb different scores on training data.
    """
    names = sorted({run.scores.training for group in groups for run in group.runs})
    if len(names) > 1:
        raise InputError(
            f"the runs climb different scores on training data, {' and '.join(names)}: they have no "
            "axis in common"
        )
    rows = []
    for group in groups:
        x = np.unique(np.concatenate([run.cost for run in group.runs]))
        heights = np.stack([_held(run, x) for run in group.runs])
        for place, evaluations in enumerate(x):
            quartiles = group_statistics.quantiles(heights[:, place], [0.25, 0.5, 0.75])
            values = zip(("lower_quartile", "median", "upper_quartile"), quartiles, strict=True)
            rows.append({"group": group.name, "evaluations": float(evaluations), **dict(values)})
    return rows


def _held(run: RunFacts, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the best score of a run at each cost; −infinity before its first."""
    steps = np.concatenate([[-math.inf], np.nan_to_num(run.best, nan=-math.inf)])
    return np.asarray(steps[np.searchsorted(run.cost, x, side="right")])
