"""Networks evaluated on a task.

- `expressed`: expressed networks and their workloads, with fitted readouts
- `learn`: the operator `learn`, a genome and training data in, genomes with other weights out
- `versions`: versions of packages, and which differ
- `evaluate`: a task's measurements or its faults; measurements as rows; those known already
"""
