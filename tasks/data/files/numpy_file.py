"""NumPy's files: one array, or several by name."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import InputError


def read_arrays(file: Path) -> NDArray[Any] | dict[str, NDArray[Any]]:
    """Return what a file of NumPy's holds: one array, or several by name.

    Raises:
        InputError: It cannot be read, or holds objects of Python's, which would execute code.
    """
    try:
        with file.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return loaded
            with loaded:
                return {name: loaded[name] for name in loaded.files}
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{file} cannot be read as NumPy arrays: {_reason(error)}") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error


def _reason(error: Exception) -> str:
    """Return why arrays cannot be loaded; NumPy takes anything that it does not know for a pickle."""
    if "pickle" not in str(error):
        return str(error)
    return "it holds Python objects" if "Object arrays" in str(error) else "it is something else"
