"""The examples of docs/tasks.md work, and its tables are complete."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gymnasium
import numpy as np
import pytest

from spikevolve.sim.batch import Batch
from spikevolve.tasks import TaskSettings, load
from spikevolve.tasks.decoders.classes import DECODERS
from spikevolve.tasks.decoders.numbers import NUMBER_DECODERS
from spikevolve.tasks.encoders import ENCODERS, encoder
from spikevolve.tasks.gym.wrappers import wrapping

pytestmark = pytest.mark.slow  # starts runs, or compiles much

FILE = Path(__file__).parents[2] / "docs" / "tasks.md"
if not FILE.exists():
    pytest.skip("only a checkout has the documentation", allow_module_level=True)
PAGE = FILE.read_text()
EXAMPLES = dict(
    zip(
        re.findall(r"in a file `(\w+\.py)`", PAGE),
        re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL),
        strict=True,
    )
)


@pytest.mark.parametrize("command", re.findall(r"spikevolve run (\w+\.py:\w+)", PAGE))
def test_example(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    batch_for: Callable[..., Batch],
) -> None:
    monkeypatch.chdir(tmp_path)
    name = command.partition(":")[0]
    (tmp_path / name).write_text(EXAMPLES.pop(name))

    task = load(command)

    measured = task.evaluate(task.workload("train", 1), batch_for(task, 2))
    low, high = task.score_range
    assert np.all((measured.score >= low) & (measured.score <= high))


def test_chance_score_of_the_balance_example() -> None:
    scope: dict[str, type] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[2], scope)

    class Constant:
        def __init__(self, action: int) -> None:
            self.action = action

        def act(self, _: object) -> int:
            return self.action

    rng, episode = np.random.default_rng(0), vars(scope["Balance"])["episode"]
    scores = [
        np.mean([episode(None, Constant(action), rng) for _ in range(500)]) for action in (0, 1)
    ]
    assert 7.0 < max(scores) < 8.0


def test_the_compiled_balance_is_the_plain_one() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    plain: dict[str, type] = {}
    exec(blocks[2], plain)
    compiled: dict[str, Any] = {"__name__": "fast_balance"}
    exec(blocks[4], compiled)
    task = compiled["FastBalance"](TaskSettings())

    for seed in range(20):
        actions = np.random.default_rng([1, seed]).integers(0, 2, 100).astype(np.int32)
        script = iter(actions)
        agent = SimpleNamespace(act=lambda _, script=script: next(script))
        steps = vars(plain["Balance"])["episode"](None, agent, np.random.default_rng(seed))

        rng = np.random.default_rng(seed)
        states = np.array([[rng.uniform(-0.5, 0.5)], [rng.uniform(-0.1, 0.1)]])
        rewards, over, survived = np.zeros(1), np.zeros(1, np.bool_), 0
        while survived < 100:
            action = actions[survived : survived + 1]
            task.functions().step(np.array(task.constants), states, action, 1, rewards, over)
            if over[0]:
                break
            survived += 1
        assert survived == steps


def test_a_compiled_control_task_works_where_its_file_is_not(
    tmp_path: Path,
    batch_for: Callable[..., Batch],
    evaluated_elsewhere: Callable[..., object],
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[4])
    task = load(f"{file}:FastBalance")
    work = task.workload("train", 1), batch_for(task, 3)
    expected = [column.tolist() for column in task.evaluate(*work)]

    assert evaluated_elsewhere(task, *work, file) == expected


def test_the_wrapper_leaves_every_third_pixel(tmp_path: Path) -> None:
    (tmp_path / "smaller.py").write_text(EXAMPLES["smaller.py"])
    images = gymnasium.spaces.Box(0, 255, (96, 95), np.uint8)

    class Racing(gymnasium.Env[Any, Any]):
        observation_space = images

    small: Any = wrapping(f"{tmp_path / 'smaller.py'}:Smaller").wrapper.cls(Racing())

    image = images.sample()
    assert small.observation_space.shape == (32, 32)
    assert np.array_equal(small.observation(image), image[::3, ::3])


def test_every_encoder_and_decoder_has_its_row() -> None:
    section = PAGE.partition("## Encoders and decoders")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)(?::k)?` \|(.*)\|$", section, re.MULTILINE))
    numbers = re.findall(r"^- `(\w+)(?::K)?`, ", section, re.MULTILINE)

    assert rows.keys() == ENCODERS.keys() | DECODERS.keys()
    assert set(numbers) == NUMBER_DECODERS.keys()
    for name in ENCODERS:
        for key, value in re.findall(r"`(\w+)=([^`]*)`", rows[name]):
            assert encoder(f"{name}:{key}={value}") == encoder(name)
