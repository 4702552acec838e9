"""A search in small, as a process of its own that is signalled and killed.

    python ray_driver.py FILE

Measures with Ray, waits for the signals that end a search, measures again and waits to be killed.
Says in FILE how far it is; standard output and error are left to Ray.
"""

import runpy
import signal
import sys
import time
from pathlib import Path

from spikevolve.evolve.engines.ray.ray_engine import RayEngine
from spikevolve.tasks import load

SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1}
TASKS = Path(__file__).with_name("ray_tasks.py")

if __name__ == "__main__":
    file = Path(sys.argv[1])
    received: set[int] = set()
    for number in SIGNALS:
        signal.signal(number, lambda number, _: received.add(number))
    task = load(f"{TASKS}:Counting")
    batch = runpy.run_path(str(TASKS))["batch_of"](2, 3)
    engine = RayEngine(2)
    list(engine.measure(task, task.workload("train", 1), batch))
    file.write_text("ready")
    while received != SIGNALS:
        time.sleep(0.01)
    list(engine.measure(task, task.workload("train", 2), batch))
    file.write_text("survived")
    time.sleep(600)
