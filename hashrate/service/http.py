# SPDX-License-Identifier: AGPL-3.0-only
"""Ask a source over HTTP: politely, a bounded number of times, every answer recorded.

What is recorded and what an error says is built from the public parts of a request only; what the
server itself said is shown with every known secret struck out.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import urlencode

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from hashrate.core.types import Observation
from hashrate.service.errors import (
    EncodedAnswerError,
    LargeAnswerError,
    NoAnswerError,
    SourceRefusedError,
    SourceShapeError,
    SourceTooLargeError,
    SourceUnavailableError,
)
from hashrate.service.fetch import Answer, Fetcher, Request
from hashrate.service.http_parts import (
    Credentials,
    HttpLimits,
    Now,
    Recorder,
    Renew,
    Reply,
    checked_address,
    time_from_date,
    with_params,
    with_prefix,
)

_UNAUTHORIZED, _TOO_MANY_REQUESTS = 401, 429
_SERVER_ERROR = 500
_MAX_HOLD_SECONDS = 86_400
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_EXCERPT = 120  # characters


class _PassingError(SourceUnavailableError):
    """What may be asked again at once: 429, a server's error, or no answer at all."""

    def __init__(self, message: str, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class HttpClient:
    """Asks one service, from one event loop; a source owns one."""

    def __init__(
        self,
        source_id: str,
        base_url: str,
        recorder: Recorder,
        clock: Now,
        credentials: Credentials | None = None,
        limits: HttpLimits | None = None,
        renew: Renew | None = None,
    ) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            source_id: names the source in observations and errors.
            base_url: `http` or `https`, without user, query and fragment.
            recorder: keeps every answer.
            clock: dates the answers.
            credentials: the secret parts of every request.
            limits: see there.
            renew: gives the credentials as they are now; asked after a 401.

        Raises:
            SourceSpecError: an unusable address.
        """
        self.source_id = source_id
        self.limits = limits or HttpLimits()
        self._base_url = checked_address(source_id, base_url)
        self._recorder = recorder
        self._clock = clock
        self._renew = renew
        self._pace = asyncio.Lock()
        self._next_at = self._held_until = 0.0
        self._secrets: list[str] = []
        self._use(credentials or Credentials())

    async def __aenter__(self) -> Self:
        """Do nothing; see `aclose`."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._fetcher.aclose()

    def _use(self, credentials: Credentials) -> None:
        """Ask with these credentials from now on; earlier ones stay secret."""
        self._credentials = credentials
        self._secrets = sorted({*self._secrets, *credentials.secrets()}, key=len, reverse=True)
        auth = (credentials.user, credentials.password)
        self._fetcher = Fetcher(self.limits, credentials.headers, auth if any(auth) else None)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """Ask for a path; see `post_json`."""
        return await self._ask("GET", path, dict(params or {}), None, "", frozenset())

    async def post_json(
        self, path: str, body: Any, subject: str = "", answers: frozenset[int] = frozenset()
    ) -> Reply:
        """Send JSON and give the answer.

        Args:
            path: below the base address; may be empty.
            body: what to send.
            subject: what is asked for, for the record. Not a secret.
            answers: statuses other than 2xx that are answers where their body is JSON.

        Raises:
            SourceUnavailableError: no usable answer after bounded attempts.
            SourceRefusedError: a status that is neither success nor worth another attempt.
            SourceShapeError: the body is encoded although that was declined.
            SourceTooLargeError: the body is too large.
        """
        return await self._ask("POST", path, {}, json.dumps(body).encode(), subject, answers)

    async def post_form(self, path: str, fields: Mapping[str, str], subject: str) -> Reply:
        """Send a form and give the answer; see `post_json`. None of the fields is recorded."""
        body = urlencode(fields).encode()
        return await self._ask("POST", path, {}, body, subject, frozenset(), _FORM)

    def excerpt(self, text: object) -> str:
        """Shorten what a server said to one printable line without secrets."""
        line = " ".join(str(text).split())
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return "".join(c for c in line if c.isprintable())[:_EXCERPT]

    async def _ask(
        self,
        method: str,
        path: str,
        params: dict[str, str],
        body: bytes | None,
        subject: str,
        answers: frozenset[int],
        kind: str = _JSON,
    ) -> Reply:
        asking = (method, path, params, body, subject, answers, kind)
        try:
            return await self._ask_now(*asking)
        except SourceRefusedError as error:
            if error.status != _UNAUTHORIZED or not await self._has_new_credentials():
                raise
        return await self._ask_now(*asking)

    async def _has_new_credentials(self) -> bool:
        """Read the credentials again; return whether they are others now."""
        if self._renew is None:
            return False
        renewed = self._renew()
        if renewed == self._credentials:
            return False
        await self._fetcher.aclose()
        self._use(renewed)
        return True

    async def _ask_now(
        self,
        method: str,
        path: str,
        params: dict[str, str],
        body: bytes | None,
        subject: str,
        answers: frozenset[int],
        kind: str,
    ) -> Reply:
        if (left := self._held_until - time.monotonic()) > 0:
            raise SourceUnavailableError(f"{self.source_id}: left alone for {left:.0f} s more")
        public = with_params(self._base_url + path, params)
        secret = with_prefix(self._base_url, self._credentials.path_prefix) + path
        request = Request(method, secret, {**params, **self._credentials.params}, body, kind)
        retrying = AsyncRetrying(
            sleep=asyncio.sleep,
            stop=stop_after_attempt(self.limits.attempts),
            wait=self._wait_seconds,
            retry=retry_if_exception(self._is_worth_another),
            reraise=True,
        )
        try:
            reply: Reply = await retrying(self._attempt, request, public, subject, answers)
        except _PassingError as error:
            self._hold_after(error)
            raise SourceUnavailableError(str(error)) from None
        return reply

    async def _attempt(
        self, request: Request, public: str, subject: str, answers: frozenset[int]
    ) -> Reply:
        await self._wait_for_turn()
        answer = Answer()
        try:
            await self._fetcher.fetch(request, answer)
        except LargeAnswerError as error:
            raise SourceTooLargeError(f"{self.source_id}: {error}") from None
        except EncodedAnswerError:
            raise SourceShapeError(self.source_id, "content-encoding", "was declined") from None
        except NoAnswerError as error:
            raise _PassingError(f"{self.source_id}: {error}") from None
        finally:
            if answer.status:
                observation = self._observe(request.method, public, subject, answer)
                self._recorder(observation)
        return self._judge(answer, observation, answers)

    def _observe(self, method: str, public: str, subject: str, answer: Answer) -> Observation:
        return Observation(
            source=self.source_id,
            method=method,
            url=public,
            subject=subject,
            status=answer.status,
            body_sha256=hashlib.sha256(answer.body).hexdigest(),
            size=len(answer.body),
            is_complete=answer.is_complete,
            fetched_at=self._clock(),
            server_time=time_from_date(answer.headers.get("date", "")),
        )

    def _judge(self, answer: Answer, observation: Observation, answers: frozenset[int]) -> Reply:
        """Return the reply; raise the reason if there is none."""
        body, status = bytes(answer.body), answer.status
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_page = kind == "text/html" or body.lstrip()[:1] == b"<"
        is_answer = status in answers and kind == "application/json"
        if not is_answer and not answer.is_success:
            self._refuse(answer, is_page)
        if is_page:
            raise SourceUnavailableError(f"{self.source_id}: answers with a web page")
        return Reply(self.source_id, body, observation)

    def _refuse(self, answer: Answer, is_page: bool) -> NoReturn:
        status = answer.status
        said = "a web page" if is_page else self.excerpt(answer.body.decode("utf-8", "replace"))
        message = f"{self.source_id}: status {status}" + (f", {said}" if said else "")
        if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
            raise _PassingError(message, status, self._retry_after(answer))
        raise SourceRefusedError(message, status)

    async def _wait_for_turn(self) -> None:
        async with self._pace:
            await asyncio.sleep(max(0.0, self._next_at - time.monotonic()))
            self._next_at = time.monotonic() + self.limits.interval_seconds

    def _wait_seconds(self, state: RetryCallState) -> float:
        jitter = wait_random_exponential(
            multiplier=self.limits.first_wait_seconds, max=self.limits.max_wait_seconds
        )(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, _PassingError) else None
        return max(jitter, asked or 0.0)

    def _is_worth_another(self, error: BaseException) -> bool:
        if not isinstance(error, _PassingError):
            return False
        return (error.retry_after or 0.0) <= self.limits.max_wait_seconds

    def _hold_after(self, error: _PassingError) -> None:
        """Leave a server alone that asked for it: the next step after 429 is a ban."""
        hold = error.retry_after or 0.0
        if error.status == _TOO_MANY_REQUESTS:
            hold = max(hold, self.limits.hold_seconds)
        self._held_until = time.monotonic() + min(hold, _MAX_HOLD_SECONDS)

    def _retry_after(self, answer: Answer) -> float | None:
        text = answer.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return min(float(text[:9]), _MAX_HOLD_SECONDS)
        date = time_from_date(text)
        return None if date is None else max(0.0, float(date - self._clock()))
