# SPDX-License-Identifier: AGPL-3.0-only
"""Free ports on loopback."""

import socket


def free_port() -> int:
    """Find a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
