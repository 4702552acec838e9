"""Leaky integrate-and-fire in float32, by vectors: `lif_vector.run`, compiled."""

from ..compile import RUN, kernel
from .lif_vector import run as _run

run = kernel(RUN["float32"])(_run)
