"""Texts as tables, held against pandas and Python's own numbers; and texts that are nobody's table."""

import csv
import gzip
import math
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spikevolve.errors import InputError
from spikevolve.tasks.data.number_spelling import is_number
from spikevolve.tasks.data.tables.cells import column_of_texts, trimmed
from spikevolve.tasks.data.tables.columns import Choice, features_of_table, understand
from spikevolve.tasks.data.tables.labels import label_column, labels_of_table
from spikevolve.tasks.data.tables.read_table import read_table
from spikevolve.tasks.data.tables.text_layout import TextSettings


def read(text: str | bytes, name: str = "a.csv", **said: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_table(file, TextSettings(**said))


finite = st.floats(-1e100, 1e100, allow_nan=False)


@given(st.lists(finite, min_size=1))
def test_numbers_are_read_as_python_reads_them(numbers: list[float]) -> None:
    for texts in ([repr(n) for n in numbers], [f"{n:.3e}" for n in numbers]):
        column = column_of_texts(trimmed(texts))
        assert column.kind == "number"
        assert list(column[1]) == [float(text) for text in texts]


@given(st.lists(finite, min_size=1))
def test_a_decimal_comma_is_the_point_of_others(numbers: list[float]) -> None:
    texts = [repr(number) for number in numbers]
    commas = [text.replace(".", ",") for text in texts]
    found = column_of_texts(trimmed(commas), decimal=",")
    assert list(found[1]) == [float(text) for text in texts]


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_thousands_are_what_python_writes_with_commas(numbers: list[int]) -> None:
    texts = [f"{number:,}" for number in numbers]
    assert column_of_texts(trimmed(texts))[1].tolist() == [float(n) for n in numbers]


@given(st.text("0123456789.,eE+-_xnifa ", max_size=8))
@example("1_000")
@example("0x1f")
@example("inf")
@example("infinity")
@example("nan")
@example("1e5_0")
@example("12,34")
@example("٣")
def test_the_spelling_of_numbers_is_narrower_than_that_of_python(text: str) -> None:
    if is_number(text):
        assert math.isfinite(float(text.replace(",", ""))) or "e" in text.lower()
        assert not {*text} - {*"0123456789.,eE+-"}
        groups = text.lstrip("+-").partition(".")[0].lower().partition("e")[0].split(",")
        assert all(len(group) == 3 for group in groups[1:])


words = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\r\0\ufeff\x1a", exclude_categories=("Cc", "Cs")
    ),
    min_size=1,
    max_size=6,
).map(str.strip)
names = words.filter(
    lambda word: word and not is_number(word) and not word.startswith(("#", '"', "sep"))
)


@given(
    columns=st.lists(names, min_size=2, max_size=5, unique=True),
    separator=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    seed=st.integers(0, 99),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=60)
def test_a_table_is_read_as_pandas_wrote_it(
    columns: list[str], separator: str, quoting: Any, seed: int, end: str
) -> None:
    numbers = np.random.default_rng(seed).normal(size=(6, len(columns))).round(3)
    frame = pd.DataFrame(numbers, columns=columns)
    text = frame.to_csv(index=False, sep=separator, quoting=quoting, lineterminator=end)

    table = read(text, separator=separator)

    assert list(table.columns) == columns
    for name, (_, values, *_) in table.columns.items():
        assert values.tolist() == frame[name].tolist()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"]
)
def test_an_encoding_that_is_said_is_used(encoding: str) -> None:
    text = "Größe,Gewicht,Sorte\n1,2,grün\n3,4,süß\n"
    table = read(text.encode(encoding), encoding=encoding)
    assert list(table.columns) == ["Größe", "Gewicht", "Sorte"]
    assert labels_of_table(table, "Sorte").tolist() == ["grün", "süß"]


@pytest.mark.parametrize(
    ("said", "sign"),
    [("comma", ","), (";", ";"), ("tab", "\t"), ("\\t", "\t"), ("bar", "|"), ("space", " ")],
)
def test_a_separator_may_be_named(said: str, sign: str) -> None:
    table = read(f"x{sign}y\n1{sign}2\n", separator=said)
    assert list(table.columns) == ["x", "y"]


def test_what_is_said_of_the_header_is_believed() -> None:
    text = "1,2,3\n4,5,6\n"
    assert list(read(text).columns) == ["column 1", "column 2", "column 3"]
    assert list(read(text, no_header=False).columns) == ["1", "2", "3"]
    assert read("a,b\nc,d\n", no_header=True).rows == 2


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = '# a comment\n\nx,"y\ny",kind\n1,2,a\n\n# another\n3,"4\n5",b\n6,7,a\n8,oops,b\n9,9,a\n'
    table = read(text)
    assert [table.where(row, None) for row in range(5)] == [f"line {n}" for n in (5, 8, 10, 11, 12)]
    found = StringIO(text).readlines()
    assert found[11 - 1].startswith("8,oops")


def test_what_is_not_compressed_is_not_taken_for_it() -> None:
    assert read(gzip.compress(b"x,y\n1,2\n"), "a.csv.gz").rows == 1
    for content in (b"x,y\n1,2\n", gzip.compress(b"x,y\n1,2\n")[:-4]):
        with pytest.raises(InputError, match=r"a\.csv\.gz is not a file of gzip"):
            read(content, "a.csv.gz")


signs = st.text("01.,;|\t \"'\n\r#?%-+eax\0é\ufeff", max_size=60)


@given(text=st.one_of(signs.map(str.encode), st.binary(max_size=60)), missing=st.booleans())
@settings(max_examples=400)
@example(text=b'"', missing=False)
@example(text=b'x,y\n"1,2\n', missing=False)
@example(text=b"x,y\n1,2,3\n", missing=False)
@example(text=b"#\n", missing=True)
@example(text=b"\xff\xfe\n", missing=True)
@example(text=b"x\ty\n\t\n", missing=True)
def test_whatever_a_text_is_it_is_read_or_refused_in_one_sentence(
    text: bytes, missing: bool
) -> None:
    try:
        table = read(text)
        label = label_column(table, None)
        labels = labels_of_table(table, label)
        columns = understand(table, Choice((label,)), "median" if missing else "refuse")
        features = features_of_table(table, columns)
    except InputError:
        return
    assert len(features) == len(labels) == table.rows
    assert missing or np.isfinite(features).all()
