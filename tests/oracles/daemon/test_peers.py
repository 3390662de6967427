# SPDX-License-Identifier: AGPL-3.0-only
"""Peers that serve nonsense cost their own signature, and nothing else."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hashrate.core.types import UsdE8
from hashrate.reports.report import (
    OracleDomain,
    SignedDayReport,
    sign_day_report,
    sign_output_report,
)
from hashrate.reports.report_file import SignedReport, report_to_json
from hashrate.service.fetch import Bounds
from oracles.observability.metrics import Metrics
from oracles.peers.client import MAX_BODY_BYTES, Peers, require_same
from oracles.peers.errors import PeerBehindError, PeerReportError
from testing.daemon_parts import ManualClock
from testing.daemon_process import PATIENCE_SECONDS
from tests.oracles.builders import (
    DOMAIN,
    make_day_report,
    make_output_report,
    reporter,
)

PRICE = UsdE8(6_500_000_000_000)
MEMBERS = [reporter(number).address for number in (1, 2, 3)]
LIMITS = Bounds(timeout_seconds=60.0, total_seconds=60.0, max_bytes=MAX_BODY_BYTES)
BRIEF = Bounds(timeout_seconds=0.5, total_seconds=1.0, max_bytes=MAX_BODY_BYTES)
SLOW_SECONDS = 60
SLOW = ("trickling", "trickling headers", "silent")  # the others end by themselves


class Peer:
    """A server on loopback that answers as a test tells it."""

    def __init__(self, write: Callable[[BaseHTTPRequestHandler], None]) -> None:

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    write(self)
                except OSError:
                    return  # the client hung up: that is what it should do

            def log_message(self, *_: object) -> None:
                """Send nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def peer() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], None]], Peer]]:
    """Start peers; they end with the test."""
    started: list[Peer] = []

    def start(write: Callable[[BaseHTTPRequestHandler], None]) -> Peer:
        started.append(Peer(write))
        return started[-1]

    yield start
    for each in started:
        each.close()


def body(text: bytes, status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with a body."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    return write


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Answer without end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 4_096)


def trickling(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, never too slow for a read, never done."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(20 * SLOW_SECONDS):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def trickling_headers(handler: BaseHTTPRequestHandler) -> None:
    """Begin an answer and let its header drip in, never too slow for a read, never done."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    for _ in range(20 * SLOW_SECONDS):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.05)


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Send nothing."""
    time.sleep(SLOW_SECONDS)


def signed(number: int = 2, **changes: object) -> SignedDayReport:
    """Make a reporter's signed day report."""
    domain = changes.pop("domain", DOMAIN)
    assert isinstance(domain, OracleDomain)
    return sign_day_report(reporter(number), domain, make_day_report(**changes), PRICE)


def forged() -> bytes:
    """Return a report whose signature is not its signer's."""
    document = json.loads(report_to_json(signed()))
    document["signatures"][0]["btc_usd_e8"] = "1"
    return json.dumps(document).encode()


OURS = signed(1)
OTHER_CHAIN = OracleDomain(1, DOMAIN.verifying_contract)
BAD_ANSWERS = {
    "garbage": body(b"\x00\xff not json"),
    "html": body(b"<html>busy</html>", 502),
    "empty": body(b""),
    "null": body(b"null"),
    "deep": body(b"[" * 30_000),
    "oversized": body(b" " * (MAX_BODY_BYTES + 1)),
    "endless": endless,
    "trickling": trickling,
    "trickling headers": trickling_headers,
    "silent": silent,
    "redirect": body(b"", 302),
    "wrong signature": body(forged()),
    "other chain": body(report_to_json(signed(domain=OTHER_CHAIN)).encode()),
    "other facts": body(report_to_json(signed(fees_sats=1)).encode()),
    "other revision": body(report_to_json(signed(revision=1)).encode()),
    "stranger": body(report_to_json(signed(9)).encode()),
    "output": body(
        report_to_json(sign_output_report(reporter(2), DOMAIN, make_output_report())).encode()
    ),
}


@pytest.mark.integration
@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_gather__peer_serves_nonsense__only_the_good_peer_counts(
    name: str, peer: Callable[[Callable[[BaseHTTPRequestHandler], None]], Peer]
) -> None:
    """The good peer's signature arrives, the bad one's does not, in bounded time."""
    bad, good = peer(BAD_ANSWERS[name]), peer(body(report_to_json(signed(3)).encode()))
    limits = BRIEF if name in SLOW else LIMITS
    peers = Peers([bad.url, good.url], Metrics(), ManualClock(0), limits)
    gathered: list[tuple[str, SignedReport]] = []
    deadline = time.monotonic() + PATIENCE_SECONDS

    while not gathered and time.monotonic() < deadline:
        began = time.monotonic()
        # anew where a busy machine holds up the good one as well
        gathered = peers.gather(OURS, MEMBERS)
        assert time.monotonic() - began < SLOW_SECONDS / 2

    assert [part.signatures[0].signer for _, part in gathered] == [MEMBERS[2]]
    peers.close()


@pytest.mark.integration
def test_gather__nobody_there__returns_nothing() -> None:
    """A peer that is down is no error of ours."""
    peers = Peers(["http://127.0.0.1:9"], Metrics(), ManualClock(0), LIMITS)

    assert peers.gather(OURS, MEMBERS) == []
    peers.close()


@pytest.mark.unit
def test_require_same__fees_differ__names_the_field() -> None:
    """A peer that holds something else to be true is told by field and values."""
    with pytest.raises(PeerReportError, match="fees_sats: 7000000000 here, 1 there"):
        require_same(OURS, signed(fees_sats=1), MEMBERS)


@pytest.mark.unit
def test_require_same__other_revision__is_behind() -> None:
    """A peer that has not seen a veto yet is no liar."""
    with pytest.raises(PeerBehindError, match="revision"):
        require_same(OURS, signed(revision=1), MEMBERS)


@pytest.mark.unit
def test_require_same__several_signatures__gives_each() -> None:
    """A peer may pass on others' signatures."""
    both = SignedDayReport(DOMAIN, OURS.report, (*signed(2).signatures, *signed(3).signatures))

    parts = require_same(OURS, both, MEMBERS)

    assert [part.signatures[0].signer for part in parts] == MEMBERS[1:]
