"""What people call the neurons of a network."""

from collections.abc import Sequence

from .network import Network


def roles(network: Network) -> tuple[str, ...]:
    """(neurons,) `input`, `hidden` or `output`; a neuron that is both ends is an output."""
    found = ["hidden"] * network.neurons
    for neuron in network.input_neurons:
        found[neuron] = "input"
    for neuron in network.output_neurons:
        found[neuron] = "output"
    return tuple(found)


def labels(network: Network, outputs: Sequence[str] = ()) -> tuple[str, ...]:
    """(neurons,) names: inputs `i0`, …; hidden neurons `h0`, …; outputs `o0`, ….

    Args:
        network: Any network.
        outputs: Names of the first outputs, of all of them, or of none.
    """
    found = [""] * network.neurons
    for place, neuron in enumerate(network.input_neurons):
        found[neuron] = f"i{place}"
    for place, neuron in enumerate(network.output_neurons):
        found[neuron] = outputs[place] if place < len(outputs) else f"o{place}"
    hidden = (neuron for neuron, name in enumerate(found) if not name)
    for place, neuron in enumerate(hidden):
        found[neuron] = f"h{place}"
    return tuple(found)
