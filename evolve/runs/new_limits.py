"""Other limits for a run that has some: what they may be, and how the manifest remembers them all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ...errors import InputError
from ...results.store.folder import read_commit, read_manifest
from ...results.store.reader import read_arrow
from ...results.summaries.run_names import count, duration
from .settings import LIMITS, Settings, settings_from

#: A run keeps the limits that it has.
NO_LIMITS: Mapping[str, Any] = MappingProxyType({})


def limits_to_come(folder: Path, limits: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return new limits of a run; none if it has these already.

    Args:
        folder: The run folder.
        limits: Values of `LIMITS` by name; they count from the start of the run.

    Raises:
        InputError: Not a run, a value is not allowed, or the run is beyond it.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = settings_from(manifest["settings"])
    if not limits or with_limits(settings, limits) == settings:
        return NO_LIMITS
    state: dict[str, Any] = read_commit(folder).search
    generations, cost = state.get("generation", 0), state.get("cost", 0.0)
    seconds, score = state.get("seconds", 0.0), _champion_score(folder, manifest)
    beyond = {
        "generations": (generations, f"has had {count(generations, 'generation')} already"),
        "evaluations": (cost, f"has spent {cost:,.0f} already, with what learning costs"),
        "minutes": (seconds / 60, f"has searched for {duration(seconds)} already"),
        "target": (score, f"has a champion that scores {score:.4g} already"),
    }
    for name, (reached, said) in beyond.items():
        if name in limits and limits[name] < reached:
            raise InputError(
                f"{name} is {limits[name]:g}, but {folder} {said}; limits count from the start of a run"
            )
    return limits


def with_limits(settings: Settings, limits: Mapping[str, Any]) -> Settings:
    """Return settings with limits in the place of all that they have; the same if none are given."""
    return replace(settings, **{**dict.fromkeys(LIMITS), **limits}) if limits else settings


def entry(settings: Settings, generation: int | None) -> dict[str, object]:
    """Return what the manifest's history says of limits: from when on they hold, and what they are.

    Args:
        settings: With these limits.
        generation: From which one on; None for a cross-validation, whose folds differ.
    """
    return {
        **({} if generation is None else {"from_generation": generation}),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        **_set(settings.to_json()),
    }


def changes(
    manifest: Mapping[str, Any], settings: Settings, generation: int | None
) -> dict[str, object]:
    """Return the entries of a manifest that new limits change.

    Args:
        manifest: As it is.
        settings: With the new limits.
        generation: As for `entry`.
    """
    before = manifest.get("limits", [_set(manifest["settings"])])
    return {"settings": settings.to_json(), "limits": [*before, entry(settings, generation)]}


def _set(settings: Mapping[str, Any]) -> dict[str, object]:
    """Return the limits among settings that are JSON values."""
    return {name: settings[name] for name in LIMITS if settings.get(name) is not None}


def _champion_score(folder: Path, manifest: Mapping[str, Any]) -> float:
    """Return what a target is compared with, the champion's score on the data that choose it.

    It is -inf where it is not known.
    """
    column = "validation_score" if manifest["task"].get("has_validation") else "mean_score"
    for row in read_arrow(folder, "front", ["champion", column]).to_pylist():
        if row["champion"] and row[column] is not None:
            return float(row[column])
    return float("-inf")
