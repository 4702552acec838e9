"""The RISP neuron in float64: `risp.run`, compiled."""

from ..compile import RUN, kernel
from .risp import run as _run

run = kernel(RUN["float64"])(_run)
