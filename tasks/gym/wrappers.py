"""Wrappers that a user puts around an environment: gymnasium's by name, or the user's own."""

import inspect
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import gymnasium
import gymnasium.wrappers

from ...errors import InputError
from ..user_code import SentClass, describe, module_at, modules_of

#: Any environment of gymnasium's.
Environment = gymnasium.Env[Any, Any]

#: Those of gymnasium's that carry averages from one episode into the next.
_REMEMBERING = ("NormalizeObservation", "NormalizeReward")


@dataclass(frozen=True)
class Wrapping:
    """A wrapper.

    Attributes:
        text: What the user calls it.
        wrapper: Its class.
    """

    text: str
    wrapper: SentClass

    def around(self, environment: Environment) -> Environment:
        """Return the environment in the wrapper.

        Raises:
            InputError: The wrapper fails.
        """
        try:
            made: Environment = self.wrapper.cls(environment)
        except (Exception, SystemExit) as error:
            reason = describe(error, modules_of(self.wrapper.cls))
            raise InputError(f"wrap: {self.text} cannot be made: {reason}") from error
        return made


def wrapping(text: str) -> Wrapping:
    """Return the wrapper that a text names.

    Args:
        text: A name of `gymnasium.wrappers`, `module:Class` or `path/to/file.py:Class`.

    Raises:
        InputError: There is no such wrapper, it needs arguments, or it remembers other episodes.
    """
    where, _, name = text.rpartition(":")
    module: Any = module_at(where, "wrap") if where else gymnasium.wrappers
    there = [key for key, value in vars(module).items() if _is_wrapper(value)]
    found: Any = vars(module).get(name)
    if not _is_wrapper(found):
        near = get_close_matches(name, there, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else "your own is given as module:Class"
        raise InputError(f"wrap: {where or 'gymnasium'} has no wrapper {name!r}; {hint}")
    if not where and name in _REMEMBERING:
        raise InputError(
            f"wrap: {name} goes by earlier episodes, but an episode must be the same whenever it is "
            "played from a seed"
        )
    others = list(inspect.signature(found).parameters.values())[1:]
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    needed = [p.name for p in others if p.default is p.empty and p.kind in named]
    if needed:
        raise InputError(
            f"wrap: {text} needs {', '.join(needed)}: derive a class of your own from it that gives "
            "these (--wrap module:Class)"
        )
    return Wrapping(text, SentClass(found))


def _is_wrapper(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, gymnasium.Wrapper)
