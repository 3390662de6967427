# SPDX-License-Identifier: AGPL-3.0-only
"""Serves the built page on loopback: static files, and the deployment it talks to."""

import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commands.shell.errors import DevnetError
from commands.shell.provenance import ROOT
from simulation.devnet.anvil import CHAIN_ID

DIST = ROOT / "web/dist"
_HEADERS = ((b"cache-control", b"no-cache"), (b"x-content-type-options", b"nosniff"))
# said here, because a system's own table may say otherwise, and a browser runs no text/plain
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


def deployment_document(
    rpc_url: str,
    oracle: str,
    registry: str,
    *,
    is_simulated: bool,
    lens: str | None = None,
    places: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Describe what the page needs to know about a local chain, as it fetches it.

    Args:
        rpc_url: of the node.
        oracle, registry: addresses.
        is_simulated: whether days are invented.
        lens: address; without one the page sends the lens' code along.
        places: what else the page shows, by the names of web/src/settings/deployment.ts.
    """
    return {
        "chain_id": str(CHAIN_ID),
        "chain_name": "Local devnet",
        "rpc_url": rpc_url,
        "explorer_url": None,
        "native_currency": {"name": "Ether", "symbol": "ETH", "decimals": 18},
        "oracle": oracle,
        "registry": registry,
        "lens": lens,
        "from_block": "0",
        "is_simulated": is_simulated,
        **(places or {}),
    }


def require_built(folder: Path = DIST) -> Path:
    """Return the folder of the built page.

    Raises:
        DevnetError: it was not built.
    """
    if not (folder / "index.html").is_file():
        raise DevnetError("the page is not built: install Node.js with npm, then `make web`")
    return folder


def make_app(folder: Path, deployment: Mapping[str, Any]) -> Starlette:
    """Make the application: the files of a folder and `deployment.json`."""
    for suffix, kind in _TYPES.items():
        mimetypes.add_type(kind, suffix)

    async def document(_: Request) -> JSONResponse:
        return JSONResponse(dict(deployment))

    return Starlette(
        routes=[
            Route("/deployment.json", document, methods=["GET"]),
            Mount("/", StaticFiles(directory=folder, html=True)),
        ],
        middleware=[Middleware(_WithHeaders), Middleware(GZipMiddleware)],
    )


class _WithHeaders:
    """Adds the same headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present: Iterable[tuple[bytes, bytes]] = message["headers"]
                message["headers"] = [*present, *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)
