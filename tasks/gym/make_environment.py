"""gymnasium's environments: how they are made, and which modules and packages they are made of."""

import importlib
import inspect
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.metadata import packages_distributions
from types import FunctionType, ModuleType
from typing import Any

import gymnasium
from gymnasium.envs.registration import load_env_creator
from gymnasium.error import DependencyNotInstalled

from ...errors import InputError
from ..user_code import describe, modules_of
from . import GYM
from .wrappers import Environment, Wrapping

_EXTRAS = {"gymnasium.envs.box2d": "box2d", "gymnasium.envs.mujoco": "mujoco"}
_LIMIT = "max_episode_steps"  # an argument of `gymnasium.make` itself


@dataclass(frozen=True)
class Recipe:
    """How an environment is made; a worker makes its own.

    Attributes:
        name: An id of gymnasium's, such as `CartPole-v1`, or `module:id`, where the module registers the
            id when it is imported.
        arguments: Of its constructor, by name; `max_episode_steps` besides.
        wrappings: Wrappers that the user names, the innermost first.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    wrappings: tuple[Wrapping, ...] = ()

    @property
    def limit(self) -> int | None:
        """Steps after which the environment itself cuts an episode off; None if it sets no limit."""
        registered = gymnasium.registry[self._identifier()].max_episode_steps
        limit: int | None = self.arguments.get(_LIMIT, registered)
        return None if limit == -1 else limit  # as gymnasium has it

    def make(self) -> Environment:
        """Make the environment.

        Raises:
            InputError: There is no such environment, it takes no such argument, a package is missing, or
                it or a wrapper cannot be made.
        """
        identifier = self._identifier()
        _check_plain(self.arguments)
        try:
            with warnings.catch_warnings():
                # Box2D's module warns when it is loaded, and ends the process if that is an error.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._check_arguments(_creator(identifier))
                made: Environment = gymnasium.make(
                    identifier, disable_env_checker=True, **self.arguments
                )
        except InputError:
            raise
        except (DependencyNotInstalled, ImportError) as error:
            raise InputError(f"{GYM}{self.name} {_missing(identifier, error)}") from error
        except (Exception, SystemExit) as error:
            if "unexpected keyword argument" in str(error):  # of one that passes them on
                self._check_arguments(_creator(identifier), passes_on=False)
            raise InputError(
                f"{GYM}{self.name} cannot be made{self._said()}: {describe(error)}"
            ) from error
        for wrapping in self.wrappings:
            made = wrapping.around(made)
        return made

    def _identifier(self) -> str:
        module, _, identifier = self.name.rpartition(":")
        if module:
            importlib.import_module(module)
        if identifier not in gymnasium.registry:
            near = get_close_matches(identifier, gymnasium.registry, n=1, cutoff=0.5)
            hint = (
                f"did you mean {near[0]!r}?" if near else "gymnasium.pprint_registry() lists them"
            )
            raise InputError(f"gymnasium knows no environment {identifier!r}; {hint}")
        return identifier

    def _check_arguments(self, creator: Callable[..., Any], passes_on: bool = True) -> None:
        """Raise InputError for an argument that the constructor does not name.

        Args:
            creator: The constructor.
            passes_on: Whether one that takes any arguments is trusted to know what becomes of them.
        """
        parameters = inspect.signature(creator).parameters.values()
        if passes_on and any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            return
        for parameter in parameters:
            self._check_kind(parameter.name, parameter.default)
        rest = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        named = [parameter.name for parameter in parameters if parameter.kind not in rest]
        for key in self.arguments:
            if key not in (*named, _LIMIT):
                raise InputError(
                    f"env: {GYM}{self.name} takes no argument {key!r}; it takes "
                    f"{', '.join((*named, _LIMIT))}"
                )

    def _check_kind(self, key: str, default: object) -> None:
        """Raise InputError for a text in place of true, false or a number: it would count as true."""
        value = self.arguments.get(key)
        if isinstance(value, str) and isinstance(default, bool | int | float):
            wanted = "true or false" if isinstance(default, bool) else "a number"
            raise InputError(
                f"env: {GYM}{self.name} has {key}={default!r} by default, so it must be {wanted} (got "
                f"{value!r})"
            )

    def _said(self) -> str:
        if not self.arguments:
            return ""
        return " with " + ", ".join(f"{key}={value!r}" for key, value in self.arguments.items())


def _creator(identifier: str) -> Callable[..., Any]:
    entry: Any = gymnasium.registry[identifier].entry_point
    creator: Callable[..., Any] = load_env_creator(entry) if isinstance(entry, str) else entry
    return creator


def _check_plain(arguments: Mapping[str, Any]) -> None:
    """Raise InputError for what a manifest cannot keep, such as a date of TOML's."""
    for key, value in arguments.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            raise InputError(
                f"env: {key} is {value!r}, but an argument must be a text, a finite number, true or "
                "false, or a list or table of these"
            ) from None


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
