"""Leaky integrate-and-fire in integers, event-driven: `lif_event.step`, compiled."""

from ..compile import STEP, kernel
from .lif_event import step as _step

step = kernel(STEP["integer"])(_step)
