"""Readers of data files: each gives features and labels, or says in one sentence what is wrong.

- `csv_file`: tables as text
- `numpy_parquet`: NumPy's `.npz` and `.npy`, and Parquet
- `ts_file`: UCR/UEA time series
- `event_files`: recordings of event cameras (N-MNIST) and of spikes (SHD)
"""
