# SPDX-License-Identifier: AGPL-3.0-only
"""Gather signed reports from peers: bounded in time and size, believed in nothing.

A peer can refuse to answer, answer slowly, answer garbage or answer a lie; each costs its own
signature and nothing else.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from urllib.parse import urlsplit

import structlog
from eth_typing import ChecksumAddress

from hashrate.core.errors import HashrateError
from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from hashrate.reports.report import SignedDayReport, SignedOutputReport
from hashrate.reports.report_file import report_from_json
from hashrate.service.clock import Clock
from hashrate.service.errors import NoAnswerError
from hashrate.service.fetch import BlockingFetcher, Bounds, Request
from oracles.observability.metrics import Metrics
from oracles.peers.errors import PeerBehindError, PeerReportError

_LOG = structlog.get_logger(__name__)
_NOT_FOUND = 404
_BEHIND = {"revision", "membership_version"}
MAX_BODY_BYTES = 64 * 1024
_CALL_SECONDS = 3_600
BOUNDS = Bounds(timeout_seconds=3.0, total_seconds=6.0, max_bytes=MAX_BODY_BYTES)

SignedReport = SignedDayReport | SignedOutputReport


class Peers:
    """The other reporters."""

    def __init__(
        self, urls: Sequence[str], metrics: Metrics, clock: Clock, bounds: Bounds = BOUNDS
    ) -> None:
        """Name the peers by the base of their addresses; nothing is asked yet."""
        self._clock = clock
        self._called_at: int | None = None
        self._urls = tuple(url.rstrip("/") for url in urls)
        self._metrics = metrics
        self._fetcher = BlockingFetcher(bounds, {"accept": "application/json"})

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def gather(
        self, ours: SignedReport, reporters: Sequence[ChecksumAddress]
    ) -> list[tuple[str, SignedReport]]:
        """Ask every peer at once for its signature over the report we signed.

        Args:
            ours: the report with our own signature.
            reporters: whose signatures the contract takes.

        Returns:
            The peers' names and their reports, one signature each, checked.
        """
        if not self._urls:
            return []
        path = report_path(ours)
        with ThreadPoolExecutor(max_workers=len(self._urls)) as pool:
            answers = list(pool.map(lambda url: self._ask(url, path, ours, reporters), self._urls))
        return [part for parts in answers for part in parts]

    def call(self, day: DayIndex) -> None:
        """See once an hour whether every peer answers at all; a day may need none of them."""
        now = self._clock.now()
        if self._called_at is not None and 0 <= now - self._called_at < _CALL_SECONDS:
            return
        self._called_at = now
        if not self._urls:
            return
        path = f"/v1/reports/{iso_from_day(day)}"
        with ThreadPoolExecutor(max_workers=len(self._urls)) as pool:
            list(pool.map(lambda url: self._call(url, path), self._urls))

    def _call(self, url: str, path: str) -> None:
        name = name_of(url)
        try:
            self._fetch(url + path)
        except (NoAnswerError, UnicodeDecodeError) as error:
            _LOG.warning("peer_unreachable", peer=name, path=path, why=str(error))
            self._metrics.peer_answers.labels(name, "unreachable").inc()
            return
        self._answered(name)

    def _answered(self, name: str) -> None:
        self._metrics.peer_answer.labels(name).set(self._clock.now())

    def _ask(
        self, url: str, path: str, ours: SignedReport, reporters: Sequence[ChecksumAddress]
    ) -> list[tuple[str, SignedReport]]:
        name = name_of(url)
        try:
            text = self._fetch(url + path)
            if text is None:
                self._metrics.peer_answers.labels(name, "none_yet").inc()
                self._answered(name)
                return []
            theirs = report_from_json(text)
            parts = require_same(ours, theirs, reporters)
        except PeerBehindError as error:
            _LOG.warning("peer_behind", peer=name, path=path, why=str(error))
            self._metrics.peer_answers.labels(name, "behind").inc()
            self._answered(name)
            return []
        except PeerReportError as error:
            _LOG.error("peer_differs", peer=name, path=path, why=str(error))
            self._metrics.peer_answers.labels(name, "differs").inc()
            return []
        except (NoAnswerError, UnicodeDecodeError) as error:
            _LOG.warning("peer_unreachable", peer=name, path=path, why=str(error))
            self._metrics.peer_answers.labels(name, "unreachable").inc()
            return []
        except HashrateError as error:
            _LOG.error("peer_unusable", peer=name, path=path, why=str(error)[:300])
            self._metrics.peer_answers.labels(name, "unusable").inc()
            return []
        self._metrics.peer_answers.labels(name, "agrees").inc()
        self._answered(name)
        return [(name, part) for part in parts]

    def _fetch(self, url: str) -> str | None:
        """Read an answer, None if the peer has none yet."""
        answer = self._fetcher.fetch(Request("GET", url))
        if answer.status == _NOT_FOUND:
            return None
        if not answer.is_success:
            raise NoAnswerError(f"status {answer.status}")
        return answer.body.decode()


def name_of(url: str) -> str:
    """Return how a peer is called: its host, as logs and metrics write it."""
    return urlsplit(url).netloc


def report_path(signed: SignedReport) -> str:
    """Return the path below which every reporter serves such a report."""
    if isinstance(signed, SignedOutputReport):
        return f"/v1/outputs/{signed.report.series}/{iso_from_day(signed.report.day)}"
    return f"/v1/reports/{iso_from_day(signed.report.facts.day)}"


def require_same(
    ours: SignedReport, theirs: SignedReport, reporters: Sequence[ChecksumAddress]
) -> list[SignedReport]:
    """Check that a peer signed what we signed, and return its report once for each signature.

    Raises:
        PeerBehindError: it is about another revision or membership.
        PeerReportError: it is about something else, or a stranger signed it.
    """
    here, there = _values(ours), _values(theirs)
    different = [name for name in here if here[name] != there.get(name)]
    if different:
        name = different[0]
        kind = PeerBehindError if set(different) <= _BEHIND else PeerReportError
        raise kind(f"{name}: {here[name]} here, {there.get(name)} there")
    for signature in theirs.signatures:
        if signature.signer not in reporters:
            raise PeerReportError(f"signer: {signature.signer} is no reporter")
    if isinstance(theirs, SignedDayReport):
        return [replace(theirs, signatures=(priced,)) for priced in theirs.signatures]
    return [replace(theirs, signatures=(plain,)) for plain in theirs.signatures]


def _values(signed: SignedReport) -> dict[str, object]:
    """Return all that must be the same, by name: everything but the signatures."""
    report = asdict(signed.report)
    facts = report.pop("facts", {})
    return {"kind": type(signed).__name__, **asdict(signed.domain), **facts, **report}
