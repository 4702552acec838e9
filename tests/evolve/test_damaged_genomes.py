"""Genomes in a run folder that are not what was written: one sentence, and nothing is simulated or written."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.networks.lineage import lineage
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.stored_networks import front_genomes, read_run_genome

pytestmark = pytest.mark.slow  # starts a run

Row = dict[str, Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    words = {"task": "iris", "gradient": "off", "population": 8, "generations": 2, "workers": 1}
    start(settings_from({**words, "out": str(folder)}), lambda _: None, threading.Event())
    return folder


def another_weight(row: Row) -> None:
    row["weights"][0] = -row["weights"][0] or 1.0


def no_number(row: Row) -> None:
    row["weights"][0] = float("nan")


def one_weight_too_many(row: Row) -> None:
    row["weights"].append(1.0)


def equal_ids(row: Row) -> None:
    row["neuron_ids"] = [row["neuron_ids"][0]] * len(row["neuron_ids"])


def a_delay_beyond_all(row: Row) -> None:
    row["delays"][0] = 10**6


def a_target_below_all(row: Row) -> None:
    row["targets"][0] = -5


def no_inputs(row: Row) -> None:
    row["inputs"] = -1


def too_few_parameters(row: Row) -> None:
    row["parameters"] = row["parameters"][:-1]


DAMAGES = [
    another_weight,
    no_number,
    one_weight_too_many,
    equal_ids,
    a_delay_beyond_all,
    a_target_below_all,
    no_inputs,
    too_few_parameters,
]

USES: dict[str, Callable[[Path], object]] = {
    "resume": lambda folder: resume(
        folder, lambda _: None, threading.Event(), limits={"generations": 3}
    ),
    "champion": read_run_genome,
    "start from": front_genomes,
    "lineage": lineage,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_genome_that_is_not_what_was_written_is_refused(
    damage: Callable[[Row], None], use: str, whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(whole, folder)
    for block in (folder / "genomes").iterdir():
        table = pq.read_table(block)
        rows = table.to_pylist()
        for row in rows:
            if row["weights"]:
                damage(row)
        pq.write_table(pa.Table.from_pylist(rows, table.schema), block)
    before = (folder / "state.json").read_bytes()

    with pytest.raises(InputError, match=r"is damaged: genome [0-9a-f]+ (is not|cannot be read)"):
        USES[use](folder)

    assert (folder / "state.json").read_bytes() == before
