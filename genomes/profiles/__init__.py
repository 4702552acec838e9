"""Hardware profiles: what every number of a genome may be on a chip.

- `presets`: the profiles that there are by name, `PROFILES`, and `profile`, which finds and changes one
- `hardware_profile`: `Profile`, one chip: neuron model, arithmetic, ranges and limits
- `limits`: how large a genome may be, which neurons may be joined, and the bytes that they take
- `rules`: a profile's values as JSON and TOML have them, and what a profile itself may be
- `ranges`: `Range` and `Choice`, the values that one number may take
"""
