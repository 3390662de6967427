# SPDX-License-Identifier: AGPL-3.0-only
"""Keeps tests off the network: an audit hook, so no library can pass it by."""

from ipaddress import ip_address
from socket import AF_UNIX, socket
from typing import Any

import pytest


class SocketGuard:
    """Refuses addresses a test may not reach; an audit hook, so no library can pass it by."""

    CHECKED_BY_ADDRESS = frozenset({"socket.connect", "socket.bind", "socket.sendto"})
    CHECKED_BY_HOST = frozenset(
        {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
    )

    def __init__(self) -> None:
        """Start with loopback open: servers of session fixtures outlive single tests."""
        self.loopback_allowed = True

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Check one audit event; fails the running test where the address is out of bounds."""
        if event in self.CHECKED_BY_ADDRESS:
            endpoint: socket = args[0]
            if endpoint.family == AF_UNIX:
                return
            self._check(event, args[1][0])
        elif event in self.CHECKED_BY_HOST:
            self._check(event, args[0])

    def _check(self, event: str, host: str | bytes | None) -> None:
        if self.loopback_allowed and is_loopback(host):
            return
        scope = "other than loopback" if self.loopback_allowed else "in this kind of test"
        pytest.fail(f"{event} to {host!r}: no sockets {scope}")


def is_loopback(host: str | bytes | None) -> bool:
    """Whether `host` names this machine's loopback interface, without asking a resolver."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
