"""What ``import spikevolve`` offers: everything is there, and nothing is loaded before it is used."""

import subprocess
import sys
from pathlib import Path

import pytest

import spikevolve

ROOT = Path(__file__).parent.parent


def test_every_public_name_is_there() -> None:
    for name in spikevolve.__all__:
        assert getattr(spikevolve, name) is not None
    assert set(spikevolve.__all__) <= set(dir(spikevolve))


def test_an_unknown_name_is_refused_as_usual() -> None:
    with pytest.raises(AttributeError, match="module 'spikevolve' has no attribute 'rum'"):
        getattr(spikevolve, "rum")  # noqa: B009  # mypy would see it, too


def test_the_import_loads_nothing_that_takes_long() -> None:
    probe = (
        "import sys, spikevolve\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'numba', 'sklearn', 'deap', 'ray', 'matplotlib'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_tables_are_read_without_scikit_learn_and_ray() -> None:
    probe = (
        "import sys, spikevolve\n"
        "spikevolve.load_all\n"
        "print(sorted({'sklearn', 'ray'} & sys.modules.keys()))"
    )

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_mypy_sees_the_types(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import spikevolve\n"
        "reveal_type(spikevolve.run('iris').front)\n"
        "reveal_type(spikevolve.load('runs/x').champion)\n"
        "reveal_type(spikevolve.load_all('runs/*'))\n"
        "spikevolve.load(3)\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.count('"pandas.DataFrame"') == 2 or done.stdout.count("DataFrame") == 2
    assert "spikevolve.evolve.networks.champion.Champion" in done.stdout
    assert 'Argument 1 to "load" has incompatible type "int"' in done.stdout
