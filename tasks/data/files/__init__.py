"""Readers of data files that are no tables; each says in one sentence what is wrong with one.

- `numpy_file`: NumPy's `.npz` and `.npy`
- `ts_file`: UCR/UEA time series
- `event_files`: recordings of event cameras (N-MNIST) and of spikes (SHD)
"""
