# SPDX-License-Identifier: AGPL-3.0-only
"""Ports that a test's programs find free, however late they start."""

import socket

import pytest

from testing.ports import HeldPort

pytestmark = pytest.mark.integration


def test_held_port__for_its_program__is_free_again_and_again():
    """A server that asks for it with SO_REUSEADDR listens there, ends, and listens there anew."""
    held = HeldPort()

    for _ in range(2):
        with (
            socket.create_server(("127.0.0.1", held.number)) as server,
            socket.create_connection(server.getsockname()) as client,
            server.accept()[0] as peer,
        ):
            peer.sendall(b"here")
            assert client.recv(4) == b"here"


def test_held_port__for_others__is_taken():
    """Who does not come as its program does is turned away, although nobody listens."""
    held = HeldPort()

    with (
        socket.socket() as other,
        pytest.raises(OSError, match="Address already in use"),
    ):
        other.bind(("127.0.0.1", held.number))
