"""Options that choose and change the hardware profile: those that ``run`` and ``check`` share."""

from typing import Annotated

from .options import option

_PANEL = "The hardware profile"

Profile = Annotated[
    str | None,
    option(
        _PANEL,
        "NAME",
        "Neuron model and ranges: float, int8, if, alif, cuba_lif, izhikevich or risp.",
    ),
]
Ranges = Annotated[
    list[str] | None,
    option(_PANEL, "KEY=VALUE", "A change to the profile, such as max_hidden=5; repeatable."),
]
