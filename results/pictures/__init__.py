"""Pictures as PNG files, drawn of plain values without a display.

- `run_plots`: the progress of a run, and its Pareto front; what all pictures share
- `network_plot`: the graph of a network
- `study_plots`: several runs, and a network that is taken apart: curves, ablation, robustness
- `spike_plots`: spikes and potentials, as PNG or CSV by the name of the file
"""
