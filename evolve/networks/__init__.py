"""What a run found.

- `run_network`: the champion of a run, and what it does on a sample
- `ablation`: what each part of a network matters; `robustness`: what disturbances it bears;
  `edited_networks`: networks with parts left out or changed, measured anew
- `lineage`: the ancestors of a network, and what each step changed
- `network_files`: files with a network of a run, in each format
"""
