"""Pictures as PNG files, drawn of plain values without a display. All but recording_files load Matplotlib.

run_plots: the progress of a run, and its Pareto front
network_plot: the graph of a network
spike_plots: spikes as a raster, potentials as curves
recording_files: spikes and potentials as CSV or PNG, by the name of the file
figures: what all pictures share: colours, axes, saving
"""
