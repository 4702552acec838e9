"""Files that can be read to their end: no pipes, no devices, no folders."""

from pathlib import Path

from ....errors import InputError
from ....posix import check_regular


def refuse_irregular(file: Path) -> None:
    """Refuse what is no file, or no link to one, before anybody waits for its end.

    Raises:
        InputError: It is something else, or is not there.
    """
    try:
        check_regular(file, links=True)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
