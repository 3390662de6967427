# SPDX-License-Identifier: AGPL-3.0-only
"""What traders hand in: orders, many at once, and a maker's word that one is off."""

import asyncio
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hashrate.core.errors import HashrateError
from hashrate.orders.documents import MAX_ORDER_BYTES
from hashrate.orders.withdrawal import MAX_WITHDRAWAL_BYTES, withdrawal_from_json
from hashrate.service.errors import (
    BrokenBodyError,
    LargeBodyError,
    LateBodyError,
    MediaTypeError,
    RequestError,
)
from hashrate.service.listener import client_name
from hashrate.service.refusals import answer, dump, refusal_of, refuse, word_of
from relay.errors import RELAY_REFUSALS
from relay.intake import Intake

MOST_IN_BATCH = 20
_MOST_DIGITS = 10  # of a content-length


class Writes:
    """Answers who hands something in."""

    def __init__(self, intake: Intake, body_seconds: float) -> None:
        self._intake = intake
        self._body_seconds = body_seconds

    async def submit(self, request: Request) -> Response:
        """Take an order in."""
        _require_type(request, "application/json")
        body = await self._body(request, MAX_ORDER_BYTES)
        listed, is_new = await self._intake.submit(body, client_of(request))
        return answer(b"".join([b'{"order":', listed.json, b"}"]), 201 if is_new else 200)

    async def submit_batch(self, request: Request) -> Response:
        """Take several orders in, one a line; each is answered as if it had come alone."""
        _require_type(request, "application/x-ndjson")
        body = await self._body(request, MOST_IN_BATCH * (MAX_ORDER_BYTES + 1))
        lines = [line for line in body.split(b"\n") if line.strip()]
        if not 1 <= len(lines) <= MOST_IN_BATCH:
            raise RequestError(f"not 1 to {MOST_IN_BATCH} orders, one a line")
        results = [await self._submit_one(line, client_of(request)) for line in lines]
        return answer(dump({"results": results}))

    async def withdraw(self, request: Request) -> Response:
        """Take an order off by its maker's word. The chain does not hear of it."""
        _require_type(request, "application/json")
        given = withdrawal_from_json(await self._body(request, MAX_WITHDRAWAL_BYTES))
        if not await self._intake.withdraw(given, client_of(request)):
            return refuse(404, "unknown", "no such order is open")
        said = {"hash": given.order_hash, "is_off_book": True, "is_cancelled_on_chain": False}
        return answer(dump(said))

    async def _submit_one(self, line: bytes, client: str) -> dict[str, Any]:
        try:
            listed, is_new = await self._intake.submit(line, client)
        except HashrateError as error:
            found = refusal_of(error, RELAY_REFUSALS)
            word, message = word_of(error, RELAY_REFUSALS), found.message or str(error)
            return {"status": found.status, "error": {"reason": word, "message": message}}
        return {"status": 201 if is_new else 200, "hash": listed.hash}

    async def _body(self, request: Request, most: int) -> bytes:
        """Read a body, no further than allowed.

        Raises:
            RequestError: it is too large, or does not come.
        """
        too_large = LargeBodyError(f"more than {most} bytes")
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > _MOST_DIGITS or int(length) > most:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self._body_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise too_large
        except TimeoutError:
            raise LateBodyError("the body did not arrive in time") from None
        except ClientDisconnect:
            raise BrokenBodyError("the client went away") from None
        return bytes(body)


def client_of(request: Request) -> str:
    """Name who asks."""
    return client_name(request.client.host) if request.client else ""


def _require_type(request: Request, wanted: str) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted:
        raise MediaTypeError(f"content-type: not {wanted}")
