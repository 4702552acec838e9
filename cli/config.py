"""The words of a run: from a TOML file and from flags; flags win."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import InputError
from ..evolve.settings import settings_from

_NOT_SETTINGS = ("config", "quiet")


def run_words(config: Path | None, flags: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the settings of a run that were given, and whether it shall be quiet.

    Args:
        config: TOML file, or None.
        flags: Options by name, None where not given.

    Raises:
        InputError: The file or a value in it is wrong, or a flag ``ranges`` cannot be read.
    """
    words = read_config(config) if config else {}
    quiet = words.pop("quiet", False)
    given = {name: value for name, value in flags.items() if value is not None}
    quiet = given.get("quiet", quiet)
    ranges = {**words.pop("ranges", {}), **parse_ranges(given.pop("ranges", ()))}
    for name, value in given.items():
        if name not in _NOT_SETTINGS:
            words[name] = str(value) if isinstance(value, Path) else value
    return (words | {"ranges": ranges} if ranges else words), quiet


def read_config(path: Path) -> dict[str, Any]:
    """Return the words of a TOML file; ``fresh-episodes`` and ``fresh_episodes`` are the same.

    Raises:
        InputError: The file cannot be read, is not TOML, or has an unknown word or a wrong value.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot read this file: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: this is not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML: {error}") from None
    words: dict[str, Any] = {}
    for key, value in content.items():
        word = key.replace("-", "_")
        if word in words:
            raise InputError(f"{path}: {key!r} is given twice")
        words[word] = value
    if not isinstance(words.get("quiet", False), bool):
        raise InputError(f"{path}: quiet is {words['quiet']!r}, but it must be true or false")
    try:
        settings_from({"task": "any", **{w: v for w, v in words.items() if w != "quiet"}})
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return words


def parse_ranges(texts: Sequence[str]) -> dict[str, Any]:
    """Return changes to a profile from texts such as ``max_hidden=5`` or ``weight=[-0.5, 0.5]``.

    Raises:
        InputError: A text is not KEY=VALUE with a value in TOML.
    """
    ranges: dict[str, Any] = {}
    for text in texts:
        try:
            ranges |= tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            raise InputError(
                f"--ranges {text!r} must be KEY=VALUE, such as max_hidden=5 or weight=[-0.5, 0.5]"
            ) from None
    return ranges
