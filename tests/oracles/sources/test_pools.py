# SPDX-License-Identifier: AGPL-3.0-only
"""Mining output: what each pool credited on a day, in satoshi and TH/s, and days not closed."""

import json
from dataclasses import replace
from typing import Any

import pytest

from hashrate.core.types import MiningOutput, Sats, Wad
from hashrate.service.errors import SourceRefusedError, SourceShapeError
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import DayNotClosedError, SourceAnswerError
from testing.http_server import Answer, HttpServer, json_answer, page_answer, text_answer
from tests.oracles.sources.asking import DAY, END, START, ClientFactory
from tests.oracles.sources.pool_servers import (
    POOLS,
    TOKEN,
    Pool,
    Row,
    iso,
    of_braiins,
    of_foundry,
    of_luxor,
)

pytestmark = pytest.mark.integration


@pytest.fixture(params=list(POOLS))
def pool(request: pytest.FixtureRequest) -> Pool:
    """Each of the pools."""
    return POOLS[request.param]


# ---------------------------------------------------------------- a closed day


def test_output__closed_day__returns_sats_and_ths(
    pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    other = Row(START - 86_400, "0.1", "1000000000000000")
    pool.serve(server, replace(other, start=END), Row(), other)

    found = pool.output(clients)

    # 0.36361081 BTC; 1073.7 TH/s
    assert found == MiningOutput(DAY, Sats(36_361_081), Wad(1_073_700 * 10**15), "pool")
    assert {asked.headers[pool.header.lower()] for asked in server.asked} == {TOKEN}
    assert not any(TOKEN in str(seen) for seen in clients.recorded)


@pytest.mark.parametrize(
    ("btc", "sats"),
    [("1.2345E-4", 12_345), ("0.000123459999", 12_345), ("0", 0), ("21", 2_100_000_000)],
)
def test_output__amount_however_spelled__is_floored_once(
    btc: str, sats: int, pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    pool.serve(server, Row(btc=btc))

    assert pool.output(clients).credited_sats == sats


def test_output__pool_day_of_another_midnight__is_found_by_its_boundary(
    pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    boundary = DayBoundary(offset_seconds=-7_200, delay_seconds=3_600)  # Prague in summer
    pool.serve(server, Row(START - 7_200), Row(START - 7_200 - 86_400, "9"))

    assert pool.output(clients, boundary).credited_sats == 36_361_081


def test_output__luxor__asks_for_one_day_of_one_subaccount(
    server: HttpServer, clients: ClientFactory
) -> None:
    POOLS["luxor"].serve(server, Row())

    POOLS["luxor"].output(clients)

    assert [asked.query for asked in server.asked] == [
        {
            "subaccount_names": "fleet 1",
            "start_date": "2024-04-20",
            "end_date": "2024-04-20",
            "tick_size": "1d",
            "page_size": "100",
        }
    ] * 2


def test_output__f2pool__asks_for_revenue_booked_after_the_day(
    server: HttpServer, clients: ClientFactory
) -> None:
    POOLS["f2pool"].serve(server, Row())

    POOLS["f2pool"].output(clients)

    assert server.asked[0].json() == {
        "currency": "bitcoin",
        "mining_user_name": "fleet1",
        "type": "revenue",
        "start_time": START,
        "end_time": START + 3 * 86_400,
    }


# ---------------------------------------------------------------- a day that is not closed


@pytest.mark.parametrize("now", [START + 5, END, END + 3_599])
def test_output__day_not_over_by_our_clock__is_not_even_asked(
    now: int, pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    pool.serve(server, Row())
    clients.now = now

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is not closed yet"):
        pool.output(clients)

    assert server.asked == []


def test_output__day_not_over_by_the_servers_clock__is_refused(
    pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    pool.serve(server, Row())
    body = pool.bodies([Row()])[pool.main]
    server.on(pool.main, json_answer(body, clock=END - 60))

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is not closed yet"):
        pool.output(clients)


@pytest.mark.parametrize("rows", [(), (Row(START - 86_400),), (Row(END),)], ids=str)
def test_output__day_not_booked__is_refused(
    rows: tuple[Row, ...], pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    pool.serve(server, *rows)

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is not booked yet"):
        pool.output(clients)


def test_output__foundry_day_booked_in_part__is_refused(
    server: HttpServer, clients: ClientFactory
) -> None:
    body = of_foundry([Row()])["/v2/earnings/fleet%201"]
    partial = body.replace(iso(END), iso(END - 3_600))
    server.on("/v2/earnings/fleet%201", json_answer(partial))

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is booked in part"):
        POOLS["foundry"].output(clients)


def test_output__hashrate_of_the_day_missing__is_refused(
    server: HttpServer, clients: ClientFactory
) -> None:
    POOLS["braiins"].serve(server, Row())
    server.on("/accounts/hash_rate_daily/json/btc", json_answer({"btc": []}))

    with pytest.raises(DayNotClosedError, match="not booked yet"):
        POOLS["braiins"].output(clients)


# ---------------------------------------------------------------- shapes


def test_output__day_booked_twice__is_refused(
    pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    pool.serve(server, Row(), Row())

    with pytest.raises(SourceShapeError, match="pool: .* has 2024-04-20 2 times"):
        pool.output(clients)


def test_output__days_that_begin_elsewhere__are_refused(
    pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    pool.serve(server, Row(START - 7_200))

    with pytest.raises(SourceShapeError, match=r"pool: .*\[0\]: does not begin where a day should"):
        pool.output(clients)


@pytest.mark.parametrize("btc", ["-1", "-0.5", "NaN"])
def test_output__no_amount__names_the_field(
    btc: str, pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    pool.serve(server, Row(btc=btc))

    with pytest.raises(SourceShapeError, match="pool: .*(reward|revenue|Amount|balance|body)"):
        pool.output(clients)


@pytest.mark.parametrize("value", [[1], {}, {"btc": None}, None, 1], ids=str)
def test_output__another_shape__is_named(
    value: object, pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(pool.main, json_answer(json.dumps(value)))

    with pytest.raises(SourceShapeError, match="^pool: "):
        pool.output(clients)


@pytest.mark.parametrize("unit", ["TH", "", "Gh", "hashes", "Qh/s"])
def test_output__braiins_unit_unknown__is_named(
    unit: str, server: HttpServer, clients: ClientFactory
) -> None:
    POOLS["braiins"].serve(server, Row())
    path = "/accounts/hash_rate_daily/json/btc"
    server.on(path, json_answer(of_braiins([Row()])[path].replace("Gh/s", unit)))

    with pytest.raises(SourceShapeError, match=r"pool: btc\[\]\.hash_rate_unit: is not a unit"):
        POOLS["braiins"].output(clients)


def test_output__luxor_more_than_a_page__is_refused(
    server: HttpServer, clients: ClientFactory
) -> None:
    POOLS["luxor"].serve(server, Row())
    body = of_luxor([Row()])["/v2/pool/revenue/BTC"].replace("null", '"/v2/next"')
    server.on("/v2/pool/revenue/BTC", json_answer(body))

    with pytest.raises(SourceShapeError, match="pagination.next_page_url: one day takes more"):
        POOLS["luxor"].output(clients)


# ---------------------------------------------------------------- errors of a pool


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (text_answer("Invalid token", 403), "status 403, Invalid token"),
        (text_answer(f"Invalid token {TOKEN}", 403), r"status 403, Invalid token \*\*\*$"),
        (text_answer("bad date", 400), "status 400, bad date"),
        (json_answer({"message": "Invalid or missing API key"}, 401), "status 401, .*API key"),
        (page_answer(403), "status 403, a web page"),
    ],
    ids=["plain", "echo", "date", "json", "page"],
)
def test_output__refusal__says_why_once(
    answer: Answer, said: str, pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    server.on(pool.main, answer)

    with pytest.raises(SourceRefusedError, match=f"^pool: {said}"):
        pool.output(clients)

    assert len(server.asked) == 1


def test_output__f2pool_error_with_status_200__keeps_the_code(
    server: HttpServer, clients: ClientFactory
) -> None:
    error: dict[str, Any] = {"code": 1001, "msg": f"auth_error: secret {TOKEN} is unknown"}
    server.on("/v2/assets/transactions/list", json_answer(error))

    with pytest.raises(SourceAnswerError, match=r"pool: auth_error: secret \*\*\*") as failed:
        POOLS["f2pool"].output(clients)

    assert failed.value.code == 1001


# ---------------------------------------------------------------- odd rows of other days


@pytest.mark.parametrize("place", [0, 2])
def test_output__odd_row_of_another_day__is_not_read(
    place: int, pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    """O3: a row whose amounts nobody can read is that day's trouble, not this one's."""
    rows = [Row(), Row(END)]
    rows.insert(place, Row(START - 86_400, btc="null"))
    pool.serve(server, *rows)

    assert pool.output(clients).credited_sats == 36_361_081


@pytest.mark.parametrize("row", [None, {}, 1, [], {"date": "soon"}], ids=str)
def test_output__something_else_in_the_list__is_not_read(
    row: object, pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    """O3: an entry that is no row at all stops nothing where the day's row is there."""
    for path, body in pool.bodies([Row()]).items():
        server.on(path, json_answer(_with_entry(json.loads(body, parse_float=str), row)))

    assert pool.output(clients).credited_sats == 36_361_081


def test_output__odd_row_and_none_of_the_day__is_named(
    pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    """The odd one may be the day's: it is named, not taken for a day without a row."""
    for path, body in pool.bodies([]).items():
        server.on(path, json_answer(_with_entry(json.loads(body), {"rubbish": 1})))

    with pytest.raises(SourceShapeError, match=r"^pool: .*\[0\]"):
        pool.output(clients)


def test_output__odd_amount_on_the_day__is_named(
    pool: Pool, server: HttpServer, clients: ClientFactory
) -> None:
    """The wanted row itself has to be whole."""
    pool.serve(server, Row(btc="null"))

    with pytest.raises(SourceShapeError, match=r"^pool: .*\[0\]"):
        pool.output(clients)


def _with_entry(value: Any, row: object) -> Any:
    """Put an entry before the others of the first list of an answer."""
    if isinstance(value, list):
        return [row, *value]
    for key, inner in value.items():
        if isinstance(inner, list | dict) and key != "pagination":
            return {**value, key: _with_entry(inner, row)}
    raise AssertionError("no list")
