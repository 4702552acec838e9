"""The address of a Ray cluster: asked who answers there before anything is made, and without loading Ray.

Ray itself would take half a minute to give up, and takes over the process that it is loaded in. So its head is asked
in the few bytes of HTTP/2 (RFC 9113) that a call of gRPC is made of.
"""

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ....errors import InputError, MachineError

#: Seconds in which a cluster that is there has answered.
_PATIENCE = 4.0
#: How sentences about an address end.
ALLOWED = "allowed are HOST:PORT and auto"
#: What only the head of a cluster is asked: whether it is alive.
_QUESTION = "/ray.rpc.NodeInfoGcsService/CheckAlive"
_DATA, _HEADERS, _SETTINGS = 0, 1, 4  # frames
_END_OF_STREAM, _END_OF_HEADERS = 1, 4  # flags
_STATUS = re.compile(rb"grpc-status[\x01\x02](\d+)")
_UNKNOWN_CALL, _NO_TOKEN = b"12", b"16"
_HEAD_OF_FRAME = 9  # bytes, of which the fourth is the kind
_LONGEST = 127  # from which on a text's length takes further bytes
_MOST_BYTES = 2**16  # a head says some hundred


def check_address(address: str) -> None:
    """Refuse an address at which no head of a Ray cluster answers.

    Args:
        address: `HOST:PORT`, or `auto`, which Ray itself looks up: `RAY_ADDRESS`, else a cluster of this machine.

    Raises:
        InputError: It is no address.
        MachineError: Nobody answers there, something that is not the head of a cluster, or one that refuses
            our token.
    """
    if address != "auto":
        _check(address, repr(address))
    elif said := os.environ.get("RAY_ADDRESS"):
        _check(said, f"{said!r} (RAY_ADDRESS)")
    elif Path("/proc/self").exists():  # else processes cannot be looked at, and Ray will tell
        _check_this_machine()


def _check_this_machine() -> None:
    """Refuse `auto` where no cluster of this machine answers; where Ray looks for one."""
    found = _heads_of_raylets() or _head_started_last()
    if not found:
        raise MachineError(
            "no Ray cluster is on this machine: start one with `ray start --head`, or give the address of "
            "another by --address HOST:PORT or RAY_ADDRESS"
        )
    for number, address in enumerate(found, 1):
        try:
            return _check(address, repr(address))
        except MachineError:
            if number == len(found):
                raise


def _heads_of_raylets() -> list[str]:
    """Return the addresses of the heads of the clusters that this machine is a node of."""
    heads = set()
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            program, *arguments = command.read_bytes().split(b"\0")
            if os.path.basename(program) == b"raylet":
                heads |= {a[14:].decode() for a in arguments if a.startswith(b"--gcs-address=")}
    return sorted(heads)


def _head_started_last() -> list[str]:
    """Return the address that `ray start` has left in a file, if there is one."""
    folder = os.environ.get("RAY_TMPDIR") or os.environ.get("TMPDIR") or "/tmp"
    with suppress(OSError, ValueError):
        return [Path(folder, "ray", "ray_current_cluster").read_text().strip()]
    return []


def _check(address: str, name: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or "://" in address or not (port.isdecimal() and 0 < int(port) < 2**16):
        raise InputError(f"the address of a Ray cluster is {name}; {ALLOWED}")
    end = time.monotonic() + _PATIENCE
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PATIENCE) as connection:
            if os.environ.get("RAY_USE_TLS") in (None, "", "0"):  # else Ray alone has the keys
                _check_head(connection, end)
    except _NoHeadError as error:
        raise MachineError(f"no Ray cluster answers at {name}: {error}") from error
    except _RefusedError as error:
        raise MachineError(
            f"the Ray cluster at {name} {error}: set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN as at its head"
        ) from error
    except (OSError, UnicodeError) as error:  # such a host cannot be encoded
        reason = getattr(error, "strerror", None) or str(error)
        raise MachineError(f"no Ray cluster answers at {name}: {reason}") from error


class _NoHeadError(Exception):
    """Something listens there that is not the head of a cluster."""


class _RefusedError(Exception):
    """The head of a cluster lets in only who shows its token."""


def _check_head(connection: socket.socket, end: float) -> None:
    """Ask who listens.

    Any answer but that it does not know the call is one of a head. So is one in HTTP/2 that cannot be read here,
    since other versions of gRPC may pack it otherwise.

    Args:
        connection: To what listens.
        end: When patience ends, by the monotonic clock.

    Raises:
        _NoHeadError: It is no head; says what it is.
        _RefusedError: It is a head that does not let us in; says why.
    """
    said = b""
    try:
        connection.sendall(_question())
        while not (status := _STATUS.search(said)):
            connection.settimeout(max(1e-3, end - time.monotonic()))
            said += (more := connection.recv(4096))
            if not more:
                raise _NoHeadError("what listens there hangs up")
            if len(said) > _MOST_BYTES or not _is_http2(said):
                raise _NoHeadError("what listens there is not Ray")
    except TimeoutError as error:
        if _HEADERS in _kinds_of_frames(said):
            return
        seconds = f"{_PATIENCE:g} seconds"
        raise _NoHeadError(f"what listens there gives no answer within {seconds}") from error
    except ConnectionError as error:
        raise _NoHeadError("what listens there hangs up") from error
    if status[1] == _UNKNOWN_CALL:
        raise _NoHeadError(
            "what listens there is not the head of a cluster, whose port is 6379 by default"
        )
    if status[1] == _NO_TOKEN and not _is_kubernetes():
        raise _RefusedError("refuses our token" if _token() else "wants a token")


def _token() -> str | None:
    """Return the token that Ray would show, from where Ray takes it; None if it would show none."""
    if os.environ.get("RAY_AUTH_MODE", "").lower() != "token" or _is_kubernetes():
        return None
    if said := os.environ.get("RAY_AUTH_TOKEN"):
        return said.strip()
    file = os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token"
    with suppress(OSError, UnicodeError):
        return Path(file).read_text().strip() or None
    return None


def _is_kubernetes() -> bool:
    """Return whether tokens are those of Kubernetes, which Ray alone looks up."""
    return os.environ.get("RAY_ENABLE_K8S_TOKEN_AUTH", "").lower() in ("1", "true")


def _is_http2(said: bytes) -> bool:
    """Return whether bytes may begin what a server says: a frame of settings comes first."""
    return len(said) < _HEAD_OF_FRAME or said[3] == _SETTINGS


def _kinds_of_frames(said: bytes) -> Iterator[int]:
    """Yield the kind of each frame that a server has begun to say."""
    while len(said) >= _HEAD_OF_FRAME:
        yield said[3]
        said = said[_HEAD_OF_FRAME + int.from_bytes(said[:3]) :]


def _question() -> bytes:
    """Return all that a client says for one call without arguments."""
    headers = {
        ":method": "POST",
        ":scheme": "http",
        ":path": _QUESTION,
        ":authority": "localhost",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    if token := _token():
        headers["authorization"] = f"Bearer {token}"
    packed = b"".join(b"\0" + _text(name) + _text(value) for name, value in headers.items())
    no_arguments = bytes(5)  # not compressed, of no bytes
    return (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + _frame(_SETTINGS, 0, 0, b"")
        + _frame(_HEADERS, _END_OF_HEADERS, 1, packed)
        + _frame(_DATA, _END_OF_STREAM, 1, no_arguments)
    )


def _frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    head = len(content).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
    return head + content


def _text(value: str) -> bytes:
    """Return a text of HPACK (RFC 7541, 5.2), neither compressed nor indexed."""
    text = value.encode()
    length, rest = min(len(text), _LONGEST), len(text) - _LONGEST
    packed = bytearray([length])
    while rest >= 0:  # in groups of seven bits, the lowest first (5.1)
        packed.append(rest % 128 + (128 if rest >= 128 else 0))
        rest = rest // 128 or -1
    return bytes(packed) + text
