"""Neuron models in plain NumPy: slow, short, and what the kernels are held to.

Each model reads as its definition in `neurons` does, and shares no code with its kernels.
"""

from .simulate import simulate

__all__ = ["simulate"]
