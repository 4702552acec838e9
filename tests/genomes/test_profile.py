"""Profiles: what they allow, how they are configured, and what they refuse."""

import json
import pickle
import re
import subprocess
import sys
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from typer.main import get_command

from spikevolve import genomes
from spikevolve.cli.main import app
from spikevolve.errors import InputError
from spikevolve.genomes import PROFILES, Choice, Profile, Range, profile
from spikevolve.sim import models
from spikevolve.sim.network import Network
from spikevolve.sim.reference import simulate


def test_reading_profiles_imports_no_compiler() -> None:
    script = "import sys, spikevolve.genomes as g; g.profile('int8'); print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_everything_that_the_room_offers_is_there() -> None:
    assert all(callable(getattr(genomes, name)) or name.isupper() for name in genomes.__all__)
    with pytest.raises(AttributeError, match="no attribute 'genome_of'"):
        genomes.genome_of  # noqa: B018


def test_the_presets_are_those_of_the_documentation() -> None:
    chip = PROFILES["float"]
    assert chip.weight == Range(-1, 1, 2**-10)
    assert chip.genes["threshold"] == Range(1 / 16, 4, 1 / 16)
    assert chip.genes["leak"] == Choice((0, 0.5, 0.75, 0.9, 1))
    assert (chip.delay.low, chip.delay.high) == (1, 15)
    assert chip.genes["refractory"] == Range(0, 3, 1)
    assert chip.genes["bias"].low == chip.genes["bias"].high == 0

    chip = PROFILES["int8"]
    assert chip.arithmetic == "integer"
    assert chip.weight == Range(-127, 127, 1)
    assert chip.genes["threshold"] == Range(1, 255, 1)
    assert chip.genes["leak"] == Choice((0, *(1 - 2.0**-k for k in range(1, 8)), 1))
    assert (chip.delay.low, chip.delay.high) == (1, 15)


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_can_be_sent_to_workers(name: str) -> None:
    traits = MappingProxyType({"range": (0.1, 0.3)})
    chip = replace(profile(name, {"delay": [2, 5], "max_hidden": 7}), traits=traits)

    assert pickle.loads(pickle.dumps(chip)) == chip


def test_there_is_a_profile_for_every_neuron_model_with_kernels() -> None:
    assert {chip.model for chip in PROFILES.values()} == set(models.names())
    assert all(name == chip.name for name, chip in PROFILES.items())


def test_the_documentation_and_the_help_name_every_profile_and_every_key() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs/profiles.md").read_text()
    told = {
        word
        for cell in re.findall(r"^\| (.*?) \|", page, re.M)
        for word in re.findall(r"`(\w+)`", cell)
    }
    fixed = {"name", "model", "arithmetic", "parameters", "traits"}
    assert told >= set(PROFILES) | {field.name for field in fields(Profile)} - fixed
    [option] = [p for p in get_command(app).commands["run"].params if p.name == "profile"]  # type: ignore[attr-defined]
    assert [name for name in PROFILES if not re.search(rf"\b{name}\b", option.help)] == []


def test_neurons_of_izhikevich_can_be_those_of_the_paper() -> None:
    chip = PROFILES["izhikevich"]
    for neuron in (
        (0.02, 0.2, -65, 8),  # regular spiking
        (0.02, 0.2, -55, 4),  # intrinsically bursting
        (0.02, 0.2, -50, 2),  # chattering
        (0.1, 0.2, -65, 2),  # fast spiking
        (0.02, 0.25, -65, 2),  # low-threshold spiking
    ):
        for name, value in zip("abcd", neuron, strict=True):
            assert abs(chip.genes[name].nearest(value) - value) <= 2**-11


def test_neurons_of_izhikevich_rest_until_something_drives_them() -> None:
    """Expression leaves out neurons that nothing drives: all that is allowed is silent."""
    chip = PROFILES["izhikevich"]
    rows = np.array(list(product(*((gene.low, gene.high) for gene in chip.genes.values()))))
    none = np.zeros(0, np.int32)
    every = np.arange(len(rows), dtype=np.int32)
    alone = Network(
        model="izhikevich",
        arithmetic="float64",
        source_count=0,
        input_neurons=every,
        output_neurons=every,
        offsets=np.zeros(len(rows) + 1, np.int32),
        sources=none,
        weights=np.zeros(0),
        delays=none,
        parameters=rows,
    )
    assert not simulate(alone, np.zeros((300, len(rows), 1))).spikes.any()
    driven = np.zeros((300, len(rows), 1))
    driven[150] = 20
    assert simulate(alone, driven).spikes.any(axis=0).all()
    with pytest.raises(InputError, match=r"b is .* it must be at most 0.25, or neurons spike with"):
        profile("izhikevich", {"b": [0.25, 0.265625]})


def test_every_field_is_open_to_the_configuration() -> None:
    chip = profile(
        "float",
        {
            "weight": [-1, 1, 0.0625],
            "threshold": [1, 2],
            "bias": [-0.5, 0.5],
            "leaks": [0, 0.25],
            "delay": [1, 8],
            "refractory": [1, 1],
            "inputs": "neurons",
            "v_reset": -1,
            "v_min": -2.5,
            "soft_reset": True,
            "max_charge": 3,
            "max_hidden": 10,
            "max_synapses": 100,
            "max_fan_in": 20,
        },
    )
    assert chip.weight == Range(-1, 1, 1 / 16)
    assert chip.genes["threshold"] == Range(1, 2, 1 / 16)  # the grid of the profile before
    assert chip.genes["leak"] == Choice((0, 0.25))
    assert chip.delay == Range(1, 8, 1)
    assert chip.shared == {"v_reset": -1, "v_min": -2.5, "soft_reset": 1}
    assert chip.max_hidden == 10
    assert chip.first_target(5) == 0
    assert profile("float").first_target(5) == 5


def test_every_parameter_may_be_a_range_a_list_or_a_number() -> None:
    chip = profile(
        "float", {"leak": 0.9, "thresholds": [0.3, 1], "v_reset": [-1, 0, 0.5], "refractory": 2}
    )
    assert list(chip.genes) == ["threshold", "bias", "v_reset"]
    assert chip.columns == {"threshold": 0, "bias": 1, "v_reset": 2}
    assert chip.shared == {"leak": 0.9, "refractory": 2, "v_min": -4, "soft_reset": 0}
    assert chip.genes_without_operator == ("v_reset",)
    assert profile("float").genes_without_operator == ()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"wieght": [0, 1]}, "did you mean 'weight'"),
        ({"name": "x"}, "'name' is not a field"),
        ({"weight": [-1, 1, 0.1]}, "weight: grid is 0.1; it must be a power of two"),
        ({"weight": [-1, 1, 0]}, "grid is 0; it must be a power of two"),
        ({"weight": [1, -1]}, "weight: low is 1; it must be at most high, -1"),
        ({"weight": [0, 0.3]}, "high is 0.3; it must be a multiple of the grid"),
        ({"weight": [0, 2**15]}, "less than 2\\^24 times as large"),
        ({"weight": [0, float("nan")]}, "finite numbers"),
        ({"weight": [0, float("inf")]}, "finite numbers"),
        ({"weight": [0, 10**400]}, "finite numbers"),
        ({"weight": "strong"}, "weight is 'strong'; it must be \\[low, high\\]"),
        ({"weight": [True, 1]}, "it must be \\[low, high\\]"),
        ({"threshold": [0, 1]}, "threshold is 0 to 1 in steps of 0.0625; it must be above 0"),
        ({"direct": "no"}, "direct is 'no'; it must be true or false"),
        ({"direct": False, "max_hidden": 0}, "max_hidden is 0; where direct is false it must be"),
        ({"delay": [0, 3]}, "delay is 0 to 3; it must be within 1 to 32768"),
        ({"delay": [1, 2, 0.5]}, "delay: grid is 0.5; it must be at least 1"),
        ({"refractory": [-1, 3]}, "refractory is -1 to 3; it must be a whole number of ticks from"),
        ({"leaks": []}, "leaks is \\[\\]; it must be a list of numbers"),
        ({"leaks": [0.9, 0.5]}, "leaks: the list is \\[0.9, 0.5\\]; it must rise"),
        ({"leaks": [0.5, 0.5]}, "each number given once"),
        ({"leaks": [0.5, 1.5]}, "leak is one of 0.5, 1.5; it must be 0 to 1"),
        ({"leak": 0.5, "leaks": [0.5]}, "both leak and leaks are given"),
        ({"leak": [0, 1]}, "leak is \\[0, 1\\]; it must be \\[low, high, grid\\]"),
        ({"thresholds": [-1, 1]}, "threshold is one of -1, 1; it must be above 0"),
        ({"refractory": [0, 2, 0.5]}, "refractory is 0 to 2 in steps of 0.5; .* a whole number"),
        ({"refractory": 1.5}, "refractory is 1.5; it must be a whole number"),
        ({"bias": 0.3}, "bias is 0.3; it must be a range, or a number on the grid of the weights"),
        ({"biases": [0, 0.25]}, "bias is one of 0, 0.25; it must be a range, or a number"),
        ({"v_reset": 1}, "v_reset is 1; it must be below the threshold"),
        ({"v_reset": [0, 1, 0.5]}, "v_reset is 0 to 1 in steps of 0.5; it must be below the thr"),
        ({"v_min": 0.5}, "v_min is 0.5; it must be at most 0"),
        ({"v_min": "low"}, "v_min is 'low'; it must be a finite number"),
        ({"soft_reset": 2}, "soft_reset is 2; it must be 0 or 1"),
        ({"max_hidden": -1}, "max_hidden is -1; it must be a whole number"),
        ({"max_hidden": 2.5}, "max_hidden is 2.5; it must be a whole number"),
        ({"inputs": "wires"}, "inputs is 'wires'; it must be sources or neurons"),
        ({"inputs": 3}, "inputs is 3; it must be a text"),
        ({"max_charge": -1}, "max_charge is -1; it must be at least 0"),
        (
            {"inputs": "neurons", "max_charge": 0.5},
            "max_charge is 0.5; where inputs are neurons it",
        ),
        ({"max_fan_in": 20_000}, "max_fan_in 20000 x weight 1 .* so that sums are exact"),
        ({"bias": [-15_400, 1]}, "bias 15400 .* is 16440; it must be below"),
        ({"bias": [0, 0.5, 2**-14]}, "is 1040.5; it must be below 2\\^24 x the grid 6.10352e-05"),
        ({"weight": [-64, 64]}, "65552; it must be below 2\\^24 x the grid 0.000976562 = 16384"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(
    overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=f"profile float: .*{message}"):
        profile("float", overrides)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"weight": [-1, 1, 0.5]}, "weight: grid is 0.5; it must be at least 1"),
        ({"leaks": [0, 0.9]}, "a leak is 0.9; it must be 0, 1 or 1 - 2\\^-k"),
        ({"v_min": -0.5}, "v_min is -0.5; it must be a whole number"),
        ({"leak": 0.9}, "a leak is 0.9; it must be 0, 1 or 1 - 2\\^-k"),
        (
            {"leak": [0, 1, 0.5]},
            "leak is a range; in integer arithmetic it must be a list, `leaks`",
        ),
        ({"threshold": [1, 9, 0.5]}, "threshold: grid is 0.5; it must be at least 1"),
        ({"threshold": [1, 40000]}, "threshold is 1 to 40000; it must be at most 32767"),
    ],
)
def test_integer_arithmetic_wants_integers(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        profile("int8", overrides)


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'flaot' is unknown \(did you mean 'float'"):
        profile("flaot")


def test_hodgkin_huxley_neurons_are_refused_and_their_use_is_named() -> None:
    with pytest.raises(
        InputError, match=r"'hh' has no kernels: it can be simulated, but not .* searched with"
    ):
        profile("hh")
    with pytest.raises(InputError, match="'hh' has no kernels"):
        Profile.from_json(profile("float").to_json() | {"model": "hh"})


def test_sums_of_charges_are_exact_at_the_limit(chip: Profile) -> None:
    """Of a sum of 2^24 steps (2^53 in float64) and of all smaller ones, each has a number."""
    number = np.float64 if chip.arithmetic == "float64" else np.float32
    largest = max(abs(chip.weight.low), abs(chip.weight.high))
    bias = chip.parameters.get("bias", 0.0)
    bias = abs(bias) if isinstance(bias, float) else max(abs(bias.low), abs(bias.high))
    sum_of_all = chip.max_fan_in * largest + bias + chip.max_charge
    for total in (sum_of_all, sum_of_all - chip.grid):
        assert float(number(total)) == total


def test_plain_values_and_back(chip: Profile) -> None:
    values = json.loads(json.dumps(chip.to_json()))
    assert Profile.from_json(values) == chip
    assert hash(Profile.from_json(values)) == hash(chip)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight": None}, "weight is None"),
        ({"weight": [-1, 1]}, "weight is \\[-1, 1\\]; it must be \\[low, high, grid\\]"),
        ({"model": "liff"}, "model is 'liff'; it must be lif or if or"),
        ({"arithmetic": "float16"}, "'lif' has no arithmetic 'float16'; there is float32, integer"),
        ({"colour": "red"}, "'colour' is not a field"),
    ],
)
def test_a_wrong_plain_value_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Profile.from_json(profile("float").to_json() | change)


def test_a_missing_key_is_named() -> None:
    values = profile("float").to_json()
    del values["leaks"]
    with pytest.raises(InputError, match="the key 'leak' or 'leaks' is missing"):
        Profile.from_json(values)
    del values["weight"]
    with pytest.raises(InputError, match="the key 'weight' is missing"):
        Profile.from_json(values)
    with pytest.raises(InputError, match="it must be an object"):
        Profile.from_json([1, 2])
