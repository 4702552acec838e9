"""Tables of what searches found: values over seeds, what was asked, and Markdown."""

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any, NamedTuple

from baselines import CLASSIFIERS
from search_fronts import COSTS, best_within, hypervolume, test_cost, untested_within
from search_rows import PROFILES, XOR, XOR_COST, Bound, Row
from search_runs import Place, Run, baselines_of, cpu_seconds, is_done, read_runs

Wanted = Sequence[tuple[Row, int]]

_DIGITS = {"synapses": 0, "spikes": 1, "latency": 2, "CPU s": 0, "cost": 0, "found": 1}  # else 3


class Spread(NamedTuple):
    """The median of some values, and the lowest and highest."""

    median: float
    low: float
    high: float

    def text(self, digits: int) -> str:
        """Return it in words of a table."""
        if math.isnan(self.median):
            return "–"
        low, high = f"{self.low:,.{digits}f}", f"{self.high:,.{digits}f}"
        return f"{self.median:,.{digits}f}" + (f" ({low}–{high})" if low != high else "")


class Table(NamedTuple):
    """A table of Markdown.

    Attributes:
        title: In front of it.
        rows: By name of the column; all have the same columns.
        notes: Sentences below it.
    """

    title: str
    rows: list[dict[str, Any]]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as Markdown."""
        names = list(self.rows[0])
        cells = [names, ["---"] * len(names)]
        cells += [[_cell(name, row[name]) for name in names] for row in self.rows]
        lines = [f"| {' | '.join(line)} |" for line in cells]
        return "\n\n".join([self.title, "\n".join(lines), *self.notes])


def _cell(name: str, value: Any) -> str:
    digits = _DIGITS.get(name, 3)
    if isinstance(value, Spread):
        return value.text(digits)
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:,.{digits}f}"
    return str(value)


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of values; NaN are left out, and of none all is NaN."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return Spread(math.nan, math.nan, math.nan)
    return Spread(median(known), min(known), max(known))


class Found(NamedTuple):
    """What the searches of a row found, a value a seed; of a cross-validation the mean of its folds.

    Attributes:
        scores: Test score of the champion; where there is no champion, a guess's.
        costs: By name: what the champion costs on test data, NaN where there is none.
        seconds: Processor seconds of a run or fold.
        runs: The runs of all seeds.
    """

    scores: list[float]
    costs: dict[str, list[float]]
    seconds: list[float]
    runs: list[Run]


def found_of(place: Place, row: Row, seeds: Sequence[int]) -> Found:
    """Read the runs of a row that are done."""
    found = Found([], {cost: [] for cost in COSTS}, [], [])
    for folder in done_folders(place, row, seeds):
        runs = read_runs(folder)
        champions = [run.champion for run in runs]
        found.scores.append(mean(champion_score(run) for run in runs))
        for cost, values in found.costs.items():
            known = [test_cost(champion, cost) for champion in champions if champion]
            values.append(mean(known) if known else math.nan)
        found.seconds.append(cpu_seconds(folder) / len(runs))
        found.runs.extend(runs)
    return found


def done_folders(place: Place, row: Row, seeds: Sequence[int]) -> list[Path]:
    """Return the folders of a row that hold runs that are done."""
    folders = [place.folder(row, seed) for seed in seeds]
    return [folder for folder in folders if is_done(folder, row)]


def runs_of(place: Place, row: Row, seeds: Sequence[int]) -> list[Run]:
    """Return the runs of a row that are done."""
    return [run for folder in done_folders(place, row, seeds) for run in read_runs(folder)]


def champion_score(run: Run) -> float:
    """Return the test score of a run's champion, or that of a guess where it has none."""
    return run.champion["test_score"] if run.champion else guess(run)


def guess(run: Run) -> float:
    """Return the accuracy of guessing."""
    return 1.0 / len(run.task["classes"])


def found(place: Place, wanted: Wanted) -> list[Table]:
    """Return the tables of what the searches found: champions, members within bounds, xor."""
    title = f"{place.label}: {' '.join(('run', *place.options))}"
    by_row = {row: [seed for each, seed in wanted if each is row] for row, _ in wanted}
    solved = runs_of(place, XOR, by_row.pop(XOR, []))
    results = {row: found_of(place, row, seeds) for row, seeds in by_row.items()}
    champions, bounds = [], []
    for row, result in results.items():
        if result.scores:
            champions.append(_champions(place, row, by_row[row], result))
            bounds += [_within(row, bound, result.runs) for bound in row.bounds]
    commits = {run.commit or "unknown" for result in results.values() for run in result.runs}
    asked = [row["asked"] for row in champions + bounds if row["asked"]]
    met = sum(text.endswith(": met") for text in asked)
    notes = (
        "Median over seeds (lowest–highest); of folds, the mean of each seed's. "
        "`ahead` is by how much the score is above the better of the baselines it is compared with.",
        f"Met: {met} of {len(asked)}. Source: {', '.join(sorted(commits))}.",
    )
    tables = [Table(f"**Champions**, {title}", champions, notes)] if champions else []
    if bounds:
        tables.append(Table("**The best of the front within a bound**", bounds))
    if solved:
        tables.append(_solved(solved))
    return tables


def _champions(place: Place, row: Row, seeds: Sequence[int], result: Found) -> dict[str, Any]:
    score = spread(result.scores)
    costs = {cost: spread(values) for cost, values in result.costs.items()}
    theirs = _baselines(place, row, seeds)
    better = max(theirs[name].median for name in row.opponents)
    empty = sum(run.champion is None for run in result.runs)
    return {
        "row": row.name,
        "seeds": f"{len(result.scores)} of {len(seeds)}" + (f", {empty} empty" if empty else ""),
        "test score": score,
        **costs,
        "CPU s": spread(result.seconds),
        **theirs,
        "ahead": f"{score.median - better:+.3f} ({', '.join(row.opponents)})",
        "asked": _asked(row, score.median, costs["synapses"].median, better),
    }


def _baselines(place: Place, row: Row, seeds: Sequence[int]) -> dict[str, Spread]:
    measured = [baselines_of(place, row, seed) for seed in seeds]
    return {name: spread([each[name] for each in measured]) for name in CLASSIFIERS}


def _asked(row: Row, score: float, synapses: float, better: float) -> str:
    """Return what is asked of a row, and whether it is met; "" if nothing is."""
    if row.within is not None:
        return verdict(f"≥ better - {row.within:g}", score >= better - row.within)
    if row.score is None:
        return ""
    few = row.synapses is None or synapses <= row.synapses
    text = f"≥ {row.score:.3f}" + (f", ≤ {row.synapses} synapses" if row.synapses else "")
    return verdict(text, score >= row.score and few)


def verdict(asked: str, met: bool) -> str:
    """Return what is asked, and whether it is met."""
    return f"{asked}: {'met' if met else 'missed'}"


def _within(row: Row, bound: Bound, runs: Sequence[Run]) -> dict[str, Any]:
    """Return the row of the members within a bound, the best of each run by what it knew."""
    name, most, wanted = bound
    members = [best_within(run.front, name, most) for run in runs]
    untested = sum(untested_within(run.front, name, most) for run in runs)
    chosen = [member for member in members if member]
    score = spread([member["test_score"] for member in chosen])
    costs = {cost: spread([test_cost(m, cost) for m in chosen]) for cost in COSTS}
    met = len(chosen) == len(runs) and score.median >= (wanted or 0)
    missing = len(runs) - len(chosen) - untested
    notes = [f"{len(chosen)} of {len(runs)}"]
    notes += [f"{untested} not tested"] if untested else []
    notes += [f"{missing} have none"] if missing else []
    return {
        "row": row.name,
        "bound": f"{name} ≤ {most:g}",
        "seeds": ", ".join(notes),
        "test score": score,
        **costs,
        "asked": verdict(f"≥ {wanted:.3f}", met and costs[name].median <= most) if wanted else "",
    }


def _solved(runs: Sequence[Run]) -> Table:
    """Return how many runs of xor are solved, and what those cost."""
    costs = [run.cost for run in runs if any(member["score"] >= 1.0 for member in run.front)]
    cost = spread(costs)
    row = {
        "row": XOR.name,
        "solved": f"{len(costs)} of {len(runs)}",
        "cost": cost,
        "asked": verdict(
            f"all, cost ≤ {XOR_COST}", len(costs) == len(runs) and cost.median <= XOR_COST
        ),
    }
    return Table("**xor**: cost until it is solved, to the end of that generation", [row])


def baselines(place: Place, wanted: Wanted) -> Table:
    """Return the table of the baselines alone."""
    rows = []
    for row in dict.fromkeys(row for row, _ in wanted):
        seeds = [seed for each, seed in wanted if each is row]
        rows.append({"row": row.name, "splits": len(seeds), **_baselines(place, row, seeds)})
    return Table("**Baselines**, median over splits (lowest–highest)", rows)


def grids(places: dict[str, Place], wanted: Wanted) -> Table:
    """Return what was found on each grid, and how far below `float` that is."""
    rows = []
    for row in dict.fromkeys(row for row, _ in wanted):
        seeds = [seed for each, seed in wanted if each is row]
        usual = spread(found_of(places["float"], row, seeds).scores).median
        for name, place in places.items():
            result = found_of(place, row, seeds)
            score = spread(result.scores)
            below = usual - score.median
            most = PROFILES[name][1] if name in PROFILES else math.inf
            rows.append(
                {
                    "row": row.name,
                    "profile": name,
                    "seeds": f"{len(result.scores)} of {len(seeds)}",
                    "test score": score,
                    **{cost: spread(values) for cost, values in result.costs.items()},
                    "below float": below,
                    "asked": verdict(f"≤ {most:g}", below <= most) if name in PROFILES else "",
                }
            )
    return Table("**Grids of weights**, median over seeds (lowest–highest)", rows)


def compared(a: Path, b: Path, rows: Sequence[Row]) -> Table:
    """Return what the fronts of two labels cover, and the paired differences b - a."""
    lines = []
    for row in rows:
        pairs, seconds = _pairs(a, b, row)
        members = [
            m for pair in pairs for run in pair for m in run.front if m["test_score"] is not None
        ]
        for cost in COSTS if members else ():
            most = 1.1 * max(test_cost(member, cost) for member in members)
            both = [
                [hypervolume(run.front, cost, guess(run), most) for run in pair] for pair in pairs
            ]
            lines.append(_line(row, cost, both, seconds))
    notes = (
        "Share of (test score, cost) that the members chosen by training or validation data cover, "
        "from a guess's score to 1 and on a scale of log(1 + cost), mean over pairs of runs on the "
        "same split; mean paired difference ± standard error.",
    )
    return Table(f"**Hypervolumes**: a {a}, b {b}", lines, notes)


def _pairs(a: Path, b: Path, row: Row) -> tuple[list[tuple[Run, Run]], tuple[float, float]]:
    """Return the runs that both have, fold by fold, and the processor seconds of a run of each."""
    pairs: list[tuple[Run, Run]] = []
    seconds = [0.0, 0.0]
    for ours in sorted((a / row.name).glob("*/")):
        folders = (ours, b / row.name / ours.name)
        if all(is_done(folder, row) for folder in folders):
            pairs += zip(*map(read_runs, folders), strict=True)
            seconds = [s + cpu_seconds(f) for s, f in zip(seconds, folders, strict=True)]
    runs = max(1, len(pairs))
    return pairs, (seconds[0] / runs, seconds[1] / runs)


def _line(
    row: Row, cost: str, both: Sequence[Sequence[float]], seconds: tuple[float, float]
) -> dict[str, Any]:
    differences = [theirs - ours for ours, theirs in both]
    error = stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else math.nan
    return {
        "row": row.name,
        "cost": cost,
        "pairs": len(both),
        "a": mean(pair[0] for pair in both),
        "b": mean(pair[1] for pair in both),
        "b - a": f"{mean(differences):+.4f} ± {error:.4f}",
        "b ahead in": sum(difference > 0 for difference in differences),
        "CPU s": f"{seconds[0]:.0f}, {seconds[1]:.0f}",
    }
