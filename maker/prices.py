# SPDX-License-Identifier: AGPL-3.0-only
"""The live price of bitcoin in dollars: the median of exchanges that agree. For minutes only."""

import json
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from statistics import median_low
from typing import Any

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import UsdE8
from hashrate.core.units import usd_e8_from_usd
from hashrate.service.errors import NoAnswerError
from hashrate.service.fetch import BlockingFetcher, Bounds, Request
from maker.curve import BPS
from maker.errors import LivePriceError

_BOUNDS = Bounds(timeout_seconds=5.0, total_seconds=8.0, max_bytes=100_000)
# where an exchange tells its last trade, and where in its answer
_TICKERS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "coinbase": (
        "https://api.exchange.coinbase.com",
        "/products/BTC-USD/ticker",
        lambda answer: answer["price"],
    ),
    "kraken": (
        "https://api.kraken.com",
        "/0/public/Ticker?pair=XBTUSD",
        lambda answer: answer["result"]["XXBTZUSD"]["c"][0],
    ),
    "bitstamp": (
        "https://www.bitstamp.net",
        "/api/v2/ticker/btcusd/",
        lambda answer: answer["last"],
    ),
}


class LivePrice:
    """Asks exchanges now."""

    def __init__(
        self, names: Sequence[str], urls: Mapping[str, str], least: int, spread_bps: int
    ) -> None:
        """Name them; nothing is asked yet.

        Args:
            names: of exchanges.
            urls: base addresses where they are not the usual ones.
            least: how many must answer.
            spread_bps: greatest distance of one from the median [1e-4].
        """
        self._asked = [
            (urls.get(name, _TICKERS[name][0]) + _TICKERS[name][1], _TICKERS[name][2])
            for name in names
        ]
        self._least = least
        self._spread_bps = spread_bps
        self._fetcher = BlockingFetcher(_BOUNDS)

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def now(self) -> UsdE8:
        """Return the price [USD per BTC, 1e8], of two in the middle the lower.

        Raises:
            LivePriceError: too few answer, or one is too far from the others.
        """
        prices = [each for each in (self._ask(*asked) for asked in self._asked) if each]
        if len(prices) < self._least:
            raise LivePriceError(f"{len(prices)} exchanges tell a price, {self._least} must")
        middle = median_low(prices)
        if any(abs(each - middle) * BPS > middle * self._spread_bps for each in prices):
            raise LivePriceError("the exchanges' prices are too far apart")
        return UsdE8(middle)

    def _ask(self, url: str, find: Callable[[Any], Any]) -> int:
        """Return one exchange's price, zero if it tells none."""
        try:
            answer = self._fetcher.fetch(Request("GET", url))
            text = find(json.loads(answer.body, parse_float=str))
            return int(usd_e8_from_usd(str(text)))
        except (NoAnswerError, NumberFormatError, ValueError, LookupError, TypeError):
            return 0


def dollars(sats: Fraction, btc_usd_e8: UsdE8) -> Fraction:
    """Value hashprice in satoshi per PH/s and day in ticks of a cent."""
    return sats * btc_usd_e8 / 10**14
