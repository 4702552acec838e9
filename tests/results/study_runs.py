"""Runs with curves and fronts of one's choice, for tests of what puts runs beside one another.

Test modules load this file with `runpy`: pytest's importlib mode knows no sibling modules.
"""

import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spikevolve.results.store.writer import create_run

ROWS = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))


def make_run(
    folder: Path,
    seed: int,
    best: Sequence[float | None] = (),
    front: Sequence[dict[str, Any]] = (),
    **about: Any,
) -> Path:
    """Write a run of which a generation costs ten evaluations; the first of its front is the champion.

    Args:
        folder: Where.
        seed: Seed of its search.
        best: Best score after each generation.
        front: Values of the front's rows, by column; others are random.
        about: What its manifest says otherwise: `task` (entries), `split`, `fold`, `data`, `state`.
    """
    settings = {"task": "iris", "seed": seed, "split_seed": about.get("split", 1)}
    manifest = {
        "command": [],
        "settings": {**settings, "fold": about.get("fold"), "objectives": "score,spikes"},
        "task": {"name": "iris", "score": "accuracy", **about.get("task", {})},
        "data_sha256": about.get("data", "d1"),
    }
    with create_run(folder, manifest) as writer:
        if best:
            rows = ROWS["rows"]("generations", range(len(best)))
            cost = [10.0 * (n + 1) for n in range(len(best))]
            writer.append("generations", {**rows, "cost": cost, "best_score": list(best)})
        writer.write_front(_front(front))
        writer.commit(
            {"state": about.get("state", "done"), "generation": len(best), "evaluations": 7}
        )
    return folder


def _front(entries: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = ROWS["rows"]("front", range(len(entries)))
    rows |= {"mean_score": [None] * len(entries), "episodes": [None] * len(entries)}
    rows["champion"] = [place == 0 for place in range(len(entries))]
    for place, entry in enumerate(entries):
        for name, value in entry.items():
            rows[name][place] = value
    return rows
