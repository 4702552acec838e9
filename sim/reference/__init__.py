"""Neuron models in plain NumPy: slow, short, and what the kernels are held to.

`tick_by_tick` runs a network, `equations` has the tick of each model. They read as the definitions in `neurons` do, and share no code with the kernels.
"""

from .tick_by_tick import Recording, simulate

__all__ = ["Recording", "simulate"]
