"""Numbers as data files write them: digits, perhaps in groups of three; no `inf`, `0x1f` or `1_000`."""

import re

_WHOLE = r"(?:[1-9]\d{0,2}(?:%(group)s\d{3})+|\d+)"
_NUMBER = rf"[+-]?(?:{_WHOLE}(?:%(point)s\d*)?|%(point)s\d+)(?:[eE][+-]?\d+)?"
_SIGNS = {".": {"point": r"\.", "group": ","}, ",": {"point": ",", "group": r"\."}}
#: Regular expressions of numbers, by their decimal sign.
NUMBERS = {sign: f"^(?:{_NUMBER % words})$" for sign, words in _SIGNS.items()}


def is_number(text: str, decimal: str = ".") -> bool:
    """Return whether a text is a number in the spelling of data files."""
    return re.fullmatch(NUMBERS[decimal], text, re.ASCII) is not None
