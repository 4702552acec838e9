"""The commands that read a run, on one small run of each kind."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spikevolve.cli.main import app
from spikevolve.measurements import MEASUREMENTS
from spikevolve.results.store.schema import TESTS
from spikevolve.tasks.registry import load, names

PNG = b"\x89PNG\r\n"


def spikevolve(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of iris, and one that ended before anything was feasible."""
    folder = tmp_path_factory.mktemp("runs")
    words = ("--population", "30", "--generations", "8", "--workers", "1", "--quiet")
    assert spikevolve("run", "iris", *words, "--out", str(folder / "iris")) == ""
    return folder


def test_tasks_lists_every_task_with_its_numbers() -> None:
    lines = {line.split()[0]: line.split()[1:] for line in spikevolve("tasks").splitlines()}

    assert lines.keys() == {"task", *names(), "gym:ID"}
    for name in ("iris", "xor"):
        task = load(name).describe()
        assert lines[name][:3] == [str(task[key]) for key in ("inputs", "outputs", "ticks")]
    assert lines["iris"][3:] == ["100", "samples", "50", "0.34", "0.3333"]
    assert lines["xor"][3:] == ["4", "samples", "none", "0.5", "0.5"]
    assert lines["cartpole"][4:] == ["episodes", "1,000", "11", "22.3"]


def test_report_is_a_page_or_one_json_object(runs: Path) -> None:
    folder = str(runs / "iris")

    page = spikevolve("report", folder)
    values = json.loads(spikevolve("report", folder, "--json"))
    everything = json.loads(spikevolve("report", folder, "--json", "--all", "--test-scores"))

    assert "iris, seed 1: done after 8 generations" in page
    assert page.endswith(f"The run is in {folder}\n")
    listed = page.split("Pareto front: ")[1].split("\n\n")[1].splitlines()[1:]
    assert [line.split()[0] for line in listed] == [row["id"] for row in values["front"]]
    assert len(values["front"]) <= 10 < len(everything["front"]) == values["front_size"]
    assert (values["task"], values["seed"], values["state"]) == ("iris", 1, "done")
    assert (values["generations"], len(values["front"]) > 0) == (8, True)
    assert values["test"]["score"] == values["champion"]["test_score"]
    assert values["test"]["interval"]["low"] <= values["test"]["score"]
    for network in [values["champion"], *everything["front"]]:
        assert network.keys() >= {"id", *(m.name for m in MEASUREMENTS), *(c.name for c in TESTS)}
    assert 0 <= values["champion"]["test_score"] <= 1


def test_a_report_goes_into_a_file_in_any_format(runs: Path, tmp_path: Path) -> None:
    folder, file = str(runs / "iris"), tmp_path / "report.md"

    assert spikevolve("report", folder, "--format", "md", "--to", str(file)) == f"{file}\n"
    assert "| id |  | accuracy |" in file.read_text()
    as_json = spikevolve("report", folder, "--format", "json")
    assert as_json == spikevolve("report", folder, "--json")
    result = CliRunner().invoke(app, ["report", folder, "--format", "html"])
    assert result.exit_code == 2
    assert "format is 'html'; it must be one of text, md, json" in result.stderr


def test_the_tutorial_explains_every_line_of_a_report(runs: Path) -> None:
    tutorial = Path(__file__).parents[2] / "docs/tutorial.md"
    page = spikevolve("report", str(runs / "iris"))
    facts = [line[2:].split("  ")[0] for line in page.splitlines() if line.startswith("  ")]
    headings = [
        line.split("  ") for line in page.splitlines() if line.startswith(("id ", "class "))
    ]
    words = [*facts, *(word.strip() for heading in headings for word in heading if word.strip())]

    assert len(words) > 20
    assert [word for word in words if word not in tutorial.read_text()] == []


def test_status_reads_the_folder_alone(runs: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(runs / "iris", tmp_path / "copy")

    assert f"{elsewhere}: done, generation 8" in spikevolve("status", str(elsewhere))


def test_plot_draws_progress_front_graph_and_spikes(runs: Path, tmp_path: Path) -> None:
    printed = spikevolve("plot", str(runs / "iris"), "--out", str(tmp_path / "a/b"))

    files = [tmp_path / "a/b" / f"{n}.png" for n in ("progress", "front", "network", "raster")]
    assert printed.split() == [str(file) for file in files]
    assert all(file.read_bytes().startswith(PNG) for file in files)
    assert all(file.with_suffix(".csv").stat().st_size for file in files)


def test_plot_draws_any_network_for_print(runs: Path, tmp_path: Path) -> None:
    values = json.loads(spikevolve("report", str(runs / "iris"), "--json"))
    other = next(row["id"] for row in values["front"] if not row["champion"])
    words = ("--format", "pdf", "--width", "85mm", "--potentials", "--out", str(tmp_path))

    printed = spikevolve("plot", str(runs / "iris"), other, *words)

    names = [f"{name}-{other}" for name in ("network", "raster", "potentials")]
    assert printed.split() == [str(tmp_path / f"{name}.pdf") for name in names]
    assert all((tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF") for name in names)
    assert all((tmp_path / f"{name}.csv").exists() for name in names)
    rows = (tmp_path / f"network-{other}.csv").read_text().splitlines()
    assert len(rows) - 1 == next(r["synapses"] for r in values["front"] if r["id"] == other)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--format", "jpg"), "format is 'jpg'; it must be one of png, svg, pdf"),
        (("--width", "wide"), "width is 'wide'; it must be a number with mm, cm or in"),
        (("99-99",), "has no individual '99-99'"),
    ],
)
def test_plot_refuses_what_it_cannot_draw(
    words: tuple[str, ...], sentence: str, runs: Path, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, ["plot", str(runs / "iris"), *words, "--out", str(tmp_path)])

    assert result.exit_code == 2
    assert sentence in result.stderr


def test_pictures_go_into_the_run_unless_told_otherwise(runs: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(runs / "iris", tmp_path / "run")
    (folder / "front.parquet").unlink()

    result = CliRunner().invoke(app, ["plot", str(folder)])

    assert (result.exit_code, result.stdout) == (0, f"{folder}/plots/progress.png\n")
    assert "no champion" in result.stderr


def test_test_measures_what_an_interrupted_run_has(runs: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(runs / "iris", tmp_path / "run")
    (folder / "front.parquet").unlink()
    assert json.loads(spikevolve("report", str(folder), "--json"))["champion"] is None

    assert "champion" in spikevolve("test", str(folder))

    before, after = (
        json.loads(spikevolve("report", str(run), "--json")) for run in (runs / "iris", folder)
    )
    assert after["front"] == before["front"]


def test_resume_of_a_finished_run_reports_it(runs: Path) -> None:
    assert re.search("iris, seed 1: done", spikevolve("resume", str(runs / "iris")))
