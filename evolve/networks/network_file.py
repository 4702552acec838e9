"""A file with a network, whatever its format: a genome's JSON, a network's, or RISP's."""

from typing import NamedTuple

from ...errors import InputError
from ...genomes import express
from ...genomes.text import FORMAT as GENOME
from ...genomes.text import from_text
from ...sim.formats.json_text import parse
from ...sim.formats.network_json import FORMAT as NETWORK
from ...sim.formats.network_json import read_network
from ...sim.formats.risp_json import RispFile, read_risp
from ...sim.network import Network, labels
from ...sim.risp_processor import RispSettings


class NetworkFile(NamedTuple):
    """What a file holds.

    Attributes:
        network: A genome is expressed.
        labels: (neurons,) names: those that RISP's file has, else `i0`, `h0`, `o0`, ….
        risp: How spikes become charges, for RISP's JSON.
    """

    network: Network
    labels: tuple[str, ...]
    risp: RispSettings | None


def network_from_text(text: str, source_name: str) -> NetworkFile:
    """Read a network; what the text says decides how.

    Args:
        text: JSON of a genome, of a network, or RISP's.
        source_name: Name of the file, for messages.

    Raises:
        InputError: Naming the file, what is wrong in it and what is allowed.
    """
    try:
        document = parse(text)
        if "Nodes" in document and "Edges" in document:
            return _from_risp(read_risp(document))
        if document.get("format") == NETWORK:
            return _plain(read_network(document))
        if document.get("format") != GENOME:
            raise InputError(
                f'this is no network; it must be JSON with "format": "{GENOME}", with "format": '
                f'"{NETWORK}", or RISP\'s with "Nodes" and "Edges"'
            )
    except InputError as error:
        raise InputError(f"{source_name}: {error}") from None
    return _plain(express(*from_text(text, source_name)))


def _from_risp(file: RispFile) -> NetworkFile:
    return NetworkFile(file.network, file.names, file.settings)


def _plain(network: Network) -> NetworkFile:
    return NetworkFile(network, labels(network), None)
