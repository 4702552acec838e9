"""Objectives and constraints: their text forms, and the order that constraints make."""

import math

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.search.individual import Level, Standing
from spikevolve.evolve.search.objectives import (
    Constraint,
    Objective,
    constraint,
    objectives,
    signed,
    standing,
)
from spikevolve.measurements import NAMES, SCORE, SPIKES, SYNAPSES


def means(score: float = 0.0, spikes: float = 0.0, synapses: float = 0.0) -> list[float]:
    row = [0.0] * len(NAMES)
    row[SCORE], row[SPIKES], row[SYNAPSES] = score, spikes, synapses
    return row


def test_directions_are_those_of_the_table_and_a_hyphen_turns_them() -> None:
    found = objectives("score, -spikes,-activation_sparsity,synapses")

    assert [(o.name, o.larger_is_better) for o in found] == [
        ("score", True),
        ("spikes", True),
        ("activation_sparsity", False),
        ("synapses", False),
    ]
    assert signed(found, means(0.5, 3.0, 7.0)) == (0.5, 3.0, -0.0, -7.0)


def test_weights_are_one_for_the_score_and_a_thousandth_for_others_unless_given() -> None:
    found = objectives("score,spikes,synapses", {"synapses": 0.25})
    assert [o.weight for o in found] == [1.0, 0.001, 0.25]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("score,spices", r"^objectives 'score,spices': .* 'spices' \(did you mean 'spikes'\?\)$"),
        ("score,score", "'score' is given twice"),
        ("spikes,-spikes", "'spikes' is given twice"),
        ("test_score", "'test_score' is measured on test data, which no search may see"),
        ("energy", "'energy' has no value, since no profile publishes a cost"),
        ("genome_synapses", "counts what may not be expressed; take 'synapses', of the network"),
        ("", "there is no measurement ''"),
        ("score,", "there is no measurement ''"),
        ("--score", "there is no measurement '-score'"),
    ],
)
def test_what_cannot_be_an_objective_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        objectives(text)


def test_weights_of_what_is_no_objective_are_refused() -> None:
    sentence = r"^weights: 'latency' is no objective \(the objectives are: score, spikes\)$"
    with pytest.raises(InputError, match=sentence):
        objectives("score,spikes", {"latency": 1.0})


@pytest.mark.parametrize("text", ["synapses <= 10", "synapses<=10", "  synapses  <=  1e1 "])
def test_a_constraint_may_have_spaces(text: str) -> None:
    assert constraint(text) == Constraint("synapses", "<=", 10.0)
    assert constraint(str(constraint(text))) == constraint(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("synapses = 10", r"^constraint 'synapses = 10' must be MEASUREMENT <= NUMBER, or with"),
        ("10 >= synapses", "there is no measurement '10'"),
        ("synapses <=", "must be MEASUREMENT <= NUMBER"),
        ("synapses <= ten", "'ten' must be a finite number"),
        ("synapses <= nan", "'nan' must be a finite number"),
        ("synapses <= 1e999", "'1e999' must be a finite number"),
        ("synapsis <= 3", r"no measurement 'synapsis' \(did you mean 'synapses'\?\)"),
        ("test_score > 0.5", "measured on test data"),
        ("energy < 1", "no profile publishes a cost"),
        ("genome_neurons < 9", "take 'neurons'"),
    ],
)
def test_what_is_no_constraint_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        constraint(text)


@pytest.mark.parametrize(
    ("text", "value", "met"),
    [
        ("synapses <= 10", 10, True),
        ("synapses < 10", 10, False),
        ("synapses >= 10", 10, True),
        ("synapses > 10", 10, False),
        ("synapses <= 10", 10.5, False),
        ("synapses >= 10", 9.5, False),
        ("synapses > 10", 11, True),
        ("synapses < 10", 9, True),
    ],
)
def test_a_constraint_is_met_as_its_relation_says(text: str, value: float, met: bool) -> None:
    found = standing(means(1.0, synapses=value), 0.0, [constraint(text)])
    assert found.level == (Level.FEASIBLE if met else Level.VIOLATING)


def test_violations_are_added_up_in_shares_of_their_bounds() -> None:
    both = [constraint("synapses <= 10"), constraint("spikes <= 0")]
    assert standing(means(1.0, 3.0, 15.0), 0.0, both) == Standing(Level.VIOLATING, -(0.5 + 3.0))
    assert standing(means(1.0, 0.0, 15.0), 0.0, both) == Standing(Level.VIOLATING, -0.5)


def test_the_levels_come_in_order_and_each_is_compared_by_what_counts_in_it() -> None:
    bound = [constraint("synapses <= 10")]
    ordered = [
        means(math.nan, synapses=0),  # failed
        means(-1e25),
        means(0.2, synapses=0),
        means(0.3, synapses=99),  # at chance is not above it
        means(0.31, synapses=30),
        means(0.9, synapses=20),
        means(0.5, synapses=10),  # feasible
    ]
    found = [standing(row, 0.3, bound) for row in ordered]

    assert found == sorted(found)
    assert len(set(found)) == len(found)
    assert found[-1] == standing(means(0.9, synapses=1), 0.3, bound)  # objectives decide
    assert [s.level for s in found[1:4]] == [Level.CHANCE] * 3


def test_objectives_are_of_named_measurements() -> None:
    assert Objective("synapses", larger_is_better=False).column == SYNAPSES
