"""gymnasium's environments: how they are made, and which modules and packages they are made of."""

import importlib
import sys
import warnings
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib.metadata import packages_distributions
from types import FunctionType, ModuleType
from typing import Any

import gymnasium
from gymnasium.error import DependencyNotInstalled

from ...errors import InputError
from ..user_code import describe, modules_of
from . import GYM

Environment = gymnasium.Env[Any, Any]

_EXTRAS = {"gymnasium.envs.box2d": "box2d", "gymnasium.envs.mujoco": "mujoco"}


def make(name: str) -> Environment:
    """Make an environment.

    Args:
        name: An id of gymnasium's, such as `CartPole-v1`, or `module:id`, where the module
            registers the id when it is imported.

    Raises:
        InputError: There is no such environment, a package is missing, or it cannot be made.
    """
    module, _, identifier = name.rpartition(":")
    if module:
        importlib.import_module(module)
    if identifier not in gymnasium.registry:
        near = get_close_matches(identifier, gymnasium.registry, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else "gymnasium.pprint_registry() lists them"
        raise InputError(f"gymnasium knows no environment {identifier!r}; {hint}")
    try:
        with warnings.catch_warnings():
            # Box2D's module warns when it is loaded, and ends the process if that is an error.
            warnings.simplefilter("ignore", DeprecationWarning)
            return gymnasium.make(identifier, disable_env_checker=True)
    except (DependencyNotInstalled, ImportError) as error:
        raise InputError(f"{GYM}{name} {_missing(identifier, error)}") from error
    except (Exception, SystemExit) as error:
        raise InputError(f"{GYM}{name} cannot be made: {describe(error)}") from error


def modules_behind(environment: Environment, named: str) -> list[str]:
    """Return the module that a task names, if any, and those of the environment and its wrappers."""
    modules, layer = [named] if named else [], environment
    while isinstance(layer, gymnasium.Wrapper):
        modules += modules_of(type(layer))
        layer = layer.env
    return modules + modules_of(type(layer))


def packages_behind(modules: Iterable[str]) -> list[str]:
    """Return the installed distributions that modules are from, or import from, sorted by name."""
    owners = packages_distributions()
    tops = {name.partition(".")[0] for module in modules for name in [module, *_imported(module)]}
    return sorted({owner for top in tops for owner in owners.get(top, ())})


def _imported(module: str) -> Iterator[str]:
    """Yield the modules that one has imported, or has classes or functions from."""
    for value in vars(sys.modules[module]).values():
        if isinstance(value, ModuleType):
            yield value.__name__
        elif isinstance(value, type | FunctionType):
            yield value.__module__


def _missing(identifier: str, error: Exception) -> str:
    """Return what is to be installed for an environment, as the end of a sentence."""
    entry = str(gymnasium.registry[identifier].entry_point)
    for package, extra in _EXTRAS.items():
        if entry.startswith(package) and isinstance(error, DependencyNotInstalled):
            return f'needs the extra {extra}: pip install "spikevolve[{extra}]"'
    return f"needs a package that is not installed: {describe(error)}"
