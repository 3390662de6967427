# SPDX-License-Identifier: AGPL-3.0-only
"""Mining output: what each pool credited on a day, in satoshi and TH/s, and days not closed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from oracles.errors import (
    DayNotClosedError,
    NumberFormatError,
    SourceAnswerError,
    SourceRefusedError,
    SourceShapeError,
)
from oracles.sources import braiins, f2pool, foundry, luxor
from oracles.sources.base import OutputSource
from oracles.sources.day_end import DayBoundary
from oracles.sources.http import HttpClient
from oracles.sources.http_parts import Credentials
from oracles.sources.pool import POOL_DAY, hashes_per_second, ths_wad
from oracles.types import MiningOutput, Sats, Wad
from tests.oracles.sources.asking import DAY, END, START, Desk, ask
from tests.support.http_server import Answer, HttpServer, json_answer, page_answer, text_answer

pytestmark = pytest.mark.integration

TOKEN = "pool-token-5e11"


def iso(time: int) -> str:
    """Write a time on 2024-04-19 to -22 as ISO 8601."""
    day, second = divmod(time - START, 86_400)
    hour, minute = divmod(second // 60, 60)
    return f"2024-04-{20 + day:02}T{hour:02}:{minute:02}:00"


@dataclass(frozen=True)
class Row:
    """A day at a pool: when it begins [unix s], BTC and hashrate as JSON spells them."""

    start: int = START
    btc: str = "0.36361081"
    hashrate: str = "1073700000000000"  # H/s


@dataclass(frozen=True)
class Pool:
    """How one pool is asked and how it answers; `main` is the path that tells what was credited."""

    main: str
    header: str
    make: Callable[[HttpClient, Desk, DayBoundary], OutputSource]
    bodies: Callable[[list[Row]], dict[str, str]]

    def serve(self, server: HttpServer, *rows: Row) -> None:
        """Answer all paths of the pool with these days."""
        for path, body in self.bodies(list(rows)).items():
            server.on(path, json_answer(body))

    def output(self, desk: Desk, boundary: DayBoundary = POOL_DAY) -> MiningOutput:
        """Ask for the day."""
        credentials = Credentials(headers={self.header: TOKEN})
        http = desk.client("pool", credentials)
        return ask(http, lambda h: self.make(h, desk, boundary).output(DAY))


def of_braiins(rows: list[Row]) -> dict[str, str]:
    rewards = ", ".join(
        f'{{"date": {r.start}, "total_reward": "{r.btc}", "mining_reward": "0.3", "shares": 12}}'
        for r in rows
    )
    hashrates = ", ".join(
        f'{{"date": {r.start}, "hash_rate_unit": "Gh/s", "hash_rate_24h": {r.hashrate[:-9]},'
        ' "total_shares": 21600000}'
        for r in rows
    )
    return {
        "/accounts/rewards/json/btc": f'{{"btc": {{"daily_rewards": [{rewards}]}}}}',
        "/accounts/hash_rate_daily/json/btc": f'{{"btc": [{hashrates}]}}',
    }


def of_luxor(rows: list[Row]) -> dict[str, str]:
    pages = '"pagination": {"page_number": 1, "next_page_url": null}'
    revenue = ", ".join(
        f'{{"date_time": "{iso(r.start)}Z", "revenue":'
        f' {{"currency_type": "BTC", "revenue_type": "{kind}", "revenue": {btc}}}}}'
        for r in rows
        for kind, btc in (("MINING", r.btc), ("REFERRAL", "5"))
    )
    hashrates = ", ".join(
        f'{{"date_time": "{iso(r.start)}.000Z", "hashrate": "{r.hashrate}", "efficiency": 0.99}}'
        for r in rows
    )
    return {
        "/v2/pool/revenue/BTC": f'{{"revenue": [{revenue}], {pages}}}',
        "/v2/pool/hashrate-efficiency/BTC": f'{{"hashrate_efficiency": [{hashrates}], {pages}}}',
    }


def of_foundry(rows: list[Row]) -> dict[str, str]:
    days = ", ".join(
        f'{{"startTime": "{iso(r.start)}.000+00:00",'
        f' "endTime": "{iso(r.start + 86_400)}.000+00:00",'
        f' "totalAmount": {r.btc}, "hashrate": {r.hashrate}, "feeRatePercent": 0.0}}'
        for r in rows
    )
    return {"/v2/earnings/fleet%201": f"[{days}]"}


def of_f2pool(rows: list[Row]) -> dict[str, str]:
    days = ", ".join(
        f'{{"id": {i}, "type": "revenue", "changed_balance": {r.btc},'
        f' "created_at": {r.start + 90_000},'
        f' "mining_extra": {{"mining_date": {r.start}, "pps": 0.1, "hash_rate": {r.hashrate}}}}}'
        for i, r in enumerate(rows)
    )
    return {"/v2/assets/transactions/list": f'{{"transactions": [{days}]}}'}


POOLS = {
    "braiins": Pool(
        "/accounts/rewards/json/btc",
        braiins.HEADER,
        lambda http, desk, days: braiins.Braiins(http, desk.clock, days),
        of_braiins,
    ),
    "luxor": Pool(
        "/v2/pool/revenue/BTC",
        luxor.HEADER,
        lambda http, desk, days: luxor.Luxor(http, desk.clock, "fleet 1", days),
        of_luxor,
    ),
    "foundry": Pool(
        "/v2/earnings/fleet%201",
        foundry.HEADER,
        lambda http, desk, days: foundry.Foundry(http, desk.clock, "fleet 1", "H/s", days),
        of_foundry,
    ),
    "f2pool": Pool(
        "/v2/assets/transactions/list",
        f2pool.HEADER,
        lambda http, desk, days: f2pool.F2Pool(http, desk.clock, "fleet1", days),
        of_f2pool,
    ),
}


@pytest.fixture(params=list(POOLS))
def pool(request: pytest.FixtureRequest) -> Pool:
    """Each of the pools."""
    return POOLS[request.param]


# ---------------------------------------------------------------- a closed day


def test_output__closed_day__returns_sats_and_ths(
    pool: Pool, server: HttpServer, desk: Desk
) -> None:
    other = Row(START - 86_400, "0.1", "1000000000000000")
    pool.serve(server, replace(other, start=END), Row(), other)

    found = pool.output(desk)

    # 0.36361081 BTC; 1073.7 TH/s
    assert found == MiningOutput(DAY, Sats(36_361_081), Wad(1_073_700 * 10**15), "pool")
    assert {asked.headers[pool.header.lower()] for asked in server.asked} == {TOKEN}
    assert not any(TOKEN in str(seen) for seen in desk.recorded)


@pytest.mark.parametrize(
    ("btc", "sats"),
    [("1.2345E-4", 12_345), ("0.000123459999", 12_345), ("0", 0), ("21", 2_100_000_000)],
)
def test_output__amount_however_spelled__is_floored_once(
    btc: str, sats: int, pool: Pool, server: HttpServer, desk: Desk
) -> None:
    pool.serve(server, Row(btc=btc))

    assert pool.output(desk).credited_sats == sats


def test_output__pool_day_of_another_midnight__is_found_by_its_boundary(
    pool: Pool, server: HttpServer, desk: Desk
) -> None:
    boundary = DayBoundary(offset_seconds=-7_200, delay_seconds=3_600)  # Prague in summer
    pool.serve(server, Row(START - 7_200), Row(START - 7_200 - 86_400, "9"))

    assert pool.output(desk, boundary).credited_sats == 36_361_081


def test_output__luxor__asks_for_one_day_of_one_subaccount(server: HttpServer, desk: Desk) -> None:
    POOLS["luxor"].serve(server, Row())

    POOLS["luxor"].output(desk)

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
    server: HttpServer, desk: Desk
) -> None:
    POOLS["f2pool"].serve(server, Row())

    POOLS["f2pool"].output(desk)

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
    now: int, pool: Pool, server: HttpServer, desk: Desk
) -> None:
    pool.serve(server, Row())
    desk.now = now

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is not closed yet"):
        pool.output(desk)

    assert server.asked == []


def test_output__day_not_over_by_the_servers_clock__is_refused(
    pool: Pool, server: HttpServer, desk: Desk
) -> None:
    pool.serve(server, Row())
    body = pool.bodies([Row()])[pool.main]
    server.on(pool.main, json_answer(body, clock=END - 60))

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is not closed yet"):
        pool.output(desk)


@pytest.mark.parametrize("rows", [(), (Row(START - 86_400),), (Row(END),)], ids=str)
def test_output__day_not_booked__is_refused(
    rows: tuple[Row, ...], pool: Pool, server: HttpServer, desk: Desk
) -> None:
    pool.serve(server, *rows)

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is not booked yet"):
        pool.output(desk)


def test_output__foundry_day_booked_in_part__is_refused(server: HttpServer, desk: Desk) -> None:
    body = of_foundry([Row()])["/v2/earnings/fleet%201"]
    partial = body.replace(iso(END), iso(END - 3_600))
    server.on("/v2/earnings/fleet%201", json_answer(partial))

    with pytest.raises(DayNotClosedError, match="pool: 2024-04-20 is booked in part"):
        POOLS["foundry"].output(desk)


def test_output__hashrate_of_the_day_missing__is_refused(server: HttpServer, desk: Desk) -> None:
    POOLS["braiins"].serve(server, Row())
    server.on("/accounts/hash_rate_daily/json/btc", json_answer({"btc": []}))

    with pytest.raises(DayNotClosedError, match="not booked yet"):
        POOLS["braiins"].output(desk)


# ---------------------------------------------------------------- shapes


def test_output__day_booked_twice__is_refused(pool: Pool, server: HttpServer, desk: Desk) -> None:
    pool.serve(server, Row(), Row())

    with pytest.raises(SourceShapeError, match="pool: .* has 2024-04-20 2 times"):
        pool.output(desk)


def test_output__days_that_begin_elsewhere__are_refused(
    pool: Pool, server: HttpServer, desk: Desk
) -> None:
    pool.serve(server, Row(START - 7_200))

    with pytest.raises(SourceShapeError, match=r"pool: .*\[0\]: does not begin where a day should"):
        pool.output(desk)


@pytest.mark.parametrize("btc", ["-1", "-0.5", "NaN"])
def test_output__no_amount__names_the_field(
    btc: str, pool: Pool, server: HttpServer, desk: Desk
) -> None:
    pool.serve(server, Row(btc=btc))

    with pytest.raises(SourceShapeError, match="pool: .*(reward|revenue|Amount|balance|body)"):
        pool.output(desk)


@pytest.mark.parametrize("value", [[1], {}, {"btc": None}, None, 1], ids=str)
def test_output__another_shape__is_named(
    value: object, pool: Pool, server: HttpServer, desk: Desk
) -> None:
    server.on(pool.main, json_answer(json.dumps(value)))

    with pytest.raises(SourceShapeError, match="^pool: "):
        pool.output(desk)


@pytest.mark.parametrize("unit", ["TH", "", "Gh", "hashes", "Qh/s"])
def test_output__braiins_unit_unknown__is_named(unit: str, server: HttpServer, desk: Desk) -> None:
    POOLS["braiins"].serve(server, Row())
    path = "/accounts/hash_rate_daily/json/btc"
    server.on(path, json_answer(of_braiins([Row()])[path].replace("Gh/s", unit)))

    with pytest.raises(SourceShapeError, match=r"pool: btc\[\]\.hash_rate_unit: is not a unit"):
        POOLS["braiins"].output(desk)


def test_output__luxor_more_than_a_page__is_refused(server: HttpServer, desk: Desk) -> None:
    POOLS["luxor"].serve(server, Row())
    body = of_luxor([Row()])["/v2/pool/revenue/BTC"].replace("null", '"/v2/next"')
    server.on("/v2/pool/revenue/BTC", json_answer(body))

    with pytest.raises(SourceShapeError, match="pagination.next_page_url: one day takes more"):
        POOLS["luxor"].output(desk)


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
    answer: Answer, said: str, pool: Pool, server: HttpServer, desk: Desk
) -> None:
    server.on(pool.main, answer)

    with pytest.raises(SourceRefusedError, match=f"^pool: {said}"):
        pool.output(desk)

    assert len(server.asked) == 1


def test_output__f2pool_error_with_status_200__keeps_the_code(
    server: HttpServer, desk: Desk
) -> None:
    error: dict[str, Any] = {"code": 1001, "msg": f"auth_error: secret {TOKEN} is unknown"}
    server.on("/v2/assets/transactions/list", json_answer(error))

    with pytest.raises(SourceAnswerError, match=r"pool: auth_error: secret \*\*\*") as failed:
        POOLS["f2pool"].output(desk)

    assert failed.value.code == 1001


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("unit", "hashes"),
    [
        ("H/s", 1),
        ("kH/s", 10**3),
        ("Mh/s", 10**6),
        ("Gh/s", 10**9),
        ("TH/s", 10**12),
        ("Ph/s", 10**15),
        ("EH/s", 10**18),
    ],
)
def test_hashes_per_second__unit__is_exact(unit: str, hashes: int) -> None:
    assert hashes_per_second(unit) == hashes


@pytest.mark.parametrize("unit", ["", "TH", "H", "/s", "TTH/s", "TH/s ", "TH/day", "TH/sh/s"])
def test_hashes_per_second__no_unit__is_refused(unit: str) -> None:
    with pytest.raises(NumberFormatError, match="is not a unit of hashrate"):
        hashes_per_second(unit)


def test_foundry__unit_not_stated__is_refused_before_asking(desk: Desk) -> None:
    with pytest.raises(NumberFormatError):
        foundry.Foundry(desk.client(), desk.clock, "fleet", "")


def test_ths_wad__fraction_of_a_hash__is_floored() -> None:
    assert ths_wad(Fraction(1, 3), 10**12) == 333_333_333_333_333_333
    assert ths_wad(Fraction(1), 1) == 10**6


@pytest.mark.parametrize(("offset", "delay"), [(43_201, 0), (-43_201, 0), (0, -1)])
def test_day_boundary__unusable__is_refused(offset: int, delay: int) -> None:
    with pytest.raises(ValueError, match="over half a day, or the delay is negative"):
        DayBoundary(offset, delay)
