"""A run as its folder tells of it: its parts prepared again, its search and its cache restored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...genomes import Genome, genome_from_columns
from ...measurements import NAMES
from ...results.store.blocks import read_backwards
from ...results.store.folder import read_manifest
from ...results.store.reader import read_table
from ...tasks import registry
from ...tasks.user_code import source_digest
from ..evaluation.cache import AnswerCache
from ..search.search import Search
from .checkpoint import decoded, genome_hashes, restore_search
from .prepare import Prepared, prepare
from .settings import Settings, settings_from


def prepared_again(folder: Path, task: str | None) -> Prepared:
    """Prepares a run from its manifest.

    Raises:
        InputError: Not a run, its task is the user's and was not named, or its data or the task's
            source have changed.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = named_again(folder, settings_from(manifest["settings"]), task)
    prepared = prepare(settings, manifest["task"].get("measured"))
    if source_digest(prepared.task.modules()) != manifest.get("source_sha256"):
        raise InputError(
            f"the source of {settings.task} has changed since {folder} began: undo the change, or "
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
    """The settings with a user's own task as it is named now; its file may lie elsewhere by now.

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


def restored_search(prepared: Prepared, folder: Path, state: Mapping[str, Any]) -> Search:
    """Rebuilds the search from what was committed last, or begins it where nothing was."""
    if not state:  # killed before the first commit
        return Search(prepared.search)
    table = read_table(folder, "genomes", hashes=genome_hashes(state))
    genomes: dict[str, Genome] = {
        row["genome_hash"]: genome_from_columns(row) for row in table.to_dict("records")
    }
    return restore_search(prepared.search, state, genomes)


def restored_cache(prepared: Prepared, folder: Path, generation: int) -> AnswerCache:
    """Rebuilds the cache from the last measured rows, the oldest first."""
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
