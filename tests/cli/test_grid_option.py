"""Settings with several values, from texts such as `mutations=1,3`."""

from typing import Any

import pytest

from spikevolve.cli.grid_option import parse_grid
from spikevolve.errors import InputError


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("mutations=1,3", "mutations", [1.0, 3.0]),
        ("population=50, 100", "population", [50, 100]),
        ("by-merit=0,0.5", "by_merit", [0.0, 0.5]),
        ("by_merit=[0, 0.5]", "by_merit", [0, 0.5]),
        ("encoder=rate,latency", "encoder", ["rate", "latency"]),
        ("encoder=rate:mirrored", "encoder", ["rate:mirrored"]),
        (
            'objectives=["score,spikes", "score,synapses"]',
            "objectives",
            ["score,spikes", "score,synapses"],
        ),
        ("hidden=3,6", "hidden", [3, 6]),
        ('hidden=["3,6", 9]', "hidden", ["3,6", 9]),
        ("evolve_encoder=true,false", "evolve_encoder", [True, False]),
        ("constraint=synapses <= 10,synapses <= 20", "constraint", [["synapses <= 10"], ["synapses <= 20"]]),
        ('constraint=[["spikes < 5", "latency < 3"], "spikes < 9"]', "constraint", [["spikes < 5", "latency < 3"], ["spikes < 9"]]),
        ("ranges.max_hidden=3,6", "ranges.max_hidden", [3, 6]),
        ("ranges.weight=[[-0.5, 0.5], [-1, 1]]", "ranges.weight", [[-0.5, 0.5], [-1, 1]]),
        ("env.map_name=4x4,8x8", "env.map_name", ["4x4", "8x8"]),
        ("population=many", "population", ["many"]),  # refused with what is allowed, like an option
        ("evolve_encoder=1", "evolve_encoder", ["1"]),
    ],
)  # fmt: skip
def test_values_are_those_that_the_option_would_take(
    text: str, name: str, values: list[Any]
) -> None:
    found = parse_grid([text], {})

    assert found == {name: values}
    assert list(map(type, found[name])) == list(map(type, values))


def test_settings_stay_in_their_order() -> None:
    assert list(parse_grid(["population=5,6", "mutations=1,2", "crossover=0"], {})) == [
        "population",
        "mutations",
        "crossover",
    ]


@pytest.mark.parametrize(
    ("texts", "given", "sentence"),
    [
        (["mutations"], {}, "--set 'mutations' must be NAME=VALUE,VALUE"),
        (["=1,2"], {}, "--set '=1,2' must be NAME=VALUE,VALUE"),
        (["mutations="], {}, "--set 'mutations=' has an empty value"),
        (["mutations=1,,3"], {}, "--set 'mutations=1,,3' has an empty value"),
        (["mutations=[]"], {}, r"--set 'mutations=\[\]' has no value"),
        (["mutations=[1,"], {}, r"--set 'mutations=\[1,': .* no list of TOML"),
        (["mutations=" + "[" * 5000], {}, "no list of TOML"),
        (["mutations=1,2", "mutations=3"], {}, "mutations is given twice by --set"),
        (["by-merit=1", "by_merit=0"], {}, "by_merit is given twice by --set"),
        (
            ["population=5,6"],
            {"population": 7},
            "population is given twice, by --set and by --population",
        ),
        (["by_merit=0,1"], {"by_merit": 0.5}, "given twice, by --set and by --by-merit"),
        (["seeds=1-3"], {"seeds": "1-2"}, "seeds is given twice, by --set and by --seeds"),
        (
            ["ranges.max_hidden=1,2"],
            {"ranges": ["max_hidden=3"]},
            "ranges.max_hidden is given twice, by --set and by --ranges",
        ),
        (["ranges.max_hidden=a b"], {}, "--ranges 'max_hidden=a b' must be KEY=VALUE"),
    ],
)
def test_what_cannot_be_read_is_said(
    texts: list[str], given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_grid(texts, given)


def test_an_option_for_another_entry_of_a_table_goes_with_it() -> None:
    given = {"ranges": ["max_synapses=30"], "population": None}

    assert parse_grid(["ranges.max_hidden=1,2", "population=5,6"], given)
