"""Linear readouts, fitted to the spike counts of a network on training data.

- `linear_readout`: `Ridge`, its text form and the settings of searches that suit it
- `reservoir`: networks run and read: fitted on training data, used on other data
- `ridge`: the regression, compiled
"""
