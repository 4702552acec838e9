"""Pictures as PNG, SVG or PDF, drawn of plain values without a display, with their data as CSV.

- `run_plots`: the progress of a run, and its Pareto front
- `network_plot`: the graph of a network; `network_layout`: where its neurons stand and by which ways its
  synapses go; `weight_matrix`: many synapses as a matrix
- `study_plots`: several runs, and a network that is taken apart: curves, ablation, robustness
- `spike_plots`: spikes and potentials, as pictures or CSV by the name of the file
- `figures`: what all pictures share: colours, sizes, formats
"""
