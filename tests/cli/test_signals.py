import os
import signal
import threading
import time

import pytest

from spikevolve.cli import exit_status
from spikevolve.cli.exit_status import SIGNALS, StopSignals


def nobody() -> None:
    raise AssertionError("nobody is in a hurry")


@pytest.mark.parametrize(
    ("number", "status", "name"),
    [
        (signal.SIGINT, 130, "Ctrl-C"),
        (signal.SIGTERM, 143, "SIGTERM"),
        (signal.SIGHUP, 129, "SIGHUP"),
        (signal.SIGUSR1, 138, "SIGUSR1"),
        (signal.SIGUSR2, 140, "SIGUSR2"),
        (signal.SIGXCPU, 152, "SIGXCPU"),
    ],
)
def test_a_signal_sets_the_event_and_is_remembered(
    number: signal.Signals, status: int, name: str
) -> None:
    with StopSignals(nobody, lambda: 60) as signals:
        assert not signals.event.is_set()
        os.kill(os.getpid(), number)
        assert signals.event.wait(60)

    assert (signals.exit_status, signals.name) == (status, name)


def test_a_signal_comes_through_at_the_very_moment_at_which_the_event_is_waited_for() -> None:
    with StopSignals(nobody, lambda: 60) as signals:
        with signals.event._cond:  # type: ignore[attr-defined]  # as `wait` does for a moment
            os.kill(os.getpid(), signal.SIGTERM)
        assert signals.event.wait(60)


def test_the_first_signal_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exit_status, "REPEAT_SECONDS", 60)
    with StopSignals(nobody, lambda: 60) as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)  # at once: passed on by a launcher, not insistence
        os.kill(os.getpid(), signal.SIGTERM)

    assert signals.received == signal.SIGTERM


def test_a_second_interrupt_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exit_status, "REPEAT_SECONDS", 0.01)
    left = threading.Event()
    with StopSignals(left.set, lambda: 60):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        assert not left.is_set()
        os.kill(os.getpid(), signal.SIGINT)

        assert left.wait(60)


def test_patience_ends() -> None:
    left = threading.Event()
    with StopSignals(left.set, lambda: 0.05):
        os.kill(os.getpid(), signal.SIGTERM)

        assert left.wait(60)


def test_an_end_in_time_is_no_hurry() -> None:
    left, before = threading.Event(), threading.enumerate()
    with StopSignals(left.set, lambda: 600):
        os.kill(os.getpid(), signal.SIGTERM)
        [waiting] = [t for t in threading.enumerate() if t not in before]

    waiting.join(60)
    assert not waiting.is_alive()
    assert not left.is_set()


def test_the_former_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with StopSignals(nobody, lambda: 60):
        assert [signal.getsignal(number) for number in SIGNALS] != before

    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with StopSignals(nobody, lambda: 60) as signals:
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGUSR1)
            assert signals.event.wait(60)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert signals.received == signal.SIGUSR1
