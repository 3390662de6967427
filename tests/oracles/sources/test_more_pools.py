# SPDX-License-Identifier: AGPL-3.0-only
"""AntPool, ViaBTC and Ocean: what was credited on a day, in satoshi and TH/s."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from hashrate.core.types import MiningOutput, Sats, Wad
from hashrate.history.errors import SourceSpecError
from hashrate.service.errors import SourceShapeError, SourceUnavailableError
from hashrate.service.http_parts import Credentials
from oracles.sources.antpool import AntPool
from oracles.sources.errors import DayNotClosedError, SourceAnswerError
from oracles.sources.ocean import Ocean
from oracles.sources.own_node import MeterFile
from oracles.sources.viabtc import HEADER, ViaBtc
from testing.http_server import HttpServer, json_answer
from tests.oracles.sources.asking import DAY, END, START, ClientFactory, ask
from tests.oracles.sources.pool_servers import (
    antpool_page,
    antpool_row,
    ocean_page,
    ocean_row,
    viabtc_page,
    viabtc_row,
)

pytestmark = pytest.mark.integration

KEY, SECRET, USER = "antpool-key-5e11", "antpool-secret-77aa", "fleet"
ANTPOOL, ADDRESS = "/api/paymentHistoryV2.htm", "bc1qexample"
OCEAN = f"/v1/earnpay/{ADDRESS}/{START}/{END}"
PROFIT, HASHRATE = "/res/openapi/v1/profit/history", "/res/openapi/v1/hashrate/history"
EXPECTED = MiningOutput(DAY, Sats(36_361_081), Wad(1_073_700 * 10**15), "pool")


def ask_antpool(clients: ClientFactory) -> MiningOutput:
    """Ask for the day."""
    http = clients.client("pool", Credentials(others=(KEY, SECRET)))
    return ask(http, lambda h: AntPool(h, clients.clock, USER, f"{KEY}:{SECRET}").output(DAY))


def serve_viabtc(server: HttpServer, *rows: dict[str, Any]) -> None:
    """Answer both questions."""
    server.on(PROFIT, json_answer(viabtc_page(*rows)))
    server.on(HASHRATE, json_answer(viabtc_page(*rows)))


def ask_viabtc(clients: ClientFactory) -> MiningOutput:
    """Ask for the day."""
    http = clients.client("pool", Credentials(headers={HEADER: KEY}))
    return ask(http, lambda h: ViaBtc(h, clients.clock).output(DAY))


def ask_ocean(clients: ClientFactory, folder: Path) -> MiningOutput:
    """Ask for the day."""
    meter = folder / "meter.csv"
    meter.write_text("date,delivered_ths\n2024-04-20,1073.7\n")
    http = clients.client("pool")
    return ask(http, lambda h: Ocean(h, clients.clock, ADDRESS, MeterFile(meter)).output(DAY))


# ---------------------------------------------------------------- a closed day


def test_antpool__closed_day__is_signed_and_summed(
    server: HttpServer, clients: ClientFactory
) -> None:
    """Every way of paying counts; the secret is in no request, and nothing of it is recorded."""
    server.on(ANTPOOL, json_answer(antpool_page(antpool_row("2024-04-21 00:00:00"), antpool_row())))

    assert ask_antpool(clients) == EXPECTED

    fields = {k: v for k, (v,) in parse_qs(server.asked[0].body.decode()).items()}
    message = f"{USER}{KEY}{fields['nonce']}".encode()
    digest = hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    assert fields["signature"] == digest.upper()
    assert (fields["key"], fields["type"], fields["coin"]) == (KEY, "recv", "BTC")
    assert server.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert SECRET.encode() not in server.asked[0].body
    assert not any(KEY in str(seen) or SECRET in str(seen) for seen in clients.recorded)


def test_viabtc__closed_day__asks_for_utc_days(server: HttpServer, clients: ClientFactory) -> None:
    serve_viabtc(server, viabtc_row("2024-04-19"), viabtc_row())

    assert ask_viabtc(clients) == EXPECTED

    for asked in server.asked:
        assert asked.query["utc"] == "true"
        assert asked.query["start_date"] == asked.query["end_date"] == "2024-04-20"
        assert asked.headers["x-api-key"] == KEY


def test_ocean__blocks_of_the_day__are_summed(
    server: HttpServer, clients: ClientFactory, tmp_path: Path
) -> None:
    """Times come as numbers and as texts; blocks of other days do not count."""
    rows = [
        ocean_row(36_000_000, START, "00aa"),
        ocean_row("361081", "2024-04-20T23:59:59", "00bb"),
        ocean_row(7, str(END), "00cc"),
        ocean_row(9, START - 1, "00dd"),
    ]
    server.on(OCEAN, json_answer(ocean_page(*rows)))
    clients.now = END + 7_200

    assert ask_ocean(clients, tmp_path) == EXPECTED


def test_ocean__no_block__earned_nothing(
    server: HttpServer, clients: ClientFactory, tmp_path: Path
) -> None:
    server.on(OCEAN, json_answer(ocean_page()))

    assert ask_ocean(clients, tmp_path).credited_sats == 0


# ---------------------------------------------------------------- days that are not there


@pytest.mark.parametrize("now", [START, END, END + 3_599])
def test_output__day_not_closed__asks_nobody(
    now: int, server: HttpServer, clients: ClientFactory, tmp_path: Path
) -> None:
    clients.now = now
    for question in (ask_antpool, ask_viabtc, lambda c: ask_ocean(c, tmp_path)):
        with pytest.raises(DayNotClosedError):
            question(clients)

    assert server.asked == []


def test_output__no_row_yet__is_not_booked(server: HttpServer, clients: ClientFactory) -> None:
    server.on(ANTPOOL, json_answer(antpool_page(antpool_row("2024-04-19 00:00:00"))))
    serve_viabtc(server, viabtc_row("2024-04-19"))

    for question in (ask_antpool, ask_viabtc):
        with pytest.raises(DayNotClosedError, match="not booked yet"):
            question(clients)


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (antpool_row(fppsFeeAmount=None), "fppsFeeAmount"),
        (antpool_row(hashrate="1.07 TH/s"), "hashrate"),
        (antpool_row(hashrate="1.07"), "hashrate"),
        (antpool_row(hashrate_unit="-1"), "hashrate_unit"),
        (antpool_row("2024-04-20 08:00:00"), "rows"),
        ({"timestamp": "2024-04-20"}, "timestamp"),
    ],
)
def test_antpool__odd_row__is_named(
    row: dict[str, Any], field: str, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(ANTPOOL, json_answer(antpool_page(row)))

    with pytest.raises(SourceShapeError, match=field):
        ask_antpool(clients)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (viabtc_row(total_profit=None), "total_profit"),
        (viabtc_row(hashrate="many"), "hashrate"),
        (viabtc_row("20 April"), "date"),
    ],
)
def test_viabtc__odd_row__is_named(
    row: dict[str, Any], field: str, server: HttpServer, clients: ClientFactory
) -> None:
    serve_viabtc(server, row)

    with pytest.raises(SourceShapeError, match=field):
        ask_viabtc(clients)


@pytest.mark.parametrize(
    "rows",
    [[ocean_row(None)], [ocean_row(1, "soon")], [ocean_row(1), ocean_row(1)], [None]],
    ids=str,
)
def test_ocean__row_that_cannot_be_read__fails_the_day(
    rows: list[Any], server: HttpServer, clients: ClientFactory, tmp_path: Path
) -> None:
    """A sum without it would be wrong: here every row counts."""
    server.on(OCEAN, json_answer(json.dumps(ocean_page(*rows))))

    with pytest.raises(SourceShapeError, match=r"result\.earnings"):
        ask_ocean(clients, tmp_path)


@pytest.mark.parametrize("odd", [None, {}, 1, {"date": 7, "timestamp": 7}], ids=str)
def test_output__odd_row_of_another_day__is_not_read(
    odd: Any, server: HttpServer, clients: ClientFactory
) -> None:
    """O3."""
    server.on(ANTPOOL, json_answer(antpool_page(odd, antpool_row())))
    serve_viabtc(server, odd, viabtc_row())

    assert ask_antpool(clients) == ask_viabtc(clients) == EXPECTED


def test_output__error_with_status_200__says_what(
    server: HttpServer, clients: ClientFactory
) -> None:
    for path in (ANTPOOL, PROFIT):
        server.on(path, json_answer({"code": 12004, "message": f"ip not allowed for {KEY}"}))

    for question in (ask_antpool, ask_viabtc):
        with pytest.raises(SourceAnswerError, match=r"pool: ip not allowed for \*\*\* \(12004\)"):
            question(clients)


def test_viabtc__more_than_a_page__is_named(server: HttpServer, clients: ClientFactory) -> None:
    server.on(PROFIT, json_answer(viabtc_page(viabtc_row(), has_next=True)))

    with pytest.raises(SourceShapeError, match="has_next"):
        ask_viabtc(clients)


def test_antpool__token_without_a_secret__is_refused(clients: ClientFactory) -> None:
    with pytest.raises(SourceSpecError, match="key:secret"):
        AntPool(clients.client("pool"), clients.clock, USER, KEY)


def test_output__overloaded__is_unavailable(server: HttpServer, clients: ClientFactory) -> None:
    for path in (ANTPOOL, PROFIT):
        server.on(path, json_answer("busy", 503))

    for question in (ask_antpool, ask_viabtc):
        with pytest.raises(SourceUnavailableError, match="status 503"):
            question(clients)
