# SPDX-License-Identifier: AGPL-3.0-only
"""Mining pools that answer for a test, each in its own shape."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hashrate.core.types import MiningOutput
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Credentials
from oracles.sources import braiins, f2pool, foundry, luxor
from oracles.sources.base import OutputSource
from oracles.sources.day_end import DayBoundary
from oracles.sources.pool import POOL_DAY
from testing.http_server import HttpServer, json_answer
from tests.oracles.sources.asking import DAY, START, ClientFactory, ask

TOKEN = "pool-token-5e11"


def iso(time: int) -> str:
    """Write a time [unix s] as ISO 8601, without a zone."""
    return dt.datetime.fromtimestamp(time, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


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
    make: Callable[[HttpClient, ClientFactory, DayBoundary], OutputSource]
    bodies: Callable[[list[Row]], dict[str, str]]

    def serve(self, server: HttpServer, *rows: Row) -> None:
        """Answer all paths of the pool with these days."""
        for path, body in self.bodies(list(rows)).items():
            server.on(path, json_answer(body))

    def output(self, clients: ClientFactory, boundary: DayBoundary = POOL_DAY) -> MiningOutput:
        """Ask for the day."""
        credentials = Credentials(headers={self.header: TOKEN})
        http = clients.client("pool", credentials)
        return ask(http, lambda h: self.make(h, clients, boundary).output(DAY))


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
        lambda http, clients, days: braiins.Braiins(http, clients.clock, days),
        of_braiins,
    ),
    "luxor": Pool(
        "/v2/pool/revenue/BTC",
        luxor.HEADER,
        lambda http, clients, days: luxor.Luxor(http, clients.clock, "fleet 1", days),
        of_luxor,
    ),
    "foundry": Pool(
        "/v2/earnings/fleet%201",
        foundry.HEADER,
        lambda http, clients, days: foundry.Foundry(http, clients.clock, "fleet 1", "H/s", days),
        of_foundry,
    ),
    "f2pool": Pool(
        "/v2/assets/transactions/list",
        f2pool.HEADER,
        lambda http, clients, days: f2pool.F2Pool(http, clients.clock, "fleet1", days),
        of_f2pool,
    ),
}


def antpool_row(day: str = "2024-04-20 00:00:00", **changes: Any) -> dict[str, Any]:
    """Make a row of a day."""
    nothing = dict.fromkeys(
        ("ppsAmount", "pplnsAmount", "soloAmount", "ppappsAmount", "ppapplnsAmount"), "0"
    )
    return {
        "timestamp": day,
        "hashrate": "1.07 PH/s",
        "hashrate_unit": "1073700000000000",
        **nothing,
        "fppsBlockAmount": "0.36000000",
        "fppsFeeAmount": "0.00361081",
        **changes,
    }


def antpool_page(*rows: Any) -> dict[str, Any]:
    """Make an answer."""
    return {"code": 0, "message": "ok", "data": {"page": 1, "totalPage": 1, "rows": list(rows)}}


def viabtc_page(*rows: Any, has_next: bool = False) -> dict[str, Any]:
    """Make an answer."""
    page = {"count": len(rows), "curr_page": 1, "data": list(rows), "has_next": has_next}
    return {"code": 0, "data": page, "message": "OK"}


def viabtc_row(day: str = "2024-04-20", **changes: Any) -> dict[str, Any]:
    """Make a row that answers either question."""
    row = {"coin": "BTC", "date": day, "total_profit": "0.36361081", "hashrate": "1073700000000000"}
    return row | changes


def ocean_page(*rows: Any) -> dict[str, Any]:
    """Make an answer."""
    return {"result": {"start_ts": 0, "end_ts": 0, "earnings": list(rows), "payouts": []}}


def ocean_row(sats: Any, ts: Any = START + 60, block: str = "00ab") -> dict[str, Any]:
    """Make the earning of a block."""
    return {"block_hash": block, "ts": ts, "satoshis_net_earned": sats}
