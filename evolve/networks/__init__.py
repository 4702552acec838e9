"""What a run found.

- `run_network`: the champion of a run, and what it does on a sample
- `network_files`: files with a network of a run, in each format
"""
