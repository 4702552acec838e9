"""The examples of docs/stepping.md work."""

import re
from pathlib import Path
from typing import Any

import pytest

from spikevolve.sim.formats.network_json import write_network
from spikevolve.sim.models import has_vectors

pytestmark = pytest.mark.slow  # starts runs, or compiles much

FILE = Path(__file__).parents[2] / "docs" / "stepping.md"
if not FILE.exists():
    pytest.skip("only a checkout has the documentation", allow_module_level=True)
FIRST, GYMNASIUM, COMPILED = re.findall(r"```python\n(.*?)```", FILE.read_text(), re.DOTALL)


@pytest.fixture
def scope(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_neuron: Any) -> dict[str, Any]:
    """What the names of the first example are after it."""
    monkeypatch.chdir(tmp_path)
    Path("network.json").write_text(write_network(one_neuron(sources=8)))
    names: dict[str, Any] = {}
    exec(FIRST, names)
    return names


def test_the_first_example(scope: dict[str, Any]) -> None:
    assert scope["fired"][:, 0].tolist() == [False, True] + [False] * 8
    assert scope["best"] == 0


def test_an_episode(scope: dict[str, Any]) -> None:
    exec(GYMNASIUM, scope)

    assert 8 <= scope["steps"] <= 12  # the one action of this network, again and again


@pytest.mark.skipif(not has_vectors(), reason="this processor has no AVX2")
def test_a_compiled_loop(scope: dict[str, Any]) -> None:
    exec(COMPILED, scope)

    spiking = scope["inputs"].any(axis=1)  # each input reaches the threshold, a tick later
    assert scope["total"] == spiking[:-1].sum()
