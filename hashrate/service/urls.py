# SPDX-License-Identifier: AGPL-3.0-only
"""Addresses of services, reduced to what may be shown."""

from urllib.parse import urlsplit

_MAX_PLAIN_SEGMENT = 20  # longer parts of a path are keys of a provider more often than names


def public_url(url: str) -> str:
    """Reduce an address to scheme, host, port and harmless path: no user, query or key."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port is not None else ""
    path = "/".join(
        segment if len(segment) <= _MAX_PLAIN_SEGMENT else "***"
        for segment in parts.path.rstrip("/").split("/")
    )
    return f"{parts.scheme}://{host}{port}{path}"
