import os
import signal
import time

import pytest

from spikevolve.cli import signals as module
from spikevolve.cli.signals import SIGNALS, StopSignals


@pytest.mark.parametrize(
    ("number", "status", "name"),
    [
        (signal.SIGINT, 130, "Ctrl-C"),
        (signal.SIGTERM, 143, "SIGTERM"),
        (signal.SIGUSR1, 143, "SIGUSR1"),
    ],
)
def test_a_signal_sets_the_event_and_is_remembered(
    number: signal.Signals, status: int, name: str
) -> None:
    with StopSignals() as signals:
        assert not signals.event.is_set()
        os.kill(os.getpid(), number)
        assert signals.event.wait(5)

    assert (signals.exit_status, signals.name) == (status, name)


def test_the_first_signal_counts() -> None:
    with StopSignals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)  # at once: passed on by a launcher, not insistence
        os.kill(os.getpid(), signal.SIGTERM)

    assert signals.received == signal.SIGTERM


def test_a_second_interrupt_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REPEAT_SECONDS", 0.01)
    with StopSignals():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_the_former_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with StopSignals():
        assert [signal.getsignal(number) for number in SIGNALS] != before

    assert [signal.getsignal(number) for number in SIGNALS] == before
