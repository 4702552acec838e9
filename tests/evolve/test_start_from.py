"""A search starts from networks that there are, whatever they were made for, if they can fit."""

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.networks.network_files import export
from spikevolve.evolve.runs.match_ends import Ends, match
from spikevolve.evolve.runs.prepare import Prepared, prepare
from spikevolve.evolve.runs.run import resume, start
from spikevolve.evolve.runs.settings import Settings, settings_from
from spikevolve.genomes import InitialSettings, express, profile, random_genome, to_text
from spikevolve.genomes.genome import Genome
from spikevolve.results.store.reader import compare_tables, read_table
from spikevolve.sim.formats.network_json import write_network

SEARCH: dict[str, Any] = {"population": 12, "generations": 2, "workers": 1}


def genome(inputs: int, outputs: int, seed: int = 4) -> Genome:
    chip = profile("float")
    rng = np.random.default_rng(seed)
    return random_genome(inputs, outputs, chip, InitialSettings(4, 0.5), rng)


def prepared(file: Path, task: str = "iris", **settings: Any) -> Prepared:
    return prepare(Settings(task, start_from=str(file), **settings))


def written(folder: Path, inputs: int, outputs: int, task: dict[str, Any] | None = None) -> Path:
    file = folder / "n.json"
    file.write_text(to_text(genome(inputs, outputs), profile("float"), task))
    return file


def matched(theirs: Ends, ours: Ends) -> tuple[tuple[int | None, ...], str]:
    return match(theirs, ours, "input", "n.json", "iris")


def test_names_are_matched_whatever_their_spelling_and_order() -> None:
    theirs = Ends(3, ("Petal_Width (cm)", "age", "sepal.length"))

    places, said = matched(theirs, Ends(2, ("sepal length", "petal width")))

    assert places == (2, 0)
    assert said == "inputs left out are age"


def test_inputs_of_a_feature_are_matched_in_their_order() -> None:
    places, said = matched(Ends(4, ("a", "b")), Ends(6, ("b", "c")))

    assert places == (2, 3, None, None, None, None)
    assert said == ("inputs left out are a, inputs new are c, a feature has 3 inputs instead of 2")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (Ends(2), Ends(2, ("a", "b"))),
        (Ends(2, ("x0", "x1")), Ends(2, ("a", "b"))),
        (Ends(2, ("a", "a")), Ends(2, ("b", "a"))),
        (Ends(2, ("left", "right")), Ends(2, ("0", "1"))),
    ],
)
def test_without_names_positions_count(theirs: Ends, ours: Ends) -> None:
    assert matched(theirs, ours) == ((0, 1), "")


def test_names_that_only_signs_tell_apart_are_compared_as_they_are() -> None:
    assert matched(Ends(2, ("+1", "-1")), Ends(2, ("-1", "+1")))[0] == (1, 0)


@pytest.mark.parametrize(
    ("theirs", "sentence"),
    [
        (Ends(3), "n.json has 3 inputs without names that task iris knows, which has 2: there w"),
        (Ends(2, ("c", "d")), "n.json has none of the inputs of task iris: its own are c, d, tho"),
    ],
)
def test_what_has_nothing_in_common_is_refused(theirs: Ends, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        matched(theirs, Ends(2, ("a", "b")))


def test_a_genome_of_the_same_hardware_is_taken_as_it_is(tmp_path: Path) -> None:
    found = prepared(written(tmp_path, 8, 3), gradient="off")

    assert found.search.given == (genome(8, 3),)
    assert found.notes == ()


def test_neurons_get_the_reset_that_networks_learn_with_and_it_is_told(tmp_path: Path) -> None:
    found = prepared(written(tmp_path, 8, 3))

    assert found.search.profile.shared["soft_reset"] == 1
    assert [note.partition(": ")[2] for note in found.notes] == [
        "values were rounded to the profile, most of all a soft_reset of 0 to 1"
    ]


def test_a_network_is_taken_too(tmp_path: Path) -> None:
    file = tmp_path / "n.json"
    network = express(genome(8, 3), profile("float"))
    file.write_text(write_network(network))

    (given,) = prepared(file).search.given

    ours = express(given, profile("float"))
    assert (ours.hidden, ours.synapses) == (network.hidden, network.synapses)
    assert np.array_equal(np.sort(ours.weights), np.sort(network.weights))


def test_another_task_s_network_keeps_what_both_know(tmp_path: Path) -> None:
    task = {"features": ["petal width", "age"], "classes": ["virginica", "other"]}

    found = prepared(written(tmp_path, 4, 2, task), gradient="off")

    (given,) = found.search.given
    assert {*given.sources[given.sources < 8].tolist()} <= {6, 7}
    assert found.notes == (
        f"{tmp_path}/n.json: inputs left out are age, inputs new are sepal length, sepal width, petal "
        "length; outputs left out are other, outputs new are setosa, versicolor",
    )


def test_rounding_is_told(tmp_path: Path) -> None:
    found = prepared(written(tmp_path, 8, 3), profile="int8")

    assert len(found.notes) == 1
    assert "values were rounded to the profile, most of all a " in found.notes[0]
    assert "all charges were multiplied by 6" in found.notes[0]


def test_a_genome_without_traits_gets_those_of_the_encoder(tmp_path: Path) -> None:
    found = prepared(written(tmp_path, 8, 3), evolve_encoder=True)

    assert dict(found.search.given[0].traits) == {"spikes": 8.0, "range": 1.0}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pkl", "", r"a\.pkl is a pickle, which would execute code; save the weights as arrays"),
        ("a.joblib", "", "is a pickle"),
        ("b.json", "{}", r"b\.json: this is no network; it must be JSON with"),
        ("c.json", "\x00{", r"c\.json: line 1, column 1"),
    ],
)
def test_what_is_no_network_is_refused(
    tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    file = tmp_path / name
    file.write_text(content)

    with pytest.raises(InputError, match=sentence):
        prepared(file)


def test_a_missing_file_and_a_folder_that_is_no_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"start_from: .*gone\.json cannot be read: No such file"):
        prepared(tmp_path / "gone.json")
    with pytest.raises(InputError, match="is not a run folder"):
        prepared(tmp_path)


def test_what_is_too_large_is_refused_with_what_would_make_room(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"n\.json: the network has .*--ranges max_synapses="):
        prepared(written(tmp_path, 8, 3), ranges={"max_synapses": 5})


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("runs") / "first", "iris")


def run(folder: Path, task: str, **settings: Any) -> Path:
    words = {"task": task, "out": str(folder), **SEARCH, **settings}
    start(settings_from(words), lambda progress: None, threading.Event())
    return folder


@pytest.mark.slow
def test_a_run_s_champion_and_front_begin_the_first_generation(tmp_path: Path, first: Path) -> None:
    second = run(tmp_path / "second", "iris", start_from=str(first))

    rows = read_table(second, "individuals")
    born = rows[rows["generation"] == 0]
    front = read_table(first, "front")
    count = min(len(front["genome_hash"].unique()), SEARCH["population"])
    assert born["source"].tolist() == ["given"] * count + ["path"] * (len(born) - count)
    assert born["operators"][:count].tolist() == ["given"] * count
    assert born["genome_hash"].iloc[0] == front.loc[front["champion"], "genome_hash"].iloc[0]
    scores = dict(zip(front["genome_hash"], front["score"], strict=True))
    taken = born[:count]
    assert taken["score"].tolist() == [scores[found] for found in taken["genome_hash"]]
    assert taken["genome_hash"].is_unique


@pytest.mark.slow
def test_random_networks_fill_the_first_generation_where_nothing_learns(tmp_path: Path) -> None:
    genome_file = written(tmp_path, 8, 3)

    folder = run(tmp_path / "run", "iris", start_from=str(genome_file), gradient="off")

    rows = read_table(folder, "individuals").query("generation == 0")
    assert rows["source"].tolist() == ["given"] + ["initial"] * 11


@pytest.mark.slow
def test_exports_of_every_kind_are_read(first: Path, tmp_path: Path) -> None:
    for form in ("genome", "network"):
        file = tmp_path / f"{form}.json"
        file.write_text(export(first, None, form))
        assert len(prepared(file).search.given) == 1
    other = run(tmp_path / "risp", "iris", profile="risp")
    (tmp_path / "risp.json").write_text(export(other, None, "risp"))

    (given,) = prepared(tmp_path / "risp.json", profile="risp").search.given

    chip = prepared(tmp_path / "risp.json", profile="risp").search.profile
    row = read_table(other, "front").query("champion").iloc[0]
    assert express(given, chip).synapses == row["synapses"]


@pytest.mark.slow
def test_networks_that_learned_on_what_is_held_out_are_told_of(first: Path) -> None:
    assert prepared(first).notes == ()
    assert prepared(first, split_seed=2).notes == (
        f"{first} learned on another split of these data: what is held out here is not new to it",
    )


@pytest.mark.slow
def test_a_run_is_resumed_without_the_file(tmp_path: Path, first: Path) -> None:
    copy = shutil.copytree(first, tmp_path / "copy")
    whole = run(tmp_path / "whole", "iris", start_from=str(copy))
    killed = tmp_path / "killed"
    stop = threading.Event()
    stop.set()  # before the first generation is measured
    words = {"task": "iris", "out": str(killed), **SEARCH, "start_from": str(copy)}
    start(settings_from(words), lambda progress: None, stop)
    shutil.rmtree(copy)

    resume(killed, lambda progress: None, threading.Event())

    assert compare_tables(whole, killed) == []


@pytest.mark.slow
def test_a_damaged_manifest_is_named(tmp_path: Path, first: Path) -> None:
    folder = run(tmp_path / "second", "iris", start_from=str(first))
    manifest = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(manifest | {"given": ['{"inputs": 1}']}))

    with pytest.raises(InputError, match=r"run\.json is damaged: given must be a list of genomes"):
        resume(folder, lambda progress: None, threading.Event())
