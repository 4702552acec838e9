"""What the pool tells the user of a cluster whose nodes go, freeze and come back, each thing once."""

from collections.abc import Callable, Set

from .cluster import node_name, what_is_missing


class Notices:
    """Sentences for the user.

    Args:
        say: Passes a sentence on.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._waiting = False
        self._known = set[str]()
        self._silent = set[str | None]()

    def node_works(self, node: str) -> None:
        """Note that a node has a worker."""
        self._known.add(node)

    def living(self, nodes: Set[str]) -> None:
        """Tell of those that had a worker and are not among the living any more."""
        for node in sorted(self._known - nodes):
            self._known.remove(node)
            self._say(f"the Ray cluster has lost {node_name(node)}: others do its work")

    def node_silent(self, node: str | None) -> None:
        """Tell that workers of a node do not answer; again only after `node_answers`."""
        if node not in self._silent:
            self._silent.add(node)
            self._say(f"workers on {node_name(node)} do not answer: others do their work, too")

    def node_answers(self, node: str | None) -> None:
        """Note that work goes on, on this node."""
        self._waiting = False
        self._silent.discard(node)

    def waiting(self, all_are_silent: bool) -> None:
        """Tell what a search waits for that has no worker; again only after `node_answers`.

        Args:
            all_are_silent: Whether there are workers, none of which answers.
        """
        if not self._waiting:
            self._waiting = True
            silent = "waiting for workers that do not answer"
            self._say(silent if all_are_silent else what_is_missing())
