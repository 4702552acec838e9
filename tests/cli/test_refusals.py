"""Refusals of data and splits as users meet them: one sentence, status 2, and no folder of a run."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app

ROWS = [f"{n},{n % 7},{'ab'[n % 2]}" for n in range(40)]
TABLE = "x,y,kind\n" + "\n".join(ROWS) + "\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out the files in a folder of their own, and go there."""
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(TABLE)
    Path("rare.csv").write_text(TABLE + "1,2,rare\n")
    Path("more.csv").write_text(TABLE.replace("x,y,kind", "x,z,kind"))
    Path("new.csv").write_text(TABLE + "1,2,tulip\n")
    Path("one.csv").write_text("x,y,kind\n" + "1,2,a\n3,4,a\n")
    Path("real.csv").write_text("x,y\n1,0.5\n2,0.25\n3,0.75\n")
    Path("text.csv").write_text("x,y\n1,red\n2,blue\n3,red\n")
    Path("huge.csv").write_text("x,kind\n1e308,a\n1,b\n2,a\n3,b\n")
    np.savez("a.npz", x=np.ones((20, 4, 2)), y=np.arange(20) % 2)


DATA = ("run", "data", "--data")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*DATA, "rare.csv"), "class 'rare' has 1 sample; each class needs at least 2"),
        (
            (*DATA, "a.csv", "--test-data", "more.csv"),
            "more.csv has the column 'z', which a.csv has",
        ),
        (
            (*DATA, "a.csv", "--test-data", "new.csv"),
            "class 'tulip' has no training data, only test",
        ),
        ((*DATA, "a.csv", "--test-data", "none.csv"), "none.csv cannot be read: No such file"),
        ((*DATA, "a.csv", "--test-data", "a.csv", "--folds", "3", "--fold", "1"), "takes no folds"),
        ((*DATA, "a.csv", "--groups", "z"), "a.csv has no column 'z'"),
        (
            (*DATA, "a.csv", "--groups", "y", "--time-order"),
            "by groups or in order of time, not by",
        ),
        (
            (*DATA, "a.csv", "--held-out", "0.95"),
            "held_out is 0.95, but it must be from 0 to 0.9",
        ),
        (
            (*DATA, "a.csv", "--folds", "30", "--fold", "1"),
            "each class needs at least 30, one in each",
        ),
        (
            (*DATA, "a.csv", "--target-column", "kind"),
            "'a' is not a number, as those to predict must",
        ),
        ((*DATA, "a.csv", "--target-column", "x", "--label", "kind"), "task data takes no label"),
        ((*DATA, "real.csv"), "the label 0.5 is not a whole number"),
        ((*DATA, "text.csv", "--kind", "regression"), "'red' is not a number, as those to predict"),
        (
            (*DATA, "a.csv", "--kind", "clusters"),
            "must be one of classification, regression, anomaly",
        ),
        ((*DATA, "a.csv", "--kind", "anomaly", "--normal", "c"), "there is no class 'c'"),
        ((*DATA, "a.npz", "--kind", "anomaly"), "anomalies are found in tables of values only"),
        ((*DATA, "a.csv", "--normal", "a"), "task data takes no normal"),
        ((*DATA, "a.csv", "--as-spikes"), "is a table of values, so it takes no as_spikes"),
        ((*DATA, "a.npz", "--groups", "y"), "a.npz is no table, so it takes no groups"),
        ((*DATA, "one.csv"), "all samples are of one class, 'a'; 2 are needed"),
        ((*DATA, "huge.csv"), "'1e308' is too large; numbers must lie between"),
        ((*DATA, "a.csv", "--drop", "x,y"), "a.csv has no column that can be a feature"),
        (("run", "iris", "--test-data", "a.csv"), "task iris takes no test_data"),
        (("run", "mackey_glass", "--time-order"), "task mackey_glass takes no time_order"),
        (("run", "cartpole", "--held-out", "0.2"), "task cartpole takes no held_out"),
        (("run", "xor", "--folds", "2", "--fold", "1"), "holds nothing out, so it takes no folds"),
    ],
    ids=lambda value: " ".join(value[1:]) if isinstance(value, tuple) else "",
)
def test_a_refusal_is_one_sentence_and_leaves_no_folder(
    arguments: tuple[str, ...], sentence: str
) -> None:
    before = sorted(Path().iterdir())

    result = CliRunner().invoke(app, [*arguments, "--generations", "1"], prog_name="spikevolve")

    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert sorted(Path().iterdir()) == before
