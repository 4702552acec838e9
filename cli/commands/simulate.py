"""`spikevolve simulate`: run a network on a table of spikes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError
from ..config import read_text
from ..output import Json, PageFormat, To, format_for, hand_over

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...evolve.runs.stored_networks import NetworkFile

NetworkPath = Annotated[
    Path,
    typer.Argument(metavar="NETWORK", help="JSON of a genome, of a network, or of RISP."),
]
Table = Annotated[
    Path,
    typer.Option(
        "--spikes", metavar="FILE", help="CSV or JSON with input, tick and, for charges, value."
    ),
]
Ticks = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=10**7,
        help="Ticks; until the last spike has passed the longest delay by default.",
        show_default=False,
    ),
]


def simulate(
    network: NetworkPath,
    spikes: Table,
    ticks: Ticks = None,
    raster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write all spikes, as .csv or a picture.", show_default=False
        ),
    ] = None,
    potentials: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write all potentials, as .csv or a picture.", show_default=False
        ),
    ] = None,
    form: PageFormat = None,
    as_json: Json = False,
    to: To = None,
) -> None:
    """Simulate a network on given spikes or charges, and count what it does."""
    from ...evolve.runs.stored_networks import network_from_text
    from ...sim.network import roles

    if raster is not None or potentials is not None:
        from ...results.pictures import spike_plots  # loads Matplotlib

        for path in filter(None, (raster, potentials)):
            spike_plots.check_suffix(path)
    wanted = format_for("json" if as_json else form, to, ("text", "json"))
    file = network_from_text(read_text(network), str(network))
    given, fired, traces = _run(file, spikes, ticks)
    if raster is not None:
        spike_plots.write_raster(fired, roles(file.network), file.labels, raster)
    if potentials is not None:
        first = file.network.source_count
        spike_plots.write_potentials(
            traces[:, first:], fired[:, first:], file.labels[first:], potentials
        )
    summary = _summary(file, fired, given)
    if wanted == "json":
        import json

        text = json.dumps({"network": str(network), **summary}, indent=2)
    else:
        text = _page(network, summary)
    hand_over(f"{text}\n", to)


def _run(
    file: "NetworkFile", spikes: Path, ticks: int | None
) -> tuple[int, "NDArray[np.bool_]", "NDArray[Any]"]:
    """Return how many spikes or charges were given; spikes and potentials, (ticks, neurons)."""
    from ...sim.formats.spike_table import inputs_of, read_spikes, ticks_needed
    from ...sim.risp_processor import registered
    from ...sim.simulate import simulate as run

    table = read_text(spikes)
    try:
        rows = read_spikes(table)
        length = ticks_needed(rows, file.network) if ticks is None else ticks
        inputs = inputs_of(rows, file.network, length, file.risp)
    except InputError as error:
        raise InputError(f"{spikes}: {error}") from None
    recording = run(file.network, inputs)
    fired, potentials = recording.spikes[:, :, 0], recording.potentials[:, :, 0]
    return len(rows), fired if file.risp is None else registered(file.network, fired), potentials


def _summary(file: "NetworkFile", fired: "NDArray[np.bool_]", given: int) -> dict[str, Any]:
    """Return counts as plain values."""
    from ...sim.network import roles

    network = file.network
    counts, first = fired.sum(axis=0).tolist(), fired.argmax(axis=0).tolist()
    neurons = [
        {
            "neuron": j,
            "name": file.labels[j],
            "role": role,
            "spikes": counts[j],
            "first": first[j] if counts[j] else None,
        }
        for j, role in enumerate(roles(network))
    ]
    return {
        "model": network.model,
        "arithmetic": network.arithmetic,
        "synapses": network.synapses,
        "ticks": len(fired),
        "input_spikes": given,
        "spikes": sum(counts[network.source_count :]),
        "neurons": neurons,
    }


def _page(network: Path, summary: dict[str, Any]) -> str:
    from ...results.summaries.run_names import aligned

    rows = [("name", "role", "spikes", "first tick")]
    for neuron in summary["neurons"]:
        first = "-" if neuron["first"] is None else str(neuron["first"])
        rows.append((neuron["name"], neuron["role"], str(neuron["spikes"]), first))
    return (
        f"{network}: {summary['model']} in {summary['arithmetic']}, "
        f"neurons {len(summary['neurons'])}, synapses {summary['synapses']}\n"
        f"ticks {summary['ticks']}, input spikes or charges {summary['input_spikes']}, "
        f"spikes {summary['spikes']}\n\n{aligned(rows, 2)}"
    )
