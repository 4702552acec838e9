"""Leaky integrate-and-fire in integers, by vectors: `lif_vector.run`, compiled."""

from ..compile import RUN, kernel
from .lif_vector import run as _run

run = kernel(RUN["integer"])(_run)
