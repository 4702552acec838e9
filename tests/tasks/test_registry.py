"""Tasks of one's own, from files and modules."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import spikevolve.tasks
from spikevolve.errors import InputError
from spikevolve.sim.batch import Batch
from spikevolve.tasks import TaskSettings, load

pytestmark = pytest.mark.slow  # starts processes, or compares much

Batches = Callable[..., Batch]

DATA = '''
import numpy as np
from spikevolve.tasks import Classification

class Moons(Classification):
    """Two classes."""
    encoder = "latency:mirrored"
    def load(self):
        rng = np.random.default_rng(0)
        return rng.random((60, 2)), np.arange(60) % 2

class Spikes(Classification):
    """Spikes of one's own, no encoder."""
    ticks = 5
    def load(self):
        rng = np.random.default_rng(0)
        return rng.random((30, 9, 4)) < 0.3, ["a", "b", "c"] * 10
'''

EPISODES = '''
from spikevolve.tasks import PythonTask

class Follow(PythonTask):
    """Say on which side the light is."""
    observation = [(-1.0, 1.0), (0.0, 2.0)]
    outputs = 2
    chance_score = 5.0
    score_range = (0.0, 10.0)
    def episode(self, agent, rng):
        right = 0
        for _ in range(10):
            light = rng.uniform(-1, 1)
            right += agent.act([light, 1.0]) == (light > 0)
        return right
'''


def test_every_public_name_is_there() -> None:
    assert all(getattr(spikevolve.tasks, name) for name in spikevolve.tasks.__all__)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(DATA + EPISODES)
    return path


def test_from_a_file(file: Path, batch_for: Batches) -> None:
    task = load(f"{file}:Moons")
    measured = task.evaluate(task.workload("train", 1), batch_for(task, 3))

    assert (task.name, task.inputs, task.outputs, task.samples) == ("Moons", 4, 2, 40)
    assert np.all((measured.score >= 0) & (measured.score <= 1))


def test_from_a_module(
    file: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(file.parent)
    monkeypatch.setattr(sys, "path", list(sys.path))
    request.addfinalizer(lambda: sys.modules.pop("mine", None))

    assert load("mine:Moons").inputs == 4


def test_a_file_may_import_the_modules_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "neighbour_of_mine.py").write_text("FEATURES = [[1], [2], [3], [4]] * 3")
    file = tmp_path / "mine.py"
    file.write_text(
        f"{DATA}\nfrom neighbour_of_mine import FEATURES\n"
        "class Mine(Moons):\n    def load(self): return FEATURES, [0, 1] * 6\n"
    )
    monkeypatch.setattr(sys, "path", list(sys.path))
    request.addfinalizer(lambda: sys.modules.pop("neighbour_of_mine", None))

    assert load(f"{file}:Mine").inputs == 2


def test_data_that_are_spikes(file: Path) -> None:
    task = load(f"{file}:Spikes")

    assert (task.inputs, task.outputs, task.ticks) == (4, 3, 9)
    assert load(f"{file}:Spikes", TaskSettings(ticks=12)).ticks == 12
    with pytest.raises(InputError, match="ticks must be at least 9, as the data last"):
        load(f"{file}:Spikes", TaskSettings(ticks=8))


def test_labels_may_be_texts_as_pandas_keeps_them(file: Path) -> None:
    labels = "pd.Series(['b', 'a'] * 6)"
    body = f"import pandas as pd\nclass Broken(Moons):\n    def load(self): return X, {labels}\n"

    told = load(broken(file, f"X = [[1], [2], [3], [4]] * 3\n{body}")).describe()
    assert told["classes"] == ["a", "b"]


@pytest.mark.parametrize("name", ["Moons", "Spikes", "Follow"])
def test_works_in_a_process_that_does_not_see_the_file(
    file: Path, name: str, batch_for: Batches, evaluated_elsewhere: Callable[..., object]
) -> None:
    task = load(f"{file}:{name}", TaskSettings())
    work = task.workload("train", 1), batch_for(task, 3)
    expected = [column.tolist() for column in task.evaluate(*work)]

    assert evaluated_elsewhere(task, *work, file) == expected


def test_python_task(file: Path, batch_for: Batches) -> None:
    task = load(f"{file}:Follow", TaskSettings(episodes=6))
    batch = batch_for(task, 4)
    workload = task.workload("train", 1, 0)

    measured = task.evaluate(workload, batch)

    assert task.kind == "python"
    assert workload.size == 6
    assert np.all((measured.score >= 0) & (measured.score <= 10))
    assert np.array_equal(measured, task.evaluate(workload, batch))
    assert task.workload("train", 1, 1).digest != workload.digest
    assert len({task.workload(split, 1).digest for split in ("train", "validation", "test")}) == 3


def broken(file: Path, body: str) -> str:
    file.write_text(DATA + EPISODES + body)
    return f"{file}:Broken"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("class Broken(Classification):\n    pass", "Broken must define load()"),
        ("class Broken(PythonTask):\n    pass", "Broken must define episode()"),
        ("class Broken:\n    pass", "Broken is not a task"),
        ("class Brocken(Moons):\n    pass", "there is no class 'Broken' (did you mean 'Brocken'?)"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("class Broken(", "SyntaxError"),
        (
            "class Broken(Follow):\n    def load(self): pass\n    observation = property()",
            "task Broken must define observation",
        ),
        (
            "class Broken(Follow):\n    observation = [(0, 1), (2, 2)]",
            "task Broken: observation[1] has the range 2.0 … 2.0, but it must go from a finite",
        ),
        ("class Broken(Follow):\n    observation = [0, 1]", "observation[0] is 0, but it must be"),
        (
            "class Broken(Follow):\n    episodes = 0",
            "episodes must be a whole number of at least 1 (got 0)",
        ),
        (
            "class Broken(Follow):\n    outputs = 'two'",
            "task Broken: outputs must be a whole number of at least 1 (got 'two')",
        ),
        (
            "class Broken(Follow):\n    observation = []",
            "task Broken: inputs must be a whole number of at least 1 (got 0)",
        ),
        (
            "class Broken(Follow):\n    chance_score = 10.0",
            "chance_score must lie in score_range, 0.0 … 10.0, below its end (got 10.0)",
        ),
        (
            "class Broken(Follow):\n    score_range = 10.0",
            "score_range must be the lowest and the highest score",
        ),
        (
            "class Broken(Moons):\n    def load(self): return np.zeros((3, 2))",
            "task Broken: load() must return two things, features and labels (got ndarray)",
        ),
        (
            "class Broken(Follow):\n    def describe(self): return {'sizes': (1, 2)}",
            "task Broken: describe() must return plain JSON values",
        ),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("class Broken(Moons):\n    def load(self): raise SystemExit('no')", "SystemExit: no"),
        (
            "class Broken(Moons):\n    def load(self): return [[1, 2], [3, float('nan')]], [0, 1]",
            "task Broken: sample 1, feature 1 is nan; every feature must be a finite number",
        ),
        (
            "class Broken(Moons):\n    def load(self): return [1, 2], [0, 1]",
            "task Broken: features must be numbers of shape (samples, features)",
        ),
        (
            "class Broken(Moons):\n    def load(self): return [[1], [2]], [0, 1, 2]",
            "task Broken: labels have shape (3,), but there are 2 samples",
        ),
        (
            "class Broken(Moons):\n    def load(self): return [[1], [2]], [0.5, 1.5]",
            "task Broken: labels must be whole numbers or texts",
        ),
        (
            "class Broken(Moons):\n    def load(self): return [[1, 2], [3]], [0, 1]",
            "task Broken: features must be as many numbers for each sample",
        ),
        (
            "class Broken(Moons):\n    def load(self): return 1, 2, 3",
            "task Broken: load() must return two things, features and labels (got 3)",
        ),
        (
            "class Broken(Follow):\n    def __init__(self, settings): pass",
            "Broken: its __init__ must call super().__init__(settings)",
        ),
        ("class Broken(Moons):\n    encoder = 8", "encoder must be a text, NAME or"),
        (
            "class Broken(Moons):\n    ticks = 'ten'",
            "task Broken: ticks must be a whole number of at least 1 (got 'ten')",
        ),
        (
            "class Broken(Moons):\n    scaling = 'standard'",
            "task Broken: scaling must be 'quantiles' or 'none' (got 'standard')",
        ),
        (
            "class Broken(Moons):\n    scaling = 'none'\n"
            "    def load(self): return [[1], [2]] * 3, [0, 1] * 3",
            "task Broken: features must lie in 0 … 1 without scaling (got 1.0 … 2.0)",
        ),
    ],
)
def test_says_what_is_wrong_with_a_class(file: Path, body: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        load(broken(file, body))
    assert message in str(refused.value)


def test_names_the_line_that_fails(file: Path) -> None:
    file.write_text("x = 1\n\n\nx.y\n")

    with pytest.raises(InputError, match=r"mine\.py, line 4: AttributeError"):
        load(f"{file}:Moons")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("pass", "task Broken: an episode must return its score (got None)"),
        ("return float('nan')", "task Broken: an episode scored nan, but a score must be"),
        ("return 1", "task Broken: an episode ended without a decision"),
        ("return agent.act([1, 2, 3])", "an observation is 2 finite numbers (got [1.0, 2.0, 3.0])"),
        ("return agent.act([1, float('nan')])", "is 2 finite numbers (got [1.0, nan])"),
        ("return agent.act([-float('inf'), 1])", "is 2 finite numbers (got [-inf, 1.0])"),
        ("return 1e308 * 10", "task Broken: an episode scored inf, but a score must be"),
    ],
)
def test_says_what_is_wrong_with_an_episode(
    file: Path, body: str, message: str, batch_for: Batches
) -> None:
    act = "" if "agent" in body or body == "return 1" else "agent.act([0, 0]); "
    text = f"class Broken(Follow):\n    def episode(self, agent, rng): {act}{body}"
    task = load(broken(file, text))

    with pytest.raises(InputError) as refused:
        task.evaluate(task.workload("train", 1), batch_for(task, 1))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("irsi", "unknown task 'irsi' (did you mean 'iris'?)"),
        ("mine.py", "task 'mine.py' is a file: its class is given as mine.py:Class"),
        ("none.py:Moons", "none.py cannot be read: No such file or directory"),
        ("no_such_module:Moons", "task module 'no_such_module' cannot be imported"),
        ("./mine:Moons", "task module './mine' must be the name of a module; a file is given as"),
    ],
)
def test_says_what_is_wrong_with_a_name(spec: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        load(spec)
    assert message in str(refused.value)


def test_refuses_settings(file: Path) -> None:
    with pytest.raises(
        InputError, match="task Follow: episodes must be a whole number of at least 1"
    ):
        load(f"{file}:Follow", TaskSettings(episodes=0))
    with pytest.raises(InputError, match="rate needs ticks to be at least 8"):
        load(f"{file}:Follow", TaskSettings(ticks=3))
