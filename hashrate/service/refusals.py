# SPDX-License-Identifier: AGPL-3.0-only
"""What servers answer, and how each kind of error reads there: one status and one word."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from hashrate.service.errors import (
    BrokenBodyError,
    LargeBodyError,
    LateBodyError,
    MediaTypeError,
    RequestError,
    TooManyError,
)

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """How an error is answered.

    Attributes:
        status: of HTTP.
        word: for programs; None for the error's own `reason`.
        message: for people; None for the error's own.
        retry_seconds: when to try again [s]; None for the error's own, if it has one.
        closes: the rest of the request is not read.
    """

    status: int
    word: str | None
    message: str | None = None
    retry_seconds: int | None = None
    closes: bool = False


Refusals = Mapping[type[Exception], Refusal]
"""By kind of error; what holds for a kind holds for the kinds below it."""

REFUSALS: Refusals = {
    RequestError: Refusal(400, "malformed"),
    BrokenBodyError: Refusal(400, "malformed", closes=True),
    LateBodyError: Refusal(408, "malformed", closes=True),
    LargeBodyError: Refusal(413, "malformed", closes=True),
    MediaTypeError: Refusal(415, "malformed"),
    TooManyError: Refusal(429, "too_many"),
}
"""What every server shares; each adds the errors of what it serves."""


def refusal_of(error: Exception, refusals: Refusals) -> Refusal:
    """Find how an error is answered; one that is not expected is raised again."""
    for kind in type(error).__mro__:
        if (found := refusals.get(kind)) is not None:
            return found
    raise error


def word_of(error: Exception, refusals: Refusals) -> str:
    """Name an error for programs; one that is not expected is raised again."""
    return refusal_of(error, refusals).word or str(getattr(error, "reason", ""))


def answer_to(error: Exception, refusals: Refusals) -> Response:
    """Turn an error into an answer; one that is not expected is raised again."""
    found = refusal_of(error, refusals)
    retry = found.retry_seconds or getattr(error, "retry_seconds", None)
    headers = {"connection": "close"} if found.closes else {}
    if retry is not None:
        headers["retry-after"] = str(retry)
    return refuse(found.status, word_of(error, refusals), found.message or str(error), headers)


def refuse(
    status: int, word: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a refusal: a word for programs, a message for people."""
    return answer(dump({"error": {"reason": word, "message": message}}), status, headers)


def answer(
    body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with JSON."""
    together = {**_HEADERS, **(headers or {})}
    return Response(body, status_code=status, media_type="application/json", headers=together)


def dump(value: Any) -> bytes:
    """Write JSON without blanks."""
    return json.dumps(value, separators=(",", ":")).encode()
