"""The ancestors of a network, and which operators and sources made improvements, from the tables alone."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from ...errors import InputError
from ..store.reader import read_arrow
from .front_rows import Row
from .run_report import build_report

_OF_BIRTH = (
    *("id", "birth_generation", "source", "parents", "operators", "genome_hash"),
    *("score", "mean_score"),
)
_JUDGED = (
    *("generation", "birth_generation", "id", "source", "parents", "operators"),
    *("score", "mean_score", "feasible", "survived"),
)


class Birth(NamedTuple):
    """An individual as it was born.

    Attributes:
        id: Generation and index at its birth.
        generation: That generation.
        source: Source of candidates that it came from.
        parents: Ids; the first gave it its structure.
        operators: Operators that made it, in order.
        genome_hash: Its genome.
        score: Its first score on training data; None where the evaluation failed.
    """

    id: str
    generation: int
    source: str
    parents: list[str]
    operators: list[str]
    genome_hash: str
    score: float | None


class Births:
    """The births of a run, by id; rows become objects only when they are asked for.

    Args:
        folder: The run folder.

    Raises:
        InputError: Not a run folder, or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A champion that was refitted stands in the front alone.
        tables = [read_arrow(folder, name, _OF_BIRTH) for name in ("individuals", "front")]
        self._rows = pa.concat_tables(tables)
        self._place: dict[str, int] = {}
        for place, found in enumerate(self._rows.column("id").to_pylist()):
            self._place.setdefault(found, place)

    def __getitem__(self, individual: str) -> Birth:
        """Return a birth; raises InputError if there is no such individual."""
        if individual not in self._place:
            raise InputError(
                f"{self._folder} has no individual {individual!r}; ids are GENERATION-INDEX, such as "
                "those that spikevolve report lists"
            )
        [row] = self._rows.slice(self._place[individual], 1).to_pylist()
        return Birth(
            row["id"],
            row["birth_generation"],
            row["source"],
            row["parents"],
            row["operators"],
            row["genome_hash"],
            _score(row["score"], row["mean_score"]),
        )

    def line(self, individual: str) -> list[Birth]:
        """Return the line of first parents that leads to an individual, the oldest first.

        Raises:
            InputError: There is no such individual.
        """
        found = [self[individual]]
        while found[-1].parents:
            parent = self[found[-1].parents[0]]
            if parent.generation >= found[-1].generation:
                raise InputError(
                    f"{self._folder} is damaged: {parent.id} cannot be a parent of {found[-1].id}"
                )
            found.append(parent)
        return found[::-1]


def _score(score: float | None, mean: float | None) -> float | None:
    return score if mean is None else mean


#: Columns of `improvements`.
IMPROVEMENTS = (
    *("kind", "name", "births", "survived", "better", "share_better", "mean_gain", "new_best"),
    "in_lineage",
)


def improvements(runs: Sequence[Path]) -> list[Row]:
    """Count what came of each operator and each source, over the births of several runs.

    A birth counts for every operator that took part in it, once. It is better if its first score is above
    that of its better parent at that time, the mean so far where episodes are fresh.

    Args:
        runs: Run folders.

    Returns:
        Rows with `kind` (`operator` or `source`), `name`, `births`, `survived` (how many lived on),
        `better`, `share_better` and `mean_gain` of those that are better (None where none has parents, or
        none is better), `new_best` (how many were the best of the run so far) and `in_lineage` (how many
        are in the line of first parents of a champion). Most births first.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for run in runs:
        champion = build_report(run)["champion"]
        line = {b.id for b in Births(run).line(champion["id"])} if champion else set()
        for birth in _judged_births(run):
            for key in birth.keys:
                tally = tallies[key]
                tally.births += 1
                tally.survived += birth.survived
                tally.with_parents += birth.gain is not None
                if birth.gain is not None and birth.gain > 0:
                    tally.better += 1
                    tally.gain += birth.gain
                tally.new_best += birth.is_best
                tally.in_lineage += birth.id in line
    rows = [_improvement(kind, name, tally) for (kind, name), tally in tallies.items()]
    return sorted(rows, key=lambda row: (row["kind"], -row["births"], row["name"]))


@dataclass(slots=True)
class _Tally:
    births: int = 0
    survived: int = 0
    with_parents: int = 0
    better: int = 0
    gain: float = 0.0  # of those that are better
    new_best: int = 0
    in_lineage: int = 0


def _improvement(kind: str, name: str, tally: _Tally) -> Row:
    bred, better = tally.with_parents, tally.better
    return {
        "kind": kind,
        "name": name,
        "births": tally.births,
        "survived": tally.survived,
        "better": better if bred else None,
        "share_better": better / bred if bred else None,
        "mean_gain": tally.gain / better if better else None,
        "new_best": tally.new_best,
        "in_lineage": tally.in_lineage,
    }


class _Judged(NamedTuple):
    id: str
    keys: list[tuple[str, str]]  # kinds and names that it counts for
    survived: bool
    gain: float | None  # above its better parent; None without parents that have a score
    is_best: bool  # of the run so far


def _judged_births(run: Path) -> Iterator[_Judged]:
    """Yield the births of a run, each held against its parents as they stood."""
    latest: dict[str, float] = {}  # scores at the end of the generation before; none of failures
    news: dict[str, float] = {}
    best, now = -math.inf, -1
    rows = _rows(read_arrow(run, "individuals", _JUDGED))
    for (
        generation,
        birth,
        name,
        source,
        parents,
        operators,
        single,
        mean,
        feasible,
        survived,
    ) in rows:
        if generation != now:
            latest |= news
            news, now = {}, generation
        score = _score(single, mean)
        if score is not None:
            news[name] = score
        if birth != generation:  # a survivor that is measured again
            continue
        value = -math.inf if score is None else score
        known = [latest[parent] for parent in parents if parent in latest]
        is_best = feasible and value > best
        best = value if is_best else best
        keys = [("source", source), *(("operator", operator) for operator in set(operators))]
        yield _Judged(name, keys, survived, value - max(known) if known else None, is_best)


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Yield rows, made some at a time: all of a long run may not fit into memory."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
