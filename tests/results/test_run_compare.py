"""Two runs are the same, or the first difference in each column is named."""

import runpy
from pathlib import Path

import numpy as np

from spikevolve.results.store.reader import compare_tables
from spikevolve.results.store.writer import create_run

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
rows, MANIFEST = RUN["rows"], RUN["MANIFEST"]


def test_clocks_and_names_are_left_out(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with create_run(tmp_path / name, MANIFEST) as writer:
            seconds = {"evaluation_seconds": [0.5 if name == "a" else 0.25] * 3}
            writer.append("individuals", rows("individuals", range(3)) | seconds)
            writer.commit({})

    assert compare_tables(tmp_path / "a", tmp_path / "b") == []


def test_differences_are_named(tmp_path: Path) -> None:
    for name, score, generations in (("a", 0.5, 3), ("b", 0.75, 4)):
        with create_run(tmp_path / name, MANIFEST) as writer:
            columns = rows("individuals", range(3))
            columns["score"] = [0.25, score, None]
            columns["parents"] = [[], ["0-0", "0-1"], ["0-0"] if name == "a" else []]
            writer.append("individuals", columns)
            writer.append("generations", rows("generations", range(generations)))
            writer.commit({})

    assert compare_tables(tmp_path / "a", tmp_path / "b") == [
        "individuals: parents differs first in row 2: ['0-0'] and []",
        "individuals: score differs first in row 1: 0.5 and 0.75",
        "generations: 3 rows and 4 rows",
    ]


def test_a_last_bit_is_a_difference(tmp_path: Path) -> None:
    for name, value in (("a", 0.1), ("b", np.nextafter(0.1, 1))):
        with create_run(tmp_path / name, MANIFEST) as writer:
            writer.append("individuals", rows("individuals", [0]) | {"spikes": [value]})
            writer.commit({})

    assert len(compare_tables(tmp_path / "a", tmp_path / "b")) == 1
