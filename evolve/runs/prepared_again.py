"""A run prepared from its manifest again: its settings, and the user's own code, named again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError
from ...results.store.folder import read_manifest
from ...tasks import registry
from ...tasks.user_code import source_digest
from .new_limits import NO_LIMITS, with_limits
from .prepare import PARTS, Prepared, own_parts, own_source_digest, prepare
from .settings import AS_BEFORE, Settings, settings_from


class OwnCode(NamedTuple):
    """The user's own code in a run, named again: none that a folder names is imported.

    None where it is not named.

    Attributes:
        task: `module:Class`, `path/to/file.py:Class` or `gym:module:ID`.
        wrap: All wrappers of the environment in their order, gymnasium's among them.
        selection: Selection of survivors, `module:function` or `path/to/file.py:function`.
        parents: Selection of parents, the same way.
    """

    task: str | None = None
    wrap: tuple[str, ...] | None = None
    selection: str | None = None
    parents: str | None = None


def own_code(
    task: str | None = None,
    wrap: Sequence[str] | None = None,
    selection: str | None = None,
    parents: str | None = None,
) -> OwnCode:
    """Return the user's own code from options, of which a list that is empty names nothing."""
    return OwnCode(task, tuple(wrap) if wrap else None, selection, parents)


#: Nothing in a run is the user's own, or nothing is named again.
NOT_NAMED = OwnCode()


def prepared_again(
    folder: Path,
    named: OwnCode = NOT_NAMED,
    limits: Mapping[str, Any] = NO_LIMITS,
    place: Mapping[str, Any] = AS_BEFORE,
) -> Prepared:
    """Prepare a run from its manifest, to go on with it.

    Args:
        folder: The run folder.
        named: The user's own code, named again.
        limits: New ones, by name.
        place: Where it goes on, as of `Settings.elsewhere`.

    Raises:
        InputError: Not a run, its task or a part of its search is the user's and was not named, or
            its data or the source of these have changed.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = named_again(folder, settings_from(manifest["settings"]), named)
    settings = with_limits(with_parts(folder, settings, named), limits).elsewhere(place)
    prepared = _prepared(folder, manifest, settings)
    selections = own_source_digest(prepared.search.selection, prepared.search.parents)
    if selections != manifest.get("selection_sha256"):
        raise InputError(
            f"the source of the selections of {folder} has changed since it began: undo the change, or "
            f"start anew with `spikevolve run {settings.task}`"
        )
    return prepared


def prepared_to_measure(folder: Path, named: OwnCode = NOT_NAMED) -> Prepared:
    """Prepare a run from its manifest, to measure its networks: usual parts of a search stand for own ones.

    Args:
        folder: The run folder.
        named: The user's own code, named again.

    Raises:
        InputError: Not a run, its task is the user's and was not named, or its data or the source of these
            have changed.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    settings = named_again(folder, settings_from(manifest["settings"]), named)
    usual: dict[str, Any] = dict.fromkeys(own_parts(settings))
    return _prepared(folder, manifest, replace(settings, **usual))


def _prepared(folder: Path, manifest: Mapping[str, Any], settings: Settings) -> Prepared:
    """Prepare a run whose data and source are those with which it began."""
    task_of_run = manifest["task"]
    # Before encoders were chosen by the data, a task that measured nothing named one all the same.
    prepared = prepare(settings, task_of_run.get("measured", task_of_run), manifest.get("given"))
    if source_digest(prepared.task.modules()) != manifest.get("source_sha256"):
        raise InputError(
            f"the source of {settings.task} has changed since {folder} began: undo the change, or "
            f"start anew with `spikevolve run {settings.task}`"
        )
    if prepared.task.data_digest != manifest.get("data_sha256"):
        where = settings.data or settings.task
        raise InputError(
            f"the data of {folder} have changed: {where} has the SHA-256 "
            f"{prepared.task.data_digest}, the run began with {manifest.get('data_sha256')}"
        )
    return prepared


def named_again(folder: Path, settings: Settings, named: OwnCode) -> Settings:
    """Return the settings with a user's own task and wrappers as they are named now; files may have moved.

    Raises:
        InputError: Something is the user's and is not named, or another one is.
    """
    return _wrapped_again(folder, _task_again(folder, settings, named.task), named.wrap)


def _task_again(folder: Path, settings: Settings, task: str | None) -> Settings:
    own = registry.is_own(settings.task)
    if task is None:
        if own:
            raise InputError(
                f"{folder} is a run of your own task; name it again with --task {settings.task}"
            )
        return settings
    if not _is_same(task, settings.task, own):
        raise InputError(f"{folder} is a run of {settings.task!r}, not of {task!r}")
    return replace(settings, task=task)


def _wrapped_again(folder: Path, settings: Settings, wrap: tuple[str, ...] | None) -> Settings:
    began_with = settings.wrap or ()
    options = " ".join(f"--wrap {text}" for text in began_with)
    if wrap is None:
        if any(map(registry.is_own_wrapper, began_with)):
            raise InputError(
                f"{folder} is a run with a wrapper of your own; name all again with {options}"
            )
        return settings
    pairs = zip(wrap, began_with, strict=False)
    same = all(_is_same(now, then, registry.is_own_wrapper(then)) for now, then in pairs)
    if not same or len(wrap) != len(began_with):
        raise InputError(
            f"{folder} is a run {'with ' + options if options else 'without wrappers'}, not with "
            f"{' '.join(f'--wrap {text}' for text in wrap)}"
        )
    return replace(settings, wrap=wrap)


def with_parts(folder: Path, settings: Settings, named: OwnCode) -> Settings:
    """Return the settings with the user's own parts of the search as they are named now.

    Raises:
        InputError: One is not named, or another one is.
    """
    changes: dict[str, Any] = {}
    own = own_parts(settings)
    for name in PARTS:
        began_with, now = getattr(settings, name), getattr(named, name)
        if now is None:
            if name in own:
                raise InputError(
                    f"{folder} is a run with {name} of your own; name it again with "
                    f"--{name} {began_with}"
                )
            continue
        if began_with is None or not _is_same(now, began_with, name in own):
            raise InputError(f"{folder} is a run with {name} {began_with!r}, not {now!r}")
        changes[name] = now
    return replace(settings, **changes)


def _is_same(now: str, then: str, own: bool) -> bool:
    """Return whether two names are of the same thing, if it is the user's own whatever its file."""
    return now == then or (own and now.rpartition(":")[2] == then.rpartition(":")[2])
