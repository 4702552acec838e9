"""Hardware profiles: what every number of a genome may be on a chip.

| module | holds |
| --- | --- |
| `presets` | the profiles that there are by name, `PROFILES`, and `profile`, which finds and changes one |
| `hardware_profile` | `Profile`, one chip: neuron model, arithmetic, ranges and limits |
| `limits` | how large a genome may be and which neurons may be joined, held by every operator |
| `rules` | what a profile itself may be: what the neuron model and exact sums allow |
| `ranges` | `Range` and `Choice`, the values that one number may take |
| `plain_values` | a profile's values as JSON and TOML have them |
| `memory` | `widths`, the bytes that a genome's numbers take |
"""
