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
from starlette.responses import Response
from starlette.routing import Route

from hashrate.core.errors import HashrateError, NumberFormatError
from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso
from hashrate.reports.report_file import report_to_json
from hashrate.service.errors import RequestError
from hashrate.service.refusals import REFUSALS, Refusal, answer, answer_to, refuse
from oracles.journal.errors import JournalError
from oracles.journal.journal import Journal, Subject
from oracles.journal.models import ReportKind

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)

PEER_REFUSALS = {
    **REFUSALS,
    JournalError: Refusal(503, "unavailable", "the journal cannot be read"),
}
"""How a reporter answers what goes wrong."""


def make_peer_app(journal: Journal) -> Starlette:
    """Make the application that peers ask."""

    async def day_report(request: Request) -> Response:
        return await _answer(lambda: Subject(ReportKind.DAY, _day(request)))

    async def output_report(request: Request) -> Response:
        return await _answer(lambda: Subject(ReportKind.OUTPUT, _day(request), _series(request)))

    async def _answer(read_subject: Callable[[], Subject]) -> Response:
        try:
            held = await run_in_threadpool(journal.held_report, read_subject())
        except HashrateError as error:
            return answer_to(error, PEER_REFUSALS)
        if held is None:
            return refuse(404, "unknown", "no report")
        return answer(report_to_json(held.signed))

    routes = [
        Route("/v1/reports/{day}", day_report, methods=["GET"]),
        Route("/v1/outputs/{series}/{day}", output_report, methods=["GET"]),
    ]
    return Starlette(routes=routes)


def _day(request: Request) -> DayIndex:
    try:
        day = day_from_iso(str(request.path_params["day"]))
    except NumberFormatError:
        raise RequestError("a day is written YYYY-MM-DD") from None
    if day < 0:
        raise RequestError("a day is 1970-01-01 or later")
    return day


def _series(request: Request) -> ChecksumAddress:
    text = str(request.path_params["series"])
    if not _ADDRESS.fullmatch(text):
        raise RequestError("a series is an address")
    if not text.islower() and not is_checksum_address(text):
        raise RequestError("the address has a wrong checksum")
    return to_checksum_address(text)
