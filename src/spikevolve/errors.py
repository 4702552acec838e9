"""The two kinds of errors that users meet, each one sentence."""


class InputError(ValueError):
    """A mistake in what the user gave: one sentence naming where, the value and what is allowed.

    Commands print the sentence and end with exit status 2.
    """


class MachineError(RuntimeError):
    """A failing machine, such as a full disk or a lost cluster: commands end with exit status 1."""
