"""A clock that stands still while its process does."""

import threading
import time
from collections.abc import Callable

#: Seconds that the clock's thread sleeps at a time.
TICK_SECONDS = 0.1


class AwakeClock:
    """Counts how long this process has been able to run.

    A thread sleeps and counts how often it has woken up. While the process is stopped, by SIGSTOP or a
    scheduler that suspends a whole job, it counts nothing, where any clock of the system would run on.

    Args:
        tick: Called at every count.
    """

    def __init__(self, tick: Callable[[], None] = lambda: None) -> None:
        self._tick = tick
        self._wake_ups = 0
        threading.Thread(target=self._count, name="awake clock", daemon=True).start()

    @property
    def seconds(self) -> float:
        """Seconds counted so far, in steps of `TICK_SECONDS`."""
        return self._wake_ups * TICK_SECONDS

    def _count(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            self._wake_ups += 1
            self._tick()
