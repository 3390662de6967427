# SPDX-License-Identifier: AGPL-3.0-only
"""`SpotMarket.match`, cancellations and views."""

import pytest

from reference.spot import SpotOrder
from testing.spot import spot_digest, spot_tuple
from tests.unit.chain import actor, event, events, refused
from tests.unit.stall import PRICE, WAD, Stall

pytestmark = pytest.mark.unit

MAKER, TAKER = actor("maker"), actor("taker")


def bid(stall: Stall, price: int = PRICE, **changes: object) -> SpotOrder:
    """Return an order of the taker to buy."""
    return stall.order(**{"maker": TAKER, "is_buy": True, "price": price, **changes})


def test_match__crossing__pays_half_way_rounded_down(stall: Stall) -> None:
    ask = stall.order(price=6_998)

    assert stall.match(ask, bid(stall), 2 * WAD) == 2 * WAD

    told = event(stall.market, "Traded")
    assert (told.buyer, told.seller, told.cost) == (TAKER, MAKER, (2 * 6_998 + 2 * 7_001) // 2)
    assert len(events(stall.market, "OrderFilled")) == 2
    assert stall.has("maker") == (-2 * WAD, 13_999)
    assert stall.match(bid(stall, salt=1), ask, WAD) == WAD


def test_match__one_price_that_does_not_come_out_even__reverts(stall: Stall) -> None:
    """The example of docs/spot.md: each rounds its own way, so neither is asked past its price."""
    part = 15 * WAD // 10
    with refused("order: prices do not cross", stall.state):
        stall.match(stall.order(), bid(stall), part)

    assert stall.match(stall.order(), bid(stall, 7_002), part) == part
    assert stall.has("maker")[1] == 10_502


def test_match__not_crossing__reverts(stall: Stall) -> None:
    with refused("order: prices do not cross", stall.state):
        stall.match(stall.order(), bid(stall, PRICE - 1), WAD)


def test_match__priced_in_different_ways__meets_in_money(stall: Stall) -> None:
    ask = stall.note_order()
    plain = bid(stall, 690, token=str(stall.note.address))

    stall.match(ask, plain, WAD)

    assert stall.has("maker", stall.note) == (-WAD, (686 + 690) // 2)


def test_match__for_the_market__is_for_matches_only(stall: Stall) -> None:
    ask = stall.order(taker=str(stall.market.address))

    assert stall.match(ask, bid(stall), WAD) == WAD


def test_match__not_opposite__reverts(stall: Stall) -> None:
    others = [
        stall.order(maker=TAKER),
        bid(stall, token=str(stall.note.address)),
        bid(stall, money=str(stall.note.address)),
    ]
    for other in others:
        with refused("order: not opposite", stall.state):
            stall.match(stall.order(), other, WAD)


def test_match__of_one_maker__reverts(stall: Stall) -> None:
    with refused("order: with itself", stall.state):
        stall.match(stall.order(), stall.order(is_buy=True), WAD)


def test_match__filled__reverts(stall: Stall) -> None:
    ask = stall.order()
    assert stall.match(ask, bid(stall)) == 10 * WAD

    with refused("order: nothing left", stall.state):
        stall.match(ask, bid(stall, salt=1), 1)


def test_cancel__own__is_over_for_ever(stall: Stall) -> None:
    order = stall.order()
    stall.fill(order, WAD)

    stall.market.cancel(spot_tuple(order), sender=MAKER)

    told = event(stall.market, "OrderCancelled")
    assert (told.order_hash, told.maker) == (
        spot_digest(1, str(stall.market.address), order),
        MAKER,
    )
    with refused("order: nothing left", stall.state):
        stall.fill(order, WAD)


def test_cancel__anothers__reverts(stall: Stall) -> None:
    with refused("spot: not the maker", stall.state):
        stall.market.cancel(spot_tuple(stall.order()), sender=TAKER)


def test_cancel_all__ends_all_before_and_none_after(stall: Stall) -> None:
    stall.market.cancel_all(sender=MAKER)

    told = event(stall.market, "EpochRaised")
    assert (told.maker, told.subject, told.new_epoch) == (MAKER, 0, 1)
    assert stall.market.epoch_of(MAKER) == 1
    for epoch in (0, 2):
        with refused("order: other epoch", stall.state):
            stall.fill(stall.order(epoch=epoch), WAD)
    assert stall.fill(stall.order(epoch=1), WAD) == WAD


def test_cancel_token__ends_its_orders_only(stall: Stall) -> None:
    stall.market.cancel_token(stall.token.address, sender=MAKER)

    with refused("order: other epoch", stall.state):
        stall.fill(stall.order(), WAD)
    assert stall.fill(stall.note_order(), WAD) == WAD
    assert stall.fill(stall.order(epoch=1), WAD) == WAD
    with refused("spot: no token"):
        stall.market.cancel_token("0x" + "00" * 20, sender=MAKER)


def test_check_order__says_what_is_left_and_what_it_costs(stall: Stall) -> None:
    order = stall.order()
    stall.fill(order, 4 * WAD)

    assert stall.market.check_order(spot_tuple(order), stall.sign(order), TAKER) == (
        6 * WAD,
        6 * PRICE,
    )
    for_match = stall.order(taker=str(stall.market.address))
    signature = stall.sign(for_match)
    market = str(stall.market.address)
    assert stall.market.check_order(spot_tuple(for_match), signature, market)[0] == 10 * WAD
    with refused("order: for another taker"):
        stall.market.check_order(spot_tuple(for_match), signature, TAKER)


def test_hash_of__is_what_wallets_sign(stall: Stall) -> None:
    order = stall.note_order(taker=TAKER, minimum_quantity=5, epoch=3, salt=9)

    expected = spot_digest(1, str(stall.market.address), order)
    assert stall.market.hash_of(spot_tuple(order)) == expected
    assert stall.market.eip712Domain()[1] == "HashrateSpot"
