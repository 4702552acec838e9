"""Networks evaluated on a task.

- `expressed`: expressed networks and their workloads, with fitted readouts
- `evaluate`: a task's measurements or its faults; measurements as rows; those known already
"""
