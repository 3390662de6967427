# SPDX-License-Identifier: AGPL-3.0-only
"""The parts of a question to a source and of its reply: limits, secrets, addresses."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import httpx2

from hashrate.core.types import Observation, UnixSeconds
from hashrate.history.errors import SourceSpecError
from hashrate.service.errors import SourceShapeError
from hashrate.service.fetch import Bounds

Recorder = Callable[[Observation], None]
"""Keeps an observation; called for each answer before anything in it is believed."""
Now = Callable[[], UnixSeconds]
"""Returns the time [unix s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits(Bounds):
    """How long, how much and how often to ask.

    Attributes:
        attempts: of one request, the first included.
        first_wait_seconds: bound of the random wait before the second attempt; it doubles.
        max_wait_seconds: bound of any wait. A server that asks for more is left alone so long.
        interval_seconds: least time between two requests.
        hold_seconds: how long a server is left alone that keeps answering 429 and names no time.
    """

    attempts: int = 4
    first_wait_seconds: float = 0.5
    max_wait_seconds: float = 20.0
    interval_seconds: float = 0.0
    hold_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secret parts of a request; none is ever shown.

    Attributes:
        headers: name to secret value.
        params: secret query parameters.
        user: of basic authentication.
        password: of basic authentication.
        path_prefix: a secret beginning of every path, as hosted nodes have it.
        others: secrets that a source puts into its questions itself.
    """

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    path_prefix: str = field(default="", repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot stand in a header, such as the line break at the end of a file.

        Raises:
            SourceSpecError: a secret has a character that cannot be printed, or not by ASCII.
        """
        texts = [*self.headers.values(), *self.params.values(), self.path_prefix]
        if not all(text.isascii() and text.isprintable() for text in texts):
            raise SourceSpecError("a credential has a line break or another odd character")

    def secrets(self) -> list[str]:
        """Return every text that must not be shown, the longest first."""
        basic = b64encode(f"{self.user}:{self.password}".encode()).decode()
        texts = [*self.headers.values(), *self.params.values(), self.path_prefix.strip("/")]
        texts += self.others
        texts += [self.user, self.password, basic] if self.user or self.password else []
        return sorted({text for text in texts if text}, key=len, reverse=True)


Renew = Callable[[], Credentials]
"""Reads credentials again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer that is no refusal."""

    source: str
    body: bytes = field(repr=False)
    observation: Observation

    def json(self) -> Any:
        """Read the body as JSON; numbers with a point or an exponent become exact Decimals.

        Raises:
            SourceShapeError: it is not JSON.
        """
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, InvalidOperation, RecursionError):
            raise SourceShapeError(self.source, "body", "is not JSON") from None

    def text(self) -> str:
        """Read the body as one short line of text.

        Raises:
            SourceShapeError: it is not.
        """
        try:
            text = self.body.decode("ascii").strip()
        except UnicodeDecodeError:
            text = ""
        if not text or not text.isprintable():
            raise SourceShapeError(self.source, "body", "is not a line of text")
        return text


def checked_address(source_id: str, base_url: str) -> str:
    """Check a base address and drop its last slash.

    Raises:
        SourceSpecError: not http or https, or with a user, a query or a fragment.
    """
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        raise SourceSpecError(f"{source_id}: the address is not a URL") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise SourceSpecError(f"{source_id}: the address is neither http:// nor https://")
    if url.userinfo or url.query or url.fragment:
        raise SourceSpecError(
            f"{source_id}: user, password and parameters belong to the credentials, not the address"
        )
    return str(url).rstrip("/")


def with_prefix(base_url: str, prefix: str) -> str:
    """Put the secret beginning of every path behind the address."""
    return f"{base_url}/{prefix.strip('/')}" if prefix.strip("/") else base_url


def with_params(url: str, params: Mapping[str, str]) -> str:
    """Put a query behind an address."""
    return str(httpx2.URL(url, params=params or None))


def time_from_date(text: str) -> UnixSeconds | None:
    """Read an HTTP date [unix s]; None where it is none."""
    try:
        return UnixSeconds(int(parsedate_to_datetime(text).timestamp()))
    except (ValueError, OverflowError):
        return None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
