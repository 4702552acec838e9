"""The compiled kernels of the neuron models, and the parts that they share.

The loop over ticks, neurons and words stands in each plain kernel. Handed to one shared loop as a
function, a model's rules would keep Numba from caching the kernel; and packing a loop's arrays in
tuples, to shorten the calls, cost 20 to 37 % of its speed when measured.
"""
