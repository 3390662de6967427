# SPDX-License-Identifier: AGPL-3.0-only
"""Daily closes: what each exchange says when the day is over, and what it must not be taken for."""

import json
from dataclasses import replace
from typing import Any

import pytest

from hashrate.core.types import Price, UnixSeconds, UsdE8
from hashrate.service.errors import SourceRefusedError, SourceShapeError, SourceUnavailableError
from oracles.sources.errors import DayNotClosedError, SourceAnswerError
from testing.http_server import HttpServer, json_answer, text_answer
from tests.oracles.sources.asking import DAY, END, START, ClientFactory, ask
from tests.oracles.sources.exchange_server import CLIENTS, FIELDS, PAGES, PATHS, ROWS, TODAY, page

pytestmark = pytest.mark.integration

exchanges = pytest.mark.parametrize("exchange", list(CLIENTS))


def close(exchange: str, clients: ClientFactory) -> Price:
    return ask(clients.client(exchange), lambda http: CLIENTS[exchange](http, clients).close(DAY))


# ---------------------------------------------------------------- a day that is over


@exchanges
def test_close__day_over__returns_its_close(
    exchange: str, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS[exchange], page(exchange, (START, '"64994.44"')))

    assert close(exchange, clients) == Price(UsdE8(6_499_444_000_000), UnixSeconds(END), exchange)


@exchanges
@pytest.mark.parametrize(
    ("spelled", "usd_e8"),
    [
        ("64994.44", 6_499_444_000_000),
        ("6.499444e4", 6_499_444_000_000),
        ('"6.499444E+4"', 6_499_444_000_000),
        ("64994", 6_499_400_000_000),
        ("0.123456789", 12_345_678),  # floored to 1e-8
        ("64994.439999999999999999999999", 6_499_443_999_999),
    ],
)
def test_close__number_however_spelled__is_exact(
    exchange: str, spelled: str, usd_e8: int, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS[exchange], page(exchange, (START, spelled)))

    assert close(exchange, clients).btc_usd_e8 == usd_e8


def test_close__coinbase__asks_for_the_day_and_takes_the_fifth_number(
    server: HttpServer, clients: ClientFactory
) -> None:
    rows = [[TODAY, 1, 2, 3, 4, 5], [START, 10, 20, 30, 40, 50], [START - 86_400, 6, 7, 8, 9, 10]]
    server.on(PATHS["coinbase"], json_answer(rows))

    assert close("coinbase", clients).btc_usd_e8 == 40 * 10**8
    assert server.asked[0].query == {
        "granularity": "86400",
        "start": "2024-04-20T00:00:00Z",
        "end": "2024-04-21T00:00:00Z",
    }


def test_close__kraken__asks_from_the_day_before(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS["kraken"], page("kraken", (START - 86_400, '"1"'), (START, '"2"')))

    assert close("kraken", clients).btc_usd_e8 == 2 * 10**8
    assert server.asked[0].query == {
        "pair": "XBTUSD",
        "interval": "1440",
        "since": str(START - 86_400),
    }


def test_close__bitstamp__asks_for_one_candle(server: HttpServer, clients: ClientFactory) -> None:
    server.on(PATHS["bitstamp"], page("bitstamp", (START, '"2"')))

    close("bitstamp", clients)

    assert server.asked[0].query == {"step": "86400", "limit": "1", "start": str(START)}


# ---------------------------------------------------------------- a day that is not


@exchanges
@pytest.mark.parametrize("now", [START + 5, END - 1, END, END + 59])
def test_close__day_not_over_by_our_clock__is_not_even_asked(
    exchange: str, now: int, server: HttpServer, clients: ClientFactory
) -> None:
    clients.now = now

    with pytest.raises(DayNotClosedError, match=f"{exchange}: 2024-04-20 is not closed yet"):
        close(exchange, clients)

    assert server.asked == []


@exchanges
def test_close__day_not_over_by_the_servers_clock__is_refused(
    exchange: str, server: HttpServer, clients: ClientFactory
) -> None:
    early = replace(page(exchange, (START, "64994.44")), clock=END - 3_600)
    server.on(PATHS[exchange], early)

    with pytest.raises(DayNotClosedError, match="2024-04-20 is not closed yet"):
        close(exchange, clients)


def test_close__kraken_candle_still_being_made__is_refused(
    server: HttpServer, clients: ClientFactory
) -> None:
    last = ROWS["kraken"](START, '"64994.4"')
    server.on(PATHS["kraken"], json_answer(PAGES["kraken"] % last))

    with pytest.raises(DayNotClosedError, match="kraken: no candle of 2024-04-20"):
        close("kraken", clients)


@exchanges
def test_close__empty_list_after_midnight__is_not_closed(
    exchange: str, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS[exchange], json_answer(PAGES[exchange] % ""))

    with pytest.raises(DayNotClosedError, match="no candle of 2024-04-20"):
        close(exchange, clients)


@exchanges
@pytest.mark.parametrize("start", [START - 86_400, START + 1, START - 1, START + 3_600])
def test_close__candle_of_another_time__is_not_the_day(
    exchange: str, start: int, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS[exchange], page(exchange, (start, "64994.44")))

    with pytest.raises(DayNotClosedError, match="no candle of 2024-04-20"):
        close(exchange, clients)


# ---------------------------------------------------------------- what is no price


@exchanges
@pytest.mark.parametrize(
    "spelled",
    ["-1", '"-1"', "null", '""', '"n/a"', "true", '"NaN"', "0", '"0.000000001"', "[]"],
)
def test_close__no_price__names_the_field(
    exchange: str, spelled: str, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS[exchange], page(exchange, (START, spelled)))

    with pytest.raises(SourceShapeError, match=f"^{exchange}: {FIELDS[exchange]}: is not "):
        close(exchange, clients)


@pytest.mark.parametrize("row", [[START, 1, 2, 3, 4], [START, 1, 2, 3, 4, 5, 6], {}, None])
def test_close__coinbase_row_of_another_length__is_named(
    row: object, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS["coinbase"], json_answer([row]))

    with pytest.raises(SourceShapeError, match=r"^coinbase: \[0\]"):
        close("coinbase", clients)


def test_close__kraken_other_pair__names_what_is_missing(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS["kraken"], json_answer({"error": [], "result": {"XETHZUSD": [], "last": 1}}))

    with pytest.raises(SourceShapeError, match="kraken: result.XXBTZUSD: Field required"):
        close("kraken", clients)


@exchanges
@pytest.mark.parametrize("value", [[[]], {}, {"data": None}, {"error": None}, 1, "text"], ids=str)
def test_close__another_shape__is_named(
    exchange: str, value: object, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS[exchange], json_answer(json.dumps(value)))

    with pytest.raises(SourceShapeError, match=f"^{exchange}: "):
        close(exchange, clients)


# ---------------------------------------------------------------- errors of an exchange


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        (["EGeneral:Too many requests"], SourceUnavailableError),
        (["EAPI:Rate limit exceeded"], SourceUnavailableError),
        (["EService:Unavailable"], SourceUnavailableError),
        (["EQuery:Unknown asset pair"], SourceAnswerError),
        (["EGeneral:Invalid arguments", "EOther"], SourceAnswerError),
    ],
)
def test_close__kraken_error_with_status_200__says_what(
    errors: list[str], kind: type[Exception], server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS["kraken"], json_answer({"error": errors}))

    with pytest.raises(kind, match=f"kraken: {errors[0]}"):
        close("kraken", clients)


def test_close__coinbase_error__says_what(server: HttpServer, clients: ClientFactory) -> None:
    server.on(PATHS["coinbase"], json_answer({"message": "granularity too small"}, status=400))

    with pytest.raises(SourceRefusedError, match="coinbase: status 400, .*granularity too small"):
        close("coinbase", clients)


def test_close__refused_in_plain_text__says_so(server: HttpServer, clients: ClientFactory) -> None:
    refused: Any = text_answer("Forbidden country", 451)
    server.on(PATHS["bitstamp"], refused)

    with pytest.raises(SourceRefusedError, match="bitstamp: status 451, Forbidden country"):
        close("bitstamp", clients)


# ---------------------------------------------------------------- odd candles of other days


@exchanges
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("odd", ["null", "{}", "[]", '"soon"', "12"])
def test_close__odd_candle_of_another_day__is_not_read(
    exchange: str, place: int, odd: str, server: HttpServer, clients: ClientFactory
) -> None:
    """O3: what another candle holds is its own trouble, Kraken's unfinished one included."""
    rows = [ROWS[exchange](START, '"64994.44"'), ROWS[exchange](TODAY, "null")]
    rows.insert(place, odd)
    server.on(PATHS[exchange], json_answer(PAGES[exchange] % ", ".join(rows)))

    assert close(exchange, clients).btc_usd_e8 == 6_499_444_000_000


@exchanges
def test_close__odd_candle_and_none_of_the_day__is_named(
    exchange: str, server: HttpServer, clients: ClientFactory
) -> None:
    """The odd one may be the day's: it is named."""
    rows = ["null", ROWS[exchange](TODAY, '"1"')]
    server.on(PATHS[exchange], json_answer(PAGES[exchange] % ", ".join(rows)))

    with pytest.raises(SourceShapeError, match=rf"^{exchange}: .*\[0\]"):
        close(exchange, clients)
