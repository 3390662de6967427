# SPDX-License-Identifier: AGPL-3.0-only
"""Ask an application without a socket."""

import asyncio
from typing import Any

import httpx2 as httpx
from starlette.applications import Starlette


def ask(app: Starlette, path: str, method: str = "GET", **request: Any) -> httpx.Response:
    """Ask, and return the answer."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://peer") as client:
            return await client.request(method, path, **request)

    return asyncio.run(go())
