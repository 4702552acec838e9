"""The commands that use a champion: predict, evaluate and encode, and what they say of mistakes."""

import csv
import json
import re
import shlex
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.results.store.reader import read_table

pytestmark = pytest.mark.slow  # starts runs

ROOT = Path(__file__).parents[2]
FLOWERS = ROOT / "docs" / "flowers.csv"
NAMES = ("sepal length", "sepal width", "petal length", "petal width")


def spikevolve(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return result.stdout if status == 0 else result.stderr


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of iris, its champion in a file, and a run of cart-pole."""
    folder = tmp_path_factory.mktemp("runs")
    words = ("--population", 20, "--generations", 4, "--workers", 1, "--quiet")
    spikevolve("run", "iris", *words, "--out", folder / "iris")
    spikevolve("run", "cartpole", *words, "--out", folder / "cartpole")
    file = folder / "champion.json"
    spikevolve("export", folder / "iris", "--format", "champion", "--to", file)
    return folder


def test_a_new_table_is_classified_with_its_columns_in_any_order(
    runs: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(FLOWERS)
    shuffled, answers = tmp_path / "new.tsv", tmp_path / "answers.csv"
    table[["petal width", "species", *NAMES[:3]]].to_csv(shuffled, index=False, sep="\t")

    by_run = spikevolve("predict", runs / "iris", FLOWERS)
    assert (
        spikevolve("predict", runs / "champion.json", shuffled, "--to", answers) == f"{answers}\n"
    )

    assert answers.read_text() == by_run
    found = pd.read_csv(answers)
    shares = [f"share {name}" for name in ("setosa", "versicolor", "virginica")]
    assert list(found.columns) == ["answer", *shares, "latency", "spikes"]
    assert len(found) == 150
    assert found["latency"].between(1, 10).all()


def test_every_format_of_tables_and_arrays_gives_the_same_answers(
    runs: Path, tmp_path: Path
) -> None:
    table, expected = pd.read_csv(FLOWERS), spikevolve("predict", runs / "iris", FLOWERS)
    values = table[list(NAMES)].to_numpy()
    table.to_parquet(tmp_path / "a.parquet")
    np.save(tmp_path / "a.npy", values)
    np.savez(tmp_path / "a.npz", features=values, right=table["species"].to_numpy(str))

    for kind in ("parquet", "npy", "npz"):
        assert spikevolve("predict", runs / "iris", tmp_path / f"a.{kind}") == expected
    for kind, label in (("parquet", "species"), ("npz", "right")):
        arguments = ("predict", runs / "iris", tmp_path / f"a.{kind}", "--label", label)
        assert spikevolve(*arguments) == expected


def test_with_right_answers_the_score_is_told_with_its_interval(runs: Path) -> None:
    arguments = ["predict", str(runs / "iris"), str(FLOWERS), "--label", "species"]
    result = CliRunner().invoke(app, arguments)

    rows = list(csv.DictReader(result.stdout.splitlines()))
    right = list(pd.read_csv(FLOWERS)["species"])
    share = np.mean([row["answer"] == name for row, name in zip(rows, right, strict=True)])
    assert f"accuracy {share:.4g}, 95 % interval " in result.stderr


def test_series_are_classified_with_or_without_their_classes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    lines = [
        f"{','.join(f'{v:.3f}' for v in rng.normal(2.0 * (n % 2), 1.0, 12))}" for n in range(60)
    ]
    head = "@problemName waves\n@classLabel {}\n@data\n"
    labelled, bare = tmp_path / "waves.ts", tmp_path / "new.ts"
    classed = [f"{line}:{'ab'[n % 2]}" for n, line in enumerate(lines)]
    labelled.write_text(head.format("true a b") + "\n".join(classed))
    bare.write_text(head.format("false") + "\n".join(lines))
    words = ("--population", 20, "--generations", 3, "--workers", 1, "--quiet", "--gradient", "off")
    spikevolve("run", "data", "--data", labelled, *words, "--out", tmp_path / "run")

    assert spikevolve("predict", tmp_path / "run", bare) == spikevolve(
        "predict", tmp_path / "run", labelled
    )


def test_evaluate_says_what_the_run_says(runs: Path) -> None:
    front = read_table(runs / "iris", "front")
    score = front.loc[front["champion"], "test_score"].item()

    page = spikevolve("evaluate", runs / "champion.json", "iris")
    values = json.loads(spikevolve("evaluate", runs / "champion.json", "iris", "--json"))

    assert "champion.json on iris: 50 test samples" in page
    assert re.search(rf"accuracy +{score:.4g} +95 % interval [\d.]+ to [\d.]+ \(Wilson\)", page)
    assert (values["score"], values["n"], values["chance"]) == (score, 50, 0.34)
    place = runs / "score.json"
    spikevolve("evaluate", runs / "champion.json", "iris", "--to", place)
    assert json.loads(place.read_text()) == values
    page = spikevolve("evaluate", runs / "cartpole", "cartpole", "--episodes", 20, "--seed", 3)
    assert "cartpole on cartpole: 20 unseen starts (seed 3)" in page


def test_an_encoded_sample_is_simulated(runs: Path, tmp_path: Path) -> None:
    file = tmp_path / "spikes.csv"
    spikevolve("encode", "iris", "--sample", 3, "--network", runs / "iris", "--to", file)
    found = json.loads(spikevolve("simulate", runs / "champion.json", "--spikes", file, "--json"))

    assert [n["name"] for n in found["neurons"]][:2] == ["sepal length", "sepal length (mirrored)"]
    assert found["input_spikes"] == len(file.read_text().splitlines()) - 1
    assert spikevolve("encode", "cartpole", "--sample", 2).startswith("input,tick\n")


MISTAKES = {
    "predict iris narrow.csv": "narrow.csv: the data have no column 'sepal width'; the network takes",
    "predict iris flowers.csv --label colour": "flowers.csv has no column 'colour'",
    "predict iris strange.csv --label species": "strange.csv: sample 0 is of class 'rosa', which the "
    "network has never seen; it knows setosa, versicolor, virginica",
    "predict iris words.csv": "words.csv, line 2, column 'petal width': 'wide' is not a finite number",
    "predict iris nix.csv": "nix.csv cannot be read: No such file",
    "predict iris champion.json": "new samples must be in a file that ends in .csv",
    "predict iris flat.npy": "flat.npy: the data have the shape (3, 5); the network takes (samples, 4)",
    "predict cartpole flowers.csv": "acts on observations instead of samples",
    "predict nix flowers.csv": "nix: there is no such file or run folder",
    "predict empty flowers.csv": "empty is not a run folder: it is empty",
    "predict newer flowers.csv": "has schema 99, but this version of spikevolve reads up to",
    "predict newer.json flowers.csv": "newer.json: schema is 9, but this version of spikevolve reads 1",
    "predict words.csv flowers.csv": "words.csv: line 1",
    "evaluate iris wine": "iris does not fit: task wine needs networks of 26 inputs",
    "evaluate empty iris": "empty is not a run folder: it is empty",
    "evaluate iris iris --episodes 3": "episodes is 3, but task iris has no episodes",
    "evaluate iris irys": "unknown task 'irys'",
    "encode iris --sample 99": "sample is 99, but task iris has 50 test samples, 0 to 49",
    "encode iris --network empty": "empty is not a run folder",
}


@pytest.fixture(scope="module")
def files(runs: Path) -> Path:
    shutil.copy(FLOWERS, runs)
    (runs / "narrow.csv").write_text("sepal length,petal length,petal width\n1,2,3\n")
    (runs / "strange.csv").write_text(f"{','.join(NAMES)},species\n1,2,3,4,rosa\n")
    (runs / "words.csv").write_text(f"{','.join(NAMES)}\n1,2,3,wide\n")
    np.save(runs / "flat.npy", np.zeros((3, 5)))
    (runs / "empty").mkdir()
    shutil.copytree(runs / "iris", runs / "newer")
    manifest = json.loads((runs / "newer" / "run.json").read_text())
    (runs / "newer" / "run.json").write_text(json.dumps(manifest | {"schema": 99}))
    champion = json.loads((runs / "champion.json").read_text())
    (runs / "newer.json").write_text(json.dumps(champion | {"schema": 9}))
    return runs


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes_end_in_one_sentence(
    line: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)

    said = spikevolve(*shlex.split(line), status=2)

    assert MISTAKES[line] in said
    assert said.startswith("Error: ")
    assert said.count("\n") == 1


def test_champions_of_version_0_1_0_answer(tmp_path: Path) -> None:
    with tarfile.open(ROOT / "tests" / "results" / "release_0_1_0.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    table = pd.read_csv(FLOWERS)[list(NAMES)]
    table.to_csv(tmp_path / "new.csv", index=False)

    found = spikevolve("predict", tmp_path / "iris-folds" / "fold-1", tmp_path / "new.csv")

    assert len(found.splitlines()) == 151


def readme_commands() -> list[str]:
    block = (ROOT / "README.md").read_text().split("## What it does")[1].split("```")[1]
    return [line.split("#")[0].strip() for line in block.strip().splitlines()]


def test_every_line_of_the_readme_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches are cut short, and the one in plain Python, which starts Ray, is left out."""
    (tmp_path / "docs").mkdir()
    shutil.copy(FLOWERS, tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    for line in readme_commands():
        program, command, *words = shlex.split(line)
        assert program == "spikevolve"
        if command == "run":
            if words[0].startswith("gym:"):
                continue
            words += ["--generations", "3", "--population", "20", "--workers", "1", "--quiet"]
        spikevolve(command, *words)
    assert len(pd.read_csv("answers.csv")) == 150
    assert Path("raster.png").read_bytes().startswith(b"\x89PNG")
