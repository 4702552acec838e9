"""What was raised, in words that a table can keep: one line, no address, not too long."""

import re

_LONGEST_MESSAGE = 300  # characters
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def message(error: BaseException) -> str:
    """The message alone; Numba's, say, has many lines."""
    return " ".join(_ADDRESS.sub("", str(error)).split())[:_LONGEST_MESSAGE]


def in_words(error: BaseException) -> str:
    """The type and the message, if it has one."""
    said = message(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
