# SPDX-License-Identifier: AGPL-3.0-only
"""TCP ports on loopback that wait for a test's own programs."""

import socket
import sys
from weakref import finalize

from hashrate.service.ports import LOOPBACK


class HeldPort:
    """A port that nobody else on this machine is given as long as this object lives.

    A port that was free a moment ago is given to whoever asks for any meanwhile: another worker's
    server, or just somebody's connection. And a program that a test kills and starts again has to
    find its port free minutes later. So a socket stays bound to it and does not listen: Linux gives
    such a port to nobody who asks for any, and lets listen beside it who asks for this one with
    SO_REUSEADDR, as every server here does. Elsewhere the port is let go at once.
    """

    def __init__(self) -> None:
        """Bind a socket to any that is free."""
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, 0))
        self.number = int(holder.getsockname()[1])
        self.release = finalize(self, holder.close)
        """Let it go; done at the end of the object's life at the latest."""
        if sys.platform != "linux":
            self.release()
