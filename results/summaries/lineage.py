"""The ancestors of a network, and which operators and sources made improvements, from the tables alone."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from ...errors import InputError
from ..store.reader import read_arrow
from .run_report import Row, build_report

_COLUMNS = (
    *("generation", "id", "birth_generation", "source", "parents", "operators", "genome_hash"),
    *("score", "mean_score", "feasible", "survived"),
)
_IN_FRONT = tuple(name for name in _COLUMNS if name not in ("feasible", "survived"))


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
        tables = [read_arrow(folder, name, _IN_FRONT) for name in ("individuals", "front")]
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
    tallies: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    gains: dict[tuple[str, str], float] = defaultdict(float)
    for run in runs:
        champion = build_report(run)["champion"]
        line = {b.id for b in Births(run).line(champion["id"])} if champion else set()
        for birth in _judged_births(run):
            counts = birth.counts | {"in_lineage": birth.id in line}
            for key in birth.keys:
                tallies[key].update({name: int(value) for name, value in counts.items()})
                gains[key] += birth.gain
    rows = []
    for (kind, name), tally in tallies.items():
        better, parented = tally["better"], tally["parented"]
        rows.append(
            {
                "kind": kind,
                "name": name,
                **{column: tally[column] for column in ("births", "survived")},
                "better": better if parented else None,
                "share_better": better / parented if parented else None,
                "mean_gain": gains[kind, name] / better if better else None,
                **{column: tally[column] for column in ("new_best", "in_lineage")},
            }
        )
    return sorted(rows, key=lambda row: (row["kind"], -row["births"], row["name"]))


class _Judged(NamedTuple):
    id: str
    keys: list[tuple[str, str]]  # kinds and names that it counts for
    counts: dict[str, bool]
    gain: float  # 0 where it is not better


def _judged_births(run: Path) -> Iterator[_Judged]:
    """Yield the births of a run, each held against its parents as they stood."""
    rows = read_arrow(run, "individuals", _COLUMNS)
    latest: dict[str, float] = {}  # mean scores at the end of the generation before
    best, generation = -math.inf, -1
    news: dict[str, float] = {}
    for row in _records(rows):
        if row["generation"] != generation:
            latest |= news
            news, generation = {}, row["generation"]
        score = _score(row["score"], row["mean_score"])
        value = -math.inf if score is None else score
        news[row["id"]] = value
        if row["birth_generation"] != generation or row["id"] in latest:
            continue
        parents = [latest[p] for p in row["parents"] if p in latest]
        before = max(parents, default=math.inf)
        counts = {
            "births": True,
            "survived": row["survived"],
            "parented": bool(parents),
            "better": value > before,
            "new_best": bool(row["feasible"]) and value > best,
        }
        gain = value - before if counts["better"] and math.isfinite(before) else 0.0
        best = max(best, value) if row["feasible"] else best
        operators = dict.fromkeys(row["operators"])
        keys = [("source", row["source"]), *(("operator", name) for name in operators)]
        yield _Judged(row["id"], keys, counts, gain)


def _records(rows: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield rows as dictionaries, some at a time: all of a long run may not fit into memory."""
    for batch in rows.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()
