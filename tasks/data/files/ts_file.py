"""UCR/UEA time series files (`.ts`): a signal of one or more channels on each line, and its class.

The format (timeseriesclassification.com): lines that begin with # are comments; then come tags,
@name value, of which @timeStamps, @classLabel and @data matter here; after @data each line is a
sample: its channels, separated by colons, each of numbers separated by commas, and after the last
colon the class. Signals may differ in length; ? stands for a missing value.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ..class_labels import MISSING, refuse_missing
from ..number_spelling import is_number
from ..samples import Chosen

Signal = list[list[float]]  # of each channel its values


def read_ts(
    files: Sequence[Path], *, gaps: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.str_], list[int]]:
    """Read signals and classes from one file after the other.

    A signal that is shorter than the longest goes on at its last value.

    Args:
        files: The files.
        gaps: Whether values may be missing: they are NaN then.

    Returns:
        (samples, steps, channels), (samples,) classes, and of each file the number of samples.

    Raises:
        InputError: Naming the file, line, value and what is allowed.
    """
    signals: list[Signal] = []
    classes: list[str] = []
    places: list[str] = []
    counts = []
    for file in files:
        before = len(classes)
        for line, text in _samples(file):
            *channels, name = text.split(":")
            if not channels:
                raise InputError(f"{file}, line {line}: there is no class after a colon")
            signals.append([_channel(file, line, channel, gaps) for channel in channels])
            if len(channels) != len(signals[0]):
                raise InputError(
                    f"{file}, line {line} has {len(channels)} channels; "
                    f"the first sample has {len(signals[0])}"
                )
            classes.append(name.strip())
            places.append(f"{file}, line {line}")
        counts.append(len(classes) - before)
        if not counts[-1]:
            raise InputError(f"{file} has no samples")
    refuse_missing(classes, lambda sample: places[sample])
    return _stacked(signals), np.array(classes), counts


def read_signals(file: Path, steps: int | None, *, gaps: bool = False) -> Chosen:
    """Read signals, and their classes where the file has some.

    Args:
        file: As of `read_ts`, but @classLabel may be false, and then there are no classes.
        steps: Those of a signal; shorter ones go on at their last value. None: the longest one's.
        gaps: As of `read_ts`.

    Raises:
        InputError: As `read_ts`.
    """
    lines, labelled = _lines(file)
    signals, classes = [], []
    for line, text in lines:
        parts = text.split(":")
        if labelled:
            classes.append(parts.pop().strip())
        signals.append([_channel(file, line, part, gaps) for part in parts])
        if len(parts) != len(signals[0]) or not parts:
            raise InputError(
                f"{file}, line {line} has {len(parts)} channels; the first sample has "
                f"{len(signals[0])}"
            )
    if not signals:
        raise InputError(f"{file} has no samples")
    return Chosen(_stacked(signals, steps or 1), np.array(classes) if labelled else None)


def _samples(file: Path) -> list[tuple[int, str]]:
    """Return numbers, from 1, and texts of the lines that are samples, which must have classes."""
    lines, labelled = _lines(file)
    if not labelled:
        raise InputError(f"{file} has no classes; it must say @classLabel true")
    return lines


def _lines(file: Path) -> tuple[list[tuple[int, str]], bool]:
    """Return numbers, from 1, and texts of the lines that are samples, and whether they have classes."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not a text file in UTF-8 (byte {error.start})") from error
    numbered = [(i, text.strip()) for i, text in enumerate(lines, 1) if text.strip()]
    numbered = [(i, text) for i, text in numbered if not text.startswith("#")]
    tags = [text.lower().split() for _, text in numbered if text.startswith("@")]
    if ["@data"] not in tags:
        raise InputError(f"{file} is not a .ts file: it has no line @data")
    if ["@timestamps", "true"] in tags:
        raise InputError(f"{file} has time stamps; values must be evenly spaced, without stamps")
    labelled = any(tag[:2] == ["@classlabel", "true"] for tag in tags)
    return [(i, text) for i, text in numbered if not text.startswith("@")], labelled


def _channel(file: Path, line: int, text: str, gaps: bool) -> list[float]:
    values = []
    for cell in map(str.strip, text.split(",")):
        missing = cell in MISSING
        if missing and not gaps:
            raise InputError(
                f"{file}, line {line}: a value is missing (got {cell!r}); --missing median fills it in"
            )
        value = float(cell) if is_number(cell) else math.nan
        if not missing and not math.isfinite(value):
            raise InputError(f"{file}, line {line}: {cell!r} is not a finite number")
        values.append(value)
    return values


def _stacked(signals: list[Signal], shortest: int = 1) -> NDArray[np.float64]:
    steps = max(shortest, *(len(channel) for signal in signals for channel in signal))
    stacked = np.empty((len(signals), steps, len(signals[0])))
    for sample, signal in enumerate(signals):
        for number, channel in enumerate(signal):
            stacked[sample, : len(channel), number] = channel
            stacked[sample, len(channel) :, number] = channel[-1]
    return stacked
