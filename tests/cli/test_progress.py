import io
import math
import time

import pytest
from rich.console import Console

from spikevolve.cli import progress as module
from spikevolve.cli.progress import LiveTable, PlainLines, number, shown
from spikevolve.evolve.runs.run_state import Progress


def best(score: float, spikes: float, latency: float) -> dict[str, float]:
    return {"score": score, "spikes": spikes, "latency": latency}


NONE = best(math.nan, math.nan, math.nan)
START = Progress(1, 50, 100, 100.0, NONE, "accuracy", 1234.5, 0.1, None)
LATER = Progress(20, 50, 2000, 2000.0, best(0.9, 12.25, 3.5), "accuracy", 8000.0, 0.25, 100.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_lines_come_at_the_start_now_and_then_and_at_the_end(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = PlainLines()
    for generation in range(1, 101):
        lines(LATER._replace(generation=generation))
        clock[0] += 0.25
    lines.close()
    lines.close()

    printed = [line.split(" of ")[0] for line in capsys.readouterr().out.splitlines()]
    assert printed == [f"generation {g}" for g in (1, 41, 81, 100)]


def test_a_line_says_everything(capsys: pytest.CaptureFixture[str]) -> None:
    PlainLines()(LATER)

    assert capsys.readouterr().out == (
        "generation 20 of 50: best accuracy 0.900, spikes 12.2, latency 3.500, "
        "8,000 evaluations/s, time left 100 s\n"
    )


def test_lines_and_table_show_what_is_optimised(capsys: pytest.CaptureFixture[str]) -> None:
    progress = LATER._replace(best={"score": 0.5, "activation_sparsity": 0.25, "synapses": 7.0})
    PlainLines()(progress)
    assert ": best accuracy 0.500, activation sparsity 0.250, synapses 7.000, 8,000" in (
        capsys.readouterr().out
    )
    table = LiveTable()
    table(progress)
    assert "best accuracy  activation sparsity  synapses  evaluations/s" in drawn(table)


def test_what_a_search_costs_is_shown_where_it_learns(capsys: pytest.CaptureFixture[str]) -> None:
    table = LiveTable()
    for progress in (START, LATER._replace(cost=12_500.0)):
        PlainLines()(progress)
        table(progress)

    before, after = capsys.readouterr().out.splitlines()
    assert "cost" not in before
    assert "latency 3.500, cost 12,500, 8,000 evaluations/s" in after
    assert "latency    cost  evaluations/s" in drawn(table)


def test_the_lines_of_a_study_name_the_run(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = PlainLines()
    for fold in (1, 2):
        for generation in (1, 2, 3):
            lines(LATER._replace(generation=generation, member=f"fold {fold} ({fold} of 2)"))
    lines.close()

    printed = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert printed == [
        "fold 1 (1 of 2), generation 1 of 50",
        "fold 1 (1 of 2), generation 3 of 50",
        "fold 2 (2 of 2), generation 3 of 50",
    ]


def test_the_table_begins_anew_with_each_run_of_a_study() -> None:
    table = LiveTable()
    table(LATER._replace(member="fold 1 (1 of 2)", best=best(0.5, 12.25, 3.5)))
    table(LATER._replace(member="fold 2 (2 of 2)", best=best(0.25, 12.25, 3.5)))

    text = drawn(table)
    assert "fold 2 (2 of 2)" in text
    assert "0.250" in text
    assert "0.500" not in text


def test_before_the_first_feasible_network_there_are_dashes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    PlainLines()(START)

    assert "best accuracy -, spikes -, latency -" in capsys.readouterr().out


def test_a_best_network_that_is_no_solution_is_shown_with_what_it_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = LiveTable()
    for progress in (LATER._replace(short_of="not above chance"), LATER):
        PlainLines()(progress)
        table(progress)
        said = "the best network so far is not above chance"
        assert (said in drawn(table)) == bool(progress.short_of)

    before, after = capsys.readouterr().out.splitlines()
    assert "latency 3.500 (not above chance), 8,000 evaluations/s" in before
    assert "(" not in after


def test_scores_of_training_and_other_objectives_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    measured = {"score": 0.5, "synaptic_operations": 30.0, "energy": math.nan}
    progress = LATER._replace(best=measured, score="h_credit (training)")
    table = LiveTable()
    table(progress)
    PlainLines()(progress)

    line = "best h_credit (training) 0.500, synaptic operations 30.0, energy -, 8,000 eval"
    assert line in capsys.readouterr().out
    headings = " ".join(drawn(table).splitlines()[0].split())
    assert "best h_credit (training) synaptic operations energy evaluations/s" in headings


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(quiet=True) as watch:
        watch(LATER)

    assert capsys.readouterr() == ("", "")


def test_the_table_keeps_improvements_and_ends_with_the_present() -> None:
    table = LiveTable()
    assert "starting" in drawn(table)
    table(START)
    for score in (0.5, 0.5, 0.75, 0.875, 0.875):
        table(LATER._replace(best=best(score, 12.25, 3.5)))
    table(LATER._replace(best=best(0.875, 12.25, 3.5), generation=21))

    rows = drawn(table).splitlines()[1:]
    assert [row.split()[3] for row in rows] == ["0.500", "0.750", "0.875", "0.875"]
    assert rows[-1].split() == ["21", "of", "50", "0.875", "12.2", "3.500", "8,000", "100", "s"]


def test_a_terminal_gets_the_live_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(module, "Console", lambda: console)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    with shown(quiet=False) as watch:
        watch(LATER)

    assert "evaluations/s" in console.file.getvalue()  # type: ignore[attr-defined]
    assert "0.900" in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("seconds", "text"), [(None, "-"), (math.inf, "-"), (200.0, "3.3 min")])
def test_time_left(seconds: float | None, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    PlainLines()(LATER._replace(seconds_left=seconds))

    assert capsys.readouterr().out.endswith(f"time left {text}\n")


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "-"), (0.97, "0.970"), (500.0, "500.0"), (13243.21, "13,243.2")]
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def drawn(table: LiveTable) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(table.render())
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]
