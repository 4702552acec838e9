"""Small odd tables as people have them, and what must be understood of each, or said."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.tasks import Classification, TaskSettings
from spikevolve.tasks.data.tables.columns import Choice, features_of_table, understand
from spikevolve.tasks.data.tables.features import TableFeatures
from spikevolve.tasks.data.tables.labels import label_column, labels_of_table
from spikevolve.tasks.data.tables.read_table import read_table
from spikevolve.tasks.registry import load

FILES = Path(__file__).parent / "files"


class Read(NamedTuple):
    """What comes out of a table: features of the first row by name, its label, all labels, and what is said."""

    row: dict[str, float]
    label: object
    classes: set[Any]
    said: tuple[str, ...] = ()
    settings: TaskSettings = TaskSettings()


FLOWERS = {"lily", "rose"}
FIRST = {"length": 5.1, "width": 3.5}
PLAIN = Read(FIRST, "rose", FLOWERS)
NUMBERED = Read({"column 1": 5.1, "column 2": 3.5}, "rose", FLOWERS, ("is a sample and no header",))
MEDIAN = TaskSettings(missing="median")


def without(column: str, why: str) -> Read:
    return Read(FIRST, "rose", FLOWERS, (f"left out: '{column}' ({why})",))


def but(said: str) -> Read:
    return PLAIN._replace(said=(said,))


READ: dict[str, Read] = {
    # names, indexes, ids
    "plain.csv": PLAIN,
    "UPPER.CSV": PLAIN,
    "compressed.csv.gz": PLAIN,
    "index_without_name.csv": without("Unnamed: 0", "only numbers the rows"),
    "unnamed_0.csv": without("Unnamed: 0", "only numbers the rows"),
    "id.csv": without("id", "only numbers the rows"),
    "row_numbers.csv": without("row", "only numbers the rows"),
    "hash_is_a_name.csv": without("#", "only numbers the rows"),
    "row_names_of_r.txt": without("Unnamed: 0", "only numbers the rows"),
    "two_names_alike.csv": Read({"x": 5.1, "x.1": 3.5}, "rose", FLOWERS),
    "label_first.csv": PLAIN._replace(settings=TaskSettings(label="flower")),
    "names_of_pandas.csv": Read({"0": 5.1, "1": 3.5}, 0, {0, 1}),
    # how texts are written
    "byte_order_mark.csv": PLAIN,
    "utf_16.csv": but("encoded in UTF-16; cells are separated by tabs"),
    "latin_1.csv": Read(
        {"Größe": 5.1, "Breite": 3.5}, "weiß", {"grün", "weiß"}, ("read as Latin-1",)
    ),
    "windows_line_ends.csv": PLAIN,
    "old_mac_line_ends.csv": PLAIN,
    "tabs.txt": but("cells are separated by tabs"),
    "tabs.tsv": but("cells are separated by tabs"),
    "bars.txt": but("cells are separated by bars"),
    "aligned_by_blanks.txt": but("cells are separated by blanks"),
    "excel_says_its_separator.csv": but("cells are separated by semicolons"),
    "semicolons_and_decimal_commas.csv": Read(
        {"Länge": 5.1, "Breite": 3.5}, "rose", FLOWERS, ("numbers have a decimal comma",)
    ),
    "quoted_decimal_commas.csv": but("numbers have a decimal comma"),
    "thousands.csv": Read(
        {"income": 1250.5, "age": 31.0}, "no", {"no", "yes"}, ("between thousands is left out",)
    ),
    "thousands_between_semicolons.csv": Read(
        {"income": 1250.5, "age": 31.0}, "no", {"no", "yes"}, ("between thousands is left out",)
    ),
    "thousands_with_points.csv": Read(
        {"Einkommen": 1250.5, "Alter": 31.0}, "nein", {"nein", "ja"}, ("'.' between thousands",)
    ),
    "percent.csv": Read(
        {"share": 12.0, "width": 1.0}, "a", {"a", "b"}, ("percent signs are left out",)
    ),
    "comments.csv": but("lines that begin with # are left out"),
    "names_in_a_comment.csv": but("names are in the comment above it"),
    "blank_lines.csv": PLAIN,
    "lines_of_separators.csv": PLAIN,
    "separator_at_the_end.csv": PLAIN,
    "separator_at_the_end_of_rows.csv": PLAIN,
    "separator_at_the_end_of_names.csv": PLAIN,
    "blanks_around_cells.csv": PLAIN,
    "quotes.csv": Read(
        {"length": 5.1, "width, in cm": 3.5}, 'rose, "red"', {'rose, "red"', "lily"}
    ),
    "line_within_quotes.csv": Read(
        {"length": 5.1, "width\n(cm)": 3.5}, "red\nrose", {"red\nrose", "lily"}
    ),
    # no header
    "no_header.csv": NUMBERED,
    "iris.data": Read(
        {"column 1": 5.1, "column 2": 3.5, "column 3": 1.4, "column 4": 0.2},
        "Iris-setosa",
        {"Iris-setosa", "Iris-versicolor"},
        ("is a sample and no header",),
    ),
    "only_numbers.csv": Read({"column 1": 0.0, "column 2": 0.0}, 0, {0, 1}, ("no header",)),
    # labels
    "labels_with_blanks.csv": Read(FIRST, "tea rose", {"tea rose", "day lily"}),
    "labels_are_numbers.csv": Read(FIRST, 1, {1, 2, 10}),
    "labels_are_true_or_false.csv": Read(FIRST, "False", {"False", "True"}),
    # columns that are no numbers
    "yes_no.csv": Read(
        {"age": 31.0, "smoker": 1.0, "coffee": 1.0, "tea": 1.0}, "well", {"well", "ill"}
    ),
    "colours.csv": Read(
        {"size": 1, "colour=blue": 0, "colour=green": 0, "colour=red": 1, "shape=square": 0},
        "a",
        {"a", "b"},
    ),
    "hash_colours.csv": Read({"x": 1.0, "colour=#ff0000": 1.0}, "a", {"a", "b"}),
    "car.data": Read(
        {
            **{"column 1=vhigh": 1, "column 2=vhigh": 1},
            **{"column 3=2": 1, "column 3=3": 0, "column 3=4": 0, "column 3=5more": 0},
            **{"column 4=2": 1, "column 4=4": 0, "column 4=more": 0, "column 5=small": 1},
        },
        "unacc",
        {"acc", "unacc"},
    ),
    "dates.csv": Read({"born": 1.0, "seen": 19782.5, "weight": 3.5}, "a", {"a", "b"}),
    "names.csv": Read({"Age": 22.0}, 0, {0, 1}, ("left out: 'Name' (has 4 different texts in 4",)),
    # what is missing
    "question_marks.csv": Read(
        {"age": 31.0, "sex=m": 1.0, "colour=red": 1.0}, "a", {"a", "b"}, settings=MEDIAN
    ),
    "gaps.csv": Read({"age": 31.0, "height": 180.0}, "a", {"a", "b"}, settings=MEDIAN),
    "not_available.csv": Read({"code": 6.0, "x": 1.0}, "a", {"a", "b"}, settings=MEDIAN),
    "empty_column.csv": without("remark", "has no values"),
    # sizes
    "constant.csv": without("garden", "is 7 in all training data"),
    "large_and_small.csv": Read({"x": 1e100, "y": 1e-300}, "a", {"a", "b"}),
    "one_feature.csv": Read({"x": 1.0}, "a", {"a", "b"}),
    "four_rows.csv": Read({"a": 0.0, "b": 0.0}, 0, {0, 1}),
    "wide.csv": Read({f"v{i}": i * 7 % 11 for i in range(2000) if i % 11}, "b", {"a", "b"}),
}

REFUSED: dict[str, str] = {
    "question_marks.csv": "{file}, line 3, column 'age': the value is missing (got '?'; 1 of 6 are "
    "missing); --missing median or --missing flag fills them in",
    "gaps.csv": "{file}, line 3, column 'age': the value is missing (got ''; 2 of 6 are missing); "
    "--missing median or --missing flag fills them in",
    "missing_label.csv": "{file}, line 3, column 'class': the label is missing (got ''; 2 of 4 are "
    "missing)",
    "typing_error.csv": "{file}, line 3, column 'width': '3.O' is not a finite number",
    "infinite.csv": "{file}, line 3, column 'x': 'inf' is not a finite number",
    "too_large.csv": "{file}, line 3, column 'x': '1e308' is too large; numbers must lie between "
    "-1e+150 and 1e+150",
    "spellings.csv": "{file} has no column that can be a feature beside 'class' (left out: 'x' has 3 "
    "different texts in 3 rows, such as '1_000'; 'y' has 3 different texts in 3 rows, such as '0x1f')",
    "point_and_comma.csv": "{file}, line 2, column 'y': '2.5' has a decimal point, but '1,5' in "
    "column 'x' a decimal comma; --decimal says which one is meant",
    "comma_or_thousands.csv": "{file}, line 2, column 'x': '1,500' may have a decimal comma or commas "
    "between thousands; --decimal , or --decimal . says which",
    "ragged.csv": "{file}, line 3 has 2 cells; the first line names 3 columns",
    "too_many_cells.csv": "{file}, line 3 has 4 cells; the first line names 3 columns",
    "targets.csv": "{file}, line 2, column 'target': the label 0.5 is not a whole number; labels must "
    "be whole numbers or texts (--label names their column, and --target-column one of numbers to "
    "predict)",
    "one_column.csv": "{file} has one column only; features and labels are needed",
    "no_rows.csv": "{file} has no rows, only the names of its columns",
    "empty.csv": "{file} is empty; it must begin with the names of its columns",
    "one_class.csv": "task data: all samples are of one class, 'a'; 2 are needed",
    "rare_class.csv": "task data: class 'b' has 1 sample; each class needs at least 2, one to train "
    "and one to test on; drop it, or keep no test data: --held-out 0",
}


def test_every_file_has_what_is_expected_of_it() -> None:
    assert {file.name for file in FILES.iterdir()} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_table_is_understood(name: str) -> None:
    expected = READ[name]
    table = read_table(FILES / name)
    label = label_column(table, expected.settings.label)
    found = TableFeatures(table, [label], expected.settings)
    kept = found.fit(found.of(table), np.arange(table.rows), name)  # all rows are for training

    row = found.preparation.complete(kept)[0]
    assert dict(zip(found.preparation.names, row, strict=True)) == expected.row
    labels = labels_of_table(table, label).tolist()
    assert labels[0] == expected.label
    assert {*labels} == expected.classes
    told = " ".join(found.notes())
    for said in expected.said:
        assert said in told
    if not expected.said:
        assert "decimal" not in told
        assert "Latin" not in told


@pytest.mark.parametrize("name", READ)
def test_a_table_is_a_task(name: str) -> None:
    settings = READ[name].settings
    task = load(
        "data", TaskSettings(data=FILES / name, encoder="rate:8", ticks=10, **said(settings))
    )

    assert isinstance(task, Classification)
    assert {*task.classes} == {*map(str, READ[name].classes)}
    assert {*task.feature_names} <= READ[name].row.keys() | {"column 3=4"}


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(InputError) as refused:
        load("data", TaskSettings(data=FILES / name))

    assert str(refused.value) == REFUSED[name].format(file=FILES / name)


def said(settings: TaskSettings) -> dict[str, Any]:
    """What is said in settings of a table."""
    given = {"label": settings.label, "missing": settings.missing}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(
    ("learned", "new"),
    [
        ("true,false,unknown", "true,false"),
        ("TRUE,False,?x", "FALSE,True"),
        ("5%,10%,none", "10%,5%"),
        ("2024-01-01,2024-02-01,other", "2024-02-01,2024-01-01"),
        ("1.0,2,n/k", "2,1"),
    ],
)
def test_categories_are_the_same_in_a_file_that_lacks_the_odd_one(
    learned: str, new: str, tmp_path: Path
) -> None:
    before = tmp_path / "before.csv"
    texts = learned.split(",") * 2
    before.write_text("flag,y\n" + "".join(f"{text},{n % 2}\n" for n, text in enumerate(texts)))
    after = tmp_path / "after.csv"
    after.write_text("flag\n" + "".join(f"{text}\n" for text in new.split(",")))
    table = read_table(before)
    meanings = understand(table, Choice(("y",)))

    found = features_of_table(read_table(after), meanings)

    assert found.sum(axis=1).tolist() == [1.0] * len(new.split(","))


def test_a_typing_error_is_named_with_a_decimal_comma_too(tmp_path: Path) -> None:
    file = tmp_path / "typo.csv"
    rows = [f"{n},{n % 7}2;{'ab'[n % 2]}" for n in range(30)]
    rows[2] = "3,O;a"
    file.write_text("x;y\n" + "\n".join(rows) + "\n")

    with pytest.raises(InputError, match="line 4, column 'x': '3,O' is not a finite number"):
        understand(read_table(file), Choice(("y",)))


def test_labels_of_true_and_false_are_the_same_beside_a_third_one(tmp_path: Path) -> None:
    (tmp_path / "three.csv").write_text("x,y\n1,true\n2,false\n3,unknown\n")
    (tmp_path / "two.csv").write_text("x,y\n1,true\n2,false\n")

    three, two = (labels_of_table(read_table(tmp_path / f), "y") for f in ("three.csv", "two.csv"))

    assert two.tolist() == three[:2].tolist() == ["True", "False"]
