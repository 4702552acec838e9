"""Readers of data files that are no tables; each says in one sentence what is wrong with one.

- `regular_file`: what is no file that can be read to its end is refused
- `numpy_file`: NumPy's `.npz` and `.npy`
- `ts_file`: UCR/UEA time series
- `event_files`: recordings of event cameras (N-MNIST) and of spikes (SHD)
"""
