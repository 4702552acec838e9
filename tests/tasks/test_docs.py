"""The examples of docs/tasks.md work, and its tables are complete."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spikevolve.sim.batch import Batch
from spikevolve.tasks import load
from spikevolve.tasks.decoders import DECODERS
from spikevolve.tasks.encoders import ENCODERS, encoder
from spikevolve.tasks.number_decoders import NUMBER_DECODERS

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
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], scope)

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


def test_every_encoder_and_decoder_has_its_row() -> None:
    section = PAGE.partition("## Encoders and decoders")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)(?::k)?` \|(.*)\|$", section, re.MULTILINE))
    numbers = re.findall(r"^- `(\w+)(?::K)?`, ", section, re.MULTILINE)

    assert rows.keys() == ENCODERS.keys() | DECODERS.keys()
    assert set(numbers) == NUMBER_DECODERS.keys()
    for name in ENCODERS:
        for key, value in re.findall(r"`(\w+)=([^`]*)`", rows[name]):
            assert encoder(f"{name}:{key}={value}") == encoder(name)
