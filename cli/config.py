"""The words of a run: from a TOML file and from options; options win. Text files that the user names."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..evolve.runs.settings import TABLES, settings_from
from ..posix import read_regular


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        InputError: It cannot be read, or is no text.
    """
    try:
        return read_regular(path, links=True).decode("utf-8-sig")  # spreadsheets begin with a mark
    except OSError as error:
        raise InputError(f"{path}: cannot read this file: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: this is not a text file in UTF-8") from None


_NOT_SETTINGS = ("config", "quiet")
_WORD = re.compile(r"[\w./+-]*[^\W\d][\w./+-]*")  # a letter at least: no number with a slip
_OF_PYTHON = {"True": True, "False": False}


def run_words(config: Path | None, flags: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the settings of a run that were given, and whether it shall be quiet.

    Args:
        config: TOML file, or None.
        flags: Options by name, None where not given.

    Raises:
        InputError: The file or a value in it is wrong, or a flag of a table cannot be read.
    """
    words = read_config(config) if config else {}
    quiet = words.pop("quiet", False)
    given = words_of(flags)
    quiet = given.get("quiet", quiet)
    tables = {
        name: {**words.pop(name, {}), **parse_table(name, given.pop(name, ()))} for name in TABLES
    }
    for name, value in given.items():
        if name not in _NOT_SETTINGS:
            words[name] = value
    return words | {name: table for name, table in tables.items() if table}, quiet


def words_of(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flags that were given, paths as texts."""
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in flags.items()
        if value is not None
    }


def read_config(path: Path) -> dict[str, Any]:
    """Return the words of a TOML file; `fresh-episodes` and `fresh_episodes` are the same.

    Raises:
        InputError: The file cannot be read, is not TOML, or has an unknown word or a wrong value.
    """
    text = read_text(path)
    try:
        content = _toml(text)
    except ValueError as error:
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


def _toml(text: str) -> dict[str, Any]:
    """Return what a text of TOML says; raises ValueError."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("brackets in brackets, too many for it to be read") from None


def parse_table(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """Return a table from flags such as `max_hidden=5`, `weight=[-0.5, 0.5]`, `map_name=8x8`.

    A value is one of TOML, True or False, or a word: a shell takes the quotation marks of texts away.

    Args:
        name: The setting, a key of `TABLES`.
        texts: What was given after that flag, each time.

    Raises:
        InputError: A text is not KEY=VALUE with such a value.
    """
    table: dict[str, Any] = {}
    for text in texts:
        try:
            table |= _toml(text)
        except ValueError:
            key, _, word = text.partition("=")
            if not (key.isidentifier() and _WORD.fullmatch(word)):
                raise InputError(
                    f"--{name} {text!r} must be KEY=VALUE, such as {TABLES[name].example}"
                ) from None
            table[key] = _OF_PYTHON.get(word, word)
    return table
