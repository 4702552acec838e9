"""How a table is written as text: its encoding, comments, separator and header, found by themselves."""

import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ....errors import InputError
from ..class_labels import MISSING
from ..number_spelling import is_number

#: Separators, those first that seldom stand in a cell; a blank stands for one or more.
SEPARATORS = ("\t", ";", "|", ",", " ")
SPOKEN = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "blanks"}
_NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|", "space": " "}

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: A comment; but `#,x` is a column of the name #, and #N/A a missing value.
_COMMENT = re.compile(r"\s*#(?!N/?A\b|[,;\t|]|$)")
_EXCEL_SEPARATOR = re.compile(r'"?sep=(.)"?$', re.IGNORECASE)
_LOOKED_AT = 200  # lines


class TextSettings(NamedTuple):
    """What a user says of a text; None finds it out.

    Attributes:
        separator: What separates the cells.
        decimal: `.` or `,`.
        encoding: As Python calls it.
        no_header: Whether the first line is a sample, too.
    """

    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    no_header: bool | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What is said, by name."""
        return {name: value for name, value in self._asdict().items() if value is not None}


#: Nothing is said: everything is found out.
FOUND_OUT = TextSettings()


class Lines(NamedTuple):
    """The text of a table without what is no data.

    Attributes:
        text: Lines that end in a line feed.
        numbers: The number of each line in the file, from 1; None if no line was left out.
        comments: The lines that were left out before the first one that was not.
    """

    text: str
    numbers: list[int] | None
    comments: tuple[str, ...]


def read_text(file: Path, encoding: str | None) -> tuple[str, str | None]:
    """Read a text, which may be compressed, and say how it is encoded if that is worth saying.

    Raises:
        InputError: It cannot be read, or is no text in that encoding.
    """
    try:
        content = file.read_bytes()
        if file.suffix.lower() == ".gz":
            content = gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{file} is not a file of gzip: {error}") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    found, note = encoding, None
    if found is None:
        found = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
        note = "encoded in UTF-16" if found == "utf-16" else None
    try:
        text = content.decode(found)
    except LookupError:
        raise InputError(
            f"encoding is {found!r}; it must be one that Python knows, such as utf-8, latin-1 or cp1252"
        ) from None
    except UnicodeError as error:
        if encoding is not None or found != "utf-8":
            raise InputError(f"{file} is not a text in {found}: {error}") from error
        text, note = _single_bytes(content), "not UTF-8, so read as Latin-1 (cp1252)"
    if "\0" in text:
        raise InputError(f"{file} is not a text file: it holds the byte 0")
    text = text.removeprefix("\ufeff").removesuffix("\x1a")  # the mark of DOS at the end of a text
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def _single_bytes(content: bytes) -> str:
    """Decode what Windows calls Latin-1, or the true one where that has no letter for a byte."""
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def without_comments(text: str) -> Lines:
    """Leave out comments, which are whole lines that begin with #, and a line `sep=;` of Excel's at the start."""
    first = text.partition("\n")[0]
    if "#" not in text and not _EXCEL_SEPARATOR.match(first):
        return Lines(text, None, ())
    kept: list[str] = []
    numbers: list[int] = []
    comments: list[str] = []
    within_quotes = False
    for number, line in enumerate(text.split("\n"), 1):
        comment = _COMMENT.match(line) or (number == 1 and _EXCEL_SEPARATOR.match(line))
        if comment and not within_quotes:
            if not any(map(str.strip, kept)):
                comments.append(line)
            continue
        within_quotes ^= line.count('"') % 2 == 1
        kept.append(line)
        numbers.append(number)
    if len(kept) == text.count("\n") + 1:
        return Lines(text, None, ())
    return Lines("\n".join(kept), numbers, tuple(comments))


def separator_of(file: Path, lines: Lines, given: str | None) -> str:
    """Find out what separates the cells.

    Args:
        file: For messages.
        lines: The text.
        given: What the user says it is: the sign itself, or its name; None finds it out.

    Raises:
        InputError: What the user says is no such thing, or separates nothing.
    """
    if given is not None:
        separator = _NAMED.get(given.lower(), given)
        if separator not in SEPARATORS:
            words = ", ".join(name for name in _NAMED if name.isalpha())
            raise InputError(
                f"separator is {given!r}; it must be one of {words}, or the sign itself"
            )
        if max(map(len, first_rows(lines.text, separator)), default=0) < 2:
            raise InputError(f"{file}: separator {given!r} separates nothing in its first lines")
        return separator
    for comment in lines.comments:
        if (excel := _EXCEL_SEPARATOR.match(comment)) and excel[1] in SEPARATORS:
            return excel[1]
    counts = {s: [len(row) for row in first_rows(lines.text, s)] for s in SEPARATORS}
    for separator, found in counts.items():
        if found and min(found) > 1 and len(set(found)) == 1:
            return separator
    most = {s: found[0] for s, found in counts.items() if found and s != " "}
    best = max(most, key=lambda s: most[s], default=",")
    if most.get(best, 0) < 2 and len(counts[" "]) > 1 and min(counts[" "][1:]) > 1:
        return " "
    return best


def first_rows(text: str, separator: str) -> list[list[str]]:
    """Return the cells of the first lines, blank ones left out."""
    end = 0
    for _ in range(_LOOKED_AT):
        end = text.find("\n", end) + 1
        if not end:
            break
    lines = text[: end or None].split("\n")
    return [cells for _, cells in rows_of(lines, separator)]


def rows_of(lines: Sequence[str], separator: str) -> list[tuple[int, list[str]]]:
    """Return rows, each with the number of its first line, 0 the first; for looking, not for large files."""
    rows, begin = [], 0
    if separator == " ":
        lines = [" ".join(line.split()) for line in lines]
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, skipinitialspace=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                rows.append((begin, [cell.strip() for cell in cells]))
            begin = reader.line_num
    except csv.Error:
        pass  # a cell without an end; whoever reads the whole file says so
    return rows


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row names the columns, and is no sample.

    It is a sample if all its cells are numbers, or each text of it stands in its column again. Numbers
    from 0 on, as pandas writes them, are names.
    """
    first, others = rows[0], rows[1:]
    numbers = [cell for cell in first if is_number(cell) or is_number(cell, ",")]
    texts = [i for i, cell in enumerate(first) if cell not in MISSING and cell not in numbers]
    if numbers and numbers == [str(number) for number in range(len(numbers))]:
        return len(numbers) > 1 or bool(texts)
    again = [any(first[i] == row[i] for row in others if i < len(row)) for i in texts]
    if not texts or all(again):
        return False
    names = all(number.isdecimal() for number in numbers) and len({*numbers}) == len(numbers)
    return names or not numbers


def names_in_comment(lines: Lines, separator: str, width: int) -> list[str] | None:
    """Return the names that a comment right above the data gives its columns, as NumPy writes them; None if none."""
    if not lines.comments:
        return None
    rows = first_rows(lines.comments[-1].strip().removeprefix("#"), separator)
    names = rows[0] if rows else []
    named = len(names) == len({*names}) == width and not any(map(is_number, names)) and all(names)
    return names if named else None


def commonest_width(rows: Sequence[Sequence[str]]) -> int:
    """Return how many cells most rows have."""
    return Counter(map(len, rows)).most_common(1)[0][0]
