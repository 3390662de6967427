# SPDX-License-Identifier: AGPL-3.0-only
"""What tokens are worth to a maker, what it offers of them, and what it can promise."""

from fractions import Fraction

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import DayIndex
from hashrate.core.units import WAD
from maker.curve import ONE, Outlook
from maker.purse import Purse
from maker.quoting import Policy
from maker.settings import MakerSettings
from maker.spot_quoting import SpotQuote, SpotStand, Valuation, Worth, end_of, spot_quotes_of

pytestmark = pytest.mark.unit

POLICY = Policy()
# no retarget and no halving for long: a day is worth what it is worth now
FLAT = Outlook(DayIndex(100), 1_000, ONE, 210_000)
STAND = SpotStand(Fraction(4_000), 100 * WAD, 100 * WAD, 20 * WAD, 50 * WAD)
MONEY, TOKEN, VAULT, MARKET = (to_checksum_address("0x" + f"{n}" * 40) for n in range(1, 5))


def stand(held: int, fair: int = 4_000) -> SpotStand:
    """Stand with so many tokens, where a hundred are meant."""
    return SpotStand(Fraction(fair), held * WAD, 100 * WAD, 20 * WAD, 50 * WAD)


def both(held: int, fair: int = 4_000) -> tuple[SpotQuote | None, SpotQuote | None]:
    """Return bid and ask."""
    quotes = {each.is_buy: each for each in spot_quotes_of(POLICY, stand(held, fair), 400)}
    return quotes.get(True), quotes.get(False)


def test_price__days_of_hashprice__end_with_the_series() -> None:
    # 18,000 sat per PH/s and day are 18 sat per TH/s; 300 days of them, or 10 where no more come
    valuation = Valuation(Worth.DAYS, 300, 10_000)

    assert valuation.price(FLAT, 18_000, 1, 10_000) == 300 * 18
    assert valuation.price(FLAT, 18_000, 1, 10) == 10 * 18
    assert valuation.price(FLAT, 18_000, 1, 0) == 0
    assert end_of(DayIndex(100), 101) == 0
    assert end_of(DayIndex(100), 111) == 10


def test_price__per_remaining__is_of_a_day_or_of_the_money() -> None:
    strip = Valuation(Worth.REMAINING_DAYS, 0, 9_000)
    note = Valuation(Worth.REMAINING_MONEY, 0, 9_000)

    assert strip.price(FLAT, 18_000, 1, 30) == Fraction(18 * 9, 10)
    assert strip.price(FLAT, 18_000, 1, 0) == 0
    assert note.price(FLAT, 18_000, 1, 0) == WAD * 9 // 10


def test_quotes__at_the_target__stand_four_percent_off() -> None:
    bid, ask = both(100)

    assert bid == SpotQuote(True, 20 * WAD, 3_840)
    assert ask == SpotQuote(False, 20 * WAD, 4_160)


def test_quotes__holding_more__lean_down_and_stop_at_the_limit() -> None:
    # half way to the limit: 2 % / 2 down
    bid, ask = both(125)
    assert bid is not None and ask is not None
    assert (bid.price, ask.price) == (3_801, 4_119)
    # ten more and no further; whoever deposits more than that is leaned no further
    bid, _ = both(140)
    assert bid is not None and bid.quantity == 10 * WAD
    assert both(150)[0] is None
    assert both(10_000)[1] == both(150)[1]


def test_quotes__holding_little__never_offer_what_is_not_there() -> None:
    ask = {e.is_buy: e for e in spot_quotes_of(POLICY, SpotStand(Fraction(9), 3, 0, 20, 50), 400)}
    assert ask[False].quantity == 3
    assert both(50)[1] is None  # the limit below the target
    assert spot_quotes_of(POLICY, SpotStand(Fraction(0), 10, 0, 20, 50), 400) == []


@given(st.integers(500, 50_000), st.integers(500, 50_000))
def test_two_makers__of_any_two_minds__stop_at_their_limits(one: int, other: int) -> None:
    """They trade what their limits allow, once; no price leaves its own index by more than skew."""
    held = [100, 100]
    traded = last = 0
    for turn in range(40):
        sides = [both(each, fair) for each, fair in zip(held, (one, other), strict=True)]
        for quotes, fair in zip(sides, (one, other), strict=True):
            for quote in quotes:
                # half-width and the whole skew, and what rounding away from the middle adds
                assert quote is None or abs(quote.price - fair) * 10_000 <= fair * 608 + 10_000
        for buyer, seller in ((0, 1), (1, 0)):
            bid, ask = sides[buyer][0], sides[seller][1]
            if bid is None or ask is None or bid.price < ask.price:
                continue
            tokens = min(bid.quantity, ask.quantity) // WAD
            held[buyer], held[seller] = held[buyer] + tokens, held[seller] - tokens
            traded, last = traded + tokens, turn

    assert traded <= 50
    assert last <= 50 // 20


def test_purse__several_spenders__one_balance() -> None:
    """The balance is promised once, whoever may take it; each allowance for itself."""
    purse = Purse(lambda token, spender: (100, {VAULT: 80, MARKET: 500}[spender]))
    purse.promise(MONEY, VAULT, 50)

    assert not purse.take(MONEY, VAULT, 31)  # 80 allowed, 50 promised
    assert purse.take(MONEY, VAULT, 30)
    assert not purse.take(MONEY, MARKET, 21)  # 100 held, 80 promised
    assert purse.take(MONEY, MARKET, 20)
    assert not purse.take(MONEY, MARKET, 1)
    assert purse.take(TOKEN, MARKET, 100)


PLAIN = {
    "chain_id": 1,
    "rpc_url": "http://127.0.0.1:1",
    "oracle": VAULT,
    "book": VAULT,
    "relay": "http://127.0.0.1:2",
    "bitcoin_token": MONEY,
}
DAYS = {"token": TOKEN, "worth": "days", "days": 3, "size": 1, "limit": 1}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({}, "there is nothing to quote"),
        ({"spot": [DAYS]}, "set market"),
        ({"spot": [DAYS, DAYS], "market": MARKET}, "spot names a token twice"),
        ({"spot": [DAYS | {"worth": "remaining-days"}], "market": MARKET}, "days belongs to"),
        ({"spot": [DAYS | {"days": None}], "market": MARKET}, "days belongs to"),
        ({"contracts": ["HPS-JAN27"], "deadline_seconds": 21_601}, "orders last six hours at most"),
        ({"contracts": ["HPS-JAN27"], "spot_seconds": 21_601}, "orders last six hours at most"),
    ],
)
def test_settings__that_make_no_sense__say_why(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        MakerSettings(**PLAIN | changes)  # type: ignore[arg-type]


def test_settings__chain_whose_clock_is_set__longer_orders() -> None:
    longer = {"contracts": ["HPS-JAN27"], "deadline_seconds": 10**6, "head_seconds": 0}

    assert MakerSettings(**PLAIN | longer).deadline_seconds == 10**6  # type: ignore[arg-type]
