# SPDX-License-Identifier: AGPL-3.0-only
"""Asks a running relay, which may be anybody's."""

import json
from types import TracebackType
from typing import Any, Self

from hashrate.orders.errors import RelayAnswerError
from hashrate.service.errors import NoAnswerError
from hashrate.service.fetch import Answer, BlockingFetcher, Bounds, Request

_BOUNDS = Bounds(timeout_seconds=10.0, total_seconds=30.0, max_bytes=4_000_000)
_MAX_COMPLAINT = 300


class RelayClient:
    """Asks one relay."""

    def __init__(self, url: str) -> None:
        """Name it by the base of its addresses; nothing is asked yet."""
        self._url = url.rstrip("/")
        self._fetcher = BlockingFetcher(_BOUNDS)

    def __enter__(self) -> Self:
        """Do nothing; see `__exit__`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._fetcher.close()

    def get(self, path: str = "") -> dict[str, Any]:
        """Read an answer that is a JSON object.

        Raises:
            RelayAnswerError: it cannot be reached, refuses, or answers with something else.
        """
        answer = self._ask("GET", path)
        require_success(answer)
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise RelayAnswerError(f"{self._url}{path}: the answer is not a JSON object")
        return value

    def submit(self, document: bytes) -> Answer:
        """Hand in an order.

        Raises:
            RelayAnswerError: it cannot be reached.
        """
        return self._ask("POST", "/orders", document)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        url = self._url + path
        try:
            return self._fetcher.fetch(Request(method, url, body=body))
        except NoAnswerError as error:
            raise RelayAnswerError(f"{url}: {error}") from error


def require_success(answer: Answer) -> None:
    """Check that a relay does not refuse.

    Raises:
        RelayAnswerError: it does.
    """
    if not answer.is_success:
        raise RelayAnswerError(f"the relay refuses: {complaint(answer)}")


def complaint(answer: Answer) -> str:
    """Explain why a relay refuses, in one line of what a terminal can show; it may be anybody's."""
    try:
        error = json.loads(answer.body)["error"]
        text = f"{error['reason']}: {error['message']}"[:_MAX_COMPLAINT]
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"HTTP {answer.status}"
    return "".join(each if each.isprintable() else "?" for each in text)
