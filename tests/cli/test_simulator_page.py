"""What docs/simulator.md shows is what happens."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.sim import models
from spikevolve.sim.formats.json_text import Ends, Synapse, assemble
from spikevolve.sim.formats.risp_json import write_risp
from spikevolve.sim.risp_processor import RispSettings

pytestmark = pytest.mark.slow  # starts runs, or compiles much

PAGE = (Path(__file__).parents[2] / "docs/simulator.md").read_text()


def blocks(language: str) -> list[str]:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's files, and a network of RISP's with a chain from two inputs to an output."""
    monkeypatch.chdir(tmp_path)
    [network], [spikes] = blocks("json"), blocks("csv")
    Path("example.json").write_text(network)
    Path("example.csv").write_text(spikes)
    synapses = [Synapse(0, 2, 1, 2), Synapse(1, 2, 1, 1)]
    chain = assemble("risp", "integer", Ends(0, [0, 1], [2]), [[1, 0, 0, 0]] * 3, synapses)
    Path("risp.json").write_text(write_risp(chain, RispSettings(spike_value_factor=2)))


def test_the_example_prints_what_the_page_shows() -> None:
    [shown] = blocks("console")
    command, _, output = shown.partition("\n")

    result = CliRunner().invoke(app, command.split()[2:])

    assert result.stdout.rstrip() == output.rstrip()


def test_the_potentials_of_the_example_are_those_of_the_table() -> None:
    rows = [line.split("|")[1:-1] for line in PAGE.splitlines() if re.match(r"\| \d", line)]
    words = ["simulate", "example.json", "--spikes", "example.csv", "--potentials", "v.csv"]
    CliRunner().invoke(app, [*words, "--ticks", str(len(rows))])

    potentials = np.loadtxt("v.csv", delimiter=",", skiprows=1)[:, 1]

    assert potentials.tolist() == [float(row[5]) for row in rows]


def test_the_python_examples_run() -> None:
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(block, names)

    assert names["activity"].output_counts == [2]  # type: ignore[attr-defined]


def test_every_neuron_model_is_listed() -> None:
    for name in (*models.names(), "hh"):
        arithmetics = ", ".join(f"`{arithmetic}`" for arithmetic in models.arithmetics(name))
        assert re.search(rf"\| `{name}` \| .* \| {arithmetics} \|", PAGE), name
