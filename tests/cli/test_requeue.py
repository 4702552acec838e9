"""Jobs of a scheduler: a command stops before its job is ended, and its exit status says that it is to go on."""

import os
import re
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from spikevolve.cli.main import app
from spikevolve.cli.requeue import END_OF_JOB, TRY_AGAIN, Requeue, StopInTime, requeue_at
from spikevolve.errors import InputError
from spikevolve.results.store.folder import read_commit

HOUR = 3600


@pytest.mark.parametrize(
    ("before", "seconds"), [("120s", 120), ("5m", 300), ("1h", 3600), ("1.5m", 90), ("0.5s", 0.5)]
)
def test_a_command_stops_so_long_before_the_job_ends(
    before: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(END_OF_JOB, str(int(time.time()) + 10 * HOUR))

    requeue = requeue_at(before)

    assert requeue is not None
    assert requeue.seconds == pytest.approx(10 * HOUR - seconds, abs=60)
    assert requeue.patience == seconds / 2


def test_without_the_option_nobody_asks_for_the_end_of_the_job() -> None:
    assert requeue_at(None) is None


@pytest.mark.parametrize("before", ["120", "", "s", "-5s", "0s", "1 m", "2d", "1e3s", "٣s", "nan"])
def test_what_is_no_time_is_refused(before: str) -> None:
    with pytest.raises(InputError, match=r"--requeue-before is .* a number above 0 with its unit"):
        requeue_at(before)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (None, f"{END_OF_JOB} is not set: Slurm sets it in jobs"),
        ("soon", f"{END_OF_JOB} is 'soon', but .* in seconds since 1970"),
        ("-1", f"{END_OF_JOB} is '-1'"),
        ("0", "the job ends in 0 s"),
    ],
)
def test_without_an_end_of_the_job_nothing_begins(
    end: str | None, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(END_OF_JOB, raising=False)
    if end is not None:
        monkeypatch.setenv(END_OF_JOB, end)
    arguments = ["run", "iris", "--out", str(tmp_path / "run"), "--requeue-before", "2m"]

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 2
    assert re.search(sentence, result.stderr)
    assert list(tmp_path.iterdir()) == []


def test_a_job_too_short_to_go_on_in_is_not_queued_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(END_OF_JOB, str(int(time.time()) + 100))

    with pytest.raises(InputError, match=r"is 2m, but the job ends in \d+ s, .* must be less"):
        requeue_at("2m")


def test_an_end_in_a_million_years_can_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(END_OF_JOB, "9" * 18)
    event = threading.Event()

    with StopInTime(requeue_at("1s"), event, event.set) as in_time:
        pass

    assert not event.is_set()
    assert not in_time.reached


def test_when_it_is_time_the_work_is_asked_to_stop_and_then_left() -> None:
    event, left = threading.Event(), threading.Event()

    with StopInTime(Requeue("1s", 0.01, 0.01), event, left.set) as in_time:
        assert event.wait(60)
        assert in_time.reached
        assert left.wait(60)


def test_work_that_stops_in_time_is_not_left() -> None:
    event, left, before = threading.Event(), threading.Event(), threading.enumerate()

    with StopInTime(Requeue("1s", 0.01, 600), event, left.set):
        assert event.wait(60)
        [waiting] = [thread for thread in threading.enumerate() if thread not in before]

    waiting.join(60)
    assert not waiting.is_alive()
    assert not left.is_set()


def test_a_signal_that_came_first_is_what_the_command_stops_by() -> None:
    event = threading.Event()
    event.set()

    with StopInTime(Requeue("1s", 0.0, 600), event, event.set) as in_time:
        time.sleep(0.05)

    assert not in_time.reached


@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--seeds", "1-2"]], ids=["run", "study"])
def test_one_line_in_every_start_of_a_job_ends_with_a_run_that_is_done(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "job"
    run = folder / "seed-1" if more else folder
    line = ["run", "iris", "--gradient", "off", "--population", "8", "--workers", "1", *more]
    line += ["--out", str(folder), "--or-resume", "--quiet"]

    def job(generations: int, stops_in: float) -> Result:
        monkeypatch.setenv(END_OF_JOB, str(int(time.time()) + HOUR))
        limits = ["--generations", str(generations)]
        requeue = ["--requeue-before", f"{HOUR - stops_in:g}s"]
        return CliRunner().invoke(app, [*line, *limits, *requeue])

    first = job(10**6, stops_in=5)
    assert first.exit_code == TRY_AGAIN == os.EX_TEMPFAIL
    assert first.stderr == (
        f"Stopped 3595s before the job ends. To go on: spikevolve resume {folder}\n"
    )
    stopped = read_commit(run).search
    assert stopped["state"] == "stopped"

    assert job(int(str(stopped["generation"])) + 2, stops_in=3000).exit_code == 0
    assert read_commit(run).search["state"] == "done"
