"""A run as its folder tells of it: its parts prepared again, its search and its cache restored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError
from ...genomes import Genome, genome_from_columns
from ...measurements import NAMES
from ...results.store.folder import read_manifest
from ...results.store.reader import read_backwards, read_table
from ...tasks import registry
from ...tasks.user_code import source_digest
from ..evaluation.cache import AnswerCache
from ..search.search import Search
from .checkpoint import decoded, genome_hashes, restore_search
from .prepare import Prepared, prepare
from .search_parts import own_parts, own_source_digest
from .settings import Settings, settings_from


class OwnParts(NamedTuple):
    """The user's own parts of a search, named again; None where they are not named.

    Attributes:
        selection: Selection of survivors, `module:function` or `path/to/file.py:function`.
        parents: Selection of parents, the same way.
    """

    selection: str | None = None
    parents: str | None = None


#: No part of a search is the user's, or none is named again.
NOT_NAMED = OwnParts()


def prepared_again(folder: Path, task: str | None, parts: OwnParts | None = None) -> Prepared:
    """Prepare a run from its manifest.

    Args:
        folder: The run folder.
        task: The user's own task, named again.
        parts: The user's own parts of the search, named again; None where it does not go on: then
            usual ones stand for them.

    Raises:
        InputError: Not a run, its task or a part of its search is the user's and was not named, or
            its data or the source of these have changed.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = named_again(folder, settings_from(manifest["settings"]), task)
    settings = with_parts(folder, settings, parts)
    prepared = prepare(settings, manifest["task"].get("measured"))
    if source_digest(prepared.task.modules()) != manifest.get("source_sha256"):
        raise InputError(
            f"the source of {settings.task} has changed since {folder} began: undo the change, or "
            f"start anew with `spikevolve run {settings.task}`"
        )
    selections = own_source_digest(prepared.search.selection, prepared.search.parents)
    if parts is not None and selections != manifest.get("selection_sha256"):
        raise InputError(
            f"the source of the selections of {folder} has changed since it began: undo the change, or "
            f"start anew with `spikevolve run {settings.task}`"
        )
    if prepared.task.data_digest != manifest["data_sha256"]:
        where = settings.data or settings.task
        raise InputError(
            f"the data of {folder} have changed: {where} has the SHA-256 "
            f"{prepared.task.data_digest}, the run began with {manifest['data_sha256']}"
        )
    return prepared


def named_again(folder: Path, settings: Settings, task: str | None) -> Settings:
    """Return the settings with a user's own task as it is named now; its file may lie elsewhere.

    Code named by a folder is never imported.

    Raises:
        InputError: The task is the user's and is not named, or another one is.
    """
    own = registry.is_own(settings.task)
    if task is None:
        if own:
            raise InputError(
                f"{folder} is a run of your own task; name it again with --task {settings.task}"
            )
        return settings
    same_class = own and task.rpartition(":")[2] == settings.task.rpartition(":")[2]
    if task != settings.task and not same_class:
        raise InputError(f"{folder} is a run of {settings.task!r}, not of {task!r}")
    return replace(settings, task=task)


def with_parts(folder: Path, settings: Settings, parts: OwnParts | None) -> Settings:
    """Return the settings with the user's own parts of the search as they are named now.

    Raises:
        InputError: One is not named, or another one is.
    """
    changes: dict[str, Any] = {}
    for name in OwnParts._fields:
        began_with = getattr(settings, name)
        own = name in own_parts(settings)
        named = getattr(parts, name, None)
        if parts is None:
            changes |= {name: None} if own else {}
        elif own and named is None:
            raise InputError(
                f"{folder} is a run with {name} of your own; name it again with "
                f"--{name} {began_with}"
            )
        elif named is not None:
            same = own and named.rpartition(":")[2] == began_with.rpartition(":")[2]
            if named != began_with and not same:
                raise InputError(f"{folder} is a run with {name} {began_with!r}, not {named!r}")
            changes[name] = named
    return replace(settings, **changes)


def restored_search(prepared: Prepared, folder: Path, state: Mapping[str, Any]) -> Search:
    """Rebuild the search from what was committed last, or begins it where nothing was."""
    if not state:  # killed before the first commit
        return Search(prepared.search)
    table = read_table(folder, "genomes", hashes=genome_hashes(state))
    genomes: dict[str, Genome] = {
        row["genome_hash"]: genome_from_columns(row) for row in table.to_dict("records")
    }
    return restore_search(prepared.search, state, genomes)


def restored_cache(prepared: Prepared, folder: Path, generation: int) -> AnswerCache:
    """Rebuild the cache from the last measured rows, the oldest first."""
    episodes = prepared.task.episodes
    cache = AnswerCache()
    if generation == 0 or prepared.task.fresh:
        return cache
    latest: list[tuple[str, Sequence[float]]] = []
    names = ["network_hash", "cached", "fault", "episodes", *NAMES]
    for block in read_backwards(folder, "individuals", names):
        rows = zip(*(column.to_pylist() for column in block.columns), strict=True)
        measured = [
            (key, decoded(row))
            for key, cached, fault, lived_through, *row in rows
            if not cached and fault is None and lived_through == episodes
        ]
        latest = measured + latest
        if len(latest) >= cache.limit:
            break
    for network_hash, answer in latest[-cache.limit :]:
        cache.enter(network_hash, answer)
    return cache
