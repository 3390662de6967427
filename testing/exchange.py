# SPDX-License-Identifier: AGPL-3.0-only
"""Two exchanges on loopback that know the closing price of every day."""

import datetime as dt
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hashrate.service.listener import Listener

DAY_SECONDS = 86_400


class Exchanges:
    """Answers like Coinbase Exchange and like Bitstamp."""

    def __init__(self, close_usd: Callable[[int], int]) -> None:
        """Start serving; `close_usd` gives a day's closing price [USD]."""
        self._close_usd = close_usd
        routes = [
            Route("/coinbase/products/BTC-USD/candles", self._coinbase),
            Route("/bitstamp/api/v2/ohlc/btcusd/", self._bitstamp),
        ]
        self._listener = Listener(Starlette(routes=routes), "127.0.0.1", 0)
        self._listener.start()

    @property
    def urls(self) -> dict[str, str]:
        """Return the addresses, as the settings name them."""
        base = f"http://127.0.0.1:{self._listener.port}"
        return {name: f"{base}/{name}" for name in ("coinbase", "bitstamp")}

    def close(self) -> None:
        """Stop serving."""
        self._listener.stop()

    async def _coinbase(self, request: Request) -> Response:
        start = dt.datetime.fromisoformat(request.query_params["start"])
        time = int(start.timestamp())
        price = self._close_usd(time // DAY_SECONDS)
        return JSONResponse([[time, price - 9, price + 9, price - 5, price, 1.5]])

    async def _bitstamp(self, request: Request) -> Response:
        time = int(request.query_params["start"])
        price = self._close_usd(time // DAY_SECONDS)
        candle = {"timestamp": str(time), "open": "1.0", "close": f"{price + 20}.00"}
        return JSONResponse({"data": {"pair": "BTC/USD", "ohlc": [candle]}})
