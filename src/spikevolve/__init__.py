"""Evolve small spiking neural networks."""

from spikevolve.errors import InputError, MachineError

__all__ = ["InputError", "MachineError", "__version__"]

__version__ = "0.2.0"
