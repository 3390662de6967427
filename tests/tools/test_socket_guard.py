# SPDX-License-Identifier: AGPL-3.0-only
"""The network stays shut, whatever a test does."""

import socket

import pytest

from testing.socket_guard import is_loopback

OUTSIDE = ("192.0.2.1", 9)  # a documentation address: nobody answers there


@pytest.mark.parametrize("host", ["localhost", b"localhost", "127.0.0.1", "127.9.9.9", "::1", None])
@pytest.mark.unit
def test_is_loopback__this_machine__returns_true(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "0.0.0.0", "::", "", "example.org", b"10.0.0.1"])
@pytest.mark.unit
def test_is_loopback__elsewhere__returns_false(host):
    assert not is_loopback(host)


@pytest.mark.unit
@pytest.mark.parametrize("address", [OUTSIDE, ("127.0.0.1", 9)])
def test_connect__unit_test__fails_the_test(address):
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match="no sockets"):
        client.connect(address)


@pytest.mark.unit
def test_bind__unit_test__fails_the_test():
    with socket.socket() as server, pytest.raises(pytest.fail.Exception, match="no sockets"):
        server.bind(("127.0.0.1", 0))


@pytest.mark.unit
def test_getaddrinfo__unit_test__fails_the_test():
    with pytest.raises(pytest.fail.Exception, match="no sockets"):
        socket.getaddrinfo("localhost", 80)


@pytest.mark.unit
def test_connect__unix_socket_in_unit_test__is_let_through(tmp_path):
    with socket.socket(socket.AF_UNIX) as client, pytest.raises(FileNotFoundError):
        client.connect(str(tmp_path / "nobody"))


@pytest.mark.integration
def test_connect__loopback_in_integration_test__reaches_the_server():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        server.accept()[0] as peer,
    ):
        peer.sendall(b"here")
        assert client.recv(4) == b"here"


@pytest.mark.integration
@pytest.mark.parametrize("host", ["192.0.2.1", "example.org"])
def test_connect__outside_in_integration_test__fails_the_test(host):
    with pytest.raises(pytest.fail.Exception, match="no sockets other than loopback"):
        socket.create_connection((host, 9), timeout=1)
