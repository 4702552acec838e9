"""What a run found.

- `run_network`: a network of a run, its champion, and what the champion does on a sample
- `network_files`: files with a network: those that are exported, and those that are read
"""
