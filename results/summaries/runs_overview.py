"""The runs below a folder, a row for each."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError
from ..store.folder import MANIFEST, read_manifest, run_values
from ..store.reader import read_backwards
from .run_names import ScoreNames, score_names
from .run_report import build_report

COLUMNS = (
    "run",
    "task",
    "seed",
    "split",
    "fold",
    "state",
    "generations",
    "evaluations",
    "cost",
    "score",
    "best_score",
    "champion",
    "test_score",
    "hidden",
    "synapses",
)


class Overview(NamedTuple):
    """The runs below a folder.

    Attributes:
        rows: A row for each run, by its path; columns are `COLUMNS`. `score` names the scores: that on
            training data first, where the two differ; `hidden` and `synapses` are the champion's.
        damaged: A sentence for each run that cannot be read, which has no row.
    """

    rows: list[dict[str, Any]]
    damaged: list[str]


def runs_below(folder: Path) -> Overview:
    """Look for runs in a folder and all folders in it.

    Raises:
        InputError: There is no such folder, or there is no run that can be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        what = "it is a file" if folder.exists() else "there is no such folder"
        raise InputError(f"no runs are in {folder}: {what}")
    rows, damaged = [], []
    for place in _run_folders(folder):
        try:
            rows.append({"run": _name(place, folder), **_row(place)})
        except InputError as error:
            damaged.append(str(error))
    if not rows:
        what = damaged[0] if damaged else "no folder in it has a run.json"
        raise InputError(f"no runs are in {folder}: {what}")
    return Overview(rows, damaged)


def _run_folders(folder: Path) -> Iterator[Path]:
    """Yield run folders in the order of their names, not looking into them."""
    for place, inner, files in os.walk(folder):
        inner.sort(key=_natural)
        if MANIFEST in files:
            inner.clear()
            yield Path(place)


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which `seed-2` comes before `seed-10`."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _name(place: Path, folder: Path) -> str:
    return folder.name if place == folder else str(place.relative_to(folder))


def _row(place: Path) -> dict[str, Any]:
    """Return the row of a run, but for its path."""
    manifest = read_manifest(place)
    about, report = run_values(place, manifest), build_report(place)
    names = score_names(manifest["task"] if isinstance(manifest["task"], dict) else {})
    champion = report["champion"] or {}
    return {
        **{name: about[name] for name in ("task", "seed", "split", "fold")},
        **{name: report[name] for name in ("state", "generations", "evaluations", "cost")},
        "score": _both(names),
        "best_score": _best_score(place),
        "champion": champion.get("id"),
        **{name: champion.get(name) for name in ("test_score", "hidden", "synapses")},
    }


def _both(names: ScoreNames) -> str:
    return names.test if names.training == names.test else f"{names.training}, {names.test}"


def _best_score(place: Path) -> float | None:
    """Return the best score on training data so far; None where no network is feasible."""
    for block in read_backwards(place, "generations", ["best_score"]):
        score: float | None = block.column("best_score")[-1].as_py()
        return score
    return None
