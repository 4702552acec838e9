"""Python's collector works seldom during a search, and afterwards as before."""

import gc

import pytest

from spikevolve.evolve.runs.run import rare_collections


def test_collections_are_rare_within() -> None:
    before = gc.get_threshold()[0], gc.get_freeze_count()
    with rare_collections():
        assert gc.get_threshold()[0] > before[0]
        assert gc.get_freeze_count() > before[1]


def test_the_usual_pace_comes_back_after_an_error() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ZeroDivisionError), rare_collections():
        _ = 1 / 0

    assert (gc.get_threshold(), gc.get_freeze_count()) == before
