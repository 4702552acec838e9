"""What suits a task: the rules for built-in ones, the words of a user's own."""

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.search_defaults import (
    FOR_CONTROL,
    FOR_DATA,
    FOR_LEARNING,
    FOR_READOUTS,
    Rule,
    search_defaults,
)
from spikevolve.evolve.runs.settings import LIMITS, Settings
from spikevolve.tasks.builtin.generated import Xor
from spikevolve.tasks.registry import find, load
from spikevolve.tasks.task import Task, TaskSettings


def bare(task_class: type[Task], readout: str | None = None) -> Task:
    """A task whose data have not been loaded: rules that ask for a name need none."""
    task = task_class.__new__(task_class)
    task.settings = TaskSettings(readout=readout)
    return task


class Derived(Xor):
    name = "derived"


class Own(Xor):
    name = "own"
    defaults = {"minutes": 2, "ranges": {"delay": [1, 3]}}  # noqa: RUF012 - as users write it


def control(steps: int = 500, inputs: int = 8, outputs: int = 3) -> Task:
    """A task of control that is none of the built-in ones."""
    task = bare(type("Unknown", (find("acrobot"),), {"name": "unknown", "steps": steps}))
    task.inputs, task.outputs = inputs, outputs
    return task


def test_what_suits_control_follows_from_the_spaces() -> None:
    usual, long = search_defaults(control()), search_defaults(control(steps=15_000))
    large = search_defaults(control(inputs=90, outputs=8))

    assert usual["sources"] == "direct,cma_es,variation,cma_es,coarse,cma_es,variation,cma_es"
    assert (long["sources"], long["searches"]) == ("coarse,direct,coarse,cma_es", 4)
    assert (usual["evaluations"], "minutes" in usual) == (25_000, False)
    assert (long["minutes"], "evaluations" in long) == (8.0, False)
    assert large["sources"] == "variation,coarse"
    for name in ("cartpole", "acrobot", "pendulum", "mountain_car"):
        assert search_defaults(bare(find(name))) == usual


@pytest.mark.parametrize("name", ["Pendulum-v1", "CartPole-v1"])
def test_an_environment_of_gymnasiums_gets_the_search_of_the_built_in_one(name: str) -> None:
    built_in = {"Pendulum-v1": "pendulum", "CartPole-v1": "cartpole"}[name]
    task = load(f"gym:{name}", TaskSettings(episodes=2))

    assert search_defaults(task) == search_defaults(load(built_in, TaskSettings()))


@pytest.mark.parametrize("rule", FOR_CONTROL)
def test_every_rule_of_control_is_made_of_settings(rule: Rule) -> None:
    Settings(task="any", **rule.settings)  # type: ignore[arg-type]


def test_environments_are_searched_for_by_what_they_show() -> None:
    lake, cliff, cards, pole = (
        search_defaults(load(f"gym:{name}-v1"))
        for name in ("FrozenLake", "CliffWalking", "Blackjack", "CartPole")
    )

    assert lake == cliff != cards
    assert (lake["density"], cards["density"], pole["density"]) == (1.0, 0.5, 0.5)
    assert "searches" not in lake | cards
    assert pole["searches"] == 8


@pytest.mark.parametrize("rule", FOR_DATA + FOR_LEARNING)
def test_every_rule_of_data_is_made_of_settings(rule: Rule) -> None:
    Settings(task="any", **rule.settings)  # type: ignore[arg-type]


def test_a_task_derived_from_a_built_in_one_is_searched_for_like_it() -> None:
    assert search_defaults(bare(Derived)) == search_defaults(bare(Xor)) != {}


def test_what_a_task_of_the_users_says_takes_the_place_of_the_rules() -> None:
    assert search_defaults(bare(Own)) == Own.defaults


def test_what_a_task_of_the_users_says_stands_beside_how_networks_learn() -> None:
    task = Own(TaskSettings(learned=True))

    chosen = search_defaults(task)

    assert chosen["density"] == 1.0
    assert chosen.items() >= Own.defaults.items()


def test_what_suits_a_readout_comes_before_all_else() -> None:
    (rule,) = FOR_READOUTS

    assert search_defaults(bare(Own, "ridge")) == {"minutes": 2, **rule.settings}
    assert search_defaults(bare(Xor, "ridge")) == search_defaults(bare(Xor)) | dict(rule.settings)


def of_samples(samples: int, ticks: int, readout: str | None = None) -> Task:
    """A data task that no rule is for, with so many samples."""
    task = bare(find("wine"), readout)
    task.samples, task.ticks = samples, ticks
    return task


@pytest.mark.parametrize(
    ("samples", "ticks", "readout", "evaluations"),
    [
        (50, 10, None, 20_000),
        (150, 10, None, 30_000),
        (1_000, 30, None, 50_000),
        (1_000, 30, "ridge", 2_500),
        (8_000, 100, None, 12_500),
        (60_000, 300, None, 1_000),
    ],
)
def test_a_search_on_data_ends_by_counts_that_follow_from_the_data(
    samples: int, ticks: int, readout: str | None, evaluations: int
) -> None:
    chosen = search_defaults(of_samples(samples, ticks, readout))

    limits = {name: chosen[name] for name in chosen if name in LIMITS}
    assert limits == {"patience": 0.3, "evaluations": evaluations, "generations": 1_000}


def test_a_task_of_the_users_that_says_how_long_to_search_is_searched_for_so_long() -> None:
    task = of_samples(150, 10)
    task.defaults = {"minutes": 2, "population": 30}

    assert search_defaults(task) == {**task.defaults, "breeding_floor": 0.5}
    task.defaults = {"population": 30}
    assert search_defaults(task)["patience"] == 0.3


def test_control_is_searched_for_as_long_as_its_rules_say() -> None:
    assert "patience" not in search_defaults(bare(find("cartpole")))


def test_networks_half_way_from_chance_to_the_best_breed_on_data_all_of_them_in_control() -> None:
    control = Settings("cartpole").completed(search_defaults(bare(find("cartpole"))))

    assert search_defaults(of_samples(150, 10))["breeding_floor"] == 0.5
    assert control.breeding_floor == 0.0


@pytest.mark.parametrize(
    ("defaults", "message"),
    [
        (
            {"popluation": 10},
            "task wrong: defaults: there is no setting 'popluation' (did you mean",
        ),
        ({"population": "many"}, "task wrong: defaults: population is 'many', but it must be a"),
        ([("minutes", 2)], "task wrong: defaults must be a table"),
    ],
)
def test_wrong_defaults_of_a_users_task_are_named(defaults: object, message: str) -> None:
    task = bare(type("Wrong", (Xor,), {"name": "wrong", "defaults": defaults}))

    with pytest.raises(InputError) as error:
        search_defaults(task)

    assert message in str(error.value)
