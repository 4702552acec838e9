"""Observations and actions of every space: vectors as gymnasium's own, actions as its spaces have them."""

import json
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.tasks.gym.actions import Actions
from spikevolve.tasks.gym.space_forms import form_from_json
from spikevolve.tasks.gym.spaces import action_form, observation_bounds, observation_form

TICKS = 8
DTYPES: list[Any] = [np.float32, np.float64, np.uint8, np.int16, np.int64]


@st.composite
def boxes(draw: st.DrawFn) -> spaces.Box:
    dtype = draw(st.sampled_from(DTYPES))
    shape = tuple(draw(st.lists(st.integers(1, 3), max_size=3)))
    low = draw(st.integers(0, 4))
    return spaces.Box(low, low + draw(st.integers(0, 9)), shape, dtype)


@st.composite
def many(draw: st.DrawFn) -> spaces.MultiDiscrete:
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)))
    counts = draw(
        st.lists(st.integers(1, 5), min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))
    )
    return spaces.MultiDiscrete(
        np.array(counts).reshape(shape), start=np.full(shape, draw(st.integers(-3, 3)))
    )


LEAVES = st.one_of(
    boxes(),
    many(),
    st.builds(
        lambda n, start: spaces.Discrete(n, start=start), st.integers(1, 20), st.integers(-9, 9)
    ),
    st.builds(spaces.MultiBinary, st.one_of(st.integers(1, 4), st.just((2, 3)))),
)
KEYS = st.sampled_from(["wheel", "gear", "b", "a"])
SPACES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(spaces.Tuple),
        st.dictionaries(KEYS, inner, min_size=1, max_size=3).map(spaces.Dict),
    ),
    max_leaves=4,
)


@examples(max_examples=200, deadline=None)
@given(SPACES, st.integers(0, 2**31))
def test_an_observation_becomes_the_vector_that_gymnasium_makes_of_it(
    space: spaces.Space[Any], seed: int
) -> None:
    form = observation_form(space, "task")
    space.seed(seed)
    flat = spaces.utils.flatten_space(space)
    assert isinstance(flat, spaces.Box)

    assert form_from_json(json.loads(json.dumps(form.to_json())), "form") == form
    assert form.size == flat.shape[0] == len(form.names("observation")) == len(form.binary)
    assert len({*form.names("observation")}) == form.size
    assert observation_bounds(space).T.tolist() == [flat.low.tolist(), flat.high.tolist()]
    for _ in range(3):
        value = space.sample()
        vector = form.vector(value)
        assert vector.tolist() == np.asarray(spaces.flatten(space, value), np.float64).tolist()
        assert {*vector[form.binary].tolist()} <= {0.0, 1.0}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, types included."""
    if isinstance(one, tuple):
        return isinstance(other, tuple) and all(map(same, one, other))
    if isinstance(one, dict):
        return [*one] == [*other] and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and np.array_equal(one, other) and one.dtype == other.dtype


@examples(max_examples=200, deadline=None)
@given(SPACES, st.integers(0, 2**31))
def test_actions_are_of_their_space_and_of_the_types_that_it_samples(
    space: spaces.Space[Any], seed: int
) -> None:
    actions, rng = Actions(space, "task", None, TICKS), np.random.default_rng(seed)
    decisions = rng.integers(actions.choices, dtype=np.int32)

    [action] = actions.take(decisions[:, np.newaxis])

    assert space.contains(action)
    numbers = [row[place] for row, place in zip(actions.values, decisions, strict=True)]
    assert same(action_form(space, "task").build(iter(numbers)), action)
    assert len(actions.outputs) == len(actions.values)
    assert sum(actions.outputs) == len(actions.names)
    if all(len({*row}) == len(row) for row in actions.values):
        assert len({*actions.names}) == len(actions.names)
    assert form_from_json(json.loads(json.dumps(actions.form.to_json())), "form") == actions.form


@examples(max_examples=100, deadline=None)
@given(st.one_of(many(), LEAVES), st.integers(0, 2**31))
def test_every_choice_can_be_made(space: spaces.Space[Any], seed: int) -> None:
    if isinstance(space, spaces.Box):
        return
    space.seed(seed)
    wanted = space.sample()
    actions = Actions(space, "task", None, TICKS)
    numbers = np.asarray(wanted).ravel().tolist()
    decisions = [row.index(number) for row, number in zip(actions.values, numbers, strict=True)]

    assert same(wanted, actions.of(decisions))


@pytest.mark.parametrize(
    ("space", "names"),
    [
        (spaces.Discrete(2, start=-1), ["observation = -1", "observation = 0"]),
        (spaces.Box(0, 1, ()), ["observation"]),
        (spaces.Box(0, 1, (1, 2)), ["observation[0][0]", "observation[0][1]"]),
        (
            spaces.Tuple([spaces.Discrete(2), spaces.MultiBinary(1)]),
            ["observation[0] = 0", "observation[0] = 1", "observation[1][0]"],
        ),
        (
            spaces.Dict(
                {
                    "goal": spaces.MultiDiscrete([1, 2]),
                    "at": spaces.Dict({"x": spaces.Box(0, 1, ())}),
                }
            ),
            ["at.x", "goal[0] = 0", "goal[1] = 0", "goal[1] = 1"],
        ),
    ],
)
def test_names_say_what_each_number_is(space: spaces.Space[Any], names: list[str]) -> None:
    assert observation_form(space, "task").names("observation") == names


@pytest.mark.parametrize(
    ("space", "names"),
    [
        (spaces.Discrete(2, start=3), ["3", "4"]),
        (spaces.Box(-1, 1, ()), ["-1", "-0.5", "+0", "+0.5", "+1"]),
        (spaces.MultiDiscrete([2, 3], start=[0, 1]), ["0 0", "0 1", "1 1", "1 2", "1 3"]),
        (spaces.MultiBinary(2), ["0 0", "0 1", "1 0", "1 1"]),
        (
            spaces.Dict({"gear": spaces.Discrete(2), "wheel": spaces.Box(0, 1, (1,), np.int8)}),
            ["gear 0", "gear 1", "wheel 0 +0", "wheel 0 +1"],
        ),
        (spaces.Tuple([spaces.Discrete(2), spaces.Discrete(1)]), ["0 0", "0 1", "1 0"]),
    ],
)
def test_outputs_are_named_by_what_they_stand_for(
    space: spaces.Space[Any], names: list[str]
) -> None:
    assert list(Actions(space, "task", None, TICKS).names) == names


def test_numbers_and_choices_together_are_decided_by_the_most_active_output() -> None:
    space = spaces.Tuple([spaces.Discrete(3), spaces.Box(-1, 1, (2,))])

    bins = Actions(space, "task", "bins:3", TICKS)

    assert (bins.outputs, bins.target) == ([3, 3, 3], 0)
    action = bins.of([2, 0, 1])
    assert action[0] == 2
    assert action[1].tolist() == [-1.0, 0.0]
    assert bins.text([2, 0, 1]) == "0 2, 1 0 -1, 1 1 +0"
    with pytest.raises(
        InputError, match=r"decoder rate of task reads numbers, but .* must be bins"
    ):
        Actions(space, "task", "rate", TICKS)
    with pytest.raises(InputError, match="decoder of continuous actions"):
        Actions(space, "task", "first_spike", TICKS)


def test_actions_of_numbers_are_told_by_their_values() -> None:
    rate = Actions(spaces.Box(-1, 1, (2,)), "task", "rate", TICKS)

    assert rate.outputs == [2, 2]
    assert rate.text([0, 2 * TICKS]) == "-1, +1"


@pytest.mark.parametrize(
    ("space", "value", "said"),
    [
        (spaces.Discrete(4), 4, "observation must be a whole number from 0 to 3 (got 4)"),
        (
            spaces.Discrete(4, start=-1),
            -2,
            "observation must be a whole number from -1 to 2 (got -2)",
        ),
        (spaces.Discrete(4), 1.0, "observation must be a whole number from 0 to 3 (got 1.0)"),
        (spaces.Discrete(4), None, "observation must be a whole number from 0 to 3 (got None)"),
        (spaces.Box(0, 1, (2,)), [0.5], "observation has the shape (1,), but it must be (2,)"),
        (spaces.Box(0, 1, (2,)), ["a", "b"], "observation must be numbers (got ['a', 'b'])"),
        (spaces.Box(0, 1, ()), [0.5], "observation has the shape (1,), but it must be ()"),
        (
            spaces.MultiDiscrete([2, 3]),
            [1, 3],
            "observation[1] must be a whole number from 0 to 2 (got np.int64(3))",
        ),
        (spaces.Tuple([spaces.Discrete(2)]), 1, "observation must be a tuple of 1 (got 1)"),
        (
            spaces.Dict({"at": spaces.Discrete(2)}),
            {"to": 1},
            "observation must be a dictionary of at (got {'to': 1})",
        ),
        (
            spaces.Dict({"at": spaces.Tuple([spaces.Discrete(2)])}),
            {"at": (5,)},
            "at[0] must be a whole number from 0 to 1 (got 5)",
        ),
    ],
)
def test_what_is_not_of_the_space_is_refused(
    space: spaces.Space[Any], value: Any, said: str
) -> None:
    with pytest.raises(InputError) as refusal:
        observation_form(space, "task").vector(value)

    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (3, "form is 3; it must be an object"),
        ({"kind": "table"}, 'form: kind is "table"; it must be choice, choices, numbers or parts'),
        ({"kind": "choice", "count": 0}, "form: count is 0; it must be a whole number from 1 to"),
        (
            {"kind": "numbers", "shape": [2], "type": "float99"},
            "form: type is 'float99'; it must be a type of NumPy's",
        ),
        (
            {"kind": "choices", "shape": [2], "counts": [2], "starts": [0], "type": "int8"},
            "form: counts and starts must be as many as shape says",
        ),
        (
            {"kind": "parts", "keys": ["a"], "parts": []},
            "form: keys must be as many as parts",
        ),
    ],
)
def test_a_description_of_a_form_that_is_damaged_is_refused(told: Any, said: str) -> None:
    with pytest.raises(InputError) as refusal:
        form_from_json(told, "form")

    assert str(refusal.value).startswith(said)
