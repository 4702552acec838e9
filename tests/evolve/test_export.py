"""Networks taken out of a run are those that it found."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

from spikevolve.errors import InputError
from spikevolve.evolve.networks.champion import Champion
from spikevolve.evolve.networks.network_files import FORMATS, export
from spikevolve.evolve.runs.run import start
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.stored_networks import RunGenome, network_from_text
from spikevolve.genomes import InitialSettings, express, from_text, profile, random_genome
from spikevolve.results.store.reader import read_table
from spikevolve.sim.risp_processor import RispProcessor, Spike
from spikevolve.sim.simulate import simulate
from spikevolve.tasks.data.splits import TEST_SHARE, Stratified, cut
from spikevolve.tasks.encoded_task import widened, with_fields
from spikevolve.tasks.encoders import encoder
from spikevolve.tasks.encoders.encoder_kinds import Setting

pytestmark = pytest.mark.slow  # starts runs, or compiles much


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "xor"
    values = {"task": "xor", "population": 30, "generations": 5, "workers": 1, "out": str(out)}
    start(settings_from(values), lambda progress: None, threading.Event())
    return out


def test_the_champion_comes_out_in_either_form(folder: Path) -> None:
    champion = Champion.read(folder)

    for form in ("network", "genome"):
        file = network_from_text(export(folder, None, form), form)
        assert file.network.hash == champion.network.hash


def test_a_network_goes_with_all_that_it_takes_to_reproduce_its_answers(tmp_path: Path) -> None:
    """From the exported text and raw data to the score on test data, without the run's task."""
    values = {"task": "iris", "evolve_encoder": True, "population": 20, "generations": 4}
    settings = settings_from({**values, "workers": 1, "out": str(tmp_path / "iris")})
    start(settings, lambda progress: None, threading.Event())
    text = export(tmp_path / "iris", None, "network")

    task, network = json.loads(text)["task"], network_from_text(text, "n.json").network
    iris = load_iris()
    manner = Stratified(iris.target.astype(np.int32), tuple(iris.target_names), 1, "iris")
    test = cut(manner, 150, TEST_SHARE).test
    low, high = (np.array(task["scaling"][end]) for end in ("low", "high"))
    x = np.clip((iris.data[test] - low) / (high - low), 0, 1)
    own_encoder = with_fields(encoder(task["encoder"]), task["traits"])
    inputs = own_encoder.encode(x, Setting(task["ticks"]), np.random.default_rng(0))
    inputs = widened(inputs, 4, task["inputs"])
    fired = simulate(network, inputs).spikes[:, network.output_neurons]
    said = np.array(task["classes"])[fired.sum(axis=0).argmax(axis=0)]

    front = read_table(tmp_path / "iris", "front")
    assert task["decoder"] == "spike_count"
    assert len(task["traits"]) == 2
    assert front.loc[front["champion"], "test_score"].item() == np.mean(
        said == iris.target_names[iris.target[test]]
    )


def test_any_kept_individual_comes_out(folder: Path) -> None:
    kept = read_table(folder, "genomes", ["id", "genome_hash"])

    for individual, genome_hash in kept.head(5).itertuples(index=False):
        genome, _ = from_text(export(folder, individual, "genome"), "g.json")
        assert genome.content_hash == genome_hash


def test_mistakes_are_named(folder: Path) -> None:
    rows = read_table(folder, "individuals", ["id", "genome_hash"])
    kept = set(read_table(folder, "genomes", ["genome_hash"])["genome_hash"])
    lost = rows[~rows["genome_hash"].isin(kept)]["id"].iloc[0]

    with pytest.raises(InputError, match=f"has not kept the genome of {lost}: it keeps those of"):
        export(folder, lost, "network")
    with pytest.raises(InputError, match="has no individual '99-0'; ids are GENERATION-INDEX"):
        export(folder, "99-0", "network")
    with pytest.raises(
        InputError, match=f"format is 'nir'; it must be one of {', '.join(FORMATS)}"
    ):
        export(folder, None, "nir")
    with pytest.raises(InputError, match="a network of model lif cannot be written for RISP"):
        export(folder, None, "risp")


def test_a_network_for_risp_does_in_risp_what_it_does_here() -> None:
    hardware = profile("risp")
    rng = np.random.default_rng(8)
    genome = random_genome(3, 2, hardware, InitialSettings(4, 0.5), rng)
    spikes = rng.random((40, 3, 1)) < 0.4
    full = int(hardware.weight.high)
    expected = simulate(express(genome, hardware), (spikes * full).astype(np.int32)).spikes

    kept = RunGenome("0-0", genome, hardware, ("no", "yes"), task={"input_kind": "charges"})
    text = FORMATS["risp"](kept)
    file = network_from_text(text, "r")
    assert file.risp is not None
    events = [Spike(int(i), int(t)) for t, i, _ in np.argwhere(spikes)]
    fires = RispProcessor(file.network, file.risp).run(40, events).fires

    told = json.loads(text)["Associated_Data"]["other"]["task"]
    assert (told["full_charge"], told["grid"]) == (full, 1)
    assert file.labels[:5] == ("i0", "i1", "i2", "no", "yes")
    assert fires == [np.flatnonzero(row).tolist() for row in expected[:, :, 0].T]
    assert sum(map(len, fires[3:])) > 10
