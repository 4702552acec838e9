"""The folder of a cross-validation: its settings, and a run folder for each fold.

DIR/folds.json      the manifest: command, settings; only limits ever change
DIR/fold-1 …        run folders, made one after the other
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import InputError
from .atomic_files import place_of_the_user, sync_folder, write_file
from .folder import FOLDS, MANIFEST, SCHEMA, read_json, refuse_older


def is_folds(folder: Path) -> bool:
    """Return whether a folder is that of a cross-validation."""
    return os.path.isfile(Path(folder) / FOLDS)


def fold_folder(folder: Path, number: int) -> Path:
    """Return the run folder of a fold, 1 the first."""
    return Path(folder) / f"fold-{number}"


def create_folds(folder: Path, manifest: Mapping[str, object]) -> None:
    """Make the folder of a cross-validation, in one step.

    Raises:
        InputError: The folder exists (says how to resume it), or cannot be made there.
        MachineError: The disk is full, or fails otherwise.
    """
    folder = Path(folder).absolute()
    if is_folds(folder):
        raise InputError(
            f"{folder} already holds a cross-validation: `spikevolve resume {folder}` goes on "
            "with it, --out chooses another folder"
        )
    if os.path.lexists(folder):
        raise InputError(f"{folder} already exists: --out chooses another folder")
    fresh = folder.with_name(f".{folder.name}.new")
    with place_of_the_user(f"folder {folder} cannot be written"):
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(fresh)
        write_file(fresh / FOLDS, _text({"schema": SCHEMA, **manifest}))
        os.replace(fresh, folder)
        sync_folder(folder.parent)


def change_folds(folder: Path, changes: Mapping[str, object]) -> None:
    """Replace entries of `folds.json`, at once.

    Raises:
        InputError: It is damaged, or cannot be written.
        MachineError: The disk is full, or fails otherwise.
    """
    folder = Path(folder)
    text = _text({**read_folds(folder), **changes})
    with place_of_the_user(f"folder {folder} cannot be written"):
        write_file(folder / FOLDS, text)


def _text(manifest: Mapping[str, object]) -> bytes:
    return f"{json.dumps(manifest, indent=2, ensure_ascii=False)}\n".encode()


def read_folds(folder: Path) -> dict[str, Any]:
    """Return what `folds.json` says.

    Raises:
        InputError: It cannot be read, is damaged, or of a newer version.
    """
    content = read_json(Path(folder) / FOLDS)
    settings = content.get("settings")
    if not isinstance(settings, dict) or type(settings.get("folds")) is not int:
        raise InputError(f"{Path(folder) / FOLDS} is damaged: its settings must say the folds")
    return content


def open_folds(folder: Path) -> dict[str, Any]:
    """Return what `folds.json` says, to go on with its runs.

    Raises:
        InputError: As `read_folds`, or an older version began it.
    """
    content = read_folds(folder)
    refuse_older(Path(folder) / FOLDS, content)
    return content


def begun_folds(folder: Path) -> dict[int, Path]:
    """Return the run folders of the folds that have begun, by number.

    Raises:
        InputError: As `read_folds`.
    """
    numbers = range(1, read_folds(folder)["settings"]["folds"] + 1)
    folders = {number: fold_folder(folder, number) for number in numbers}
    return {number: run for number, run in folders.items() if (run / MANIFEST).exists()}
