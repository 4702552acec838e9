"""The cache of answers."""

from spikevolve.evolve.evaluation.evaluate import RowCache


def test_the_oldest_answers_are_forgotten() -> None:
    cache = RowCache(limit=2)
    for name in "abc":
        cache.enter(name, [ord(name)])

    assert cache.get("a") is None
    assert cache.get("b") == [98]
    assert cache.get("c") == [99]


def test_finding_an_answer_does_not_make_it_younger() -> None:
    cache = RowCache(limit=2)
    cache.enter("a", [1])
    cache.enter("b", [2])
    cache.get("a")
    cache.enter("c", [3])

    assert cache.get("a") is None


def test_other_data_forget_everything() -> None:
    cache = RowCache()
    cache.enter("a", [1])
    cache.clear()

    assert cache.get("a") is None
