"""What an environment is made of: the user's modules, and the packages behind them."""

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from types import FunctionType, ModuleType

import gymnasium

from ..user_code import modules_of
from .environment import Environment


def modules_behind(environment: Environment, named: str) -> list[str]:
    """The module that a task names, if any, and those of the environment and of its wrappers."""
    modules, layer = [named] if named else [], environment
    while isinstance(layer, gymnasium.Wrapper):
        modules += modules_of(type(layer))
        layer = layer.env
    return modules + modules_of(type(layer))


def packages_behind(modules: Iterable[str]) -> list[str]:
    """Names of the installed distributions that modules are from, or import from, sorted."""
    owners = packages_distributions()
    tops = {name.partition(".")[0] for module in modules for name in [module, *_imported(module)]}
    return sorted({owner for top in tops for owner in owners.get(top, ())})


def _imported(module: str) -> Iterator[str]:
    """The modules that one has imported, or has classes or functions from."""
    for value in vars(sys.modules[module]).values():
        if isinstance(value, ModuleType):
            yield value.__name__
        elif isinstance(value, type | FunctionType):
            yield value.__module__
