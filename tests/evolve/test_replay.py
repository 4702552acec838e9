"""The champion that is drawn is the one that was measured."""

import shutil
import threading
from pathlib import Path

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.replay import replay
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.results.store.reader import read_table
from spikevolve.tasks import load

pytestmark = pytest.mark.slow  # starts runs, or compiles much


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "iris"
    values = {"task": "iris", "population": 30, "generations": 6, "workers": 1, "out": str(out)}
    start(settings_from(values), lambda progress: None, threading.Event())
    return out


def test_the_champion_is_the_front_s(folder: Path) -> None:
    champion = Champion.read(folder)

    front = read_table(folder, "front")
    row = front[front["champion"]].iloc[0]
    assert (champion.id, champion.network.hash) == (row["id"], row["network_hash"])
    assert champion.network.synapses == row["synapses"]
    assert champion.roles.count("hidden") == row["hidden"]
    inputs = load("iris").inputs
    assert champion.roles[: inputs + 3] == ("input",) * inputs + ("output",) * 3
    assert champion.labels[0] == "sepal length"
    assert champion.labels[inputs : inputs + 3] == ("setosa", "versicolor", "virginica")


def test_its_spikes_are_those_of_a_sample_of_each_class(folder: Path) -> None:
    shown = replay(folder)

    assert shown is not None
    window = load("iris").ticks
    assert shown.raster.shape == (3 * window, Champion.read(folder).network.neurons)
    assert shown.raster[:, :8].any()


def test_a_run_without_a_front_has_no_champion(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "front.parquet").unlink()

    with pytest.raises(InputError, match="has no champion: no network came above chance"):
        Champion.read(copy)
    state = copy / "state.json"
    state.write_text(state.read_text().replace('"done"', '"stopped"'))
    with pytest.raises(InputError, match="has no champion yet: no network has come above chance"):
        Champion.read(copy)
