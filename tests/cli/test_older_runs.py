"""The commands on runs of spikevolve 0.1.0: those that read work, those that write refuse."""

import json
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app

ARCHIVE = Path(__file__).parents[1] / "results" / "release_0_1_0.tar.xz"
PNG = b"\x89PNG\r\n"


@pytest.fixture
def folds(tmp_path: Path) -> Path:
    """A cross-validation of iris: fold 1 done, fold 2 stopped on its way."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "iris-folds"


def spikevolve(*arguments: object) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_they_are_reported(folds: Path) -> None:
    page = spikevolve("report", folds / "fold-1")

    assert "iris, seed 1: done after 4 generations, 47 evaluations" in page
    assert "3-10: 5 synapses, 0 hidden neurons" in page
    assert "0.44" in next(line for line in page.splitlines() if line.startswith("3-10  champion"))
    assert json.loads(spikevolve("report", folds / "fold-2", "--json"))["state"] == "stopped"
    assert "1 of 2 runs done" in spikevolve("report", folds)
    assert "fold-2: stopped, generation 3, 36 evaluations" in spikevolve("status", folds)


def test_their_networks_are_exported(folds: Path) -> None:
    network = json.loads(spikevolve("export", folds / "fold-1"))

    assert len(network["synapses"]) == 5
    assert network["synapses"][0] == {"source": 3, "target": 8, "weight": 0.5654296875, "delay": 3}


@pytest.mark.parametrize(
    ("fold", "pictures"),
    [(1, ["progress", "front", "network", "raster"]), (2, ["progress", "front"])],
)
def test_they_are_drawn(fold: int, pictures: list[str], folds: Path) -> None:
    spikevolve("plot", folds / f"fold-{fold}")

    files = {path.stem: path.read_bytes() for path in folds.glob(f"fold-{fold}/plots/*.png")}
    assert files.keys() == set(pictures)
    assert all(content.startswith(PNG) for content in files.values())


@pytest.mark.parametrize(
    ("command", "run"),
    [("resume", "fold-1"), ("resume", "fold-2"), ("resume", "."), ("test", "fold-2")],
)
def test_going_on_with_them_is_refused_in_a_sentence(command: str, run: str, folds: Path) -> None:
    result = CliRunner().invoke(app, [command, str(folds / run)])

    assert (result.exit_code, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert "was begun by spikevolve 0.1.0" in sentence
    assert "go on with it in that version, or start anew with `spikevolve run`" in sentence
