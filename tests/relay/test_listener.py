# SPDX-License-Identifier: AGPL-3.0-only
"""Clients on the wire that are slow, greedy or mad."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.intake import IntakePolicy
from relay.limits import client_name
from relay.listener import ConnectionPolicy, make_server
from relay.server import RequestPolicy
from testing.daemon_process import wait_for
from tests.relay.doubles import office

pytestmark = pytest.mark.integration

_MANY = RequestPolicy(reads_per_second=100_000, reads_burst=100_000, body_seconds=0.5)
_POLICY = ConnectionPolicy(
    most=100, most_per_client=8, header_seconds=0.5, proxies=(), unread_seconds=0.5
)


@contextmanager
def listening(folder: Path, policy: ConnectionPolicy) -> Iterator[int]:
    """Serve on a free port until the block ends; gives the port."""
    with office(folder, IntakePolicy(), _MANY) as here:
        server = make_server(here.app, "127.0.0.1", 0, policy)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_for(lambda: server.started, 10, "it listens")
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A relay's sockets with small limits."""
    with listening(tmp_path_factory.mktemp("listener"), _POLICY) as port:
        yield port


def connect(port: int) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def read_all(connection: socket.socket) -> bytes:
    """Read until the server hangs up."""
    answer = bytearray()
    try:
        while chunk := connection.recv(65_536):
            answer += chunk
    except ConnectionError:
        pass
    return bytes(answer)


def answers(port: int) -> bool:
    """Return whether the next client is served."""
    return httpx.get(f"http://127.0.0.1:{port}/series", trust_env=False).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET /series HTTP/1.1\r\nhost: x\r\n"])
def test_headers__that_never_end__close_the_connection(port: int, sent: bytes) -> None:
    """Neither silence nor a header a second holds a connection."""
    begin = time.monotonic()
    with connect(port) as connection:
        connection.sendall(sent)
        assert read_all(connection) == b""

    assert 0.3 < time.monotonic() - begin < 3
    assert answers(port)


def test_headers__one_byte_at_a_time__close_the_connection(port: int) -> None:
    """The clock starts with the connection, and sending more does not stop it."""
    begin = time.monotonic()
    with connect(port) as connection, pytest.raises(ConnectionError):
        for _ in range(60):
            connection.sendall(b"G")
            time.sleep(0.1)

    assert time.monotonic() - begin < 3


def test_body__that_never_ends__is_answered_and_closed(port: int) -> None:
    """A body gets its time, not more."""
    head = b"POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    with connect(port) as connection:
        connection.sendall(head + b"content-length: 500\r\n\r\n{")
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_answers__that_nobody_reads__close_the_connection(port: int) -> None:
    """A client that asks and asks and does not read holds neither connection nor memory."""
    asked = b"GET /series HTTP/1.1\r\nhost: x\r\n\r\n" * 2_000
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", port))
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(200):
                connection.sendall(asked)

    assert answers(port)


@pytest.mark.parametrize("framing", [b"content-length: 9000000", b"transfer-encoding: chunked"])
def test_body__too_large__is_cut_off(port: int, framing: bytes) -> None:
    """Announced or not, nine megabytes are not taken in."""
    head = b"POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    with connect(port) as connection:
        connection.sendall(head + framing + b"\r\n\r\n")
        try:
            for _ in range(90):
                connection.sendall(b"186a0\r\n" + b"a" * 100_000 + b"\r\n")
        except ConnectionError:
            pass
        answer = read_all(connection)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")
    assert answers(port)


def test_connections__of_one_client__are_counted(tmp_path: Path) -> None:
    """Those above its share are closed at once; a closed one makes room."""
    patient = ConnectionPolicy(most=100, most_per_client=3, header_seconds=30, proxies=())
    with listening(tmp_path, patient) as port:
        held = [connect(port) for _ in range(3)]
        with connect(port) as one_more:
            assert read_all(one_more) == b""
        held.pop().close()

        wait_for(lambda: _is_served(port), 5, "there is room again")
        for connection in held:
            connection.close()


def _is_served(port: int) -> bool:
    try:
        return answers(port)
    except httpx.HTTPError:
        return False


def test_keep_alive__many_requests__are_all_answered(port: int) -> None:
    """Limits on headers count from each request, not from the connection."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for _ in range(5):
            assert client.get("/series").status_code == 200
            time.sleep(0.2)


raw_requests = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda verb, path, head: verb + b" " + path + b" HTTP/1.1\r\n" + head + b"\r\n\r\n",
        st.sampled_from([b"GET", b"POST", b"HEAD", b"BREW", b"OPTIONS"]),
        st.binary(max_size=80),
        st.binary(max_size=200),
    ),
)


@settings(deadline=None, max_examples=40)
@given(raw_requests)
def test_socket__raw_bytes__leave_the_server_whole(port: int, data: bytes) -> None:
    """Nonsense on the wire is answered shortly or not at all; the next client is served."""
    with connect(port) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert len(read_all(connection)) < 20_000

    assert answers(port)


def test_client_name__of_addresses__is_the_one_who_has_them() -> None:
    """An IPv6 client has a whole network of addresses, and is one client."""
    assert client_name("192.0.2.7") == client_name("::ffff:192.0.2.7") == "192.0.2.7"
    assert client_name("2001:db8:1:2::1") == client_name("2001:db8:1:2:ffff::9")
    assert client_name("2001:db8:1:2::1") != client_name("2001:db8:1:3::1")
    assert client_name("somewhere") == "somewhere"
