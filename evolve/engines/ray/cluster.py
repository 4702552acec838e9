"""Starting a local Ray that nobody else can reach, or connecting to a cluster."""

import ipaddress
from typing import Any

import ray

from ....errors import InputError, MachineError
from ....posix import available_cores
from .address import ALLOWED, check_address

#: Size of the memory that the workers of this machine share.
SHARED_BYTES = 200 * 2**20


def connect(workers: int | None, address: str | None, folder: str) -> None:
    """Start a local Ray, or connect to a cluster.

    Args:
        workers: CPUs that a local Ray offers, None for all cores.
        address: Address of the cluster, None for a local Ray.
        folder: Where a local Ray keeps its files.

    Raises:
        InputError: Ray takes the text for no address.
        MachineError: There is no cluster, or Ray cannot be started.
    """
    if address is not None:
        _connect_to(address)
    else:
        _start_local(workers or available_cores(), folder)


def _connect_to(address: str) -> None:
    check_address(address)
    try:
        ray.init(address=address, log_to_driver=False)
    except ValueError as error:
        raise InputError(
            f"the address of a Ray cluster is {address!r} ({error}); {ALLOWED}"
        ) from error
    except Exception as error:
        raise MachineError(f"no Ray cluster at {address!r}: {one_line(error)}") from error


def _start_local(workers: int, folder: str) -> None:
    try:
        ray.init(
            address="local",
            num_cpus=workers,
            include_dashboard=False,
            log_to_driver=False,
            object_store_memory=SHARED_BYTES,
            _temp_dir=folder,
        )
    except Exception as error:
        raise MachineError(f"Ray cannot be started: {one_line(error)}") from error
    listening = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
    if not ipaddress.ip_address(listening).is_loopback:  # anyone in the network could run code
        raise MachineError(f"this version of Ray listens on {listening}, not on loopback only")


def cpus() -> int:
    """Return how many CPUs the nodes have that are there now, in use or not."""
    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return int(resources.get("CPU", 0))


def living_nodes() -> set[str]:
    """Return the ids of the nodes that are there now."""
    return {node["NodeID"] for node in ray.nodes() if node["Alive"]}  # type: ignore[no-untyped-call]


def node_name(node: str | None) -> str:
    """Return what people call a node, "node host7 (10.0.0.7)", by its id; also if it has gone."""
    known: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    for each in known:
        if each["NodeID"] == node:
            return f"node {each['NodeManagerHostname']} ({each['NodeManagerAddress']})"
    return "a node"


def what_is_missing() -> str:
    """Say in a sentence what a search waits for that has no worker."""
    free: dict[str, float] = ray.available_resources()  # type: ignore[no-untyped-call]
    there = cpus()
    if not there:
        return "waiting for a node with a CPU to join the Ray cluster"
    if free.get("CPU", 0) < 1:
        return f"waiting for a free CPU of the Ray cluster, whose {there} are all in use"
    return "waiting for a worker of the Ray cluster to start"


def dead_servers() -> list[str]:
    """Name of the servers of a local Ray that have ended; without them all calls would hang."""
    node: Any = ray._private.worker._global_node
    return [name for name, _ in node.dead_processes() if name in ("gcs_server", "raylet")]


def one_line(said: object) -> str:
    """Return what Ray says, without its line breaks."""
    return " ".join(str(said).split())
