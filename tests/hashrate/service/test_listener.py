# SPDX-License-Identifier: AGPL-3.0-only
"""Clients on the wire that are slow, greedy or mad, at every port that strangers reach."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx2 as httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from hashrate.core.types import UsdE8
from hashrate.reports.report import sign_day_report
from hashrate.service.listener import ConnectionPolicy, Listener, client_name
from oracles.journal.journal import Journal
from oracles.journal.store import open_store
from oracles.peers.server import make_peer_app
from relay.intake import IntakePolicy
from relay.server import RequestPolicy
from testing.daemon_parts import ManualClock
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from tests.oracles.builders import DOMAIN, make_day_report, reporter
from tests.relay.doubles import office

pytestmark = pytest.mark.integration

_MANY = RequestPolicy(reads_per_second=100_000, reads_burst=100_000, body_seconds=0.5)
_VAIN_SECONDS = 60
_POLICY = ConnectionPolicy(most=100, most_per_client=8, header_seconds=0.5, unread_seconds=0.5)


@contextmanager
def relay_app(folder: Path) -> Iterator[Starlette]:
    """What traders ask."""
    with office(folder, IntakePolicy(), _MANY) as here:
        yield here.app


@contextmanager
def peer_app(folder: Path) -> Iterator[Starlette]:
    """What the other reporters ask."""
    store = open_store(folder / "journal.sqlite3")
    journal = Journal(store, ManualClock(0))
    signed = sign_day_report(reporter(1), DOMAIN, make_day_report(), UsdE8(6_500_000_000_000))
    journal.add_report(signed, "", [])
    yield make_peer_app(journal)
    store.close()


@dataclass(frozen=True)
class Place:
    """A port, and something that it answers.

    Attributes:
        port: where it listens.
        path: of what it answers.
    """

    port: int
    path: str

    @property
    def request(self) -> bytes:
        """Return a request for it, but for the empty line that ends it."""
        return f"GET {self.path} HTTP/1.1\r\nhost: x\r\n".encode()


Maker = Callable[[Path], AbstractContextManager[Starlette]]
PLACES: dict[str, tuple[Maker, str]] = {
    "relay": (relay_app, "/markets"),
    "peers": (peer_app, "/v1/reports/2024-04-20"),
}


@contextmanager
def listening(name: str, folder: Path, policy: ConnectionPolicy) -> Iterator[Place]:
    """Serve on a free port until the block ends."""
    make, path = PLACES[name]
    with make(folder) as app:
        listener = Listener(app, "127.0.0.1", 0, policy)
        listener.start()
        # Connections inherit it: what is not read shows soon, and not after megabytes.
        listening_socket = listener._server.servers[0].sockets[0]
        listening_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        try:
            yield Place(listener.port, path)
        finally:
            listener.stop()


@pytest.fixture(scope="module", params=PLACES)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Each port that strangers reach, with small limits."""
    with listening(request.param, tmp_path_factory.mktemp("listener"), _POLICY) as place:
        yield place


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The relay's port, which takes bodies, with small limits."""
    with listening("relay", tmp_path_factory.mktemp("listener"), _POLICY) as place:
        yield place


def connect(place: Place) -> socket.socket:
    """Open a connection; who waits on it in vain fails after a while."""
    return socket.create_connection(("127.0.0.1", place.port), timeout=_VAIN_SECONDS)


def read_all(connection: socket.socket) -> bytes:
    """Read until the server hangs up."""
    answer = bytearray()
    try:
        while chunk := connection.recv(65_536):
            answer += chunk
    except ConnectionError:
        pass
    return bytes(answer)


def status_of(place: Place) -> int:
    """Return the status that the next client is answered with.

    One that a busy machine stops before it has sent its headers is hung up on, and comes again.
    """
    url = f"http://127.0.0.1:{place.port}{place.path}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return httpx.get(url, trust_env=False, timeout=_VAIN_SECONDS).status_code
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if time.monotonic() > deadline:
                raise


@pytest.mark.parametrize("begun", [False, True], ids=["silence", "header"])
def test_headers__that_never_end__close_the_connection(place: Place, begun: bool) -> None:
    """Neither silence nor a header a second holds a connection."""
    begin = time.monotonic()
    with connect(place) as connection:
        connection.sendall(place.request if begun else b"")
        assert read_all(connection) == b""

    assert time.monotonic() - begin > 0.3  # it had its time
    assert status_of(place) == 200


def test_headers__one_byte_at_a_time__close_the_connection(place: Place) -> None:
    """The clock starts with the connection, and sending more does not stop it."""
    with connect(place) as connection, pytest.raises(ConnectionError):
        for _ in range(60):
            connection.sendall(b"G")
            time.sleep(0.1)


def test_body__that_drips_after_the_answer__closes_the_connection(place: Place) -> None:
    """What nobody reads may not keep a connection either."""
    head = place.request.replace(b"GET", b"PUT") + b"content-length: 900000\r\n\r\n"
    with connect(place) as connection, pytest.raises(ConnectionError):
        connection.sendall(head)
        for _ in range(60):
            connection.sendall(b"a")
            time.sleep(0.1)

    assert status_of(place) == 200


def test_body__that_never_ends__is_answered_and_closed(relay: Place) -> None:
    """A body gets its time, not more."""
    head = b"POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    with connect(relay) as connection:
        connection.sendall(head + b"content-length: 500\r\n\r\n{")
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_answers__that_nobody_reads__close_the_connection(place: Place) -> None:
    """A client that asks and asks and does not read holds neither connection nor memory."""
    asked = (place.request + b"\r\n") * 2_000
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(_VAIN_SECONDS)
        connection.connect(("127.0.0.1", place.port))
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(200):
                connection.sendall(asked)

    assert status_of(place) == 200


@pytest.mark.parametrize("framing", [b"content-length: 9000000", b"transfer-encoding: chunked"])
def test_body__too_large__is_cut_off(relay: Place, framing: bytes) -> None:
    """Announced or not, nine megabytes are not taken in."""
    head = b"POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    with connect(relay) as connection:
        connection.sendall(head + framing + b"\r\n\r\n")
        try:
            for _ in range(90):
                connection.sendall(b"186a0\r\n" + b"a" * 100_000 + b"\r\n")
        except ConnectionError:
            pass
        answer = read_all(connection)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")
    assert status_of(relay) == 200


@pytest.mark.parametrize("name", PLACES)
def test_connections__of_one_client__are_counted(name: str, tmp_path: Path) -> None:
    """Those above its share are closed at once; a closed one makes room."""
    patient = ConnectionPolicy(most=100, most_per_client=3, header_seconds=PATIENCE_SECONDS)
    with listening(name, tmp_path, patient) as place:
        held = [connect(place) for _ in range(3)]
        with connect(place) as one_more:
            assert read_all(one_more) == b""
        held.pop().close()

        wait_for(lambda: status_of(place) == 200, PATIENCE_SECONDS, "there is room again")
        for connection in held:
            connection.close()


@pytest.mark.parametrize("name", PLACES)
def test_connections__above_the_most__are_sent_away(name: str, tmp_path: Path) -> None:
    """Whoever comes when all are taken is told so, and served when one is free."""
    few = ConnectionPolicy(most=3, most_per_client=100, header_seconds=PATIENCE_SECONDS)
    with listening(name, tmp_path, few) as place:
        held = [connect(place) for _ in range(3)]
        wait_for(lambda: status_of(place) == 503, PATIENCE_SECONDS, "it is full")
        for connection in held:
            connection.close()

        wait_for(lambda: status_of(place) == 200, PATIENCE_SECONDS, "there is room again")


def test_keep_alive__many_requests__are_all_answered(place: Place) -> None:
    """Limits on headers count from each request, not from the connection."""
    wait_for(lambda: _outlives_its_limit(place), PATIENCE_SECONDS, "five on one connection")


def _outlives_its_limit(place: Place) -> bool:
    """Return whether one connection is answered for twice as long as headers may take.

    It is not where a busy machine stops it amid its headers: then it may come again.
    """
    connection = HTTPConnection("127.0.0.1", place.port, timeout=_VAIN_SECONDS)
    connection.auto_open = 0  # never a second connection in place of one that was closed
    try:
        connection.connect()
        for _ in range(5):
            connection.request("GET", place.path)
            with connection.getresponse() as answer:
                answer.read()
                if answer.status != HTTPStatus.OK:
                    return False
            time.sleep(0.2)
    except (ConnectionError, HTTPException):
        return False
    finally:
        connection.close()
    return True


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
def test_socket__raw_bytes__leave_the_server_whole(place: Place, data: bytes) -> None:
    """Nonsense on the wire is answered shortly or not at all; the next client is served."""
    with connect(place) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert len(read_all(connection)) < 20_000

    assert status_of(place) == 200


def test_client_name__of_addresses__is_the_one_who_has_them() -> None:
    """An IPv6 client has a whole network of addresses, and is one client."""
    assert client_name("192.0.2.7") == client_name("::ffff:192.0.2.7") == "192.0.2.7"
    assert client_name("2001:db8:1:2::1") == client_name("2001:db8:1:2:ffff::9")
    assert client_name("2001:db8:1:2::1") != client_name("2001:db8:1:3::1")
    assert client_name("somewhere") == "somewhere"
