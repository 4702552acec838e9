"""Every profile searches, from the first genomes to the champion that is read back and drawn."""

import threading
from pathlib import Path

import pytest

from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.replay import replay
from spikevolve.evolve.runs.prepare import prepare
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.genomes import PROFILES
from spikevolve.results.store.folder import read_manifest
from spikevolve.results.store.reader import read_table

pytestmark = pytest.mark.slow  # starts runs, or compiles much

#: What networks of these profiles learn with, if the user leaves it open.
FLOAT = {"soft_reset": 1, "bias": [-0.5, 0.5, 2.0**-10]}
LEARNED = dict.fromkeys(("float", "if", "alif", "cuba_lif"), FLOAT) | {
    "int8": {"soft_reset": 1, "bias": [-64, 64, 1]}
}


def search(folder: Path, profile: str, task: str, population: int) -> None:
    values = {"task": task, "profile": profile, "population": population, "generations": 3}
    settings = settings_from(values | {"workers": 1, "out": str(folder)})
    assert start(settings, lambda _: None, threading.Event())[1] == "done"


@pytest.mark.parametrize("profile", PROFILES)
def test_data(tmp_path: Path, profile: str) -> None:
    folder = tmp_path / "run"
    search(folder, profile, "iris", 60)

    champion = Champion.read(folder)
    front = read_table(folder, "front")
    assert champion.network.hash == front[front["champion"]].iloc[0]["network_hash"]
    assert champion.network.model == PROFILES[profile].model
    assert replay(folder) is not None
    assert read_manifest(folder)["profile"] == PROFILES[profile].to_json() | LEARNED.get(
        profile, {}
    )
    assert read_table(folder, "individuals")["score"].max() > 0.5


@pytest.mark.parametrize("profile", ["izhikevich", "risp"])
def test_control(tmp_path: Path, profile: str) -> None:
    search(tmp_path / "run", profile, "cartpole", 8)
    table = read_table(tmp_path / "run", "individuals")
    assert table["score"].max() > 9  # steps before a pole falls in any case


def test_default_ranges_of_a_task_are_for_the_usual_profile_only() -> None:
    adding = {"task": "mackey_glass", "gradient": "off"}
    assert prepare(settings_from(adding)).search.profile.parameters["leak"] == 1.0
    chip = prepare(settings_from(adding | {"profile": "int8"})).search.profile
    assert chip == PROFILES["int8"]
