"""What a search remembers beside its population: archives by name."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from ..individual import Individual
from .pareto import Pareto


class Archive(Protocol):
    """Keeps individuals that are worth keeping, whether they survive or not."""

    def update(
        self, members: Sequence[Individual], candidates: Sequence[Individual]
    ) -> list[Individual]:
        """Return the members after candidates have asked to enter, by id; only feasible ones.

        Args:
            members: Members so far.
            candidates: Individuals that were measured just now; those that are members already may
                have other means than before.
        """
        ...


__all__ = ["ARCHIVES", "Archive", "Pareto"]

#: Archives by name.
ARCHIVES: Mapping[str, type[Pareto]] = MappingProxyType({"pareto": Pareto})
