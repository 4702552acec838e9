"""A run knows the commit that it was made with, and a check whose code hangs."""

import subprocess
from pathlib import Path

import pytest

import spikevolve
from spikevolve.evolve.runs import check_task
from spikevolve.evolve.runs.provenance import provenance

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_a_run_from_a_checkout_names_its_commit() -> None:
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert provenance()["git_commit"] == head


def test_no_code_of_ours_is_taken_for_the_users() -> None:
    assert Path(spikevolve.__file__).parent == Path(check_task._NOT_THE_USERS[0])
