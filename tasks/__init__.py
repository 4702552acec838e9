"""What a network is for: data sets, environments, spike encoders and decoders.

A task of one's own is a subclass of `Classification` or `Regression` (data), `Control` (episodes in
compiled code), `PythonTask` (episodes in plain Python) or `Task` (anything); `load` makes any task
from its name.

Tasks as such:

- `task`: `Task`, what a search asks of a task, its check, and `TaskSettings`
- `workload`: samples or episodes as arrays; `Totals` and `Measurements`, what is returned for each
  network
- `encoded_task`: tasks whose encoder can evolve
- `catalogue`: the built-in tasks, where each is and its numbers
- `data_settings`: settings of data that go together
- `registry`: tasks by name: built in, `gym:ID`, the user's own
- `contract`: checks of any task, for tests and for `spikevolve check`
- `text_form`: encoders and decoders as texts, `NAME:KEY=VALUE,…`
- `user_code`: code in a user's file: run, pickled, digested, its errors in words
- `new_samples`: samples of a file for a network that is there already
- `sample_replay`: spikes of a network on a few samples, or at the beginning of an episode

Rooms: `data` and `control` (kinds of tasks), `builtin` and `gym` (tasks), `encoders`, `decoders` and
`readouts` (what is between tasks and networks).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .control.compiled_environment import OBSERVE, STEP
    from .control.control_task import Control
    from .control.episode_loop import Functions
    from .control.observation_encoder import Variable
    from .control.python_task import Agent, PythonTask
    from .data.anomaly import AnomalyDetection
    from .data.classification import Classification
    from .data.regression import Regression
    from .registry import load, names
    from .task import Task, TaskSettings
    from .workload import Measurements, Totals, Workload

__all__ = [
    "OBSERVE",
    "STEP",
    "Agent",
    "AnomalyDetection",
    "Classification",
    "Control",
    "Functions",
    "Measurements",
    "PythonTask",
    "Regression",
    "Task",
    "TaskSettings",
    "Totals",
    "Variable",
    "Workload",
    "load",
    "names",
]

_MODULES = {
    "OBSERVE": "control.compiled_environment",
    "STEP": "control.compiled_environment",
    "AnomalyDetection": "data.anomaly",
    "Classification": "data.classification",
    "Control": "control.control_task",
    "Variable": "control.observation_encoder",
    "Functions": "control.episode_loop",
    "Measurements": "workload",
    "Totals": "workload",
    "Agent": "control.python_task",
    "PythonTask": "control.python_task",
    "Regression": "data.regression",
    "load": "registry",
    "names": "registry",
    "Workload": "workload",
}


def __getattr__(name: str) -> Any:  # so that listing tasks imports no compiler
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'task')}", __name__), name)
