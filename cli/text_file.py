"""Text files that the user names."""

from pathlib import Path

from ..errors import InputError


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        InputError: It cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")  # spreadsheets begin with a mark
    except OSError as error:
        raise InputError(f"{path}: cannot read this file: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: this is not a text file in UTF-8") from None
