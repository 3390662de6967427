# SPDX-License-Identifier: AGPL-3.0-only
"""TCP ports on loopback."""

import socket

from commands.shell.errors import DevnetError
from hashrate.service.ports import LOOPBACK


def require_free(port: int, option: str) -> None:
    """Make sure that nothing listens on a port of loopback.

    Args:
        port: TCP port.
        option: of the command line, chooses another one, for the message.

    Raises:
        DevnetError: the port is taken, or may not be opened.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            why = error.strerror or str(error)
            raise DevnetError(f"port {port}: {why}; choose another one with {option}") from error
