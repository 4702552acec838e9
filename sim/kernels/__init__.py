"""The compiled kernels of the neuron models, and the parts that they share."""
