# SPDX-License-Identifier: AGPL-3.0-only
"""The live price: exchanges that agree, or none."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from maker.errors import LivePriceError
from maker.prices import LivePrice, dollars
from testing.http_server import Answer, Asked, json_answer, serving

pytestmark = pytest.mark.integration

NAMES = ("coinbase", "kraken", "bitstamp")


class Exchanges:
    """Three tickers in one server; each answers with what a test puts into `says`."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}

    def tell(self, coinbase: Any, kraken: Any, bitstamp: Any) -> None:
        """Let each tell a price."""
        self.says = {
            "/products/BTC-USD/ticker": {"price": coinbase, "time": "2026-01-01T00:00:00Z"},
            "/0/public/Ticker": {"error": [], "result": {"XXBTZUSD": {"c": [kraken, "0.1"]}}},
            "/api/v2/ticker/btcusd/": {"last": bitstamp},
        }

    def __call__(self, asked: Asked) -> Answer:
        """Answer."""
        return json_answer(self.says[asked.path])


@pytest.fixture
def exchanges() -> Exchanges:
    """Tickers that tell nothing yet."""
    return Exchanges()


@pytest.fixture
def live(exchanges: Exchanges) -> Iterator[LivePrice]:
    """A reader of all three, two of which must answer."""
    with serving() as server:
        server.reply_to_all(exchanges)
        reader = LivePrice(NAMES, dict.fromkeys(NAMES, server.url), 2, 100)
        yield reader
        reader.close()


def test_now__three_agree__is_the_one_in_the_middle(live: LivePrice, exchanges: Exchanges) -> None:
    exchanges.tell("70000.01", "70010.00000", "69990")

    assert live.now() == 7_000_001_000_000


def test_now__two_of_three__is_the_lower(live: LivePrice, exchanges: Exchanges) -> None:
    exchanges.tell("70000", None, "70100")

    assert live.now() == 7_000_000_000_000


@pytest.mark.parametrize("prices", [("70000", None, "-1"), ("0", "70000", "x"), ([], {}, "1e99")])
def test_now__one_or_none__is_refused(
    live: LivePrice, exchanges: Exchanges, prices: tuple[Any, Any, Any]
) -> None:
    exchanges.tell(*prices)

    with pytest.raises(LivePriceError, match="exchanges tell a price, 2 must"):
        live.now()


def test_now__one_far_off__is_refused(live: LivePrice, exchanges: Exchanges) -> None:
    """One that is wrong is not outvoted: who is right is not for a program to say."""
    exchanges.tell("70000", "70000", "70701")

    with pytest.raises(LivePriceError, match="too far apart"):
        live.now()


def test_dollars__satoshi_at_a_price__is_cents() -> None:
    # 43,150 sat at $70,000 are $30.205
    assert dollars(Fraction(43_150), 7_000_000_000_000) == Fraction(30_205, 10)  # type: ignore[arg-type]
