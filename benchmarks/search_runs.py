"""Runs of `spikevolve run`, as a user starts them, kept in folders so that none is done twice.

OUT/LABEL/options.json   what all these runs were given
OUT/LABEL/ROW/SEED       the folder of a run, or of a cross-validation
OUT/LABEL/ROW/SEED.json  processor seconds that it took
OUT/baselines/DATA SET/SEED.json, or DATA SET-folds
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import baselines
from search_rows import Row

from spikevolve.results.store.folder import read_manifest
from spikevolve.results.store.reader import read_table
from spikevolve.results.store.study import begun_runs
from spikevolve.results.summaries.run_status import read_status
from spikevolve.tasks.task import TaskSettings


class Place(NamedTuple):
    """Where runs lie, and what they are given.

    Attributes:
        out: The folder of everything.
        label: Name of the folder of these runs in it.
        data_sets: Folder of the data files.
        options: Given to every run after the row's own.
    """

    out: Path
    label: str
    data_sets: Path
    options: tuple[str, ...]

    def folder(self, row: Row, seed: int) -> Path:
        """Return the folder of a run."""
        return self.out / self.label / row.name / str(seed)

    def command(self, row: Row, seed: int) -> list[str]:
        """Return the words of the run after `spikevolve`."""
        file = row.file(self.data_sets)
        words = ["run", row.task, *(["--data", str(file)] if file else [])]
        words += ["--seed", str(seed), "--split-seed", str(seed), "--quiet"]
        words += ["--folds", str(row.folds)] if row.folds else []
        return [*words, *row.options, *self.options, "--out", str(self.folder(row, seed))]

    def keep_options(self) -> None:
        """Note the options, or compare them with those of the runs that are there.

        Raises:
            ValueError: They differ: the runs would not compare.
        """
        file = self.out / self.label / "options.json"
        if file.exists() and (there := json.loads(file.read_text())) != list(self.options):
            raise ValueError(
                f"the runs in {file.parent} were given {' '.join(there) or 'no options'} "
                f"(now: {' '.join(self.options) or 'none'}); --label names another folder"
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.options))


class Programs:
    """Processes that run, so that they end with this one."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._ending = False

    def run(self, words: Sequence[str]) -> tuple[float, str]:
        """Run spikevolve; return its processor seconds, and "" or the last line of what it says."""
        if self._ending:
            return 0.0, "interrupted"
        command = [sys.executable, "-m", "spikevolve", *words]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self._running.add(process)
        assert process.stderr is not None
        with process.stderr as stderr:
            said = stderr.read().strip()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self._running.discard(process)
        failed = process.returncode != 0
        last = (said.splitlines() or [f"exit status {process.returncode}"])[-1]
        return used.ru_utime + used.ru_stime, last if failed else ""

    def end(self) -> None:
        """Let those that run save what they have, and start no more."""
        self._ending = True
        for process in list(self._running):
            process.terminate()


def complete(place: Place, row: Row, seed: int, programs: Programs) -> str:
    """Carry a run to its end, unless it is done; return "" or why it is not."""
    folder = place.folder(row, seed)
    if is_done(folder, row):
        return ""
    folder.parent.mkdir(parents=True, exist_ok=True)
    words = ["resume", str(folder), "--quiet"] if folder.exists() else place.command(row, seed)
    seconds, failure = programs.run(words)
    folder.with_suffix(".json").write_text(json.dumps(cpu_seconds(folder) + seconds))
    return failure


def complete_all(place: Place, wanted: Sequence[tuple[Row, int]], jobs: int) -> list[str]:
    """Carry runs to their ends, so many at a time; return sentences of those that failed."""
    programs = Programs()

    def one(each: tuple[Row, int]) -> str:
        row, seed = each
        failure = complete(place, row, seed, programs)
        print(f"{place.label} {row.name} {seed}: {failure or 'done'}", file=sys.stderr, flush=True)
        return f"{row.name}, seed {seed}: {failure}" if failure else ""

    with ThreadPoolExecutor(jobs) as pool:
        try:
            return list(filter(None, pool.map(one, wanted)))
        except BaseException:
            programs.end()
            raise


def cpu_seconds(folder: Path) -> float:
    """Return the processor seconds that were noted of a run so far."""
    file = folder.with_suffix(".json")
    return float(json.loads(file.read_text())) if file.exists() else 0.0


def is_done(folder: Path, row: Row) -> bool:
    """Return whether a run is done, or all folds of a cross-validation are."""
    if not folder.exists():
        return False
    runs = begun_runs(folder)
    return len(runs) == (row.folds or 1) and all(read_status(run).state == "done" for run in runs)


class Run(NamedTuple):
    """A search that is done.

    Attributes:
        front: Members of its front, by the columns of the table `front`.
        cost: What it spent until it ended: the column `cost` of its last generation, or where there
            is none its evaluations.
        task: What `run.json` says of the task.
        commit: Of the source, where it is known.
    """

    front: list[dict[str, Any]]
    cost: float
    task: dict[str, Any]
    commit: str | None

    @property
    def champion(self) -> dict[str, Any] | None:
        """The network that the run recommends."""
        return next((member for member in self.front if member["champion"]), None)


def read_run(folder: Path) -> Run:
    """Read a run folder by the library's readers; NaN and missing numbers are None."""
    front = read_table(folder, "front")
    known = front.astype(object).where(front.notna(), None)
    columns = list(map(str, known))
    members = [dict(zip(columns, row, strict=True)) for row in known.itertuples(index=False)]
    last = read_table(folder, "generations").iloc[-1]
    manifest: dict[str, Any] = read_manifest(folder)
    cost = float(last.get("cost", last["evaluations"]))
    return Run(members, cost, manifest["task"], manifest.get("git_commit"))


def read_runs(folder: Path) -> list[Run]:
    """Read a run, or every fold of a cross-validation."""
    return [read_run(each) for each in begun_runs(folder)]


def baselines_of(place: Place, row: Row, seed: int) -> dict[str, float]:
    """Return the score of each baseline on the split, the mean over folds; kept in a file."""
    name = row.data_set + ("-folds" if row.folds else "")
    file = place.out / "baselines" / name / f"{seed}.json"
    if file.exists():
        found: dict[str, float] = json.loads(file.read_text())
        return found
    settings = TaskSettings(split_seed=seed, data=row.file(place.data_sets))
    splits = [settings]
    if row.folds:
        splits = [
            TaskSettings(split_seed=seed, folds=row.folds, fold=fold)
            for fold in range(1, row.folds + 1)
        ]
    scores = [baselines.measure(row.task, split) for split in splits]
    found = {name: mean(each[name] for each in scores) for name in scores[0]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found))
    return found
