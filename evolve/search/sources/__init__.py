"""Where candidates come from: sources by name, in the order in which they are asked.

Each generation every source is asked for candidates; most have none in most generations.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .initial import Initial
from .opening import Opening, Source
from .variation import Variation

#: Sources by name.
SOURCES: Mapping[str, type[Initial | Variation]] = MappingProxyType(
    {cls.name: cls for cls in (Initial, Variation)}
)

__all__ = ["SOURCES", "Initial", "Opening", "Source", "Variation"]
