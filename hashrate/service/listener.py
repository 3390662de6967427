# SPDX-License-Identifier: AGPL-3.0-only
"""The one way to serve: uvicorn, with limits on slow and greedy connections."""

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from hashrate.service.errors import SettingsError

_START_SECONDS = 10.0
_MAX_HEADER_BYTES = 8_192
_IDLE_SECONDS = 15
_STOP_SECONDS = 5
_BACKLOG = 256
_IPV6_NETWORK_BITS = 64


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """Limits on connections.

    Attributes:
        most, most_per_client: open at once; proxies count as no client. By default one client, such
            as a proxy that nobody named, has room for the 31 other reporters there can be, and
            leaves half to the rest.
        header_seconds: from the connection, or from the first byte of the next request on it, to
            the end of the request's headers [s].
        proxies: trusted reverse proxies.
        unread_seconds: how long an answer may wait for its reader [s].
    """

    most: int = 64
    most_per_client: int = 32
    header_seconds: float = 5.0
    proxies: tuple[str, ...] = ()
    unread_seconds: float = 20.0


def make_server(app: Starlette, host: str, port: int, policy: ConnectionPolicy) -> uvicorn.Server:
    """Make a server that is not started; port 0 takes a free one."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=_guarded(policy),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        backlog=_BACKLOG,
        proxy_headers=bool(policy.proxies),
        forwarded_allow_ips=list(policy.proxies),
        limit_concurrency=policy.most,
        timeout_keep_alive=_IDLE_SECONDS,
        h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    return uvicorn.Server(config)


class Listener:
    """One server on one address, in a thread of its own."""

    def __init__(
        self, app: Starlette, host: str, port: int, policy: ConnectionPolicy | None = None
    ) -> None:
        """Prepare it; port 0 takes a free one."""
        self._where = f"{host}:{port}"
        self._server = make_server(app, host, port, policy or ConnectionPolicy())
        self._thread = threading.Thread(target=self._run, name=f"listen-{port}", daemon=True)

    def start(self) -> None:
        """Start serving, and return once it does.

        Raises:
            SettingsError: the address cannot be used.
        """
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise SettingsError(f"cannot listen on {self._where}")
            time.sleep(0.01)

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Finish open requests and stop."""
        self._server.should_exit = True
        self._thread.join(timeout=2 * _STOP_SECONDS)

    def _run(self) -> None:
        # uvicorn ends the thread by SystemExit where it cannot bind; `start` sees it is gone.
        try:
            self._server.run()
        except SystemExit:
            return


class GuardedProtocol(H11Protocol):
    """uvicorn's protocol, which closes connections that dawdle and those above a client's share."""

    policy: ClassVar[ConnectionPolicy]
    open_connections: ClassVar[Counter[str]]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Start as a connection that nothing has come over yet."""
        super().__init__(*arguments, **options)
        self._name: str | None = None
        self._too_slow: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, or close it."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        self._name = None if host in self.policy.proxies else client_name(host)
        if self._name is not None:
            self.open_connections[self._name] += 1
            if self.open_connections[self._name] > self.policy.most_per_client:
                transport.abort()
                return
        self._expect_headers()

    def pause_writing(self) -> None:
        """Allow a client that does not read its answer some time, and no more."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.policy.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self._was_read()

    def timeout_keep_alive_handler(self) -> None:
        """End an idle connection; closing it would wait for what is not read."""
        self.transport.abort()

    def _was_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting it."""
        self._headers_came()
        self._was_read()
        if self._name is not None:
            self.open_connections[self._name] -= 1
            if not self.open_connections[self._name]:
                del self.open_connections[self._name]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Time the headers of each request."""
        if self._too_slow is None and not self._is_answering():
            self._expect_headers()
        super().data_received(data)
        if self._is_answering():
            self._headers_came()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_headers(self) -> None:
        self._too_slow = self.loop.call_later(self.policy.header_seconds, self.transport.abort)

    def _headers_came(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None


def _guarded(policy: ConnectionPolicy) -> type[asyncio.Protocol]:
    """Make a protocol with these limits and a count of its own."""

    class _Protocol(GuardedProtocol):
        pass

    _Protocol.policy = policy
    _Protocol.open_connections = Counter()
    return _Protocol


def client_name(host: str) -> str:
    """Name a client: by its address, or by its network where one client has a whole one."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> (128 - _IPV6_NETWORK_BITS):x}::/{_IPV6_NETWORK_BITS}"
