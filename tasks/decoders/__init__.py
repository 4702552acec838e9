"""Decoders: from the spikes of a network's outputs to what it has decided.

- `classes`: `DECODERS`, of classes and actions: `first_spike`, `first_to`, `spike_count`, `membrane`
- `numbers`: `NUMBER_DECODERS`, of numbers (regression): `rate`, `vector`, `bins`
- `actions`: `CONTINUOUS_DECODERS`, of continuous actions: `bins`, `rate`, `vector`
- `decisions`: the compiled half: decisions and latencies of a window, in all lanes
"""
