"""The front while a search is on its way: validated as far as that is cheap, with a champion for now.

Nothing here changes the search, and nothing reads test data. When the search ends, `finish` measures
all candidates anew.
"""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...measurements import SCORE
from ...results.store.reader import read_arrow
from ..evaluation.expressed import (
    Workloads,
    equipped,
    expressed_network,
    fitted_readouts,
    workloads,
)
from ..search.champion import by_one_standard_error
from ..search.individual import Individual, IndividualId, by_score
from .finish import CANDIDATES, Front, best_validated, front_columns, front_members
from .measure import Stopped, measure_on
from .run_state import Run

#: Share of its cost that a search may spend on validation on its way. A hundred episodes of a network
#: can take as long as a generation.
VALIDATION_SHARE = 0.02


def write_front_so_far(run: Run) -> None:
    """Bring the table of the front up to date with the last closed generation, unless it is."""
    written = (run.search.generation, run.validations)
    if run.front_written != written:
        columns = front_columns(_front_so_far(run), run.task.episodes)
        run.writer.write_front(columns, run.search.generation)
        run.front_written = written


def validate_front(run: Run, stop: threading.Event) -> None:
    """Measure members of the front on validation data, the best scores first, as far as that is cheap.

    Args:
        run: Its `validated` are brought up to date.
        stop: Gives up when set.
    """
    members = front_members(run.search)
    if not members or not run.task.has_validation:
        return
    candidates = sorted(members, key=by_score)[:CANDIDATES]
    unknown = {i.network_hash: i for i in candidates if i.network_hash not in run.validated}
    affordable = int(VALIDATION_SHARE * run.cost / _price(run)) - run.validations
    if unknown and affordable > 0:
        try:
            validated(run, list(unknown.values())[:affordable], stop)
        except Stopped:
            return


def validated(run: Run, individuals: Sequence[Individual], stop: threading.Event) -> list[float]:
    """Return the scores of individuals on validation data; those that are not known are measured.

    Args:
        run: Its `validated` and `validations` are brought up to date.
        individuals: Of different networks.
        stop: Gives up when set.

    Raises:
        Stopped: `stop` was set meanwhile.
    """
    unknown = [i for i in individuals if i.network_hash not in run.validated]
    if unknown:
        settings = run.search.settings
        networks = [expressed_network(i.genome, settings.profile) for i in unknown]
        readouts = fitted_readouts(run.task, networks, settings.seed) if _has_readouts(run) else {}
        data = equipped(run.task, _validation_data(run), networks, readouts)
        rows = measure_on(run.evaluator, data, unknown, stop)
        run.validated |= {i.network_hash: row[SCORE] for i, row in zip(unknown, rows, strict=True)}
        run.validations += len(unknown)
    return [run.validated[i.network_hash] for i in individuals]


def kept_validation(folder: Path) -> dict[str, float]:
    """Return the scores on validation data that the front of a run has, by network hash."""
    table = read_arrow(folder, "front", ["network_hash", "validation_score"])
    hashes, scores = (column.to_pylist() for column in table.columns)
    return {key: score for key, score in zip(hashes, scores, strict=True) if score is not None}


def _front_so_far(run: Run) -> Front:
    members = front_members(run.search)
    validation = {
        i.id: run.validated[i.network_hash] for i in members if i.network_hash in run.validated
    }
    champion = _champion(run, members, validation) if members else None
    return Front(members, champion, validation, {}, _readouts(run, champion))


def _champion(
    run: Run, members: list[Individual], validation: Mapping[IndividualId, float]
) -> Individual:
    """Choose as `finish` does among those that are validated; none learns once more."""
    task = run.task
    if not task.has_validation:
        return by_one_standard_error(members, task.samples)
    candidates = [i for i in members if i.id in validation]
    if task.selection_split == "selection" or not candidates:
        return min(members, key=by_score)
    return best_validated(task, candidates, validation, _validation_data(run)(()).size)


def _readouts(run: Run, champion: Individual | None) -> Mapping[str, NDArray[np.float64]]:
    """Return the champion's readout, where networks have one."""
    if champion is None or not _has_readouts(run):
        return {}
    if champion.network_hash not in run.readouts:
        settings = run.search.settings
        network = expressed_network(champion.genome, settings.profile)
        run.readouts = fitted_readouts(run.task, [network], settings.seed)
    return run.readouts


def _has_readouts(run: Run) -> bool:
    return run.task.settings.readout is not None


def _price(run: Run) -> float:
    """Return what it takes to validate a network, in evaluations."""
    trained = run.data(()).size if run.data is not None else 1
    return _validation_data(run)(()).size / trained + _has_readouts(run)


def _validation_data(run: Run) -> Workloads:
    if run.further is None:
        run.further = workloads(run.task, "validation", run.search.settings.seed)
    return run.further
