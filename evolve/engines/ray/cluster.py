"""Starting a local Ray that nobody else can reach, or connecting to a cluster."""

import ipaddress
from typing import Any

import ray

from ....errors import InputError, MachineError
from ....posix import available_cores
from .address import ALLOWED, check_address

#: Size of the memory that the workers of this machine share.
SHARED_BYTES = 200 * 2**20


def connect(workers: int | None, address: str | None, folder: str) -> int:
    """Start a local Ray, or connects to a cluster.

    Args:
        workers: Number of workers, None for all cores.
        address: Address of the cluster, None for a local Ray.
        folder: Where a local Ray keeps its files.

    Returns:
        The number of workers.

    Raises:
        InputError: Ray takes the text for no address.
        MachineError: There is no cluster, or Ray cannot be started.
    """
    if address is not None:
        _connect_to(address)
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        return workers or max(1, int(resources.get("CPU", 1)))
    workers = workers or available_cores()
    _start_local(workers, folder)
    return workers


def _connect_to(address: str) -> None:
    check_address(address)
    try:
        ray.init(address=address, log_to_driver=False)
    except ValueError as error:
        raise InputError(
            f"the address of a Ray cluster is {address!r} ({error}); {ALLOWED}"
        ) from error
    except Exception as error:
        raise MachineError(f"no Ray cluster at {address!r}: {_line(error)}") from error


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
        raise MachineError(f"Ray cannot be started: {_line(error)}") from error
    listening = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
    if not ipaddress.ip_address(listening).is_loopback:  # anyone in the network could run code
        raise MachineError(f"this version of Ray listens on {listening}, not on loopback only")


def dead_servers() -> list[str]:
    """Name of the servers of a local Ray that have ended; without them all calls would hang."""
    node: Any = ray._private.worker._global_node
    return [name for name, _ in node.dead_processes() if name in ("gcs_server", "raylet")]


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
