"""Learning by a surrogate gradient: networks and samples in, the networks with other numbers out.

- `teaching`: what networks learn a task from: its samples and the loss of its decoder
- `learner`: `learn`, stage by stage: so many epochs, in which synapses become fewer
- `gradient`: `epoch`, the compiled half: batches run, led back through time, numbers moved by Adam
- `forward`: a batch run through a network
- `losses`: the losses of the decoders, and their derivatives
- `trace`: what these work on: wiring, numbers, samples in batches, what a batch leaves
- `lanes`: rows of samples as vector code
"""
