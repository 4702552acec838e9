"""Leaky integrate-and-fire in float32, event-driven: `lif_event.step`, compiled."""

from ..compile import STEP, kernel
from .lif_event import step as _step

step = kernel(STEP["float32"])(_step)
