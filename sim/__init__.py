"""What a network does: a simulator that stands alone, and knows nothing of evolution.

- `network`: a network as flat arrays; `batch`: many of them as one block;
- `simulate`: run a network and see everything; `stepper`: a few ticks at a time;
- `inputs`: the spikes or charges that a network is given; `bits`: spikes as bits;
- `count`: spikes and synaptic operations of a window;
- `models`: the neuron models by name, and the kernels that run them;
- `event_driven`: how a network is laid out for one sample;
- `risp_processor`: TENNLab's interface to networks of the model `risp`;
- `compile`, `kernel_cache`, `kernel_argument`: how kernels are compiled, kept and handed over;
- `neurons/`: equations and ticks; `kernels/`: the loops; `reference/`: the same in plain NumPy;
- `formats/`: how networks and spikes travel.
"""
