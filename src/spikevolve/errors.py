"""The two kinds of errors that users meet, each one sentence."""

from collections.abc import Iterable


class InputError(ValueError):
    """A mistake in what the user gave: one sentence naming where, the value and what is allowed.

    Commands print the sentence and end with exit status 2.
    """


class MachineError(RuntimeError):
    """A failing machine, such as a full disk or a lost cluster: commands end with exit status 1."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return how a message about an unknown word goes on: with the nearest known word, or with all."""
    from difflib import get_close_matches  # here, since few commands end in a mistake

    words = list(known)
    near = get_close_matches(word.lower(), words, n=1)
    return f" (did you mean {near[0]!r}?)" if near else f" (there are: {', '.join(words)})"
