"""The address of a Ray cluster: looked at before anything is made, and without loading Ray."""

import socket

from ....errors import InputError, MachineError

#: Seconds in which a cluster that is there has answered.
_PATIENCE = 4.0
#: How sentences about an address end.
ALLOWED = "allowed are HOST:PORT and auto"


def check_address(address: str) -> None:
    """Refuse an address at which nobody answers.

    Args:
        address: `HOST:PORT`, or `auto`, which Ray itself looks up (`RAY_ADDRESS`, or a cluster of this machine).

    Raises:
        InputError: It is no address.
        MachineError: Nobody answers there.
    """
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if not host or "://" in address or not (port.isdecimal() and 0 < int(port) < 2**16):
        raise InputError(f"the address of a Ray cluster is {address!r}; {ALLOWED}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise MachineError(f"no Ray cluster answers at {address!r}: {reason}") from error
