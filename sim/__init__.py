"""What a network does: a simulator that stands alone, and knows nothing of evolution.

- `html`: things as small HTML tables, for notebooks
- `network`: a network as flat arrays; `batch`: many of them as one block, and spikes as bits
- `simulate`: run a network on spikes or charges and see everything
- `stepper`: a few ticks at a time
- `count`: spikes and synaptic operations of a window
- `models`: the neuron models by name, and the kernels that run them
- `event_driven`: how a network is laid out for one sample
- `risp_processor`: TENNLab's interface to networks of the model `risp`
- `compile`, `kernel_cache`: how kernels are compiled, handed over and kept
- `neurons`: equations and ticks
- `kernels`: the loops
- `reference`: the same in plain NumPy
- `formats`: how networks and spikes travel
"""
