"""The neuron models: what each one is, its parameters and what they may be; no compiled code."""
