"""`spikevolve simulate` and `export`: what people see, and what they are told."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app

# A source that drives an output with delay 2; two of its spikes in a row make it spike.
NETWORK: dict[str, Any] = {
    "format": "spikevolve network",
    "schema": 1,
    "model": "if",
    "arithmetic": "integer",
    "sources": 1,
    "inputs": [0],
    "outputs": [1],
    "neurons": [
        {"neuron": 0},
        {
            "neuron": 1,
            "threshold": 5,
            "refractory": 0,
            "bias": 0,
            "v_reset": 0,
            "v_min": 0,
            "soft_reset": 0,
        },
    ],
    "synapses": [{"source": 0, "target": 1, "weight": 3, "delay": 2}],
}
AXON: dict[str, Any] = {
    **NETWORK,
    "model": "hh",
    "arithmetic": "float64",
    "sources": 0,
    "outputs": [0],
    "neurons": [
        {
            "neuron": 0,
            "bias": 10,
            "capacitance": 1,
            "g_sodium": 120,
            "g_potassium": 36,
            "g_leak": 0.3,
            "e_sodium": 50,
            "e_potassium": -77,
            "e_leak": -54.387,
        }
    ],
    "synapses": [],
}
RISP: dict[str, Any] = {
    "Nodes": [{"id": 4, "values": [1], "name": "eye"}, {"id": 9, "values": [2]}],
    "Edges": [{"from": 4, "to": 9, "values": [2, 1]}],
    "Inputs": [4],
    "Outputs": [9],
    "Properties": {
        "node_properties": [{"name": "Threshold", "index": 0}],
        "edge_properties": [{"name": "Weight", "index": 0}, {"name": "Delay", "index": 1}],
    },
    "Associated_Data": {
        "proc_params": {"discrete": True, "min_potential": 0, "fire_like_ravens": True}
    },
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, network in (("n", NETWORK), ("hh", AXON), ("r", RISP)):
        Path(f"{name}.json").write_text(json.dumps(network))
    Path("s.csv").write_text("input,tick\n0,0\n0,1\n0,4\n")
    return tmp_path


def simulate(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["simulate", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.usefixtures("files")
def test_counts_and_first_spikes_are_printed() -> None:
    lines = simulate("n.json", "--spikes", "s.csv").splitlines()

    assert lines[0] == "n.json: if in integer, neurons 2, synapses 1"
    assert lines[1] == "ticks 7, input spikes or charges 3, spikes 1"
    assert [line.split() for line in lines[3:]] == [
        ["name", "role", "spikes", "first", "tick"],
        ["i0", "input", "3", "0"],
        ["o0", "output", "1", "3"],
    ]


@pytest.mark.usefixtures("files")
def test_json_raster_and_potentials() -> None:
    words = ("--ticks", "5", "--json", "--raster", "r.csv", "--potentials", "v.csv")

    values = json.loads(simulate("n.json", "--spikes", "s.csv", *words))
    simulate("n.json", "--spikes", "s.csv", *words[:2], "--format", "json", "--to", "found.txt")
    assert json.loads(Path("found.txt").read_text()) == values

    assert {k: values[k] for k in ("network", "model", "arithmetic", "synapses")} == {
        "network": "n.json",
        "model": "if",
        "arithmetic": "integer",
        "synapses": 1,
    }
    assert (values["ticks"], values["input_spikes"], values["spikes"]) == (5, 3, 1)
    assert values["neurons"][1] == {
        "neuron": 1,
        "name": "o0",
        "role": "output",
        "spikes": 1,
        "first": 3,
    }
    assert Path("r.csv").read_text() == "tick,neuron,name\n0,0,i0\n1,0,i0\n3,1,o0\n4,0,i0\n"
    assert Path("v.csv").read_text() == "tick,o0\n0,0\n1,0\n2,3\n3,0\n4,0\n"


@pytest.mark.usefixtures("files")
def test_models_without_kernels_are_simulated_too() -> None:
    Path("none.csv").write_text("input,tick,value\n")

    values = json.loads(simulate("hh.json", "--spikes", "none.csv", "--ticks", "100", "--json"))

    assert 5 <= values["spikes"] <= 8  # 10 µA/cm² make the squid's axon fire at about 68 Hz
    assert values["neurons"][0]["first"] < 5


@pytest.mark.usefixtures("files")
def test_risp_s_fires_are_told_as_risp_counts_them() -> None:
    words = ("--raster", "f.csv", "--ticks", "4")

    simulate("r.json", "--spikes", "s.csv", *words[:2])

    assert Path("f.csv").read_text().splitlines()[1:] == [
        "1,0,eye",
        "2,0,eye",
        "2,1,9",
        "3,1,9",
        "5,0,eye",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x.json", "--spikes", "s.csv"], "x.json: cannot read this file: No such file"),
        (["s.csv", "--spikes", "s.csv"], "s.csv: line 1, column 1: Expecting value"),
        (["n.json", "--spikes", "x.csv"], "x.csv: cannot read this file: No such file"),
        (["n.json", "--spikes", "n.json"], 'n.json: line 1 is "'),
        (["n.json", "--spikes", "s.csv", "--ticks", "4"], "s.csv: line 4: tick is 4; with 4 ticks"),
        (["n.json", "--spikes", "s.csv", "--ticks", "0"], "Invalid value for '--ticks'"),
        (["hh.json", "--spikes", "s.csv"], "s.csv: line 2: the value is missing"),
        (["n.json", "--spikes", "s.csv", "--raster", "a.txt"], "a.txt: the name of the file must"),
        (["n.json", "--spikes", "s.csv", "--potentials", "q/a.csv"], "q/a.csv cannot be written"),
        (["n.json"], "Missing option '--spikes'"),
    ],
)
@pytest.mark.usefixtures("files")
def test_mistakes_are_one_sentence(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, ["simulate", *arguments])

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("files")
def test_a_champion_is_exported_and_simulated() -> None:
    words = ("--population", "40", "--generations", "10", "--workers", "1", "--quiet")
    run = CliRunner().invoke(app, ["run", "xor", *words, "--out", "run"])
    assert run.exit_code == 0, run.output

    printed = CliRunner().invoke(app, ["export", "run"])
    named = CliRunner().invoke(app, ["export", "run", "--format", "genome", "--to", "g.json"])

    assert named.stdout == "g.json\n"
    Path("n2.json").write_text(printed.stdout)
    one, other = (simulate(name, "--spikes", "s.csv") for name in ("n2.json", "g.json"))
    assert one.splitlines()[1:] == other.splitlines()[1:]
    wrong = CliRunner().invoke(app, ["export", "run", "0-999"])
    assert (wrong.exit_code, "has no individual '0-999'" in wrong.stderr) == (2, True)
