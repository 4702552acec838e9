"""What the first run on a machine costs: `python benchmarks/cold_start.py iris [ARGUMENT…] [--json]`.

Runs `spikevolve run` with these arguments twice, in a process of its own: with an empty cache of
kernels, and once more with what the first run left there. Prints the processor seconds (user and
system) of both, what of them went into imports and into compiling or loading kernels, and the
seconds of each kernel and of each imported package. What a kernel's parts take counts to the kernel,
and what an import compiles does not count to the import.
"""

import argparse
import importlib.machinery
import json
import os
import runpy
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SELF = Path(__file__)
_SHOWN = 0.02  # seconds; what took less is added up


class Stopwatch:
    """Processor seconds of what happens in each thread, by kind and name, without what is nested.

    All that is nested in a kernel counts to that kernel.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, Counter[str]] = {"import": Counter(), "kernel": Counter()}
        self._local = threading.local()

    def start(self, kind: str, name: str) -> None:
        """Begin something."""
        stack = self._stack()
        if stack and stack[-1][0] == "kernel":
            kind, name = stack[-1][:2]
        stack.append([kind, name, time.thread_time(), 0.0])

    def stop(self) -> None:
        """End what began last."""
        stack = self._stack()
        kind, name, start, nested = stack.pop()
        passed = time.thread_time() - start
        self.seconds[kind][name] += passed - nested
        if stack:
            stack[-1][3] += passed

    def _stack(self) -> list[list[Any]]:
        if not hasattr(self._local, "stack"):
            self._local.stack = []
        stack: list[list[Any]] = self._local.stack
        return stack


def watch_imports(watch: Stopwatch) -> None:
    """Note every module that is imported from now on, by its package."""

    def timed(load: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(self: Any, module: Any) -> Any:  # a module, or the specification of one
            watch.start("import", getattr(module, "__name__", self.name).partition(".")[0])
            try:
                return load(self, module)
            finally:
                watch.stop()

        return wrapper

    source: Any = importlib.machinery.SourceFileLoader
    extension: Any = importlib.machinery.ExtensionFileLoader
    source.exec_module = timed(source.exec_module)
    extension.create_module = timed(extension.create_module)
    extension.exec_module = timed(extension.exec_module)


def watch_kernels(watch: Stopwatch) -> None:
    """Note every function that Numba compiles, or loads from the cache, from now on."""
    from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc]  # Numba has no annotations
        def on_start(self, event: Any) -> None:
            function = event.data["dispatcher"].py_func
            module = function.__module__.removeprefix("spikevolve.")
            watch.start("kernel", f"{module}.{function.__name__.lstrip('_')}")

        def on_end(self, event: Any) -> None:
            watch.stop()

    event.register("numba:compile", Listener())


def run_watched(report: Path, arguments: list[str]) -> None:
    """Run the command in this process, and write what it spent its time on to a file."""
    watch = Stopwatch()
    watch_imports(watch)
    watch_kernels(watch)
    sys.argv = ["spikevolve", "run", *arguments]
    try:
        runpy.run_module("spikevolve", run_name="__main__")
    finally:
        report.write_text(json.dumps(watch.seconds))


def measure(arguments: list[str]) -> list[dict[str, Any]]:
    """Return processor seconds of the first run and of the next: `all`, `import`, `kernel`."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        for number in (1, 2):
            out = Path(folder) / f"run-{number}"
            before = os.times()
            subprocess.run(
                [sys.executable, _SELF, "--watched", report, *arguments, "--out", out],
                check=True,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"XDG_CACHE_HOME": folder},
            )
            after = os.times()
            whole = after.children_user - before.children_user
            whole += after.children_system - before.children_system
            rows.append({"all": whole} | json.loads(report.read_text()))
    return rows


def _print_part(title: str, seconds: dict[str, float]) -> None:
    print(f"\n{title}")
    shown = {name: value for name, value in seconds.items() if value >= _SHOWN}
    for name, value in sorted(shown.items(), key=lambda item: -item[1]):
        print(f"{value:8.2f}  {name}")
    print(f"{sum(seconds.values()) - sum(shown.values()):8.2f}  {len(seconds) - len(shown)} others")


def main() -> None:
    """Print the tables, or with --json the list of both runs."""
    if sys.argv[1:2] == ["--watched"]:
        return run_watched(Path(sys.argv[2]), sys.argv[3:])
    parser = argparse.ArgumentParser(description="Processor seconds of a first run.")
    parser.add_argument("task", nargs="?", default="iris")
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    options, more = parser.parse_known_args()
    rows = measure([options.task, *more])
    if options.json:
        print(json.dumps(rows, indent=2))
        return None
    print(f"run {' '.join([options.task, *more])}: processor seconds\n")
    print(f"{'':12}{'first run':>12}{'next run':>12}")
    spent = [(row["all"], sum(row["import"].values()), sum(row["kernel"].values())) for row in rows]
    for name, *both in zip(("all", "imports", "kernels"), *spent, strict=True):
        print(f"{name:12}{both[0]:12.2f}{both[1]:12.2f}")
    _print_part("kernels of the first run", rows[0]["kernel"])
    _print_part("packages imported by the first run", rows[0]["import"])
    return None


if __name__ == "__main__":
    main()
