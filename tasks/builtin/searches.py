"""Settings of searches that suit more than one environment."""

from collections.abc import Mapping
from types import MappingProxyType

#: Searches that begin with small networks, or prefer few spikes from the start, settle on ones that
#: balance a pole but drift off after a thousand steps, or push a car only along its velocity. So all
#: parents are chosen by score alone (the front is kept in the archive nevertheless), and first
#: networks are large.
BY_SCORE: Mapping[str, object] = MappingProxyType(
    {
        "selection": "weighted",
        "mutations": 3.0,
        "hidden": 6,
        "density": 0.5,
        "rates": {"add_synapse": 0.2, "add_neuron": 0.05},
    }
)

#: Coarse numbers, as ranges: where a few delays and weights matter, they are found sooner among fewer.
COARSE: Mapping[str, object] = MappingProxyType(
    {
        "weight": [-1, 1, 0.5],
        "threshold": [0.5, 2, 0.5],
        "leaks": [0.5, 1],
        "refractory": [0, 0],
    }
)
