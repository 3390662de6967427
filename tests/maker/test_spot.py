# SPDX-License-Identifier: AGPL-3.0-only
"""A maker on the spot market, with a real node, market and relay."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from hashrate.core.units import WAD
from hashrate.orders.spot import SignedSpotOrder
from hashrate.products.spot.maths import cost
from maker.cycle import Maker
from maker.errors import MakerStoppedError
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.maker_world import MakerWorld
from testing.oracle_world import DAY_SECONDS
from testing.relay_process import RelayProcess

pytestmark = pytest.mark.integration

Make = Callable[..., Maker]
_DAYS = 300
_REMAINS = 70_000  # of 1e18 of the note [sat]


@pytest.fixture
def relay(world: MakerWorld, tmp_path: Path) -> Iterator[RelayProcess]:
    """A relay that lists hashrate, notes and bitcoin."""
    tokens = [each.address for each in (world.hashrate.token, world.note, world.token)]
    listed = {"market": world.market.address, "tokens": tokens}
    process = RelayProcess(world, tmp_path / "relay", **listed)
    process.start()
    yield process
    process.close()


def hashrate(world: MakerWorld, **changes: Any) -> dict[str, Any]:
    """Quote hashrate at 300 days of hashprice, 20 TH/s at a time, up to 50 beside 100."""
    token = world.hashrate.token.address
    plain = {"token": token, "worth": "days", "days": _DAYS, "target": 100, "size": 20, "limit": 50}
    return plain | changes


def note(world: MakerWorld) -> dict[str, Any]:
    """Quote the note at nine tenths of what remains."""
    plain = {"token": world.note.address, "worth": "remaining-money", "share_bps": 9_000}
    return plain | {"target": 100, "size": 20, "limit": 50}


def stocked(world: MakerWorld, role: str = "maker") -> LocalAccount:
    """Make an account with money, hashrate and notes, of which something remains."""
    account = world.trader(role)
    world.stock(account, 100)
    today = world.anvil.now() // DAY_SECONDS
    world.note.send("set_remaining", _REMAINS, today, sender=world.deployer)
    return account


def side(maker: Maker, token: str, *, is_buy: bool) -> SignedSpotOrder:
    """Return the one open order of a side."""
    (found,) = [
        each
        for each in maker.spot_orders
        if each.order.token == token and each.order.is_buy == is_buy
    ]
    return found


def fill(world: MakerWorld, taker: LocalAccount, signed: SignedSpotOrder, tokens: int) -> None:
    """Fill some of an order, at any cost."""
    take = (tokens * WAD, tokens * WAD, 2**256 - 1, 0)
    world.market.send("fill", signed.order.as_tuple(), signed.signature, take, sender=taker.address)


def test_look__both_kinds__two_sides_of_each_are_listed(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """Hashrate by days of hashprice, a note by what remains; a second look changes nothing."""
    maker = make(stocked(world), contracts=[], spot=[hashrate(world), note(world)])

    report = maker.look()

    assert (report.quiet, report.signed) == ("", 4)
    token = world.hashrate.token.address
    bid, ask = (side(maker, token, is_buy=each).order for each in (True, False))
    # some 18 sat a day and TH/s now, less by the most that growth may be at each of 21 retargets
    assert 300 * 12 < bid.price < ask.price < 300 * 15
    assert (ask.price - bid.price) * 10_000 >= 2 * 400 * bid.price
    assert (bid.is_per_remaining, bid.quantity, ask.quantity) == (False, 20 * WAD, 20 * WAD)
    bid, ask = (side(maker, world.note.address, is_buy=each).order for each in (True, False))
    assert (bid.price, ask.price) == (WAD * 9 * 96 // 1_000, WAD * 9 * 104 // 1_000)
    assert bid.is_per_remaining and ask.is_per_remaining
    for each in (token, world.note.address):
        book = relay.get(f"/book/{each}-{world.token.address}".lower()).json()
        assert [int(level["quantity"]) for level in book["buy"] + book["sell"]] == [20 * WAD] * 2
    assert maker.look().signed == 0


def test_look__after_a_fill__leans_and_keeps_its_limits(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """Who sold asks more, and sells no further than its limit allows."""
    maker = make(stocked(world), contracts=[], spot=[hashrate(world, limit=30)])
    token = world.hashrate.token.address
    maker.look()
    first = side(maker, token, is_buy=False)

    fill(world, _rich(world), first, 20)
    report = maker.look()

    again = side(maker, token, is_buy=False).order
    assert again.quantity == 10 * WAD
    assert again.price > first.order.price
    assert report.profit["sats"] > 0  # sold above what it expects


def _rich(world: MakerWorld) -> LocalAccount:
    """Make a taker whose money the market may take."""
    taker = world.trader("taker")
    world.token.send("approve", world.market.address, 2**256 - 1, sender=taker.address)
    return taker


def test_look__money_is_promised_once__to_forwards_first(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """What the months' bids may take is not promised to a token's bid as well."""
    account = stocked(world)
    maker = make(account, spot=[hashrate(world)])
    maker.look()
    months = sum(each.order.max_collateral for each in maker.orders)
    bid = side(maker, world.hashrate.token.address, is_buy=True).order
    needed = months + cost(bid.quantity, bid.price, None, is_buy=True)
    assert len(maker.orders) == 4
    held = world.token.read("balanceOf", account.address)
    away = world.trader("away", 0)

    world.token.send("transfer", away.address, held - needed + 1, sender=account.address)
    other = make(account, "other", spot=[hashrate(world)])
    other.look()

    assert len(other.orders) == 4
    assert [each.order.is_buy for each in other.spot_orders] == [False]


def test_look__retarget_near__cancels_on_both_books(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    account = stocked(world)
    make(account, spot=[hashrate(world)]).look()
    before = [each.read("epoch_of", account.address) for each in (world.book, world.market)]

    report = make(account, spot=[hashrate(world)], quiet_blocks=950).look()

    assert report.quiet.startswith("the retarget at")
    after = [each.read("epoch_of", account.address) for each in (world.book, world.market)]
    assert after == [each + 1 for each in before]
    wait_for(
        lambda: relay.get("/markets").json()["markets"] == [],
        PATIENCE_SECONDS,
        "the relay drops them",
    )


def test_look__stale_price__is_cancelled(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """What another valuation would never sign goes, and its place is taken."""
    account, token = stocked(world), world.hashrate.token.address
    generous = make(account, contracts=[], spot=[hashrate(world, days=330)])
    generous.look()
    old = side(generous, token, is_buy=True)

    maker = make(account, contracts=[], spot=[hashrate(world)])
    maker.look()

    assert side(maker, token, is_buy=True).order.price < old.order.price
    with pytest.raises(Exception, match="order: nothing left"):
        fill(world, stocked(world, "seller"), old, 1)


def test_look__loss_on_tokens__stops_for_good(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """The account buys hashrate far above what it is worth, as a stolen key might."""
    account = stocked(world)
    dear = make(account, "thief", contracts=[], spot=[hashrate(world, days=3_000)])
    dear.look()
    fill(world, stocked(world, "seller"), side(dear, world.hashrate.token.address, is_buy=True), 20)

    maker = make(account, contracts=[], spot=[hashrate(world)], loss_sats=30_000)
    with pytest.raises(MakerStoppedError, match=r"lost \d+ sat of 30000"):
        maker.look()

    assert maker.spot_orders == ()


def test_look__month_is_over__is_redeemed_once(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """Nobody settles; the maker's money comes back, and a second look sends nothing."""
    account, first = world.trader("maker"), world.quoted[0]
    maker = make(account)
    maker.look()
    (bid,) = [each for each in maker.orders if each.order.legs[0] == _leg(first, each)]
    world.fill(world.trader("taker"), bid, 10)
    end = maker._terms[first].end_day
    world.anvil.warp(end * DAY_SECONDS + 1)
    world.report_to_yesterday()
    before = world.token.read("balanceOf", account.address)

    maker.look()

    assert world.vault.read("balanceOf", account.address, first) == 0
    assert world.token.read("balanceOf", account.address) > before
    nonce = world.rpc.nonce(account.address)
    maker.look()
    assert world.rpc.nonce(account.address) == nonce


def _leg(series: int, signed: Any) -> Any:
    """Return the leg of a bid for a series, to be compared with."""
    leg = signed.order.legs[0]
    return leg if leg.series == series and leg.is_buy else None


def test_two_makers__one_market__settle_down(
    world: MakerWorld, relay: RelayProcess, make: Make
) -> None:
    """Of two minds they trade until a limit holds one back, once, and the index stays put."""
    one, other = (stocked(world, role) for role in ("maker", "other maker"))
    low = make(one, "low", contracts=[], spot=[hashrate(world)])
    high = make(other, "high", contracts=[], spot=[hashrate(world, days=400)])
    token, sold, prices = world.hashrate.token.address, 0, []
    for _ in range(6):
        low.look()
        high.look()
        asks = [each for each in low.spot_orders if not each.order.is_buy]
        bids = [each for each in high.spot_orders if each.order.is_buy]
        prices += [each.order.price for each in asks]
        for bid, ask in zip(bids, asks, strict=False):
            if bid.order.price >= ask.order.price:
                quantity = min(bid.order.quantity, ask.order.quantity)
                pair = (bid.order.as_tuple(), bid.signature, ask.order.as_tuple(), ask.signature)
                world.market.send("match", *pair, quantity, sender=world.deployer)
                sold += quantity

    assert sold == 50 * WAD  # the limit of either, and no more however long they look
    assert world.hashrate.token.read("balanceOf", one.address) == 50 * WAD
    assert max(prices) * 10_000 <= min(prices) * (10_000 + 250)  # no further than the skew
    assert not [
        each for each in high.spot_orders if each.order.is_buy and each.order.token == token
    ]
