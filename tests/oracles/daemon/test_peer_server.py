# SPDX-License-Identifier: AGPL-3.0-only
"""What the peer endpoint answers, to whatever is asked."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from hashrate.core.types import UsdE8
from hashrate.core.units import iso_from_day
from hashrate.reports.report import sign_day_report, sign_output_report
from hashrate.reports.report_file import report_from_json
from hashrate.service.listener import Listener
from oracles.journal.journal import Evidence, Journal
from oracles.journal.store import open_store
from oracles.peers.server import make_peer_app
from testing.asking import ask
from testing.daemon_parts import ManualClock
from tests.oracles.builders import (
    DOMAIN,
    SERIES,
    make_day_report,
    make_output_report,
    reporter,
)

DAY = make_day_report().facts.day
SIGNED = sign_day_report(reporter(1), DOMAIN, make_day_report(), UsdE8(6_500_000_000_000))
OUTPUT = sign_output_report(reporter(1), DOMAIN, make_output_report())
SECRET = "https://user:hunter2@node.example/key"
STATUSES = {200, 400, 404, 405}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starlette]:
    """An endpoint with one day and one output, and a secret in the evidence that nobody serves."""
    folder: Path = tmp_path_factory.mktemp("peer")
    store = open_store(folder / "journal.sqlite3")
    journal = Journal(store, ManualClock(0))
    seen = Evidence("facts", "node", SECRET, "", SECRET)
    journal.add_report(SIGNED, SECRET, [seen])
    journal.add_report(OUTPUT, SECRET, [seen])
    yield make_peer_app(journal)
    store.close()


@pytest.mark.unit
def test_day__signed__returns_the_report(app: Starlette) -> None:
    """What is served reads as a report, signature and all."""
    answer = ask(app, f"/v1/reports/{iso_from_day(DAY)}")

    assert answer.status_code == 200
    assert report_from_json(answer.text) == SIGNED


@pytest.mark.unit
@pytest.mark.parametrize("series", [SERIES, SERIES.lower()])
def test_output__signed__returns_the_report(app: Starlette, series: str) -> None:
    """An output is found by its series and day."""
    answer = ask(app, f"/v1/outputs/{series}/{iso_from_day(DAY)}")

    assert report_from_json(answer.text) == OUTPUT


@pytest.mark.unit
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/reports/2024-04-21", 404),
        ("/v1/reports/2024-4-21", 400),
        ("/v1/reports/2024-02-30", 400),
        ("/v1/reports/0001-01-01", 400),
        ("/v1/reports/19833", 400),
        ("/v1/reports/", 404),
        ("/v1/reports/2024-04-20/x", 404),
        ("/v1/reports/%32%30%32%34-04-20", 200),
        (f"/v1/outputs/{SERIES}/2024-04-21", 404),
        (f"/v1/outputs/{SERIES[:-1]}/2024-04-20", 400),
        (f"/v1/outputs/{SERIES.upper()}/2024-04-20", 400),
        ("/", 404),
        ("/v1/../journal.sqlite3", 404),
        ("/docs", 404),
        ("/openapi.json", 404),
    ],
)
def test_path__asked__returns_the_status(app: Starlette, path: str, status: int) -> None:
    """Only the two documented paths exist, and days and series are read strictly."""
    assert ask(app, path).status_code == status


@pytest.mark.unit
@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/v1/reports/2024-04-21", {"reason": "unknown", "message": "no report"}),
        (
            "/v1/reports/2024-4-21",
            {"reason": "malformed", "message": "a day is written YYYY-MM-DD"},
        ),
    ],
)
def test_path__no_report__says_why_to_programs_too(
    app: Starlette, path: str, error: dict[str, str]
) -> None:
    """A word for programs, a line for people."""
    assert ask(app, path).json() == {"error": error}


@pytest.mark.unit
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_method__not_reading__is_refused(app: Starlette, method: str) -> None:
    """Nothing can be written."""
    assert ask(app, f"/v1/reports/{iso_from_day(DAY)}", method).status_code == 405


segments = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"\d{4}-\d\d-\d\d", fullmatch=True),
    st.from_regex(r"0x[0-9a-fA-F]{40}", fullmatch=True),
    st.sampled_from(["..", ".", "", "%", "%00", "%ff", "reports", "outputs", SERIES]),
)


@pytest.mark.unit
@settings(deadline=None)
@given(st.sampled_from(["reports", "outputs"]), st.lists(segments, max_size=3))
def test_path__anything__never_crashes_and_shows_no_secret(
    app: Starlette, kind: str, parts: list[str]
) -> None:
    """Whatever the path: a short answer of a known status."""
    path = "/".join(["", "v1", kind, *(part.replace("?", "").replace("#", "") for part in parts)])
    try:
        answer = ask(app, path)
    except (httpx.InvalidURL, UnicodeEncodeError):
        return  # the client itself would not send it

    assert answer.status_code in STATUSES | {307}
    assert len(answer.content) < 5_000
    assert "hunter2" not in answer.text + str(answer.headers)


@pytest.fixture(scope="module")
def port(app: Starlette) -> Iterator[int]:
    """The endpoint on a real socket."""
    listener = Listener(app, "127.0.0.1", 0)
    listener.start()
    yield listener.port
    listener.stop()


def converse(port: int, data: bytes) -> bytes:
    """Send bytes, read until the server hangs up or is silent for a moment."""
    with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
        answer = bytearray()
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65_536):
                answer += chunk
        except OSError:
            return bytes(answer)  # it hung up first, or waits for the rest
        return bytes(answer)


@pytest.mark.integration
def test_socket__endless_header__is_cut_off(port: int) -> None:
    """A header without end is refused before it fills the memory."""
    answer = converse(port, b"GET /v1/reports/2024-04-20 HTTP/1.1\r\nx: " + b"a" * 5_000_000)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


@pytest.mark.integration
def test_socket__large_body__is_not_read_as_anything(port: int) -> None:
    """A body is never looked at."""
    head = b"POST /v1/reports/2024-04-20 HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\n\r\n"

    answer = converse(port, head + b"a" * 3_000_000)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 405")
