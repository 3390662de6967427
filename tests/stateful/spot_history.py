# SPDX-License-Identifier: AGPL-3.0-only
"""A history of the spot market in which everything happens once: no mutant gets through."""

from dataclasses import replace

from eth_utils import keccak

from reference.spot import SignedSpotOrder, SpotOrder, SpotTake
from reference.units import DAY_SECONDS, day_of
from testing.local_chain import Refused
from testing.spot import spot_tuple
from tests.stateful.spot_lockstep import SpotLockstep

WAD = 10**18
ORDER_OF_THE_CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def spot_history(lockstep: SpotLockstep) -> None:
    """Fill, match and cancel in every way, each checked against the model."""
    system = lockstep.system
    maker, taker, third, _ = system.traders
    order = SpotOrder(
        maker=maker,
        taker=None,
        is_buy=False,
        token=system.plain.address,
        money=system.money.address,
        price=7_001,
        is_per_remaining=False,
        max_lag_days=2,
        quantity=10 * WAD,
        minimum_quantity=WAD,
        deadline=lockstep.now + DAY_SECONDS,
        epoch=0,
        salt=0,
    )
    ask, bid = SignedSpotOrder(order), SignedSpotOrder(replace(order, is_buy=True, salt=1))
    part = 15 * WAD // 10
    assert lockstep.fill(taker, SpotTake(ask, part, max_pay=10_502)) == part
    assert lockstep.fill(taker, SpotTake(bid, part, min_receive=10_501)) == part
    assert lockstep.fill(taker, SpotTake(ask, part, max_pay=10_501)) is None
    assert lockstep.fill(taker, SpotTake(bid, part, min_receive=10_502)) is None
    assert lockstep.fill(taker, SpotTake(ask, WAD - 1)) is None, "below its minimum"
    assert lockstep.fill(maker, SpotTake(ask, WAD)) is None, "with itself"
    assert lockstep.fill(taker, SpotTake(replace(ask, is_signed=False), WAD)) is None, "unsigned"
    lockstep.check([ask, bid])
    assert lockstep.fill(taker, SpotTake(ask, 20 * WAD)) == 17 * WAD // 2
    assert lockstep.fill(taker, SpotTake(ask, WAD)) is None, "filled twice"

    signed_by_a_wallet(lockstep, order)
    priced_by_what_remains(lockstep, order)
    matched(lockstep, order)
    cancelled(lockstep, order, taker)
    for_one = SignedSpotOrder(replace(order, taker=third, salt=30))
    assert lockstep.fill(taker, SpotTake(for_one, WAD)) is None, "for another taker"
    late = SignedSpotOrder(replace(order, salt=31, epoch=lockstep.model.books.epochs[maker]))
    many = [SpotTake(for_one, WAD), SpotTake(late, 2 * WAD), SpotTake(late, 9 * WAD)]
    assert lockstep.fill_many(taker, many) == [0, 2 * WAD, 8 * WAD]
    lockstep.chain.now = order.deadline + 1
    later = SignedSpotOrder(replace(late.order, salt=32))
    assert lockstep.fill(taker, SpotTake(later, WAD)) is None, "after its deadline"
    lockstep.check([late, later, for_one])


def signed_by_a_wallet(lockstep: SpotLockstep, order: SpotOrder) -> None:
    """A wallet takes a signature in two forms: the order is one all the same."""
    system = lockstep.system
    taker, wallet = system.traders[1], system.traders[3]
    of_wallet = SignedSpotOrder(replace(order, maker=wallet))
    assert lockstep.fill(taker, SpotTake(of_wallet, 10 * WAD)) == 10 * WAD
    signature = system.signature(of_wallet)
    s = ORDER_OF_THE_CURVE - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])
    try:
        again = (WAD, 0, 2**255, 0)
        system.market.send("fill", spot_tuple(of_wallet.order), twin, again, sender=taker)
    except Refused as refused:
        assert refused.reason == "order: nothing left", refused.reason
    else:
        raise AssertionError("1: filled again by another signature")
    assert keccak(twin) != keccak(signature)


def priced_by_what_remains(lockstep: SpotLockstep, order: SpotOrder) -> None:
    """A note of 700 at 0.98 of par, as it pays down, grows old, and is gone."""
    system, taker = lockstep.system, lockstep.system.traders[1]
    note = replace(order, token=system.note.address, is_per_remaining=True, price=98 * WAD // 100)
    offer, wish = SignedSpotOrder(note), SignedSpotOrder(replace(note, is_buy=True, salt=2))
    odd = 3 * WAD + 1
    assert lockstep.fill(taker, SpotTake(offer, odd, max_pay=2_059)) == odd
    assert lockstep.fill(taker, SpotTake(wish, odd, min_receive=2_058)) == odd
    assert lockstep.fill(taker, SpotTake(offer, odd, max_pay=2_058)) is None
    lockstep.set_remaining(350, day_of(lockstep.now) - 2)
    assert lockstep.fill(taker, SpotTake(wish, 2 * WAD, min_receive=686)) == 2 * WAD
    lockstep.set_remaining(350, day_of(lockstep.now) - 3)
    assert lockstep.fill(taker, SpotTake(wish, 2 * WAD)) is None, "remaining too old"
    lockstep.set_remaining(0, day_of(lockstep.now))
    assert lockstep.fill(taker, SpotTake(wish, 2 * WAD)) is None, "nothing remains"
    lockstep.check([offer, wish])


def matched(lockstep: SpotLockstep, order: SpotOrder) -> None:
    """Two orders meet half way, or not at all."""
    other = lockstep.system.traders[2]
    sell = SignedSpotOrder(replace(order, price=6_998, salt=10))
    buy = SignedSpotOrder(replace(order, maker=other, is_buy=True, salt=10))
    assert lockstep.match(sell, buy, 3 * WAD) == 3 * WAD
    assert lockstep.match(buy, sell, WAD) == WAD
    even = SignedSpotOrder(replace(order, maker=other, is_buy=True, salt=11))
    same = SignedSpotOrder(replace(order, salt=12))
    assert lockstep.match(same, even, 15 * WAD // 10) is None, "past a maker's price"
    assert lockstep.match(same, even, 2 * WAD) == 2 * WAD
    low = SignedSpotOrder(replace(even.order, price=7_000, salt=13))
    assert lockstep.match(same, low, WAD) is None, "prices that do not cross"
    seller = SignedSpotOrder(replace(even.order, is_buy=False, salt=15))
    assert lockstep.match(same, seller, WAD) is None, "two sellers"
    for_market = replace(order, taker=lockstep.model.market, salt=14)
    only_matched = SignedSpotOrder(for_market)
    assert lockstep.fill(other, SpotTake(only_matched, WAD)) is None, "for matches only"
    assert lockstep.match(only_matched, even, WAD) == WAD
    lockstep.check([sell, buy, even, same, low, only_matched])


def cancelled(lockstep: SpotLockstep, order: SpotOrder, taker: str) -> None:
    """One, all, and those on one token."""
    maker = order.maker
    one = SignedSpotOrder(replace(order, salt=20))
    assert lockstep.fill(taker, SpotTake(one, WAD)) == WAD
    assert not lockstep.cancel(taker, one.order), "cancelled by another"
    assert lockstep.cancel(maker, one.order)
    assert lockstep.fill(taker, SpotTake(one, WAD)) is None, "cancelled"
    old = SignedSpotOrder(replace(order, salt=21))
    lockstep.cancel_token(maker, lockstep.system.note.address)
    assert lockstep.fill(taker, SpotTake(old, WAD)) == WAD, "on another token"
    lockstep.cancel_token(maker, order.token)
    assert lockstep.fill(taker, SpotTake(old, WAD)) is None, "its token is cancelled"
    new = SignedSpotOrder(replace(order, salt=21, epoch=2))
    assert lockstep.fill(taker, SpotTake(new, WAD)) == WAD
    future = SignedSpotOrder(replace(order, salt=22, epoch=4))
    assert lockstep.fill(taker, SpotTake(future, WAD)) is None, "of a later epoch"
    lockstep.cancel_all(maker)
    assert lockstep.fill(taker, SpotTake(new, WAD)) is None, "all are cancelled"
    lockstep.check([one, old, new, future])
