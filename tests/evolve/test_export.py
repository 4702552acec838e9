"""Networks taken out of a run are those that it found."""

import threading
from pathlib import Path

import pytest

from spikevolve import InputError
from spikevolve.evolve.export import FORMATS, export
from spikevolve.evolve.network_file import network_from_text
from spikevolve.evolve.replay import read_champion
from spikevolve.evolve.run import start
from spikevolve.evolve.settings import settings_from
from spikevolve.genomes import from_text
from spikevolve.results.reader import read_table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "xor"
    values = {"task": "xor", "population": 30, "generations": 5, "workers": 1, "out": str(out)}
    start(settings_from(values), lambda progress: None, threading.Event())
    return out


def test_the_champion_comes_out_in_either_form(folder: Path) -> None:
    champion = read_champion(folder)

    for form in ("network", "genome"):
        file = network_from_text(export(folder, None, form), form)
        assert file.network.hash == champion.network.hash


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
