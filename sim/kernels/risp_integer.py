"""The RISP neuron in integers: `risp.run`, compiled."""

from ..compile import RUN, kernel
from .risp import run as _run

run = kernel(RUN["integer"])(_run)
