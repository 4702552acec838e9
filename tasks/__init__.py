"""What a network is for: data sets, environments, spike encoders and decoders.

A task of one's own is a subclass of `Classification` or `Regression` (data), `Control`
(episodes in compiled code), `PythonTask` (episodes in plain Python) or `Task` (anything);
`load` makes any task from its name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .control.control_task import Control
    from .control.episode_loop import Functions
    from .control.observation_encoder import Variable
    from .control.python_task import Agent, PythonTask
    from .data.classification import Classification
    from .data.regression import Regression
    from .network_measurements import Measurements, Totals
    from .registry import load, names
    from .task import Task, TaskSettings
    from .workload import Workload

__all__ = [
    "Agent",
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
    "Classification": "data.classification",
    "Control": "control.control_task",
    "Variable": "control.observation_encoder",
    "Functions": "control.episode_loop",
    "Measurements": "network_measurements",
    "Totals": "network_measurements",
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
