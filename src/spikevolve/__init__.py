"""Evolve small spiking neural networks.

The names below are all that a script or a notebook needs (docs/python.md). Importing the package
imports none of them: each is loaded when it is used first.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from spikevolve.errors import InputError, MachineError

if TYPE_CHECKING:
    from spikevolve.evolve.networks.champion import Champion
    from spikevolve.evolve.networks.estimators import SpikingClassifier, SpikingRegressor
    from spikevolve.evolve.networks.own_loop import counted, measured
    from spikevolve.evolve.networks.run_and_resume import prepare_search, resume, run
    from spikevolve.evolve.networks.stored_run import Run, load, load_all
    from spikevolve.evolve.runs.run_state import Progress
    from spikevolve.evolve.search.search import Search
    from spikevolve.evolve.search.search_settings import SearchSettings

__all__ = [
    "Champion",
    "InputError",
    "MachineError",
    "Progress",
    "Run",
    "Search",
    "SearchSettings",
    "SpikingClassifier",
    "SpikingRegressor",
    "__version__",
    "counted",
    "load",
    "load_all",
    "measured",
    "prepare_search",
    "resume",
    "run",
]

__version__ = "0.2.0"

#: Where each of the names above is.
_MODULES = {
    "Champion": "evolve.networks.champion",
    "Progress": "evolve.runs.run_state",
    "Run": "evolve.networks.stored_run",
    "Search": "evolve.search.search",
    "SearchSettings": "evolve.search.search_settings",
    "SpikingClassifier": "evolve.networks.estimators",
    "SpikingRegressor": "evolve.networks.estimators",
    "counted": "evolve.networks.own_loop",
    "load": "evolve.networks.stored_run",
    "load_all": "evolve.networks.stored_run",
    "measured": "evolve.networks.own_loop",
    "prepare_search": "evolve.networks.run_and_resume",
    "resume": "evolve.networks.run_and_resume",
    "run": "evolve.networks.run_and_resume",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = found  # asked for once
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
