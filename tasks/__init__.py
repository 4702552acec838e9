"""What a network is for: data sets, environments, spike encoders and decoders.

A task of one's own is a subclass of ``Classification`` or ``Regression`` (data), ``Control``
(episodes in compiled code), ``PythonTask`` (episodes in plain Python) or ``Task`` (anything);
``load`` makes any task from its name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .classification import Classification
    from .control import Control
    from .control_encoders import Variable
    from .episodes import Functions
    from .measurements import Measurements, Totals
    from .python_task import Agent, PythonTask
    from .registry import load, names
    from .regression import Regression
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
    "Classification": "classification",
    "Control": "control",
    "Variable": "control_encoders",
    "Functions": "episodes",
    "Measurements": "measurements",
    "Totals": "measurements",
    "Agent": "python_task",
    "PythonTask": "python_task",
    "Regression": "regression",
    "load": "registry",
    "names": "registry",
    "Workload": "workload",
}


def __getattr__(name: str) -> Any:  # so that listing tasks imports no compiler
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'task')}", __name__), name)
