"""What the fields of `run.json` may be: whoever reads a manifest may rely on it.

Only fields that are there are checked, since older versions had fewer. What a task says of itself beside these is its own.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...errors import InputError

_Accepts = Callable[[Any], bool]


def _text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> bool:
    return type(value) in (int, float)  # no truth value; what is not finite is not read at all


def _count(value: object) -> bool:
    return type(value) is int and value >= 0


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _table(value: object) -> bool:
    return isinstance(value, dict)


def _list_of(accepts: _Accepts) -> _Accepts:
    return lambda value: isinstance(value, list) and all(map(accepts, value))


def _table_of(accepts: _Accepts) -> _Accepts:
    return lambda value: isinstance(value, dict) and all(map(accepts, value.values()))


def _null_or(accepts: _Accepts) -> _Accepts:
    return lambda value: value is None or accepts(value)


_texts = _list_of(_text)


def _text_or_texts(value: object) -> bool:
    return _text(value) or _texts(value)


#: Of the manifest itself, and of two of its objects: what each field is, in words, and what it accepts.
_FIELDS: Mapping[str, Mapping[str, _Accepts]] = {
    "a text": {"run": _text, "platform": _text, "processor": _text, "started": _text},
    "a text or null": dict.fromkeys(
        ("data_sha256", "source_sha256", "selection_sha256", "git_commit"), _null_or(_text)
    ),
    "a list of texts": {"command": _texts, "given": _texts},
    "an object": dict.fromkeys(("settings", "task", "profile"), _table),
    "an object of texts": {"versions": _table_of(_text)},
    "a list of objects": dict.fromkeys(("limits", "version_changes"), _list_of(_table)),
}
_SETTINGS: Mapping[str, Mapping[str, _Accepts]] = {
    "a text": {"task": _text},
    "a whole number of at least 0": {"seed": _count, "split_seed": _count},
    "a whole number of at least 0 or null": dict.fromkeys(("folds", "fold"), _null_or(_count)),
    "a text, a list of texts or null": dict.fromkeys(
        ("objectives", "constraint"), _null_or(_text_or_texts)
    ),
}
_TASK: Mapping[str, Mapping[str, _Accepts]] = {
    "a text": dict.fromkeys(("name", "kind", "input_kind", "score", "training_score"), _text),
    "a text or null": dict.fromkeys(
        ("encoder", "decoder", "readout", "data_sha256"), _null_or(_text)
    ),
    "a list of texts": dict.fromkeys(
        ("features", "input_names", "classes", "actions", "wrap"), _texts
    ),
    "a whole number of at least 0": dict.fromkeys(
        (
            "inputs",
            "outputs",
            "ticks",
            "samples",
            "episodes",
            "validation_episodes",
            "test_episodes",
        ),
        _count,
    ),
    "a whole number of at least 0 or null": dict.fromkeys(("max_steps", "steps"), _null_or(_count)),
    "a number": dict.fromkeys(("chance_score", "guess_score", "luck"), _number),
    "a list of two numbers or nulls": {
        "score_range": lambda value: _list_of(_null_or(_number))(value) and len(value) == 2
    },
    "true or false": dict.fromkeys(("fresh", "has_validation", "has_test"), _flag),
    "an object": {"env": _table},
    "an object of lists": {"traits": _table_of(_list_of(lambda _: True))},
    "an object of whole numbers of at least 0": {"splits": _table_of(_count)},
    "an object or null": dict.fromkeys(("scaling", "measured", "columns"), _null_or(_table)),
}


def check_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest in which a field is something else than it may be.

    Args:
        path: That of `run.json`.
        manifest: What it says.

    Raises:
        InputError: Names the field, its value and what it must be.
    """
    _check(path, {"settings": None, "task": None, **manifest}, "", _FIELDS)  # these it must have
    _check(path, manifest["settings"], "settings.", _SETTINGS)
    _check(path, manifest["task"], "task.", _TASK)


def _check(
    path: Path, found: Mapping[str, Any], where: str, fields: Mapping[str, Mapping[str, _Accepts]]
) -> None:
    for words, accepted in fields.items():
        for name, accepts in accepted.items():
            if name in found and not accepts(found[name]):
                value = repr(found[name])
                shown = value if len(value) <= 60 else f"{value[:60]}…"
                raise InputError(f"{path} is damaged: {where}{name} must be {words}, not {shown}")
