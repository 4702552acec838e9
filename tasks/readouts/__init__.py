"""Linear readouts, fitted to the spike counts of a network on training data.

- `linear_readout`: `Ridge`, its text form; networks run and read, fitted on training data
- `ridge`: the regression, compiled
"""
