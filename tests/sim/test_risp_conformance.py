"""Every vector of RISP, replayed from its JSON: fires, charges, counts and totals, exactly."""

import json
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from spikevolve.sim.formats.risp_json import read_risp
from spikevolve.sim.risp_processor import RispProcessor, Spike

CONFORMANCE = Path(__file__).parents[3] / "shared" / "conformance" / "risp"
VECTORS = sorted(CONFORMANCE.glob("vectors/*/network.json"))
FUZZ = CONFORMANCE / "fuzz.json"

pytestmark = pytest.mark.skipif(not VECTORS, reason="RISP conformance vectors not found")


def replay(document: Any, operations: list[dict[str, Any]], numbers: dict[int, int]) -> None:
    """Do the operations and compare every answer; `numbers` are the inputs by what names them."""
    network, settings, _ = read_risp(document)
    processor = RispProcessor(network, settings)
    for operation in operations:
        if "run" not in operation:
            processor.clear_activity()
            continue
        spikes = [Spike(numbers[i], t, v, n) for i, t, v, n in operation["spikes"]]
        activity = processor.run(operation["run"], spikes)
        assert activity.fires == operation["fires"]
        assert activity.charges.tolist() == operation["charges"]
        assert activity.output_counts == operation["output_counts"]
        assert activity.total_fires == operation["total_fires"]
        assert activity.total_accumulates == operation["total_accumulates"]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.parent.name)
def test_vectors_are_reproduced(path: Path) -> None:
    document = json.loads(path.read_text())
    golden = json.loads((path.parent / "golden.json").read_text())
    numbers = {node: place for place, node in enumerate(document["Inputs"])}

    replay(document, list(takewhile(lambda o: "clear" not in o, golden["ops"])), numbers)


@pytest.mark.parametrize("number", range(60))
def test_random_networks_over_all_switches_are_reproduced(number: int) -> None:
    case = json.loads(FUZZ.read_text())[number]
    document = case["network"] | {"Associated_Data": {"proc_params": case["params"]}}

    replay(document, case["ops"], {place: place for place in range(len(document["Inputs"]))})
