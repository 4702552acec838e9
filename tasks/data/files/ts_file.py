"""UCR/UEA time series files (`.ts`): a signal of one or more channels on each line, and its class.

The format (timeseriesclassification.com): lines that begin with # are comments; then come tags,
@name value, of which @timeStamps, @classLabel and @data matter here; after @data each line is a
sample: its channels, separated by colons, each of numbers separated by commas, and after the last
colon the class. Signals may differ in length; ? stands for a missing value.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError
from ..class_labels import MISSING, refuse_missing
from ..number_spelling import is_number
from ..samples import Chosen

Signal = list[list[float]]  # of each channel its values

#: Right answers that a file may declare, and the tag that does.
_DECLARED = {"class": "@classLabel true", "target": "@targetLabel true"}


class _Lines(NamedTuple):
    """Numbers, from 1, and texts of the lines that are samples; and what follows their last colon."""

    samples: list[tuple[int, str]]
    answers: str | None  # a word of `_DECLARED`


class _Sample(NamedTuple):
    signal: Signal
    answer: str
    place: str  # `a.ts, line 7`


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
    found = [_labelled(file, "class", gaps) for file in files]
    samples = [sample for those in found for sample in those]
    refuse_missing([s.answer for s in samples], lambda n: samples[n].place)
    return _signals(samples), np.array([s.answer for s in samples]), [len(those) for those in found]


def read_ts_numbers(
    files: Sequence[Path], *, gaps: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int]]:
    """Read signals and numbers to predict, as `read_ts` reads classes.

    Raises:
        InputError: As `read_ts`, or a number is none, or there are classes in place of numbers.
    """
    found = [_labelled(file, "target", gaps) for file in files]
    samples = [sample for those in found for sample in those]
    refuse_missing([s.answer for s in samples], lambda n: samples[n].place, what="target")
    numbers = np.array([_number(s.answer, s.place) for s in samples])
    return _signals(samples), numbers, [len(those) for those in found]


def has_numbers(file: Path) -> bool:
    """Return whether a file is one of signals that declares numbers to predict, by @targetLabel true."""
    if file.suffix.lower() != ".ts" or not file.is_file():
        return False
    return _lines(file).answers == "target"


def read_signals(file: Path, steps: int | None, *, gaps: bool = False) -> Chosen:
    """Read signals, and their right answers where the file has some.

    Args:
        file: As of `read_ts`, or with numbers to predict, or with neither.
        steps: Those of a signal; shorter ones go on at their last value. None: the longest one's.
        gaps: As of `read_ts`.

    Raises:
        InputError: As `read_ts`.
    """
    lines, answers = _lines(file)
    signals, said = [], []
    for line, text in lines:
        parts = text.split(":")
        if answers is not None:
            said.append(parts.pop().strip())
        signals.append([_channel(file, line, part, gaps) for part in parts])
        if len(parts) != len(signals[0]) or not parts:
            raise InputError(
                f"{file}, line {line} has {len(parts)} channels; the first sample has "
                f"{len(signals[0])}"
            )
    if not signals:
        raise InputError(f"{file} has no samples")
    right = None if answers is None else np.array(said)
    if answers == "target":
        right = np.array([_number(text, str(file)) for text in said])
    return Chosen(_stacked(signals, steps or 1), right)


def _labelled(file: Path, answers: str, gaps: bool) -> list[_Sample]:
    """Return the samples of a file that must have right answers of this kind."""
    lines = _lines(file)
    if lines.answers != answers:
        words = {"class": "classes", "target": "numbers to predict"}
        other = "" if lines.answers is None else f", but {words[lines.answers]}"
        raise InputError(f"{file} has no {words[answers]}{other}; it must say {_DECLARED[answers]}")
    samples = []
    for line, text in lines.samples:
        *channels, answer = text.split(":")
        if not channels:
            raise InputError(f"{file}, line {line}: there is no {answers} after a colon")
        signal = [_channel(file, line, channel, gaps) for channel in channels]
        samples.append(_Sample(signal, answer.strip(), f"{file}, line {line}"))
    if not samples:
        raise InputError(f"{file} has no samples")
    return samples


def _signals(samples: Sequence[_Sample]) -> NDArray[np.float64]:
    """Return the signals of samples, which must have as many channels as the first one."""
    first = len(samples[0].signal)
    for sample in samples:
        if len(sample.signal) != first:
            raise InputError(
                f"{sample.place} has {len(sample.signal)} channels; the first sample has {first}"
            )
    return _stacked([sample.signal for sample in samples])


def _lines(file: Path) -> _Lines:
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
    declared = [
        word for word, tag in _DECLARED.items() if any(t[:2] == tag.lower().split() for t in tags)
    ]
    samples = [(i, text) for i, text in numbered if not text.startswith("@")]
    return _Lines(samples, declared[0] if declared else None)


def _channel(file: Path, line: int, text: str, gaps: bool) -> list[float]:
    place, values = f"{file}, line {line}", []
    for cell in map(str.strip, text.split(",")):
        missing = cell in MISSING
        if missing and not gaps:
            raise InputError(
                f"{place}: a value is missing (got {cell!r}); --missing median fills it in"
            )
        values.append(math.nan if missing else _number(cell, place))
    return values


def _number(text: str, place: str) -> float:
    value = float(text) if is_number(text) else math.nan
    if not math.isfinite(value):
        raise InputError(f"{place}: {text!r} is not a finite number")
    return value


def _stacked(signals: list[Signal], shortest: int = 1) -> NDArray[np.float64]:
    steps = max(shortest, *(len(channel) for signal in signals for channel in signal))
    stacked = np.empty((len(signals), steps, len(signals[0])))
    for sample, signal in enumerate(signals):
        for number, channel in enumerate(signal):
            stacked[sample, : len(channel), number] = channel
            stacked[sample, len(channel) :, number] = channel[-1]
    return stacked
