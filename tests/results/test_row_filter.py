"""Expressions of --where: read as they are written, true where Python would say so, wrong ones refused."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.results.summaries.row_filter import (
    COMPARISONS,
    Column,
    Comparison,
    Constant,
    columns_in,
    matching_rows,
    parse_filter,
)

ROW = st.fixed_dictionaries(
    {
        "score": st.none() | st.floats(-2, 2) | st.just(float("nan")),
        "size": st.none() | st.integers(-3, 3),
        "id": st.none() | st.sampled_from(["", "a", "b", "0-1"]),
        "kept": st.none() | st.booleans(),
    }
)
TYPES = pa.schema(
    [("score", pa.float64()), ("size", pa.int64()), ("id", pa.string()), ("kept", pa.bool_())]
)
Row = dict[str, Any]
Truth = Callable[[Row], bool]

#: Text and meaning of operands, by kind; the meaning takes a row.
NUMBERS = st.sampled_from(["score", "size"]).map(lambda n: (n, lambda row: row[n])) | st.one_of(
    st.integers(-3, 3), st.floats(-2, 2)
).map(lambda x: (repr(x), lambda row: x))
TEXTS = st.just(("id", lambda row: row["id"])) | st.sampled_from(["", "a", "b", "0-1"]).map(
    lambda x: (f"'{x}'", lambda row: x)
)
TRUTHS = st.just(("kept", lambda row: row["kept"])) | st.booleans().map(
    lambda x: (str(x).lower(), lambda row: x)
)
ANY = NUMBERS | TEXTS | TRUTHS


def is_missing(value: object) -> bool:
    return value is None or value != value


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[str, Truth]:
    kind = draw(st.sampled_from(["number", "text", "truth", "null", "alone"]))
    if kind == "alone":
        text, value = draw(TRUTHS)
        return text, lambda row: value(row) is True
    if kind == "null":
        text, value = draw(ANY)
        if draw(st.booleans()):
            return f"{text} == null", lambda row: is_missing(value(row))
        return f"{text}!=null", lambda row: not is_missing(value(row))
    operands = {"number": NUMBERS, "text": TEXTS, "truth": TRUTHS}[kind]
    (left, a), (right, b) = draw(operands), draw(operands)
    sign = draw(st.sampled_from(["==", "!="] if kind == "truth" else COMPARISONS))

    def truth(row: Row) -> bool:
        x, y = a(row), b(row)
        if is_missing(x) or is_missing(y):
            return False
        return bool(eval("x" + sign + "y", {"x": x, "y": y}))

    return f"{left} {sign}{right}", truth


def joined(inner: st.SearchStrategy[tuple[str, Truth]]) -> st.SearchStrategy[tuple[str, Truth]]:
    def negated(one: tuple[str, Truth]) -> tuple[str, Truth]:
        return f"not ({one[0]})", lambda row: not one[1](row)

    def both(two: tuple[tuple[str, Truth], tuple[str, Truth]]) -> tuple[str, Truth]:
        (a, left), (b, right) = two
        return f"({a}) and ({b})", lambda row: left(row) and right(row)

    def either(two: tuple[tuple[str, Truth], tuple[str, Truth]]) -> tuple[str, Truth]:
        (a, left), (b, right) = two
        return f"({a})or({b})", lambda row: left(row) or right(row)

    pairs = st.tuples(inner, inner)
    return inner.map(negated) | pairs.map(both) | pairs.map(either)


@given(st.recursive(comparisons(), joined, max_leaves=8), st.lists(ROW, max_size=6))
def test_an_expression_keeps_the_rows_for_which_python_finds_it_true(
    expression: tuple[str, Truth], rows: list[Row]
) -> None:
    text, truth = expression
    numbered = [{**row, "row": number} for number, row in enumerate(rows)]
    table = pa.Table.from_pylist(numbered, TYPES.append(pa.field("row", pa.int64())))

    found = matching_rows(parse_filter(text), table).column("row").to_pylist()

    assert found == [number for number, row in enumerate(rows) if truth(row)]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("size > 1 or kept and size < 0", "size > 1 or (kept and size < 0)"),
        ("not kept and size > 0", "(not kept) and size > 0"),
        ("not not kept", "kept"),
        ("size>1 AND NOT kept", "size > 1 and not kept"),
        ("kept or kept or size == 1", "(kept or kept) or size == 1"),
    ],
)
def test_words_bind_as_in_python(text: str, same: str) -> None:
    rows = [{"size": size, "kept": kept} for size in (-1, 0, 1, 2) for kept in (True, False)]
    table = pa.Table.from_pylist(rows)

    found, expected = (matching_rows(parse_filter(each), table) for each in (text, same))

    assert found == expected
    assert 0 < found.num_rows < len(rows)


def test_an_expression_names_its_columns_with_their_places() -> None:
    assert columns_in(parse_filter("a > 1 and not (b == 'c' or d)")) == [
        Column("a", 0),
        Column("b", 15),
        Column("d", 27),
    ]
    assert parse_filter("1e-3<=x") == Comparison(Constant(0.001, 0), "<=", Column("x", 6))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"character 1: a column or a value must stand here \(got the end\)"),
        ("size >", r"character 7: a column or a value must stand here \(got the end\)"),
        ("size > > 3", r"character 8: a column or a value must stand here \(got '>'\)"),
        ("size = 3", "character 6: = compares nothing; write =="),
        ("id == 'x", "character 7: the text that begins here has no ' at its end"),
        ("(size > 1", r"character 10: and, or or '\)' must stand here \(got the end\)"),
        ("size > 1)", r"character 9: and, or or the end must stand here \(got '\)'\)"),
        ("0 < size < 2", "character 10: comparisons are joined by and: write a < b and b < c"),
        ("__import__('os')", r"character 11: and, or or the end must stand here \(got '\('\)"),
        ("size; 1", r"character 5: and, or or the end must stand here \(got ';'\)"),
        ("size > 2x", "character 8: a column or a value must stand here"),
        ("(" * 60 + "size", "character 52: parentheses are nested too deeply"),
        ("kept or " * 400 + "kept", "only 500 words may stand before here"),
        ("size", "character 1: column 'size' is a number; it must be compared with something"),
        (
            "size == 'a'",
            "character 9: column 'size' is a number, 'a' is a text: only values of one",
        ),
        ("parts == 1", "character 10: column 'parts' is a list, 1 is a number: .* no lists"),
        ("kept > true", r"character 1: true and false are compared by == or != \(got >\)"),
        ("size < null", r"character 1: null is compared by == or != \(got <\)"),
    ],
)
def test_a_wrong_expression_says_where(text: str, sentence: str) -> None:
    row = {"size": 1, "id": "a", "kept": True, "parts": [1]}
    with pytest.raises(InputError, match=f"^--where, .*{sentence}"):
        matching_rows(parse_filter(text), pa.Table.from_pylist([row]))
