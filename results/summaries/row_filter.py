"""The expressions of `--where`: a small grammar, parsed here and evaluated on columns; nothing is executed.

    expression = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation = "not" negation | "(" expression ")" | comparison
    comparison = operand [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) operand ]
    operand = COLUMN | NUMBER | TEXT | "true" | "false" | "null"

A text stands in single or double quotation marks. A column alone must hold true or false. Numbers are
compared with numbers, texts with texts; == and != also compare true and false, and anything with null, which
is a missing value. Any other comparison with a missing value is false.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...errors import InputError, did_you_mean

COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
_WORDS = ("and", "or", "not", "true", "false", "null")
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign><=|>=|==|!=|[<>()])
    |(?P<other>\S)
    )""",
    re.VERBOSE,
)
#: So many parentheses and `not` may stand within one another.
_DEEPEST = 50
#: And so many words, signs and values in all.
_LONGEST = 500


@dataclass(frozen=True)
class Column:
    """A column, and where in the text it stands, 0 the first character."""

    name: str
    place: int = 0


@dataclass(frozen=True)
class Constant:
    """A number, a text, true, false, or None for null."""

    value: float | str | bool | None
    place: int = 0


Operand = Column | Constant


@dataclass(frozen=True)
class Comparison:
    """Two operands, and one of `COMPARISONS`."""

    left: Operand
    sign: str
    right: Operand


@dataclass(frozen=True)
class Not:
    """What is true where an expression is not."""

    of: "Expression"


@dataclass(frozen=True)
class Both:
    """What is true where both, for the word `and`, or one of two expressions is, for `or`."""

    left: "Expression"
    word: str
    right: "Expression"


Expression = Operand | Comparison | Not | Both


def parse_filter(text: str) -> Expression:
    """Read an expression.

    Raises:
        InputError: It is none; says at which character.
    """
    reader = _Reader(text)
    found = reader.expression(0)
    reader.expect("end")
    return found


def columns_in(expression: Expression) -> list[Column]:
    """Return the columns that an expression names, in their order, each time."""
    match expression:
        case Column():
            return [expression]
        case Constant():
            return []
        case Not():
            return columns_in(expression.of)
        case _:
            return [*columns_in(expression.left), *columns_in(expression.right)]


def check_columns(expression: Expression, known: Sequence[str]) -> None:
    """Refuse an expression that names a column that there is not.

    Raises:
        InputError: Names the column, and the nearest that there is.
    """
    for column in columns_in(expression):
        if column.name not in known:
            raise _mistake(
                column.place,
                f"there is no column {column.name!r}{did_you_mean(column.name, known)}",
            )


def matching_rows(expression: Expression, table: pa.Table) -> pa.Table:
    """Return the rows of a table for which an expression is true, in their order.

    Args:
        expression: As of `parse_filter`.
        table: With every column that the expression names.

    Raises:
        InputError: An expression is of another kind than what it is compared with; says where.
    """
    return table.filter(pa.array(_truth(expression, table)))


def _truth(expression: Expression, table: pa.Table) -> NDArray[np.bool_]:
    """Return (rows,) whether the expression is true."""
    match expression:
        case Both(word="and"):
            return _truth(expression.left, table) & _truth(expression.right, table)
        case Both():
            return _truth(expression.left, table) | _truth(expression.right, table)
        case Not():
            return ~_truth(expression.of, table)
        case Comparison():
            return _compared(expression, table)
        case _:
            values = _values(expression, table)
            if values.kind != "truth":
                raise _mistake(
                    expression.place,
                    f"{_named(expression)} is {_KINDS[values.kind]}; it must be compared with something, as in "
                    f"{_example(expression, values.kind)}",
                )
            return np.broadcast_to(values.known & values.data.astype(np.bool_), table.num_rows)


#: What values of each kind are called.
_KINDS = {
    "number": "a number",
    "text": "a text",
    "truth": "true or false",
    "null": "missing",
    "list": "a list",
}


class _Values(NamedTuple):
    """The values of an operand.

    Attributes:
        kind: A key of `_KINDS`.
        data: (rows,) values, or one that stands for all.
        known: (rows,) whether there is a value, or whether there is one in all rows.
    """

    kind: str
    data: NDArray[Any]
    known: NDArray[np.bool_]


def _compared(comparison: Comparison, table: pa.Table) -> NDArray[np.bool_]:
    left, right = (_values(operand, table) for operand in (comparison.left, comparison.right))
    sign, kinds = comparison.sign, {left.kind, right.kind}
    rows = table.num_rows
    if "null" in kinds:
        if sign not in ("==", "!="):
            raise _mistake(comparison.left.place, f"null is compared by == or != (got {sign})")
        missing = ~(left.known | right.known)
        return np.broadcast_to(missing if sign == "==" else ~missing, rows)
    if len(kinds) > 1 or "list" in kinds:
        raise _mistake(
            comparison.right.place,
            f"{_named(comparison.left)} is {_KINDS[left.kind]}, {_named(comparison.right)} is "
            f"{_KINDS[right.kind]}: only values of one kind, and no lists, are compared",
        )
    if kinds == {"truth"} and sign not in ("==", "!="):
        raise _mistake(
            comparison.left.place, f"true and false are compared by == or != (got {sign})"
        )
    result = _COMPARE[sign](left.data, right.data) & left.known & right.known
    return np.broadcast_to(np.asarray(result, np.bool_), rows)


_COMPARE: dict[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def _values(operand: Operand, table: pa.Table) -> _Values:
    if isinstance(operand, Column):
        return _column_values(table.column(operand.name))
    value, known = operand.value, np.array(operand.value is not None)
    match value:
        case None:
            return _Values("null", np.array(0), known)
        case bool():
            return _Values("truth", np.array(value), known)
        case str():
            return _Values("text", np.array(value, object), known)
        case _:
            return _Values("number", np.array(value), known)


def _column_values(column: pa.ChunkedArray) -> _Values:
    kind = column.type
    if pa.types.is_list(kind):
        return _Values("list", np.zeros(len(column)), np.ones(len(column), np.bool_))
    known = np.asarray(column.is_valid())
    if pa.types.is_string(kind):
        return _Values("text", column.fill_null("").to_numpy().astype(object), known)
    if pa.types.is_boolean(kind):
        return _Values("truth", np.asarray(column.fill_null(False)), known)
    data = np.asarray(column.fill_null(0))
    return _Values("number", data, known & ~np.isnan(data))


def _named(operand: Operand) -> str:
    if isinstance(operand, Column):
        return f"column {operand.name!r}"
    match operand.value:
        case None:
            return "null"
        case bool():
            return str(operand.value).lower()
        case str():
            return repr(operand.value)
        case _:
            return f"{operand.value:g}"


def _example(operand: Operand, kind: str) -> str:
    name = operand.name if isinstance(operand, Column) else "score"
    return f"{name} == 'a text'" if kind == "text" else f"{name} > 0.5"


def _mistake(place: int, what: str) -> InputError:
    return InputError(f"--where, character {place + 1}: {what}")


class _Token(NamedTuple):
    kind: str  # a key of `_TOKEN`'s groups, `word` of the grammar, or `end`
    text: str
    place: int


class _Reader:
    """Reads an expression from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        if len(self._tokens) > _LONGEST:
            raise _mistake(
                self._tokens[_LONGEST].place, f"only {_LONGEST} words may stand before here"
            )
        self._next = 0

    def expression(self, depth: int) -> Expression:
        found = self._conjunction(depth)
        while self._take("word", "or"):
            found = Both(found, "or", self._conjunction(depth))
        return found

    def _conjunction(self, depth: int) -> Expression:
        found = self._negation(depth)
        while self._take("word", "and"):
            found = Both(found, "and", self._negation(depth))
        return found

    def _negation(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise _mistake(self._tokens[self._next].place, "parentheses are nested too deeply")
        if self._take("word", "not"):
            return Not(self._negation(depth + 1))
        if self._take("sign", "("):
            found = self.expression(depth + 1)
            self.expect("sign", ")")
            return found
        left = self._operand()
        token = self._tokens[self._next]
        if token.text not in COMPARISONS or token.kind != "sign":
            return left
        self._next += 1
        return Comparison(left, token.text, self._operand())

    def _operand(self) -> Operand:
        token = self._tokens[self._next]
        self._next += 1
        match token.kind:
            case "name":
                return Column(token.text, token.place)
            case "number":
                return Constant(_number(token.text), token.place)
            case "text":
                return Constant(token.text[1:-1], token.place)
            case "word" if token.text in ("true", "false"):
                return Constant(token.text == "true", token.place)
            case "word" if token.text == "null":
                return Constant(None, token.place)
        raise _mistake(token.place, f"a column or a value must stand here (got {_shown(token)})")

    def _take(self, kind: str, text: str) -> bool:
        token = self._tokens[self._next]
        fits = (token.kind, token.text) == (kind, text)
        self._next += fits
        return fits

    def expect(self, kind: str, text: str = "") -> None:
        """Take a token; raises InputError if it is another one."""
        token = self._tokens[self._next]
        if self._take(kind, text):
            return
        if token.text in COMPARISONS:
            raise _mistake(token.place, "comparisons are joined by and: write a < b and b < c")
        wanted = repr(text) if text else "the end"
        raise _mistake(token.place, f"and, or or {wanted} must stand here (got {_shown(token)})")


def _tokens(text: str) -> Iterator[_Token]:
    end = len(text.rstrip())
    place = 0
    while place < end:
        found = _TOKEN.match(text, place)
        kind = "end" if found is None else found.lastgroup or "end"
        if found is None or kind == "end":  # `other` matches whatever is left
            break
        word, start, place = found[kind], found.start(kind), found.end()
        if kind == "name" and word.lower() in _WORDS:
            kind, word = "word", word.lower()
        if kind == "other" and word == "=":
            raise _mistake(start, "= compares nothing; write ==")
        if kind == "other" and word in "'\"":
            raise _mistake(start, f"the text that begins here has no {word} at its end")
        yield _Token(kind, word, start)
    yield _Token("end", "", end)


def _number(text: str) -> float:
    """Return a whole number as such: large ones are no floats."""
    value = float(text)
    whole = re.fullmatch(r"[-+]?\d{1,18}", text)
    return int(text) if whole and math.isfinite(value) else value


def _shown(token: _Token) -> str:
    return "the end" if token.kind == "end" else repr(token.text)
