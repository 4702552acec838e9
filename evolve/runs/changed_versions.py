"""A run that goes on with other versions of packages than it had: refused, or noted where that is allowed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...results.store.folder import MANIFEST, read_manifest
from ...results.store.writer import RunWriter
from ..evaluation.versions import WITHOUT_EFFECT, installed_versions, version_differences

#: In the manifest: which versions the run went on with, and from which generation on.
CHANGES = "version_changes"


def accept_versions(writer: RunWriter, generation: int, *, allowed: bool) -> None:
    """Compare the versions of packages with those that a run had last.

    Args:
        writer: Of the run, which is to go on.
        generation: The next one.
        allowed: Whether others are noted, in `run.json` and in the log.

    Raises:
        InputError: They differ and others are not allowed; names them. Or the manifest is damaged.
    """
    manifest = read_manifest(writer.folder)
    before = _last_versions(writer.folder, manifest)
    names = [name for name in before if name not in (*WITHOUT_EFFECT, "python")]
    now = installed_versions(names)
    differences = version_differences(before, now, "now")
    if not differences:
        return
    if not allowed:
        raise InputError(
            f"{writer.folder} had other versions of packages: {differences}; install those again, or go "
            "on with --allow-version-change, and its tables may be others than an undisturbed run's"
        )
    changes: Any = manifest.get(CHANGES, [])
    time = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {"from_generation": generation, "time": time, "versions": {**before, **now}}
    writer.change_manifest({CHANGES: [*changes, entry]})
    writer.log(f"goes on from generation {generation} with other versions: {differences}")


def _last_versions(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the versions that a run had last, by name."""
    changes = manifest.get(CHANGES, [])
    try:
        last = changes[-1]["versions"] if changes else manifest["versions"]
        if all(isinstance(text, str) for text in (*last, *last.values())):
            return dict(last)
    except (LookupError, TypeError, AttributeError):
        pass
    raise InputError(f"{folder / MANIFEST} is damaged: versions must be texts by name")
