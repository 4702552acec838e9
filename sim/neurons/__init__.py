"""The neuron models: what each one is, its parameters, what they may be, and its tick.

A model is a file: its equations and their source, the class of its parameters, its rules, its tick.
Nothing here is compiled: `kernels` does that with the tick of the model that is asked for.

- `lif`, `integrate_and_fire`, `alif`, `cuba_lif`, `izhikevich`, `risp`, `hodgkin_huxley`: the models
- `neuron_model`: what a model consists of, and the operations that its tick is written in
- `physical_units`: the parameters of `lif` from the physical units of textbooks
"""

from .alif import ALIF
from .cuba_lif import CUBA_LIF
from .hodgkin_huxley import HODGKIN_HUXLEY
from .integrate_and_fire import IF
from .izhikevich import IZHIKEVICH
from .lif import LIF
from .neuron_model import NeuronModel
from .risp import RISP

#: Name → model.
MODELS: dict[str, NeuronModel] = {
    model.name: model for model in (LIF, IF, ALIF, CUBA_LIF, IZHIKEVICH, RISP, HODGKIN_HUXLEY)
}

__all__ = ["MODELS", "NeuronModel"]
