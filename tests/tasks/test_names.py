"""Features, inputs and outputs are called what the user calls them."""

from pathlib import Path

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.tasks import Classification, TaskSettings, load
from spikevolve.tasks.encoders import ENCODERS, encoder


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("rate", ["width", "height"]),
        (
            "latency:mirrored=true",
            ["width", "width (mirrored)", "height", "height (mirrored)"],
        ),
        ("bins:2", ["width [0]", "width [1]", "height [0]", "height [1]"]),
        ("flip_flop", ["width (low)", "width (high)", "height (low)", "height (high)"]),
        ("delta", ["width (up)", "width (down)", "height (up)", "height (down)"]),
    ],
)
def test_inputs_are_named_after_their_features(text: str, names: list[str]) -> None:
    assert list(encoder(text).names(("width", "height"))) == names


@pytest.mark.parametrize("name", ENCODERS)
def test_every_input_has_a_name_of_its_own(name: str) -> None:
    made = ENCODERS[name]()

    assert len(set(made.names(("a", "b", "c")))) == made.inputs(3)


def test_columns_of_a_table_name_the_features(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = "".join(f"{i},{'ab'[i % 2]},{i % 3}\n" for i in range(12))
    file.write_text(f"wing span,kind,age\n{rows}")

    task = load("csv", TaskSettings(data=file, label="kind", encoder="rate:mirrored"))

    assert task.describe()["features"] == ["age", "wing span"]
    assert task.describe()["input_names"] == [
        *("age", "age (mirrored)"),
        *("wing span", "wing span (mirrored)"),
    ]


def test_features_without_names_are_numbered(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    np.savez(file, x=np.arange(24.0).reshape(12, 2), y=np.arange(12) % 2)

    task = load("data", TaskSettings(data=file, encoder="rate"))

    assert list(task.feature_names) == list(task.input_names) == ["x0", "x1"]


def test_variables_of_control_are_features() -> None:
    task = load("cartpole")

    assert task.describe()["features"] == ["x", "x speed", "theta", "theta speed"]
    assert len(task.input_names) == task.inputs


def test_inputs_that_an_encoder_may_come_to_need_have_names_too() -> None:
    task = load("iris", TaskSettings(encoder="population:4", evolve_encoder=True))

    assert task.inputs == len(set(task.input_names)) == 4 * 6
    assert task.input_names[5:7] == ("sepal length [5]", "sepal width [0]")


def test_spikes_have_no_names() -> None:
    assert load("gaps").describe()["input_names"] == []


class Misnamed(Classification):
    feature_names = ("a", "b", "c")

    def load(self) -> tuple[object, object]:
        return np.arange(24.0).reshape(12, 2), np.arange(12) % 2


def test_names_that_do_not_fit_are_refused() -> None:
    with pytest.raises(
        InputError,
        match="task Misnamed: feature_names has 3 names, but there are 2 features",
    ):
        Misnamed(TaskSettings())
