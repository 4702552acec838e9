"""An address at which no Ray cluster answers: one sentence within seconds, and no folder."""

import re
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from spikevolve.errors import InputError, MachineError
from spikevolve.evolve.engines.ray.address import check_address
from spikevolve.evolve.runs.settings import settings_from
from spikevolve.evolve.runs.start_or_resume import begin

#: What gRPC's server of Ray 2.60 says to a call that it does not know, byte for byte.
SETTINGS = bytes.fromhex("000018040000000000000400400000000500400000000600004000fe0300000001")
UNKNOWN_CALL = (
    bytes.fromhex("00002e010500000001")
    + b"\x88@\x0ccontent-type\x10application/grpc@\x0bgrpc-status\x0212"
)
#: What it says to a call that it answers, and to one without the right token.
ALIVE = bytes.fromhex("00000f010500000001") + b"@\x0bgrpc-status\x010"
NO_TOKEN = bytes.fromhex("000010010500000001") + b"@\x0bgrpc-status\x0216"

TOKEN = "0123456789abcdef" * 4

Speak = Callable[[socket.socket], None]


def nothing(connection: socket.socket) -> None:
    pass


def web_page(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def hanging_up(connection: socket.socket) -> None:
    connection.recv(1)


def drops(connection: socket.socket) -> None:
    """Say the beginning of a frame again and again, slowly."""
    while True:
        connection.sendall(SETTINGS)
        time.sleep(0.2)


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(SETTINGS * 1000)


def another_service(connection: socket.socket) -> None:
    connection.sendall(SETTINGS + UNKNOWN_CALL)


def head(connection: socket.socket) -> None:
    connection.sendall(SETTINGS[:7])  # in two parts, as a network may bring it
    time.sleep(0.05)
    connection.sendall(SETTINGS[7:] + ALIVE)


def head_of_another_version(connection: socket.socket) -> None:
    """Answer with headers that are packed in a way that is not read."""
    connection.sendall(SETTINGS + b"\0\0\4\1\4\0\0\0\1\x88\xaa\xbb\xcc")


def guarded_head(connection: socket.socket) -> None:
    connection.sendall(SETTINGS + NO_TOKEN)


@contextmanager
def listener(speak: Speak, hold: bool = True) -> Generator[str]:
    """The address of something that says what `speak` does, and holds the line until the end."""
    over = threading.Event()

    def answer() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    speak(connection)
                    if hold:
                        over.wait()

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()


def test_the_head_of_a_cluster_is_taken() -> None:
    with listener(head) as address:
        check_address(address)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "wants a token"),
        ({"RAY_AUTH_TOKEN": TOKEN}, "wants a token"),  # which Ray would not show
        ({"RAY_AUTH_MODE": "token"}, "wants a token"),
        ({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "of yesterday"}, "refuses our token"),
    ],
)
def test_a_head_that_refuses_our_token_says_so(
    environment: dict[str, str], said: str, tokens: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        tokens.setenv(name, value)
    with listener(guarded_head) as address:
        sentence = (
            f"the Ray cluster at {address!r} {said}: set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"
        )
        with pytest.raises(MachineError, match=f"^{re.escape(sentence)}"):
            check_address(address)


@pytest.mark.parametrize("token", [TOKEN, "x" * 120, "y" * 1000])  # lengths in one byte, two, three
def test_a_head_that_knows_our_token_is_taken(
    token: str, tokens: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tokens.setenv("RAY_AUTH_MODE", "token")
    (tmp_path / "token").write_text(f"{token}\n")
    tokens.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    lengths = {71: b"\x47", 127: b"\x7f\0", 1007: b"\x7f\xf0\x06"}
    value = f"Bearer {token}".encode()

    def knows_it(connection: socket.socket) -> None:
        shown = lengths[len(value)] + value in connection.recv(4096)
        connection.sendall(SETTINGS + (ALIVE if shown else NO_TOKEN))

    with listener(knows_it) as address:
        check_address(address)


def test_tokens_of_kubernetes_are_left_to_ray(tokens: pytest.MonkeyPatch) -> None:
    tokens.setenv("RAY_AUTH_MODE", "token")
    tokens.setenv("RAY_ENABLE_K8S_TOKEN_AUTH", "true")
    with listener(guarded_head) as address:
        check_address(address)


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without a token."""
    for name in ("MODE", "TOKEN", "TOKEN_PATH"):
        monkeypatch.delenv(f"RAY_AUTH_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize(
    ("speak", "hold", "said"),
    [
        (hanging_up, False, "hangs up"),
        (web_page, True, "is not Ray"),
        (flood, True, "is not Ray"),
        (another_service, True, "is not the head of a cluster, whose port is 6379 by default"),
    ],
)
def test_what_listens_and_is_no_head_is_told_at_once(speak: Speak, hold: bool, said: str) -> None:
    with listener(speak, hold) as address:
        sentence = f"no Ray cluster answers at {address!r}: what listens there {said}"
        with pytest.raises(MachineError, match=f"^{re.escape(sentence)}$"):
            check_address(address)


@pytest.mark.slow  # four seconds
def test_an_answer_that_cannot_be_read_is_left_to_ray() -> None:
    with listener(head_of_another_version) as address:
        check_address(address)


@pytest.mark.slow  # four seconds
@pytest.mark.parametrize("speak", [nothing, drops])
def test_what_listens_and_says_nothing_of_use_is_given_up(speak: Speak) -> None:
    began = time.monotonic()
    with (
        listener(speak) as address,
        pytest.raises(MachineError, match="no answer within 4 seconds"),
    ):
        check_address(address)

    assert time.monotonic() - began < 25  # Ray would take half a minute


def test_auto_is_the_address_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with listener(head) as address:
        monkeypatch.setenv("RAY_ADDRESS", address)
        check_address("auto")
    with listener(web_page) as address:
        monkeypatch.setenv("RAY_ADDRESS", address)
        with pytest.raises(MachineError, match=rf"answers at '{address}' \(RAY_ADDRESS\): what"):
            check_address("auto")


@pytest.mark.parametrize("said", ["local", "ray://127.0.0.1:10001", "auto"])
def test_an_environment_that_names_no_address_is_refused(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", said)
    with pytest.raises(InputError, match=rf"is '{said}' \(RAY_ADDRESS\); allowed are HOST:PORT"):
        check_address("auto")


def test_auto_without_a_cluster_of_this_machine_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_raylets(monkeypatch)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    with pytest.raises(MachineError, match="no Ray cluster is on this machine: start one with"):
        check_address("auto")
    (tmp_path / "ray").mkdir()
    with listener(web_page) as address:
        (tmp_path / "ray" / "ray_current_cluster").write_text(address)
        with pytest.raises(MachineError, match=f"answers at '{address}': what"):
            check_address("auto")
    with listener(head) as address:
        (tmp_path / "ray" / "ray_current_cluster").write_text(address)
        check_address("auto")


def without_raylets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have those of other tests overlooked."""
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr("spikevolve.evolve.engines.ray.address._heads_of_raylets", list)


@pytest.mark.parametrize("further", [{}, {"seeds": "1-2"}])
def test_what_is_no_cluster_leaves_no_folder(further: dict[str, str], tmp_path: Path) -> None:
    with listener(web_page) as address:
        words = {"task": "iris", "out": str(tmp_path / "run"), "address": address, **further}
        with pytest.raises(MachineError, match="what listens there is not Ray"):
            begin(settings_from(words), lambda _: None, threading.Event())

    assert list(tmp_path.iterdir()) == []
