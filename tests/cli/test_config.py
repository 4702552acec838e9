from pathlib import Path

import pytest

from spikevolve.cli.config import parse_table, read_config, run_words
from spikevolve.errors import InputError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run.toml"


def test_flags_win_over_the_file(file: Path) -> None:
    file.write_text('task = "iris"\nseed = 3\npopulation = 20\n')

    words, quiet = run_words(file, {"seed": 4, "minutes": None, "config": file, "quiet": None})

    assert words == {"task": "iris", "seed": 4, "population": 20}
    assert not quiet


def test_ranges_of_file_and_flags_are_joined(file: Path) -> None:
    file.write_text("[ranges]\nmax_hidden = 2\nweight = [-1, 1]\n")

    words, _ = run_words(file, {"ranges": ["max_hidden=5"]})

    assert words["ranges"] == {"max_hidden": 5, "weight": [-1, 1]}


def test_quiet_is_a_word_of_the_file_too(file: Path) -> None:
    file.write_text("quiet = true\n")

    assert run_words(file, {"quiet": None}) == ({}, True)


def test_paths_of_flags_become_text() -> None:
    assert run_words(None, {"out": Path("a/b")}) == ({"out": "a/b"}, False)


def test_dashes_and_underscores_are_the_same(file: Path) -> None:
    file.write_text("fresh-episodes = false\nsplit_seed = 2\n")

    assert read_config(file) == {"fresh_episodes": False, "split_seed": 2}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("populaton = 3", "'populaton' (did you mean 'population'"),
        ("population = 'many'", "population is 'many', but it must be a whole number"),
        ("minutes = -1", "minutes is -1, but it must be"),
        ("engine = 'rai'", "engine is 'rai', but it must be one of auto, local, ray"),
        (
            "weights = 3",
            "weights is 3, but it must be a text such as score=1,spikes=0.001, or three numbers",
        ),
        ("ranges = 3", "ranges is 3, but it must be a table"),
        ("quiet = 1", "quiet is 1, but it must be true or false"),
        ("split-seed = 1\nsplit_seed = 2", "'split_seed' is given twice"),
        ("seed = ?", "not valid TOML: Invalid value (at line 1, column 8)"),
        ("seed = 1\nseed = 2", "not valid TOML"),
        ("seed = " + "9" * 5000, "not valid TOML: Exceeds the limit"),
        ("seed = " + "[" * 50_000, "not valid TOML: brackets in brackets"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(
    file: Path, content: str, message: str
) -> None:
    file.write_text(content)

    with pytest.raises(InputError) as error:
        read_config(file)

    assert str(error.value).startswith(f"{file}: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(file: Path) -> None:
    with pytest.raises(InputError, match=r"run\.toml: cannot read this file: No such file"):
        read_config(file)


def test_a_file_that_is_not_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InputError, match="not a text file in UTF-8"):
        read_config(file)


@pytest.mark.parametrize("text", ["max_hidden", "max_hidden=", "=3", "weight=[1"])
def test_a_range_that_is_not_key_and_value(text: str) -> None:
    with pytest.raises(InputError, match="must be KEY=VALUE"):
        parse_table("ranges", [text])


def test_an_argument_may_be_a_word_or_truth_as_python_writes_it() -> None:
    texts = ["map_name=8x8", "is_slippery=False", "sab=true", "file=a/b-1.xml", "desc=['SF', 'FG']"]

    assert parse_table("env", texts) == {
        "map_name": "8x8",
        "is_slippery": False,
        "sab": True,
        "file": "a/b-1.xml",
        "desc": ["SF", "FG"],
    }


@pytest.mark.parametrize("text", ["x=1.2.3", "x=-", "x=1 2", "x=a b", "x='a"])
def test_a_word_has_a_letter_and_no_space(text: str) -> None:
    with pytest.raises(InputError, match=r"--env .* must be KEY=VALUE, such as is_slippery=false"):
        parse_table("env", [text])


def test_a_range_may_be_a_word() -> None:
    texts = ["inputs=neurons", "direct=false", 'inputs="sources"']

    assert parse_table("ranges", texts[:2]) == {"inputs": "neurons", "direct": False}
    assert parse_table("ranges", texts) == {"inputs": "sources", "direct": False}
