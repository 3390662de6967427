# SPDX-License-Identifier: AGPL-3.0-only
"""Exchanges that answer for a test, each in its own shape."""

from collections.abc import Callable

from hashrate.service.http import HttpClient
from oracles.sources.base import PriceSource
from oracles.sources.bitstamp import Bitstamp
from oracles.sources.coinbase_exchange import CoinbaseExchange
from oracles.sources.kraken import Kraken
from testing.http_server import Answer, json_answer
from tests.oracles.sources.asking import END, ClientFactory

# One row of each exchange's list for a day; `close` is put in as JSON, the way it is spelled.
ROWS: dict[str, Callable[[int, str], str]] = {
    "coinbase": lambda t, close: f"[{t}, 63000.5, 65500.01, 63100, {close}, 9000.25]",
    "kraken": lambda t, close: (
        f'[{t}, "63100.0", "65500.1", "63000.5", {close}, "64000.1", "1234.5", 41234]'
    ),
    "bitstamp": lambda t, close: (
        f'{{"timestamp": "{t}", "open": "63100", "high": "65500", "low": "63000",'
        f' "close": {close}, "volume": "1200.5"}}'
    ),
}
PAGES = {
    "coinbase": "[%s]",
    "kraken": '{"error": [], "result": {"XXBTZUSD": [%s], "last": 1}}',
    "bitstamp": '{"data": {"pair": "BTC/USD", "ohlc": [%s]}}',
}
PATHS = {
    "coinbase": "/products/BTC-USD/candles",
    "kraken": "/0/public/OHLC",
    "bitstamp": "/api/v2/ohlc/btcusd/",
}
FIELDS = {
    "coinbase": r"\[0\]\[4\]",
    "kraken": r"result\.XXBTZUSD\[0\]\[4\]",
    "bitstamp": r"data\.ohlc\[0\]\.close",
}
CLIENTS: dict[str, Callable[[HttpClient, ClientFactory], PriceSource]] = {
    "coinbase": lambda http, clients: CoinbaseExchange(http, clients.clock),
    "kraken": lambda http, clients: Kraken(http, clients.clock),
    "bitstamp": lambda http, clients: Bitstamp(http, clients.clock),
}
TODAY = END  # start of the day that is not over


def page(exchange: str, *days: tuple[int, str]) -> Answer:
    """Return an exchange's answer with rows for these days, each a start and a close as JSON."""
    rows = [ROWS[exchange](start, close) for start, close in days]
    if exchange == "coinbase":
        rows.reverse()  # newest first
    if exchange == "kraken" and days and days[-1][0] != TODAY:
        rows.append(ROWS["kraken"](TODAY, '"1.0"'))
    return json_answer(PAGES[exchange] % ", ".join(rows))
