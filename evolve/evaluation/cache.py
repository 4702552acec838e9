"""Measurements already known: equal networks with equal traits are measured once on equal data."""

from collections.abc import Sequence


class AnswerCache:
    """The latest answers by network hash, oldest forgotten first.

    An answer is entered when it was measured, never when it was found here, so that the cache of
    a resumed run is rebuilt exactly from the last `limit` measured rows of its table.

    Args:
        limit: Largest number of answers kept.
    """

    def __init__(self, limit: int = 20_000) -> None:
        self.limit = limit
        self._answers: dict[str, Sequence[float]] = {}

    def get(self, network_hash: str) -> Sequence[float] | None:
        """Return the answer for a network, or None."""
        return self._answers.get(network_hash)

    def enter(self, network_hash: str, answer: Sequence[float]) -> None:
        """Remember a measured answer."""
        self._answers[network_hash] = answer
        if len(self._answers) > self.limit:
            del self._answers[next(iter(self._answers))]

    def clear(self) -> None:
        """Forget everything: the data have changed."""
        self._answers.clear()
