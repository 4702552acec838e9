"""What a user's own data files hold: features, right answers, and which samples are for the test."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..task import TaskSettings
from .files.numpy_file import read_arrays
from .files.regular_file import refuse_irregular
from .files.ts_file import read_ts, read_ts_numbers
from .tables.features import TableFeatures, text_settings
from .tables.labels import label_column, labels_of_table, numbers_of_table
from .tables.names import listed_names
from .tables.prepare import Preparation
from .tables.read_table import (
    ENDINGS,
    ending_of,
    read_table,
    refuse_text_settings,
    table_of_file_of_arrays,
)
from .tables.table import Table
from .tables.text_layout import TextSettings
from .tables.typed_files import features_and_labels, table_of_arrays, table_of_features

#: Settings that only tables take.
OF_TABLES = ("features", "drop", "groups", *TextSettings._fields)

#: Arrays of one file that has training and test data, as keras.datasets keeps them.
_KERAS = (("x_train", "y_train"), ("x_test", "y_test"))


class Wanted(NamedTuple):
    """What is wanted of samples: their classes, or numbers.

    Attributes:
        columns: From a table and settings to the names of the columns of right answers.
        values: From a table and such columns to the right answers.
        of_ts: Reads `.ts` files, with `gaps` or without: signals, right answers, of each file how many.
    """

    columns: Callable[[Table, TaskSettings], Sequence[str]]
    values: Callable[[Table, Sequence[str]], NDArray[Any]]
    of_ts: Callable[..., tuple[NDArray[np.float64], NDArray[Any], list[int]]]


def _number_columns(table: Table, settings: TaskSettings) -> Sequence[str]:
    if settings.target_column is None and (known := _known(table, settings)):
        return known
    if settings.target_column is not None:
        return listed_names(settings.target_column, "target_column")
    if len(table.columns) < 2:
        raise InputError(f"{table.file} has one column only; features and numbers are needed")
    return list(table.columns)[-1:]


def _label_columns(table: Table, settings: TaskSettings) -> Sequence[str]:
    known = _known(table, settings) if settings.label is None else []
    return [label_column(table, known[0] if known else settings.label)]


def _known(table: Table, settings: TaskSettings) -> list[str]:
    """Return the columns of right answers that a network has learned from, as far as they are here, too."""
    if settings.columns is None:
        return []
    columns = Preparation.from_json(settings.columns).columns
    return [c.name for c in columns if c.use == "label" and c.name in table.columns]


CLASSES = Wanted(
    _label_columns,
    lambda table, columns: labels_of_table(table, columns[0]),
    read_ts,
)
NUMBERS = Wanted(_number_columns, numbers_of_table, read_ts_numbers)


class Samples(NamedTuple):
    """What files hold.

    Attributes:
        features: (samples, …), NaN where a value of a table is missing.
        answers: (samples,) classes, or (samples, numbers).
        learnt: How many of the first samples are for training, where the others are for the test;
            None where there is no test data.
        groups: (samples,) the group of each, None where they have none.
        columns: What the columns of a table are, None of signals.
        notes: What is to be said of the files, a sentence each.
    """

    features: NDArray[Any]
    answers: NDArray[Any]
    learnt: int | None = None
    groups: NDArray[Any] | None = None
    columns: TableFeatures | None = None
    notes: tuple[str, ...] = ()


class _Arrays(NamedTuple):
    """Signals or spikes, (samples, steps, channels), and their right answers."""

    file: Path
    signals: NDArray[Any]
    answers: NDArray[Any]


def read_own_file(
    settings: TaskSettings, wanted: Wanted, task: str, *, as_text: bool, gaps: bool
) -> Samples:
    """Read the data of a user's, and the test data where they are apart.

    Args:
        settings: Those of the task.
        wanted: What is wanted of the samples.
        task: Its name, for messages.
        as_text: Whether the files are text whatever their names.
        gaps: Whether features may be missing: they are NaN then.

    Raises:
        InputError: A file is not as it must be, or the test data are not like the others.
    """
    if settings.data is None:
        raise InputError(f"task {task} needs data: the path of a file")
    files = [Path(f) for f in (settings.data, settings.test_data) if f is not None]
    for file in files:
        refuse_irregular(file)
    if ending_of(files[0]) == ".ts" and not as_text:
        return _of_ts(files, settings, wanted, gaps=gaps)
    parts = [part for file in files for part in _parts(file, settings, wanted, as_text=as_text)]
    if len(parts) > 2:
        raise InputError(f"{files[0]} has test data of its own, so it takes no test_data")
    tables = [part for part in parts if isinstance(part, Table)]
    arrays = [part for part in parts if isinstance(part, _Arrays)]
    if tables and arrays:
        raise InputError(f"{files[-1]} must hold samples as {files[0]} does, as rows or as signals")
    return _of_tables(tables, settings, wanted) if tables else _of_arrays(arrays, settings)


def _parts(
    file: Path, settings: TaskSettings, wanted: Wanted, *, as_text: bool
) -> list[Table | _Arrays]:
    """Read a file: one part, or training and test data."""
    ending, s = ending_of(file), settings
    if ending not in ENDINGS and not as_text:
        raise InputError(
            f"{file}: a data file must end in {', '.join(ENDINGS)} or .ts (got {file.suffix!r})"
        )
    if ending != ".npz" or as_text:
        return [read_table(file, text_settings(s), as_text=as_text)]
    refuse_text_settings(file, text_settings(s))
    arrays = read_arrays(file)
    name = s.label or s.target_column
    if not isinstance(arrays, dict):
        return [table_of_file_of_arrays(file, arrays, name)]
    if arrays.keys() >= {*_KERAS[0]}:
        return [
            _of_pair(file, {x: arrays[x], "y": arrays[y]}, "y", wanted)
            for x, y in _KERAS
            if {x, y} <= arrays.keys()
        ]
    if max((array.ndim for array in arrays.values()), default=0) > 2:
        return [_of_pair(file, arrays, features_and_labels(file, arrays, name)[1], wanted)]
    return [table_of_file_of_arrays(file, arrays, name)]


def _of_pair(
    file: Path, arrays: dict[str, NDArray[Any]], answers: str, wanted: Wanted
) -> Table | _Arrays:
    """Return one array of features and one of right answers as rows or as signals."""
    (name,) = (name for name in arrays if name != answers)
    features, right = arrays[name], arrays[answers]
    if wanted is CLASSES and _is_one_hot(right):
        right = right.argmax(axis=1)
    if features.ndim > 3:  # images: their pixels are features
        features = features.reshape(len(features), -1)
    if right.shape not in ((len(features),), (len(features), 1)):
        raise InputError(
            f"{file} must hold a right answer for each sample (got {name!r} of shape {features.shape} "
            f"and {answers!r} of shape {right.shape})"
        )
    if features.ndim == 2:
        return table_of_features(file, features, name, {answers: right.ravel()})
    table = table_of_arrays(file, {answers: right.ravel()})
    return _Arrays(file, features, wanted.values(table, [answers]))


def _is_one_hot(answers: NDArray[Any]) -> bool:
    """Return whether each row has a single 1 among zeros, a column for each class."""
    if answers.ndim != 2 or answers.shape[1] < 2 or answers.dtype.kind not in "iufb":
        return False
    return bool(np.isin(answers, (0, 1)).all() and (answers.sum(axis=1) == 1).all())


def _of_ts(files: list[Path], settings: TaskSettings, wanted: Wanted, *, gaps: bool) -> Samples:
    for name in ("label", "target_column"):
        if getattr(settings, name) is not None:
            raise InputError(
                f"{files[0]}: .ts files take no {name} (got {getattr(settings, name)!r})"
            )
    _refuse_settings(files[0], settings, (*OF_TABLES, "as_spikes"), "is no table")
    stem = files[0].stem
    beside = files[0].with_name(f"{stem.removesuffix('_TRAIN')}_TEST.ts")
    if len(files) == 1 and stem.endswith("_TRAIN") and beside.exists():
        files = [*files, beside]
    signals, answers, counts = wanted.of_ts(files, gaps=gaps)
    return Samples(signals, answers, counts[0] if len(files) > 1 else None)


def _of_arrays(parts: list[_Arrays], settings: TaskSettings) -> Samples:
    _refuse_settings(parts[0].file, settings, OF_TABLES, "is no table")
    shapes = [part.signals.shape[1:] for part in parts]
    if len({*shapes}) > 1:
        raise InputError(
            f"{parts[1].file}: samples for the test have the shape {shapes[1]}, but those to learn from "
            f"{shapes[0]}"
        )
    signals = np.concatenate([part.signals for part in parts])
    answers = np.concatenate([part.answers for part in parts])
    learnt = len(parts[0].signals) if len(parts) > 1 else None
    binary = signals.ndim == 3 and bool(np.isin(signals, (0, 1)).all())
    if settings.as_spikes:
        if not binary:
            raise InputError(
                f"{parts[0].file}: spikes must be 0 and 1 in an array (samples, ticks, inputs) "
                f"(got {signals.dtype} of shape {signals.shape} from {signals.min()} to {signals.max()})"
            )
        return Samples(signals.astype(np.bool_), answers, learnt)
    notes: tuple[str, ...] = ()
    if binary:
        notes = (
            f"{parts[0].file}: all values are 0 and 1; they are read as the values of signals, and as "
            "spikes with --as-spikes",
        )
    if signals.dtype == np.bool_:
        signals = signals.astype(np.float64)
    return Samples(signals, answers, learnt, notes=notes)


def _of_tables(tables: list[Table], settings: TaskSettings, wanted: Wanted) -> Samples:
    learnt, *tests = tables
    _refuse_settings(learnt.file, settings, ("as_spikes",), "is a table of values")
    answers = wanted.columns(learnt, settings)
    right = [wanted.values(table, answers) for table in tables]
    features = TableFeatures(learnt, answers, _without_groups(settings))
    for test in tests:
        more = [name for name in test.columns if name not in learnt.columns]
        if more:
            raise InputError(f"{test.file} has the column {more[0]!r}, which {learnt.file} has not")
    groups = [_groups_of(table, settings.groups) for table in tables if settings.groups]
    both = sorted({*map(str, groups[0])} & {*map(str, groups[1])}) if len(groups) > 1 else []
    if both:
        raise InputError(
            f"{tests[0].file}: group {both[0]!r} of column {settings.groups!r} is in {learnt.file}, too"
        )
    return Samples(
        np.concatenate([features.of(table) for table in tables]),
        np.concatenate(right),
        learnt.rows if tests else None,
        np.concatenate(groups) if groups else None,
        features,
    )


def _without_groups(settings: TaskSettings) -> TaskSettings:
    """Return the settings with the column of groups among those that are no features."""
    if settings.groups is None or settings.columns is not None:
        return settings
    quoted = '"' + settings.groups.replace('"', '""') + '"'
    return replace(settings, drop=",".join(filter(None, (settings.drop, quoted))))


def _groups_of(table: Table, name: str) -> NDArray[Any]:
    column = table.column(name)
    gaps = np.flatnonzero(column.missing)
    if len(gaps):
        raise InputError(
            f"{table.place(int(gaps[0]), name)}: the group is missing ({len(gaps)} of {table.rows} are "
            "missing)"
        )
    return np.array(column.values.tolist())


def _refuse_settings(
    file: Path, settings: TaskSettings, names: Sequence[str], because: str
) -> None:
    for name in names:
        given = getattr(settings, name)
        if given is not None:
            raise InputError(f"{file} {because}, so it takes no {name} (got {given!r})")
