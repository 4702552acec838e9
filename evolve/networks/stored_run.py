"""A run as data frames, with its champion and lineages; runs of a study side by side."""

from __future__ import (
    annotations,
)  # pandas is for the type checker, and loaded by what returns a frame

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from ...measurements import NAMES
from ...results.store.folder import read_manifest, run_values
from ...results.store.reader import read_table
from ...results.store.study import find_runs
from ...results.summaries.run_status import Status, read_status
from ...sim.html import html_table
from ..runs.setting_kinds import Real, Whole, YesNo
from ..runs.settings import SETTINGS
from .champion import Champion

if TYPE_CHECKING:
    import pandas as pd

#: What is said of each ancestor.
_LINEAGE = (
    *("id", "birth_generation", "birth_index", "source", "parents", "operators", "genome_hash"),
    *NAMES,
)

#: Settings that stand in every row of every table, or say nothing of the search.
_NOT_SETTINGS = frozenset({"task", "seed", "split_seed", "fold", "out"})


class Run:
    """A run folder, of a run that is done, stopped, or still going on.

    Tables are read when they are asked for first, and then kept: `load` the folder again to see what a
    run has added meanwhile. Docs/runs.md says what is in their columns, and `attrs["units"]` in what
    units. Code that the folder names is never imported.

    Attributes:
        folder: The run folder.
        manifest: What `run.json` says: `settings`, `task`, `profile`, `versions` and more.
    """

    def __init__(self, folder: str | Path) -> None:
        """Read how the run was started.

        Raises:
            InputError: Not a run folder, damaged, or of a newer version.
        """
        self.folder = Path(folder)
        self.manifest: Mapping[str, Any] = read_manifest(self.folder)

    def __repr__(self) -> str:
        """Return how to load it."""
        return f"spikevolve.load({str(self.folder)!r})"

    @property
    def name(self) -> str:
        """Name of the run, which stands in every row of its tables."""
        return str(self.manifest.get("run", self.folder.name))

    @property
    def settings(self) -> Mapping[str, Any]:
        """All settings of the run, by the words of the command line."""
        return dict(self.manifest["settings"])

    @property
    def status(self) -> Status:
        """How far the run is, at this moment: `state`, `generation`, `evaluations` and more.

        Raises:
            InputError: The folder is damaged.
        """
        return read_status(self.folder)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a table anew, or some of its columns, which takes a fraction of the time.

        Args:
            name: `individuals`, `generations`, `genomes` or `front`.
            columns: The columns to read, in their order; all for None.

        Raises:
            InputError: Damaged, no such table or column.
        """
        return read_table(self.folder, name, columns)

    @cached_property
    def individuals(self) -> pd.DataFrame:
        """A row for each network that was evaluated, in each generation."""
        return self.table("individuals")

    @cached_property
    def generations(self) -> pd.DataFrame:
        """A row for each generation."""
        return self.table("generations")

    @cached_property
    def genomes(self) -> pd.DataFrame:
        """A row for each genome that is kept; synapses and neurons are NumPy arrays."""
        return self.table("genomes")

    @cached_property
    def front(self) -> pd.DataFrame:
        """The Pareto front: a row for each network, with its measurements on held-out data."""
        return self.table("front")

    @cached_property
    def champion(self) -> Champion:
        """The network that the run recommends.

        Raises:
            InputError: There is none: no network came above chance, or none is chosen yet.
        """
        return Champion.read(self.folder)

    def network(self, individual: str) -> Champion:
        """Read another network of the run, by its id.

        Raises:
            InputError: There is no such individual, or its genome is not kept.
        """
        return Champion.read(self.folder, individual)

    def lineage(self, individual: str | None = None) -> pd.DataFrame:
        """Return a network and all its ancestors, the oldest first.

        Args:
            individual: Its id, such as `12-7`; the champion's if None.

        Returns:
            A row for each: `steps` from the individual back to it, at least; its id, parents and
            operators; and what was measured when it was born.

        Raises:
            InputError: There is no such individual, or no champion.
        """
        import pandas as pd

        known = [self.table(name, _LINEAGE) for name in ("individuals", "front")]
        rows = pd.concat(
            known, ignore_index=True
        )  # a champion that was refitted is in the front alone
        place = {name: n for n, name in reversed(list(enumerate(rows["id"].tolist())))}
        wanted = self.champion.id if individual is None else individual
        if wanted not in place:
            raise InputError(
                f"{self.folder} has no individual {wanted!r}; ids are GENERATION-INDEX"
            )
        parents: list[str] = rows["parents"].tolist()
        steps, latest = {wanted: 0}, [wanted]
        while latest:
            said = (parent for one in latest for parent in parents[place[one]].split())
            distance = steps[latest[0]] + 1
            latest = [one for one in dict.fromkeys(said) if one not in steps]
            steps |= dict.fromkeys(latest, distance)
        found = rows.iloc[[place[one] for one in steps]]
        found.insert(0, "steps", list(steps.values()))
        found = found.sort_values(
            ["birth_generation", "steps", "birth_index"],
            ascending=[True, False, True],
            ignore_index=True,
        )
        for name in ("source", "operators"):  # each table has categories of its own
            found[name] = found[name].astype("category")
        return found

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        status, told = self.status, self.manifest["task"]
        rows: list[tuple[str, object]] = [
            ("folder", self.folder),
            ("task", told.get("name")),
            ("seed", self.settings.get("seed")),
            ("state", status.state),
            ("generations", f"{status.generation:,}"),
            ("evaluations", f"{status.evaluations:,}"),
            ("front", f"{len(self.front)} networks"),
        ]
        chosen = self.front[self.front["champion"]].head(1).to_dict("records")
        for name in (
            "id",
            "score",
            "validation_score",
            "test_score",
            "spikes",
            "latency",
            "synapses",
        ):
            value = chosen[0][name] if chosen else None
            if value is not None and value == value:  # not NaN
                rows.append((f"champion's {name.replace('_', ' ')}", value))
        return html_table(f"run {self.name}", rows)


def load(folder: str | Path) -> Run:
    """Open a run folder, of a run that is done, stopped, or still going on.

    Raises:
        InputError: Not a run folder, damaged, or of a newer version.
    """
    return Run(folder)


def load_all(
    pattern: str | Path, table: str = "champion", columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read a table of many runs, with the settings of each beside its rows.

    Args:
        pattern: A folder of a run or of a study, or a pattern such as `runs/iris-*`, in which `**` is any
            number of folders.
        table: `champion`, a row for each run, empty where it has no champion; or `front`,
            `generations`, `individuals` or `genomes`.
        columns: The columns of the table to read; all for None.

    Returns:
        `folder` and `state` of the run, the columns of the table (`run`, `task`, `seed` and so on, as in
        docs/runs.md), and the settings of the run as `setting_…`, those that no run has left out.

    Raises:
        InputError: No run is there, or one is damaged.
    """
    import pandas as pd

    runs = [Run(folder) for folder in find_runs(pattern)]
    parts = [_rows(run, table, columns) for run in runs]
    units, recurring = parts[0].attrs, list(parts[0].select_dtypes("category"))
    frame = pd.concat(parts, ignore_index=True)
    about = _about(runs)
    about = about.loc[about.index.repeat([len(part) for part in parts])].reset_index(drop=True)
    first = [about.pop(name) for name in ("folder", "state")]
    frame = pd.concat([*first, frame.astype(dict.fromkeys(recurring, "category")), about], axis=1)
    frame.attrs |= units
    return frame


def _rows(run: Run, table: str, columns: Sequence[str] | None) -> pd.DataFrame:
    """Return a table of a run; of its champion one row in any case."""
    import pandas as pd

    if table != "champion":
        return run.table(table, columns)
    front = run.front
    chosen = front[front["champion"]].head(1)
    if chosen.empty:
        nobody = pd.DataFrame([run_values(run.folder, run.manifest) | {"champion": False}])
        kept = list(front.select_dtypes("category"))
        chosen = nobody.reindex(columns=front.columns).astype(dict.fromkeys(kept, "category"))
    chosen.attrs |= front.attrs
    return chosen if columns is None else chosen[list(columns)]


def _about(runs: Sequence[Run]) -> pd.DataFrame:
    """Return folder, state and settings of runs, a row for each; types follow from the settings."""
    import pandas as pd

    texts = pd.CategoricalDtype()
    found = {
        "folder": pd.Series([str(run.folder) for run in runs], dtype=texts),
        "state": pd.Series([run.status.state for run in runs], dtype=texts),
    }
    for setting in SETTINGS:
        values = [run.settings.get(setting.name) for run in runs]
        if setting.name in _NOT_SETTINGS or all(value in (None, {}) for value in values):
            continue
        match setting.kind:
            case Whole():
                column = pd.Series(values, dtype="Int64")
            case Real():
                column = pd.Series(values, dtype="float64")
            case YesNo():
                column = pd.Series(values, dtype="boolean")
            case _:
                column = pd.Series(list(map(_text, values)), dtype=texts)
        found[f"setting_{setting.name}"] = column
    return pd.DataFrame(found)


def _text(value: object) -> object:
    """Return tables and lists as JSON."""
    return json.dumps(value) if isinstance(value, dict | list) else value
