# SPDX-License-Identifier: AGPL-3.0-only
"""Serve this reporter's signed reports: read-only, strict and bounded.

A request is a method and a path; query, headers and body are never looked at. What is served is
public by nature: a signed report is made to be posted on chain.
"""

import re
from collections.abc import Callable

from eth_typing import ChecksumAddress
from eth_utils.address import is_checksum_address, to_checksum_address
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hashrate.core.errors import JournalError, NumberFormatError
from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso
from hashrate.reports.report_file import report_to_json
from oracles.journal.journal import Journal, Subject
from oracles.journal.models import ReportKind

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class _BadPathError(Exception):
    """A part of the path is not what it should be."""


def make_peer_app(journal: Journal) -> Starlette:
    """Make the application that peers ask."""

    async def day_report(request: Request) -> Response:
        return await _answer(lambda: Subject(ReportKind.DAY, _day(request)))

    async def output_report(request: Request) -> Response:
        return await _answer(lambda: Subject(ReportKind.OUTPUT, _day(request), _series(request)))

    async def _answer(read_subject: Callable[[], Subject]) -> Response:
        try:
            subject = read_subject()
        except _BadPathError as error:
            return _text(400, str(error))
        try:
            held = await run_in_threadpool(journal.held_report, subject)
        except JournalError:
            return _text(503, "the journal cannot be read")
        if held is None:
            return _text(404, "no report")
        body = report_to_json(held.signed)
        return Response(body, media_type="application/json", headers=_HEADERS)

    routes = [
        Route("/v1/reports/{day}", day_report, methods=["GET"]),
        Route("/v1/outputs/{series}/{day}", output_report, methods=["GET"]),
    ]
    return Starlette(routes=routes)


def _day(request: Request) -> DayIndex:
    try:
        day = day_from_iso(str(request.path_params["day"]))
    except NumberFormatError:
        raise _BadPathError("a day is written YYYY-MM-DD") from None
    if day < 0:
        raise _BadPathError("a day is 1970-01-01 or later")
    return day


def _series(request: Request) -> ChecksumAddress:
    text = str(request.path_params["series"])
    if not _ADDRESS.fullmatch(text):
        raise _BadPathError("a series is an address")
    if not text.islower() and not is_checksum_address(text):
        raise _BadPathError("the address has a wrong checksum")
    return to_checksum_address(text)


def _text(status: int, line: str) -> Response:
    return PlainTextResponse(line + "\n", status_code=status, headers=_HEADERS)
