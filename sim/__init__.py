"""What a network does: networks, neuron models, compiled kernels and a readable reference."""
