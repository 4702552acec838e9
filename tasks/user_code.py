"""Code in a user's file: run as a module, sent along with its objects, its errors put into words."""

import hashlib
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import InputError
from ..posix import read_regular

_LONGEST_MESSAGE = 300  # characters
_NOT_THE_USERS = {__package__.partition(".")[0], "gymnasium", "abc", "builtins", "typing"}
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def message(error: BaseException) -> str:
    """Return the message alone, in one line."""
    # Numba's messages have many lines, and addresses differ from process to process.
    return " ".join(_ADDRESS.sub("", str(error)).split())[:_LONGEST_MESSAGE]


def in_words(error: BaseException) -> str:
    """Return the type and the message, if it has one."""
    said = message(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def describe(error: BaseException, modules: Iterable[str] | None = None) -> str:
    """Say in one line what was raised.

    Args:
        error: What was raised. Of an `InputError` the sentence is enough.
        modules: Of the task that raised it; then the line is named, one in the user's code if any
            is.
    """
    if isinstance(error, InputError):
        return message(error)
    said = in_words(error)
    return said if modules is None else f"{said}{_where(error, modules)}"


def is_the_users(module: str) -> bool:
    """Return whether a module of a task is none of ours, of gymnasium's or of Python's."""
    return module.partition(".")[0] not in _NOT_THE_USERS


def _where(error: BaseException, modules: Iterable[str]) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    users = filter(is_the_users, modules)
    files = {getattr(sys.modules.get(module), "__file__", None) for module in users}
    own = [frame for frame in frames if frame.filename in files] or frames
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""


_SOURCE = "__spikevolve_source__"  # of a module: (path, text) that it was made from


def execute(path: str, text: bytes) -> ModuleType:
    """Run a file's text as a module; the same text of the same file only once.

    Raises:
        InputError: The code fails, saying where.
    """
    name = f"spikevolve_file_{hashlib.sha256(path.encode() + text).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_loader(name, loader=None, origin=path)
    assert spec is not None  # only a missing loader for a missing origin gives none
    module = importlib.util.module_from_spec(spec)
    module.__file__ = path
    setattr(module, _SOURCE, (path, text))
    sys.modules[name] = module  # before it runs: dataclasses and pickle look modules up there
    try:
        exec(compile(text, path, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise InputError(f"{path}{_line(error, path)}: {in_words(error)}") from error
    return module


def reduce(thing: Any, state: dict[str, object]) -> tuple[Any, ...]:
    """Return what `thing.__reduce__` must, for an object with this state, wherever its class is from.

    The state comes last: it may hold other objects of the file, whose code must be there by then.
    """
    cls = type(thing)
    path_and_text = getattr(sys.modules.get(cls.__module__), _SOURCE, None)
    if path_and_text is None:
        return _make, (cls,), state
    return _make_from, (*path_and_text, cls.__qualname__), state


def _make(cls: Any) -> Any:
    return cls.__new__(cls)  # __init__ would load the data again; the state has what workers need


def _make_from(path: str, text: bytes, name: str) -> Any:
    return _make(_class_from(path, text, name))


def _class_from(path: str, text: bytes, name: str) -> Any:
    found: Any = execute(path, text)
    for part in name.split("."):
        found = getattr(found, part)
    return found


class SentClass:
    """A class that goes to workers with the text of its file, if it is from a user's file.

    Attributes:
        cls: The class.
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the class by its name, or by the text of its file and its name there."""
        path_and_text = getattr(sys.modules.get(self.cls.__module__), _SOURCE, None)
        if path_and_text is None:
            return SentClass, (self.cls,)
        return _sent, (*path_and_text, self.cls.__qualname__)


def _sent(path: str, text: bytes, name: str) -> SentClass:
    return SentClass(_class_from(path, text, name))


def read(path: str) -> tuple[str, bytes]:
    """Return the whole path and the text of a user's file.

    Raises:
        InputError: It cannot be read.
    """
    file = Path(path).resolve()
    try:
        return str(file), read_regular(file, links=True)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def module_at(where: str, what: str) -> ModuleType:
    """Import a module of the user's by its name, or run a file of the user's as one.

    Args:
        where: `module` or `path/to/file.py`.
        what: What is looked for there, for messages.

    Raises:
        InputError: There is none, or its code fails.
    """
    return _from_file(where) if where.endswith(".py") else _from_module(where, what)


def _from_module(name: str, what: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise InputError(
            f"{what} module {name!r} must be the name of a module; a file is given as path/to/file.py"
        )
    here = os.getcwd()
    if here not in sys.path:  # as for `python -m`: modules of the working folder can be named
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        reason = in_words(error)
        raise InputError(f"{what} module {name!r} cannot be imported: {reason}") from error


def _from_file(path: str) -> ModuleType:
    file, text = read(path)
    beside = os.path.dirname(file)
    if beside not in sys.path:  # its neighbours can be imported, but hide no installed module
        sys.path.append(beside)
    return execute(file, text)


def source_digest(modules: Iterable[str]) -> str | None:
    """Return the SHA-256 (hex) of the user's files among modules, each taken once, or None."""
    total, ours = hashlib.sha256(), True
    for name in dict.fromkeys(modules):
        module = sys.modules[name]
        file = getattr(module, "__file__", None)
        if file is None or not is_the_users(name):
            continue
        ours = False
        path_and_text = getattr(module, _SOURCE, None) or read(file)
        total.update(path_and_text[1])
    return None if ours else total.hexdigest()


def modules_of(cls: type) -> list[str]:
    """Name the modules that a class and its bases are from."""
    return [base.__module__ for base in cls.__mro__]


def _line(error: BaseException, path: str) -> str:
    """Say where in the file an exception came from, as the end of a message."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}"
    lines = []
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return f", line {lines[-1]}" if lines else ""
