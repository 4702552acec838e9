"""The folder of a cross-validation: its settings, and a run folder for each fold.

DIR/folds.json      the manifest: command, settings; never changes
DIR/fold-1 …        run folders, made one after the other
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from statistics import mean, stdev
from typing import Any, TypedDict

from ...errors import InputError
from ..store.atomic_files import place_of_the_user, sync_folder, write_file
from ..store.folder import FOLDS, MANIFEST, SCHEMA, read_json
from .report import Row, aligned, build_report, cell
from .status import read_status

#: What is averaged over the champions of the folds.
AVERAGED = ("test_score", "test_spikes", "test_latency", "synapses")


class FoldsReport(TypedDict):
    """What `report_folds` returns: plain JSON values; null is what was not measured."""

    task: str
    seed: int
    folds: int
    done: int  # folds
    champions: list[Row]  # of the folds that have one: `fold`, `id` and `AVERAGED`
    mean: Row  # of `AVERAGED`, over these champions
    standard_deviation: Row  # likewise, of a sample (divided by n - 1); null for fewer than two


def is_folds(folder: Path) -> bool:
    """Whether a folder is that of a cross-validation."""
    return os.path.isfile(Path(folder) / FOLDS)


def fold_folder(folder: Path, number: int) -> Path:
    """The run folder of a fold, 1 the first."""
    return Path(folder) / f"fold-{number}"


def create_folds(folder: Path, manifest: Mapping[str, object]) -> None:
    """Make the folder of a cross-validation, in one step.

    Raises:
        InputError: the folder exists (says how to resume it), or cannot be made there.
        MachineError: the disk is full, or fails otherwise.
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
    text = json.dumps({"schema": SCHEMA, **manifest}, indent=2, ensure_ascii=False)
    with place_of_the_user(f"folder {folder} cannot be written"):
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(fresh)
        write_file(fresh / FOLDS, f"{text}\n".encode())
        os.replace(fresh, folder)
        sync_folder(folder.parent)


def read_folds(folder: Path) -> dict[str, Any]:
    """What `folds.json` says.

    Raises:
        InputError: it cannot be read, is damaged, or of a newer version.
    """
    content = read_json(Path(folder) / FOLDS)
    settings = content.get("settings")
    if not isinstance(settings, dict) or type(settings.get("folds")) is not int:
        raise InputError(f"{Path(folder) / FOLDS} is damaged: its settings must say the folds")
    return content


def begun_folds(folder: Path) -> dict[int, Path]:
    """Run folders of the folds that have begun, by number.

    Raises:
        InputError: as `read_folds`.
    """
    numbers = range(1, read_folds(folder)["settings"]["folds"] + 1)
    places = {number: fold_folder(folder, number) for number in numbers}
    return {number: place for number, place in places.items() if (place / MANIFEST).exists()}


def report_folds(folder: Path) -> FoldsReport:
    """What a cross-validation has found so far.

    Raises:
        InputError: a manifest or a run folder is damaged.
    """
    settings = read_folds(folder)["settings"]
    reports = {number: build_report(place) for number, place in begun_folds(folder).items()}
    champions: list[Row] = [
        {"fold": number, **{name: report["champion"][name] for name in ("id", *AVERAGED)}}
        for number, report in reports.items()
        if report["champion"]
    ]
    known = {name: [c[name] for c in champions if c[name] is not None] for name in AVERAGED}
    return FoldsReport(
        task=next((report["task"] for report in reports.values()), settings["task"]),
        seed=settings["seed"],
        folds=settings["folds"],
        done=sum(report["state"] == "done" for report in reports.values()),
        champions=champions,
        mean={name: mean(map(float, found)) if found else None for name, found in known.items()},
        standard_deviation={
            name: stdev(map(float, found)) if found[1:] else None for name, found in known.items()
        },
    )


def summarize_folds(folder: Path) -> str:
    """The report as a page of text: every fold's champion, and their mean ± standard deviation.

    Raises:
        InputError: a manifest or a run folder is damaged.
    """
    report = report_folds(folder)
    average, spread = report["mean"], report["standard_deviation"]
    rows = [["fold", "champion", *AVERAGED]]
    for champion in report["champions"]:
        rows.append([str(champion["fold"]), *(cell(champion[n]) for n in ("id", *AVERAGED))])
    rows.append(["mean", "", *(cell(average[name]) for name in AVERAGED)])
    rows.append(["deviation", "", *(cell(spread[name]) for name in AVERAGED)])
    return "\n\n".join(
        [
            f"{report['task']}, seed {report['seed']}: cross-validation, "
            f"{report['done']} of {report['folds']} folds done",
            aligned(rows, words=2),
            "score on held-out folds, mean ± standard deviation: "
            f"{cell(average['test_score'])} ± {cell(spread['test_score'])}",
        ]
    )


def status_folds(folder: Path) -> str:
    """A line or two for each fold that has begun, and one for the others.

    Raises:
        InputError: a manifest or a run folder is damaged.
    """
    begun = begun_folds(folder)
    lines = [str(read_status(place)) for place in begun.values()]
    missing = read_folds(folder)["settings"]["folds"] - len(begun)
    return "\n".join([*lines, *([f"folds not begun: {missing}"] if missing else [])])
