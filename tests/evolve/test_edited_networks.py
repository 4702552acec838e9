"""A run's network traced back and taken apart: held against its tables and networks edited by hand."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.errors import InputError
from spikevolve.evolve.networks import robustness
from spikevolve.evolve.networks.ablation import ablate
from spikevolve.evolve.networks.edited_networks import without_neuron, without_synapses
from spikevolve.evolve.networks.lineage import lineage
from spikevolve.evolve.networks.robustness import disturb
from spikevolve.evolve.runs.prepared_again import prepared_again
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.stored_networks import read_run_genome
from spikevolve.genomes import express
from spikevolve.genomes.profiles.ranges import Range
from spikevolve.results.store.reader import read_table
from spikevolve.results.summaries.lineage import improvements
from spikevolve.sim.batch import pack, unpack_lanes
from spikevolve.sim.network import Network, roles
from spikevolve.tasks.task import Task

pytestmark = pytest.mark.slow  # starts runs


def begin(folder: Path, **words: Any) -> Path:
    given = {"population": 20, "generations": 12, "workers": 1, "gradient": "off", **words}
    settings = settings_from({**given, "out": str(folder)})
    assert start(settings, lambda _: None, threading.Event()).state == "done"
    return folder


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begin(tmp_path_factory.mktemp("iris") / "run", task="iris", seed=3)


@pytest.fixture(scope="module")
def pole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pole") / "run"
    return begin(folder, task="cartpole", genomes="all", generations=6, searches=1)


def rows_of(folder: Path, table: str) -> dict[str, dict[str, Any]]:
    rows: list[Any] = read_table(folder, table).to_dict("records")
    for row in rows:
        row |= {name: row[name].split() for name in ("parents", "operators") if name in row}
    return {row["id"]: row for row in rows}


def with_hidden(folder: Path) -> str:
    """Return the id of a network with hidden neurons whose genome is kept."""
    kept = set(read_table(folder, "genomes", ["genome_hash"])["genome_hash"])
    individuals = rows_of(folder, "individuals").values()
    return next(str(r["id"]) for r in individuals if r["hidden"] > 1 and r["genome_hash"] in kept)


def scored(task: Task, networks: list[Network], split: Any) -> list[float]:
    """Score networks by the task itself, one at a time."""
    data = task.workload(split, 3)
    return [float(task.evaluate(data, pack([network])).score[0]) for network in networks]


def by_dense_matrix(network: Network, without: tuple[int, int]) -> Network:
    """Leave out the synapse from one neuron to another by way of a table of all pairs."""
    pairs = {
        (int(t), int(s)): (float(w), int(d))
        for t, s, w, d in zip(
            network.targets, network.sources, network.weights, network.delays, strict=True
        )
        if (s, t) != without
    }
    order = sorted(pairs)
    number: Any = network.weights.dtype
    targets = np.array([t for t, _ in order], np.int32)
    return replace(
        network,
        offsets=np.searchsorted(targets, np.arange(network.neurons + 1)).astype(np.int32),
        sources=np.array([s for _, s in order], np.int32),
        weights=np.array([pairs[key][0] for key in order], number),
        delays=np.array([pairs[key][1] for key in order], np.int32),
    )


def test_the_whole_network_scores_what_the_tables_say(iris: Path, pole: Path) -> None:
    found = ablate(iris)
    assert found["data"] == "500 training samples, 400 of them noisy copies"
    assert found["rows"][0]["score"] == rows_of(iris, "front")[found["id"]]["score"]

    found = ablate(pole)
    assert (found["data"], found["score"]) == ("100 validation episodes", "return")
    assert found["rows"][0]["score"] == rows_of(pole, "front")[found["id"]]["validation_score"]


def test_without_a_synapse_a_network_scores_as_one_edited_by_hand(iris: Path) -> None:
    individual = with_hidden(iris)
    kept, task = read_run_genome(iris, individual), prepared_again(iris).task
    network = express(kept.genome, kept.profile)
    rows = [row for row in ablate(iris, individual)["rows"] if row["part"] == "synapse"]

    pairs = list(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    edited = [by_dense_matrix(network, pair) for pair in pairs]
    for one in edited:
        one.validate()
    assert [row["score"] for row in rows] == scored(task, edited, "train")
    assert [row["weight"] for row in rows] == network.weights.tolist()


def test_an_input_without_synapses_is_one_that_never_spikes(iris: Path) -> None:
    kept, task = read_run_genome(iris), prepared_again(iris).task
    network = express(kept.genome, kept.profile)
    data = task.workload("train", 3)
    rows = [row for row in ablate(iris)["rows"] if row["part"] == "input"]

    assert [row["name"] for row in rows] == list(task.input_names)
    for place, row in enumerate(rows):
        packed, *others = data.arrays
        silent = packed.copy()
        silent[:, place] = 0
        shown = data._replace(arrays=(silent, *others))
        measured = task.evaluate(shown, pack([network]))
        assert row["score"] == float(measured.score[0])
        assert row["spikes"] == float(measured.spikes[0])


def test_without_a_neuron_the_others_are_what_they_were(iris: Path) -> None:
    individual = with_hidden(iris)
    kept, task = read_run_genome(iris, individual), prepared_again(iris).task
    network = express(kept.genome, kept.profile)
    hidden = [n for n, role in enumerate(roles(network)) if role == "hidden"]
    rows = [row for row in ablate(iris, individual)["rows"] if row["part"] == "neuron"]

    assert len(rows) == len(hidden) >= 2
    for neuron, row in zip(hidden, rows, strict=True):
        rest = without_neuron(network, neuron)
        rest.validate()
        mute = without_synapses(network, network.sources == neuron)  # it spikes, and nobody hears
        assert scored(task, [rest], "train") == scored(task, [mute], "train") == [row["score"]]
        lost = (network.sources == neuron) | (network.targets == neuron)
        assert row["synapses"] == rest.synapses == network.synapses - lost.sum()


def test_disturbances_of_level_0_change_nothing(iris: Path) -> None:
    kept = read_run_genome(iris)
    network, allowed = express(kept.genome, kept.profile), kept.profile.weight
    rng = np.random.default_rng(1)

    assert robustness.noisy(network, allowed, 0.0, rng).hash == network.hash
    assert robustness.thinned(network, allowed, 0.0, rng).hash == network.hash
    assert robustness.thinned(network, allowed, 1.0, rng).synapses == 0
    spikes = rng.random((10, 4, 30)) < 0.2
    assert (robustness._jittered(spikes, 0, rng) == spikes).all()
    assert (robustness._lost(spikes, 0.0, rng) == spikes).all()
    assert not robustness._lost(spikes, 1.0, rng).any()


def test_fewer_bits_leave_so_many_values(iris: Path) -> None:
    kept = read_run_genome(iris, with_hidden(iris))
    network = express(kept.genome, kept.profile)
    rng = np.random.default_rng(2)
    fine = replace(network, weights=rng.uniform(-1, 1, network.synapses).astype(np.float32))
    largest = np.abs(fine.weights).max()

    for bits in (2, 3, 4):
        weights = robustness.coarse(fine, Range(-1.0, 1.0, 2.0**-10), bits, rng).weights
        steps = weights / (largest / (2 ** (bits - 1) - 1))
        assert np.abs(steps).max() == pytest.approx(2 ** (bits - 1) - 1, rel=0.01)
        assert np.abs(steps - np.round(steps)).max() < 2.0**-10 * 2**bits
        assert np.abs(weights - fine.weights).max() <= 0.51 * largest / (2 ** (bits - 1) - 1)


def test_noise_stays_on_the_grid_and_is_as_large_as_it_says() -> None:
    count = 4000
    network = Network(
        *("lif", "float32", 1),
        *(np.array([0], np.int32), np.array([1], np.int32)),
        *(np.array([0, 0, count], np.int32), np.zeros(count, np.int32)),
        *(np.full(count, 0.5, np.float32), np.ones(count, np.int32)),
        np.zeros((2, 1), np.float32),
    )
    allowed = Range(-1.0, 1.0, 2.0**-10)

    weights = robustness.noisy(network, allowed, 0.1, np.random.default_rng(3)).weights

    assert all(weight in allowed for weight in weights.tolist())
    assert weights.std() == pytest.approx(0.05, rel=0.05)
    assert weights.mean() == pytest.approx(0.5, abs=0.005)


def test_jitter_moves_spikes_no_further_than_it_says() -> None:
    spikes = np.zeros((20, 3, 500), np.bool_)
    spikes[10] = True
    charges = np.zeros((20, 1, 1), np.float32)
    charges[3:5] = [[[0.5]], [[-2.0]]]
    rng = np.random.default_rng(4)

    moved = robustness._jittered(spikes, 3, rng)
    late = np.argmax(moved, axis=0).ravel() - 10
    together = [robustness._jittered(charges, 2, rng) for _ in range(200)]

    assert moved.sum() == spikes.sum()
    assert np.unique(late, return_counts=True)[0].tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert np.bincount(late + 3).min() > 150  # 1500 / 7 each
    assert {float(t.sum()) for t in together} == {-1.5, -2.0}  # where they meet, the larger is left


def test_a_disturbed_network_is_the_same_in_every_call_and_seldom_better(iris: Path) -> None:
    found, again = disturb(iris, draws=3), disturb(iris, draws=3)

    assert found == again
    front = rows_of(iris, "front")[found["id"]]
    assert found["undisturbed"] == front["score"]
    rows = {(row["disturbance"], row["level"]): row for row in found["rows"]}
    assert {name for name, _ in rows} == set(robustness.DISTURBANCES)
    for (name, _), row in rows.items():
        assert row["draws"] == (1 if name == "weight_bits" else 3)
        assert row["lowest"] <= row["score"] <= row["highest"]
        assert (row["deviation"] is None) == (name == "weight_bits")
    assert rows["lost_spikes", 0.5]["score"] < found["undisturbed"]
    assert disturb(iris, draws=4)["rows"] != found["rows"]


def test_what_cannot_be_disturbed_is_said(pole: Path) -> None:
    found = disturb(pole, draws=2)

    assert {row["disturbance"] for row in found["rows"]} == {
        "weight_noise",
        "weight_bits",
        "dropped_synapses",
    }
    assert found["notes"][0].startswith("jittered_spikes is left out: task cartpole makes its")
    with pytest.raises(InputError, match="draws is 0; it must be at least 1"):
        disturb(pole, draws=0)


def test_a_lineage_leads_through_first_parents_to_generation_0(pole: Path) -> None:
    rows, individuals = lineage(pole), rows_of(pole, "individuals")

    champion = next(row["id"] for row in rows_of(pole, "front").values() if row["champion"])
    assert rows[-1]["id"] == champion
    assert rows[0]["generation"] == 0
    for parent, row in zip((None, *rows), rows, strict=False):
        mother = [] if parent is None else [parent["id"]]
        expected = individuals[row["id"]]["parents"]
        assert [*mother, *([row["mate"]] if row["mate"] else [])] == expected
        assert row["operators"] == individuals[row["id"]]["operators"]
        if parent is not None:
            assert row["gain"] == row["score"] - parent["score"]
            assert row["changes"]  # every genome is kept, and every operator changes something
    for row in rows[1:]:
        if row["operators"] == ["perturb_weight"]:
            assert len(row["changes"]) == 1
            assert row["changes"][0].startswith("weight of ")


def test_genomes_that_were_not_kept_are_told(iris: Path) -> None:
    kept = set(read_table(iris, "genomes", ["genome_hash"])["genome_hash"])
    lost = next(
        str(row["id"])
        for row in rows_of(iris, "individuals").values()
        if row["genome_hash"] not in kept and row["generation"] > 0
    )

    [*_, last] = lineage(iris, lost)

    assert last["changed"] == f"not known: the genome of {lost} was not kept"
    assert last["changes"] is None


def test_operators_are_credited_for_children_above_their_better_parent(iris: Path) -> None:
    births = list(rows_of(iris, "individuals").values())
    scores = {row["id"]: row["score"] for row in births}
    line = {row["id"] for row in lineage(iris)}
    rows = {row["name"]: row for row in improvements([iris])}

    for name in ("perturb_weight", "crossover", "add_synapse"):
        own = [row for row in births if name in row["operators"]]
        gains = [row["score"] - max(scores[p] for p in row["parents"]) for row in own]
        better = [gain for gain in gains if gain > 0]
        assert rows[name]["births"] == len(own)
        assert rows[name]["better"] == len(better)
        assert rows[name]["share_better"] == pytest.approx(len(better) / len(own))
        assert rows[name]["mean_gain"] == (pytest.approx(np.mean(better)) if better else None)
        assert rows[name]["in_lineage"] == sum(row["id"] in line for row in own)
    assert rows["initial"]["births"] == sum(row["source"] == "initial" for row in births)
    assert rows["initial"]["better"] is None
    assert sum(rows[name]["new_best"] for name in ("initial", "variation")) >= 1
    twice = {row["name"]: row for row in improvements([iris, iris])}
    assert twice["crossover"]["births"] == 2 * rows["crossover"]["births"]
    assert twice["crossover"]["mean_gain"] == pytest.approx(rows["crossover"]["mean_gain"])


def test_the_commands_hand_over_tables_and_pictures(iris: Path, tmp_path: Path) -> None:
    def spikevolve(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    found = json.loads(
        spikevolve("ablate", str(iris), "--format", "json", "--plot", str(tmp_path / "a.png"))
    )
    assert found == ablate(iris)
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert len(lines) == 1 + len(found["rows"])
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    page = spikevolve("robustness", str(iris), "--draws", "2", "--plot", str(tmp_path / "r.png"))
    assert (
        "disturbed, on 500 training samples, 400 of them noisy copies; accuracy undisturbed: 0."
        in page
    )
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
    names = spikevolve("operators", str(iris), "--format", "csv").splitlines()
    assert names[0].startswith("kind,name,births,survived,better")
    table = spikevolve("lineage", str(iris))
    assert len(table.splitlines()) == 2 + len(lineage(iris))
    result = CliRunner().invoke(app, ["ablate", str(iris), "99-1"])
    assert result.exit_code == 2
    assert "has no individual '99-1'" in result.stderr


def test_inputs_that_are_changed_are_counted_anew(iris: Path) -> None:
    kept, task = read_run_genome(iris), prepared_again(iris).task
    data = task.workload("train", 3)
    network = pack([express(kept.genome, kept.profile)])

    same = robustness.with_inputs(data, lambda inputs: inputs)
    first = robustness.with_inputs(
        data, lambda inputs: inputs & (np.arange(len(inputs)) < 1)[:, None, None]
    )

    assert same.digest == data.digest
    whole, part = (float(task.evaluate(d, network).input_spikes[0]) for d in (data, first))
    spikes = unpack_lanes(data.arrays[0], data.size)
    assert whole == spikes.sum() / data.size
    assert part == spikes[0].sum() / data.size
