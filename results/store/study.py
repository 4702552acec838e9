"""The folder of a study: runs that differ by settings, by seed or by fold, each in a folder of its own.

DIR/study.json      the manifest: command, settings, which runs there are; only limits ever change
DIR/seed-1 …        run folders: `seed-S`, `fold-F` or `seed-S-fold-F`, in a grid after its settings, such as
                    `mutations-3-population-50-seed-1`

Spikevolve 0.1.0 knew cross-validations alone, whose manifest is `folds.json`.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from glob import glob
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError
from .atomic_files import AlreadyThereError, is_free, place_of_the_user, sync_folder, write_file
from .folder import MANIFEST, SCHEMA, STUDY, STUDY_OF_0_1_0, read_json, refuse_older, what_is_no_run
from .lock import this_host

#: What the runs of a study may differ by beside the settings of a grid; they stand after these.
DIFFER_BY = ("seed", "fold")

#: The name of a setting, or of an entry of one that is a table.
_NAME = re.compile(r"[a-z_]{1,40}(\.\w{1,40})?", re.ASCII)
#: Longest part of a folder's name for one value, and longest name.
_LONGEST_VALUE, _LONGEST_NAME = 40, 180


class Member(NamedTuple):
    """A run of a study.

    Attributes:
        folder: Its run folder, which need not be there yet.
        differs: What sets it apart: settings of a grid by name, then `seed`, `fold` or both. JSON values.
    """

    folder: Path
    differs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What people call it: "mutations 3, seed 3, fold 2"."""
        return ", ".join(f"{name} {_said(value)}" for name, value in self.differs.items())

    @property
    def begun(self) -> bool:
        """Whether its run folder is there."""
        return (self.folder / MANIFEST).exists()


class Study(NamedTuple):
    """What the manifest of a study says.

    Attributes:
        command: The command line that began it.
        settings: What the user has set, as JSON values.
        members: Its runs, in the order in which they are made.
        manifest: All that it says.
    """

    command: list[str]
    settings: dict[str, Any]
    members: list[Member]
    manifest: dict[str, Any]

    @property
    def grid(self) -> dict[str, list[Any]]:
        """Settings by which its runs differ, with their values in order; none but in a grid."""
        found: dict[str, list[Any]] = {}
        for member in self.members:
            for name, value in _of_grid(member.differs).items():
                values = found.setdefault(name, [])
                if value not in values:
                    values.append(value)
        return found

    @property
    def groups(self) -> dict[str, list[Member]]:
        """Its runs by the settings of the grid that they have, "mutations 3"; one group, "", without a grid."""
        found: dict[str, list[Member]] = {}
        for member in self.members:
            found.setdefault(Member(member.folder, _of_grid(member.differs)).name, []).append(
                member
            )
        return found


def is_study(folder: Path) -> bool:
    """Return whether a folder is that of a study."""
    return any(os.path.isfile(Path(folder) / name) for name in (STUDY, STUDY_OF_0_1_0))


def create_study(
    folder: Path,
    command: Sequence[str],
    settings: Mapping[str, object],
    runs: Iterable[Mapping[str, Any]],
) -> None:
    """Make the folder of a study, in one step: of processes that do so at once, one succeeds.

    Args:
        folder: Where; nothing may be there but an empty folder.
        command: The command line.
        settings: What the user has set, as JSON values.
        runs: What sets each run apart, see `Member.differs`.

    Raises:
        InputError: The folder exists (says how to resume it), or cannot be made there.
        MachineError: The disk is full, or fails otherwise.
    """
    folder = Path(folder).absolute()
    if is_study(folder):
        raise AlreadyThereError(
            f"{folder} already holds a study: `spikevolve resume {folder}` goes on with it, --out "
            "chooses another folder"
        )
    if not is_free(folder):
        raise InputError(f"{folder} already exists: --out chooses another folder")
    fresh = folder.with_name(f".{folder.name}.{this_host()}-{os.getpid()}.new")
    said = {"command": list(command), "settings": settings, "runs": list(map(dict, runs))}
    with place_of_the_user(f"folder {folder} cannot be written"):
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(fresh)
        write_file(fresh / STUDY, _text({"schema": SCHEMA, **said}))
        os.replace(fresh, folder)
        sync_folder(folder.parent)


def change_study(folder: Path, changes: Mapping[str, object]) -> None:
    """Replace entries of the manifest, at once.

    Raises:
        InputError: It is damaged, or cannot be written.
        MachineError: The disk is full, or fails otherwise.
    """
    path = _manifest(Path(folder))
    text = _text({**read_json(path), **changes})
    with place_of_the_user(f"folder {folder} cannot be written"):
        write_file(path, text)


def _text(manifest: Mapping[str, object]) -> bytes:
    return f"{json.dumps(manifest, indent=2, ensure_ascii=False)}\n".encode()


def read_study(folder: Path) -> Study:
    """Return what the manifest of a study says.

    Raises:
        InputError: It cannot be read, is damaged, or of a newer version.
    """
    folder = Path(folder)
    path = _manifest(folder)
    content = read_json(path)
    settings, command = content.get("settings"), content.get("command", [])
    if not isinstance(settings, dict) or not isinstance(command, list):
        raise InputError(f"{path} is damaged: settings must be an object, and command a list")
    runs = content.get("runs")
    if path.name == STUDY_OF_0_1_0 and type(settings.get("folds")) is int:
        runs = [{"fold": number} for number in range(1, settings["folds"] + 1)]
    if not isinstance(runs, list) or not runs or not all(map(_is_run, runs)):
        raise InputError(
            f"{path} is damaged: runs must be a list that says seed, fold or settings of each"
        )
    names = _folder_names(runs)
    members = [Member(folder / name, run) for name, run in zip(names, runs, strict=True)]
    return Study(command, settings, members, content)


def open_study(folder: Path) -> Study:
    """Return what the manifest of a study says, to go on with its runs.

    Raises:
        InputError: As `read_study`, or an older version began it.
    """
    path = _manifest(Path(folder))
    refuse_older(path, read_json(path))
    return read_study(folder)


def begun_runs(folder: Path) -> list[Path]:
    """Return the run folders of a study that have begun, in its order; of a run its own folder.

    Raises:
        InputError: As `read_study`.
    """
    if not is_study(folder):
        return [Path(folder)]
    return [member.folder for member in read_study(folder).members if member.begun]


def find_runs(given: str | Path) -> list[Path]:
    """Return the run folders that a user means by a path or a pattern.

    Args:
        given: A run folder, the folder of a study, one with such folders in it, or a pattern such as
            `runs/iris-*`, in which `**` is any number of folders. What a pattern matches that is neither a
            run nor a study is left out.

    Returns:
        At least one folder; those of a pattern in the order of their names.

    Raises:
        InputError: There is no such folder, no run is in it, or it is a study none of whose runs has
            begun; or a pattern matches no run.
    """
    path, pattern = Path(given), str(given)
    if path.exists() or not any(sign in pattern for sign in "*?["):
        if found := _runs_of([path]) or _runs_of(sorted(path.glob("*"))):
            return found
        if is_study(path):
            raise InputError(f"{given} is a study, but none of its runs has begun")
        raise InputError(f"{given} is not a run folder: {what_is_no_run(path)}")
    places = sorted(glob(pattern, recursive=True))
    found = _runs_of(map(Path, places))
    if not found:
        what = "matches nothing" if not places else "matches no folder of a run"
        raise InputError(f"{given} {what}: it must match run folders, or folders of studies")
    return found


def _runs_of(places: Iterable[Path]) -> list[Path]:
    """Return the runs among some places, and those of the studies among them, none twice."""
    known = [place for place in places if is_study(place) or os.path.isfile(place / MANIFEST)]
    return list(dict.fromkeys(run for place in known for run in begun_runs(place)))


def _manifest(folder: Path) -> Path:
    older = folder / STUDY_OF_0_1_0
    return older if older.exists() else folder / STUDY


def _is_run(differs: object) -> bool:
    if not isinstance(differs, dict) or not differs:
        return False
    numbers = [differs[name] for name in DIFFER_BY if name in differs]
    if not all(type(number) is int and number >= 0 for number in numbers):
        return False
    return all(_NAME.fullmatch(name) and _is_value(value) for name, value in differs.items())


def _is_value(value: object) -> bool:
    return all(
        isinstance(part, str | int | float)
        for part in (value if isinstance(value, list) else [value])
    )


def _of_grid(differs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in differs.items() if name not in DIFFER_BY}


def _said(value: object) -> str:
    """Return a value as users write it."""
    if isinstance(value, list):
        return "; ".join(map(_said, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _folder_names(runs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the folders of runs, no two of which are the same to any file system."""
    names: list[str] = []
    taken: set[str] = set()
    for differs in runs:
        base = "-".join(f"{name}-{_in_a_name(value)}" for name, value in differs.items())
        base = base[:_LONGEST_NAME]
        name, number = base, 2
        while name.lower() in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _in_a_name(value: object) -> str:
    return re.sub(r"[^\w.+=-]+", "-", _said(value), flags=re.ASCII)[:_LONGEST_VALUE]
