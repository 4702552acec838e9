"""Settings of tasks with data that go together; no array is imported for it."""

from collections.abc import Mapping
from typing import Any

#: Settings that say what is wanted of the user's own data.
WANTED_BY = ("label", "kind", "target_column", "normal", "as_spikes")

#: Settings that say how samples are cut into training, validation and test data.
CUT_BY = ("split_seed", "folds", "held_out", "time_order", "groups", "test_data")


def cut_as(settings: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what settings, by name, say of the split: equal where samples are cut in the same way."""
    return *(settings.get(name) for name in CUT_BY), settings.get("fold") or 1
