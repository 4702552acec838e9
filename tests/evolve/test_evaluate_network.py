"""Any network that fits a task is scored on what is held out; samples are encoded as it sees them."""

import json
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.encode_sample import encode_sample
from spikevolve.evolve.networks.evaluate_network import evaluate_network, shown_to
from spikevolve.evolve.networks.network_files import export
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.stored_networks import network_from_text
from spikevolve.genomes import InitialSettings, express, profile, random_genome
from spikevolve.results.store.reader import read_table
from spikevolve.sim.formats.network_json import write_network
from spikevolve.sim.formats.spike_table import inputs_of, read_spikes
from spikevolve.sim.simulate import simulate
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.gym.gymnasium_task import GymnasiumTask

pytestmark = pytest.mark.slow  # starts runs, or compiles much

RISP = Path(__file__).parents[3] / "shared" / "conformance" / "risp"

RUNS: dict[str, dict[str, Any]] = {
    "iris": {"task": "iris", "split_seed": 2, "evolve_encoder": True, "encoder": "rate:mirrored"},
    "charges": {"task": "iris", "encoder": "charge", "profile": "risp", "decoder": "first_to:3"},
    "wine": {"task": "wine", "readout": "ridge:20", "folds": 3, "fold": 2},
    "cartpole": {"task": "cartpole", "seed": 7, "encoder": "argyle:3,spikes=3"},
    "numbers": {"task": "mackey_glass", "gradient": "off"},
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    for name, words in RUNS.items():
        given = {"population": 20, "generations": 4, "workers": 1, **words}
        settings = settings_from({**given, "out": str(root / name)})
        start(settings, lambda _: None, threading.Event())
    return root


@pytest.mark.parametrize("name", RUNS)
def test_a_champion_scores_what_its_run_says(name: str, runs: Path, tmp_path: Path) -> None:
    folder, words = runs / name, {"task": RUNS[name]["task"]}
    front = read_table(folder, "front")
    row = front[front["champion"]].iloc[0]

    found = evaluate_network(folder, words)

    assert found.score == row["test_score"]
    for measurement, value in found.measured.items():
        assert value == row[f"test_{measurement}"]
    assert found.notes == ()
    assert found.interval is not None
    assert found.interval.low <= found.score <= found.interval.high
    for form in ("champion", "network", "genome"):
        file = tmp_path / f"{form}.json"
        file.write_text(export(folder, None, form))
        assert evaluate_network(file, words) == found


def test_an_edited_network_scores_less(runs: Path, tmp_path: Path) -> None:
    text = json.loads(export(runs / "cartpole", None, "network"))
    text["synapses"] = []
    file = tmp_path / "edited.json"
    file.write_text(json.dumps(text))

    found = evaluate_network(file, {"task": "cartpole"}, episodes=50, seed=5)

    assert (found.n, found.unit, found.seed) == (50, "unseen starts", 5)
    # Nothing spikes, so the action is always the first.
    assert 8 < found.score < 11
    assert found.chance == 11
    assert found.measured["spikes"] == 0


def test_more_starts_begin_with_the_same_ones(runs: Path) -> None:
    few = evaluate_network(runs / "cartpole", {"task": "cartpole"}, episodes=1)
    again = evaluate_network(runs / "cartpole", {"task": "cartpole"}, episodes=1, seed=7)
    other = evaluate_network(runs / "cartpole", {"task": "cartpole"}, episodes=1, seed=8)

    assert few == again
    assert few.score != other.score or few.measured != other.measured
    assert few.interval is None


def test_a_network_of_the_simulator_s_is_scored_by_what_the_task_chooses(
    runs: Path, tmp_path: Path
) -> None:
    """Without a word about its task, encoder and window are those of the user, else of the task."""
    text = json.loads(export(runs / "cartpole", None, "network"))
    del text["task"]
    file = tmp_path / "bare.json"
    file.write_text(json.dumps(text))
    words = {"task": "cartpole", "encoder": "argyle:3,spikes=3"}

    assert evaluate_network(file, words, seed=7) == evaluate_network(
        runs / "cartpole", {"task": "cartpole"}
    )
    with pytest.raises(
        InputError, match=r"bare.json does not fit: task cartpole needs networks of 8"
    ):
        evaluate_network(file, {"task": "cartpole"})


def test_a_network_keeps_its_own_scaling_on_another_split(runs: Path) -> None:
    words = {"task": "iris", "split_seed": 9}
    found = evaluate_network(runs / "iris", words)

    task = load("iris")
    champion = Champion.read(runs / "iris")
    features, labels = task.load()  # type: ignore[attr-defined]
    nine = shown_to(runs / "iris", words).task._divided.test  # type: ignore[attr-defined]
    assert found.score == champion.score(features[nine], labels[nine])
    assert found.notes == (
        f"{runs / 'iris'} learned on another split of these data: what is held out here is not new to it",
    )


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("iris", {"task": "wine"}, "iris does not fit: task wine needs networks of 26 inputs"),
        (
            "iris",
            {"task": "cartpole"},
            "iris does not fit: task cartpole needs networks of 8 inputs",
        ),
        ("iris", {"task": "irys"}, "unknown task 'irys' .did you mean 'iris'"),
        ("nix", {"task": "iris"}, "nix: there is no such file or run folder"),
        (".", {"task": "iris"}, "is not a run folder: it has no run.json"),
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, words: dict[str, Any], sentence: str, runs: Path
) -> None:
    with pytest.raises(InputError, match=sentence):
        evaluate_network(runs / name, words)


def test_columns_and_classes_that_stand_for_others_are_refused(runs: Path, tmp_path: Path) -> None:
    rows = "".join(f"{i % 7},{i % 5},{i % 3},{i % 4},{'abc'[i % 3]}\n" for i in range(60))
    mixed, others, same = (tmp_path / f"{n}.csv" for n in ("mixed", "others", "same"))
    iris = ("sepal length", "sepal width", "petal length", "petal width")
    mixed.write_text(f"{','.join(iris[::-1])},species\n{rows}")
    others.write_text(f"a,b,c,d,species\n{rows}")
    same.write_text(f"{','.join(iris)},species\n{rows}")

    for file, sentence in (
        (mixed, "has none of the outputs of task csv: its own are setosa"),
        (others, r"others\.csv has no column 'sepal length'"),
        (same, "has none of the outputs of task csv: its own are setosa"),
    ):
        with pytest.raises(InputError, match=sentence):
            evaluate_network(runs / "iris", {"task": "csv", "data": str(file)})


@pytest.mark.skipif(not RISP.is_dir(), reason="RISP conformance vectors not found")
@pytest.mark.parametrize(
    ("vector", "level", "mean", "spikes"),
    [
        (42, "easy", 15_000, 10.8),
        (43, "easy", 15_000, 10.6),
        (44, "medium", 15_000, 14.1),
        (45, "medium", 15_000, 5.3),
        (46, "hard", 13_677, 15.2),
        (47, "hard", 14_238, 8.2),
        (48, "hardest", 14_051, 49.7),
        (49, "hardest", 14_663, 32.8),
    ],
)
def test_published_networks_score_as_their_readme_says(
    vector: int, level: str, mean: float, spikes: float
) -> None:
    """Its means are of 100 episodes, so they may be off by three of their standard errors."""
    words = {"task": f"cartpole_{level}"}
    if level == "hardest":
        words["encoder"] = "argyle:4,spikes=8"
    file = RISP / "vectors" / str(vector) / "network.json"

    starts = 100 if mean == 15_000 else 1000

    found = evaluate_network(file, words, episodes=starts)

    assert (found.n, found.unit) == (starts, "unseen starts")
    assert found.interval is not None
    error_of_100 = (found.score - found.interval.low) / 1.96 * math.sqrt(starts / 100)
    assert abs(found.score - mean) <= 3 * error_of_100 + 0.0002 * mean
    assert found.measured["spikes"] == pytest.approx(spikes, rel=0.02)


def test_published_networks_read_by_the_wrong_encoder_are_refused_or_fail() -> None:
    if not RISP.is_dir():
        pytest.skip("RISP conformance vectors not found")
    file = RISP / "vectors" / "49" / "network.json"

    with pytest.raises(InputError, match=r"needs networks of 4 inputs and 2 outputs .got 8 and 2"):
        evaluate_network(file, {"task": "cartpole_hardest"})


@pytest.mark.parametrize("name", ["iris", "charges"])
def test_an_encoded_sample_makes_the_outputs_spike_as_in_the_test(name: str, runs: Path) -> None:
    file = network_from_text(export(runs / name, None, "network"), name)
    champion, network = Champion.read(runs / name), file.network
    task = shown_to(runs / name, {"task": "iris"}).task
    features, _ = task.load()  # type: ignore[attr-defined]
    expected = champion.respond(features[task._divided.test]).counts  # type: ignore[attr-defined]

    for number in (0, 7, 49):
        encoded = encode_sample({"task": "iris"}, number, runs / name)
        rows = read_spikes(encoded.table())
        fired = simulate(network, inputs_of(rows, network, task.ticks)).spikes[:, :, 0]
        assert fired[:, network.output_neurons].sum(axis=0).tolist() == expected[:, number].tolist()


def test_what_is_seen_first_of_a_start_is_encoded(runs: Path) -> None:
    encoded = encode_sample({"task": "cartpole"}, 3, runs / "cartpole")

    task = shown_to(runs / "cartpole", {"task": "cartpole"}).task
    observation = task.workload("test", 7).arrays[0][3]
    policy = Champion.read(runs / "cartpole").policy()
    policy.act(observation[:4])
    assert (policy.raster[:, : task.inputs] == encoded.inputs).all()
    assert encoded.inputs.any()
    in_gymnasium = encode_sample({"task": "gym:CartPole-v1"}, 0)
    assert in_gymnasium.inputs.shape == (8, 8)


def test_spikes_for_risp_s_networks_are_values_from_0_to_1() -> None:
    if not RISP.is_dir():
        pytest.skip("RISP conformance vectors not found")
    file = RISP / "vectors" / "46" / "network.json"

    encoded = encode_sample({"task": "cartpole_hard"}, 0, file)

    assert {row.value for row in read_spikes(encoded.table())} == {1.0}
    assert np.count_nonzero(encoded.inputs) == len(read_spikes(encoded.table()))


def test_samples_that_are_not_there_are_refused() -> None:
    with pytest.raises(
        InputError, match="sample is 50, but task iris has 50 test samples, 0 to 49"
    ):
        encode_sample({"task": "iris"}, 50)
    with pytest.raises(
        InputError, match="sample is 4, but task xor has 4 training samples, 0 to 3"
    ):
        encode_sample({"task": "xor"}, 4)


def test_the_environment_is_made_as_the_file_says_unless_the_user_says_otherwise(
    tmp_path: Path,
) -> None:
    settings = TaskSettings(env={"is_slippery": False}, max_steps=30, wrap=("FlattenObservation",))
    task = load("gym:FrozenLake-v1", settings)
    chip, rng = profile("float"), np.random.default_rng(1)
    network = express(random_genome(task.inputs, task.outputs, chip, InitialSettings(), rng), chip)
    file = tmp_path / "lake.json"
    told = task.describe()
    file.write_text(json.dumps(json.loads(write_network(network)) | {"task": told}))
    words = {"task": "gym:FrozenLake-v1"}

    same = shown_to(file, words).task
    slippery = shown_to(file, words | {"env": {"is_slippery": True}}).task

    assert isinstance(same, GymnasiumTask)
    assert isinstance(slippery, GymnasiumTask)
    made = ("env", "wrap", "max_steps", "steps", "chance_score")
    assert [same.describe()[key] for key in made] == [told[key] for key in made]
    assert slippery.describe()["env"] == {"is_slippery": True}
    assert (slippery.describe()["wrap"], slippery.steps) == ([], 100)
    assert slippery.chance_score > 0.0 == same.chance_score

    own = told | {"wrap": ["ClipReward", "mine.py:Twice"]}
    file.write_text(json.dumps(json.loads(write_network(network)) | {"task": own}))
    with pytest.raises(InputError) as refusal:
        shown_to(file, words)
    assert str(refusal.value) == (
        "the environment of the network has a wrapper of your own; name all again with --wrap ClipReward "
        "--wrap mine.py:Twice"
    )


def test_a_network_of_iris_finds_its_features_in_a_table_by_their_names(
    runs: Path, tmp_path: Path
) -> None:
    flowers = pd.read_csv(Path(__file__).parents[2] / "docs" / "flowers.csv")
    flowers[[*flowers.columns[-2::-1], "species"]].to_csv(tmp_path / "mixed.csv", index=False)

    here = evaluate_network(runs / "iris", {"task": "iris"})
    there = evaluate_network(runs / "iris", {"task": "data", "data": str(tmp_path / "mixed.csv")})

    assert there.score > 0.8
    assert abs(there.score - here.score) < 0.1
