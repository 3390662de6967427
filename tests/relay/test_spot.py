# SPDX-License-Identifier: AGPL-3.0-only
"""Spot orders at a relay: the second kind of the registry."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.units import WAD
from hashrate.evm.contracts.market import SpotMarket
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import SignedSpotOrder, SpotDomain, SpotOrder, sign_spot, spot_hash
from hashrate.orders.spot_file import spot_to_json
from hashrate.products.spot.maths import cost
from relay.kind import Place
from relay.kinds.spot import Spot, SpotOffer, _trade
from relay.ledger import Move, Trade
from relay.node import LogEntry, Node
from testing.asking import ask
from testing.oracle_world import key_of
from tests.relay.attacks.attackers import MANY, OPEN, bids, order_of, post
from tests.relay.doubles import RICH, Office, office

pytestmark = pytest.mark.unit

TOKEN, MONEY, MARKET = (to_checksum_address("0x" + f"{n}" * 40) for n in (1, 2, 3))
PAIR = f"{TOKEN}-{MONEY}".lower()
DOMAIN = SpotDomain(31337, MARKET)


class SpotDouble(Spot):
    """A market where nothing is traded."""

    def __init__(self) -> None:
        """Trade `TOKEN` for `MONEY`, and nothing else."""
        super().__init__(DOMAIN, [TOKEN, MONEY])

    def history(self, node: Node, first: int, last: int) -> tuple[list[Trade], list[Move]]:
        """Return nothing."""
        return [], []


def spot_order(**changes: Any) -> SignedSpotOrder:
    """Sign a bid for three tokens at 7,001, with changes."""
    key = key_of("spot maker")
    plain: dict[str, Any] = {
        "maker": key.address,
        "taker": ZERO_ADDRESS,
        "is_buy": True,
        "token": TOKEN,
        "money": MONEY,
        "price": 7_001,
        "is_per_remaining": False,
        "max_lag_days": 2,
        "quantity": 3 * WAD,
        "minimum_quantity": 1,
        "deadline": 2_000_000_000,
        "epoch": 0,
        "salt": 1,
    }
    return sign_spot(key, DOMAIN, SpotOrder(**plain | changes))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """A relay of both kinds."""
    with office(tmp_path, OPEN, MANY) as opened:
        opened.chain.kinds["spot"] = SpotDouble()
        opened.chain.facts_of_all = replace(RICH, remaining=3 * WAD, held=())
        yield opened


def hand_in(here: Office, signed: SignedSpotOrder) -> Any:
    """Hand a spot order in."""
    body = spot_to_json(signed).encode()
    headers = {"content-type": "application/json"}
    return ask(here.app, "/orders", "POST", content=body, headers=headers)


def levels(here: Office, side: str) -> list[tuple[str, str]]:
    """Return a side of the pair's book: price, quantity."""
    book = ask(here.app, f"/book/{PAIR}").json()
    return [(each["price"], each["quantity"]) for each in book[side]]


def test_spot__beside_forwards__has_a_book_of_its_own(here: Office) -> None:
    """Both kinds are read, listed, described and taken off by the same code."""
    assert hand_in(here, spot_order()).status_code == 201
    here.chain.facts_of_all = RICH
    assert post(here, order_of("maker")).status_code == 201

    assert levels(here, "buy") == [("7001", str(3 * WAD))]
    assert bids(here) == [(5_000, 10)]
    markets = {each["kind"]: each for each in ask(here.app, "/markets").json()["markets"]}
    assert (markets["spot"]["token"], markets["spot"]["money"]) == tuple(PAIR.split("-"))
    name = "0x" + spot_hash(DOMAIN, spot_order().order).hex()
    assert ask(here.app, f"/orders/{name}").json()["order"]["kind"] == "spot"


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"token": MARKET}, 422, "unknown_token"),
        ({"deadline": 1}, 422, "closed"),
        ({"price": 0}, 400, "malformed"),
    ],
)
def test_spot__that_does_not_fit__is_refused(
    here: Office, changes: dict[str, Any], status: int, word: str
) -> None:
    """Each with its reason."""
    answer = hand_in(here, spot_order(**changes))

    assert (answer.status_code, answer.json()["error"]["reason"]) == (status, word)


def test_spot__same_money__is_shown_once(here: Office) -> None:
    """A buyer's money and a seller's tokens, each as far as they reach."""
    money = 3 * 7_001 + 7_000
    here.chain.facts_of_all = replace(RICH, remaining=3 * WAD, balance=money, held=())
    assert {hand_in(here, spot_order(salt=n)).status_code for n in range(2)} == {201}
    assert levels(here, "buy") == [("7001", str(3 * WAD + ((7_000 + 1) * WAD - 1) // 7_001))]

    here.chain.facts_of_all = replace(RICH, remaining=3 * WAD, balance=4 * WAD, held=())
    for salt in (3, 4):
        order = spot_order(salt=salt, is_buy=False, price=8_000)
        assert hand_in(here, order).status_code == 201
    assert levels(here, "sell") == [("8000", str(4 * WAD))]


@pytest.mark.parametrize("is_buy", [True, False])
def test_spot__prices_of_many_digits__have_a_second_page(here: Office, is_buy: bool) -> None:
    """Of money with 18 decimals a hundred are 10^20: the cursor that is given out is taken."""
    here.chain.facts_of_all = replace(RICH, remaining=3 * WAD, balance=10**60, held=())
    for salt in range(2):
        order = spot_order(salt=salt, is_buy=is_buy, price=10**22)
        assert hand_in(here, order).status_code == 201

    path = f"/orders?market={PAIR}&side={'buy' if is_buy else 'sell'}&limit=1"
    first = ask(here.app, path).json()
    second = ask(here.app, f"{path}&cursor={first['next']}").json()

    salts = [page["orders"][0]["signed_order"]["order"]["salt"] for page in (first, second)]
    assert (salts, second["next"]) == (["0", "1"], None)


def test_spot__after_a_restart__is_back(tmp_path: Path, here: Office) -> None:
    """The database knows the kind."""
    here.look()
    assert hand_in(here, spot_order()).status_code == 201
    here.look()
    here.store.close()

    with office(tmp_path, OPEN, MANY) as again:
        again.chain.kinds["spot"] = SpotDouble()
        again.chain.facts_of_all = None  # nothing is asked again
        again.look()
        assert levels(again, "buy") == [("7001", str(3 * WAD))]


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**128 - 1), st.integers(0, 2**200))
def test_afford__of_a_bid__is_all_the_money_covers(price: int, remaining: int, money: int) -> None:
    """As the contract computes it: what is covered can be paid, one base unit more cannot."""
    offer = SpotOffer(spot_order(price=price), "0x", (Place(PAIR, True, 1),))

    found = offer.afford(remaining, (price,), (), money)

    assert found.cost == cost(found.units, price, None, is_buy=True) <= money
    if found.units < remaining:
        assert cost(found.units + 1, price, None, is_buy=True) > money


@given(st.integers(1, 2**64), st.integers(1, 2**64), st.integers(1, 2**100), st.integers(0, 2**100))
def test_afford__of_a_bid_per_remaining__is_never_more_than_the_money_covers(
    part: int, left: int, remaining: int, money: int
) -> None:
    """The price of now is rounded, what is shown is not more for it."""
    offer = SpotOffer(spot_order(price=part, is_per_remaining=True), "0x", ())
    now = cost(WAD, part, left, is_buy=True)

    found = offer.afford(remaining, (now,), (), money)

    assert cost(found.units, part, left, is_buy=True) <= money


def test_trade__of_an_event__has_a_price() -> None:
    """Cost and quantity are exact; the price is for people."""
    words = [int(MONEY, 16), 3 * WAD, 21_005]
    accounts = [TOKEN, key_of("buyer").address, key_of("seller").address]
    topics = [
        SpotMarket.Traded.topic,
        *("0x" + each[2:].lower().rjust(64, "0") for each in accounts),
    ]
    data = "0x" + "".join(f"{each:064x}" for each in words)

    found = _trade(LogEntry(5, 6, "0x", tuple(topics), data), 60)

    assert (found.market, found.price, found.cost) == (PAIR, "7001", "21005")
    assert (found.buyer, found.seller) == tuple(accounts[1:])
