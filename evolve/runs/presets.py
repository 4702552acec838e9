"""Presets: how published searches set what we set, for comparison with ours.

A preset takes the place of the settings that suit a task, of the group "The search" only: window, encoder, budget
and ranges stay. What the user says wins. Neither of these searches learns by a gradient.

`eons`, the evolutionary optimiser of TENNLab (Schuman, Mitchell, Patton, Potok, Plank 2020, Evolutionary
optimization for neuromorphic systems; the numbers are those of the setting that its authors recommend and their
scripts use). Its tournaments take a tenth of the population; there the best one wins with a chance of 0.9, here
always. It also adds a few random networks to every generation, and merges networks, neither of which we have.

`neat` (Stanley, Miikkulainen 2002, Evolving neural networks through augmenting topologies, section 4.1). A
child's weights all change there at once, and the best fifth of each species breeds; here one weight
changes at a time, there are no species, and tournaments of five choose the best fifth on the average.
"""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from ...genomes import MutationRates
from .settings import SETTINGS
from .settings_of_many_searches import SEARCH

#: Survivors and parents are chosen by the score; the front of all objectives is kept in the archive.
_BY_SCORE = {
    "selection": "weighted",
    "weights": (1.0, 0.0, 0.0),
    "searches": 1,
    "sources": "variation",
}


def _alone(**rates: float) -> dict[str, float]:
    """Return the rates of all mutations, 0 for those that are not named."""
    return {field.name: 0.0 for field in fields(MutationRates)} | rates


#: Settings by the name of a preset.
PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "eons": {
            **_BY_SCORE,
            "population": 100,
            "tournament": 10,  # tournament_size_factor 0.1
            "elites": 4,  # num_best
            "crossover": 0.5,  # crossover_rate
            "mutations": 2.0,  # num_mutations 3, the first of which is certain here
            "rates": _alone(
                add_neuron=0.55,  # add_node_rate
                remove_neuron=0.45,  # delete_node_rate
                add_synapse=0.6,  # add_edge_rate
                remove_synapse=0.4,  # delete_edge_rate
                perturb_threshold=2.5,  # node_params_rate; Threshold 1.0
                perturb_weight=2.5 * 0.65,  # edge_params_rate; Weight 0.65
                perturb_delay=2.5 * 0.35,  # edge_params_rate; Delay 0.35
            ),
        },
        "neat": {
            **_BY_SCORE,
            "population": 150,
            "tournament": 5,
            "elites": 1,  # the champion of a species
            "crossover": 0.75,  # a quarter of the children come from mutation alone
            "mutations": 0.0,
            "hidden": 0,  # begins with inputs joined to outputs
            "density": 1.0,
            "rates": _alone(
                perturb_weight=0.8,  # children whose weights change
                add_synapse=0.05,  # a link
                split_synapse=0.03,  # a node
            ),
        },
    }
)


def preset_defaults(preset: str | None, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that suit a task, with those of a preset in place of all that say how to search.

    Args:
        preset: Its name, None for none.
        defaults: What suits the task.
    """
    if preset is None:
        return dict(defaults)
    of_search = {declared.name for declared in SETTINGS if declared.group == SEARCH}
    return {k: v for k, v in defaults.items() if k not in of_search} | dict(PRESETS[preset])
