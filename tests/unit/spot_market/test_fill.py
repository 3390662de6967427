# SPDX-License-Identifier: AGPL-3.0-only
"""`SpotMarket.fill`, `fill_with_permits`, `fill_many`: the order's price, all or nothing."""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS, day_of
from testing.spot import sign_spot, spot_digest, spot_tuple
from tests.unit.chain import ZERO, account, actor, deployer, event, events, go_to, now, refused
from tests.unit.hashrate_offering.test_buy import sign_permit
from tests.unit.stall import MAX, PRICE, RICH, WAD, Stall

pytestmark = pytest.mark.unit

MAKER, TAKER = actor("maker"), actor("taker")


def test_fill__offer__moves_token_and_money(stall: Stall) -> None:
    order = stall.order()

    assert stall.fill(order, 3 * WAD) == 3 * WAD

    told = event(stall.market, "Traded")
    filled = event(stall.market, "OrderFilled")
    assert (told.token, told.buyer, told.seller) == (order.token, TAKER, MAKER)
    assert (told.money, told.quantity, told.cost) == (order.money, 3 * WAD, 3 * PRICE)
    digest = spot_digest(1, str(stall.market.address), order)
    assert (filled.order_hash, filled.maker, filled.quantity) == (digest, MAKER, 3 * WAD)
    assert stall.market.filled_of(digest) == 3 * WAD
    assert stall.has("taker") == (3 * WAD, -3 * PRICE)
    assert stall.has("maker") == (-3 * WAD, 3 * PRICE)


def test_fill__bid__moves_them_the_other_way(stall: Stall) -> None:
    stall.fill(stall.order(is_buy=True), 3 * WAD)

    assert stall.has("taker") == (-3 * WAD, 3 * PRICE)


def test_fill__half_units__round_in_favour_of_the_maker(stall: Stall) -> None:
    """The example of docs/spot.md: 1.5 at 7,001 are 10,501.5."""
    stall.fill(stall.order(), 15 * WAD // 10)
    assert stall.has("maker")[1] == 10_502

    stall.fill(stall.order(is_buy=True), 15 * WAD // 10)
    assert stall.has("maker")[1] == 10_502 - 10_501


def test_fill__in_parts__ends_with_its_quantity(stall: Stall) -> None:
    order = stall.order()

    assert [stall.fill(order, 6 * WAD), stall.fill(order, 6 * WAD)] == [6 * WAD, 4 * WAD]

    with refused("order: nothing left", stall.state):
        stall.fill(order, 1)


def test_fill__dust_for_nothing__reverts(stall: Stall) -> None:
    """A bid rounds down: a speck would be sold for nothing."""
    with refused("order: costs nothing", stall.state):
        stall.fill(stall.order(is_buy=True), 1)

    stall.fill(stall.order(), 1)
    assert stall.has("taker") == (1, -1)


def test_fill__limits_of_the_taker__hold(stall: Stall) -> None:
    with refused("spot: costs too much", stall.state):
        stall.fill(stall.order(), WAD, max_pay=PRICE - 1)
    with refused("spot: receives too little", stall.state):
        stall.fill(stall.order(is_buy=True), WAD, min_receive=PRICE + 1)
    with refused("spot: less than asked for", stall.state):
        stall.fill(stall.order(), MAX, least=10 * WAD + 1)

    stall.fill(stall.order(), WAD, max_pay=PRICE)
    stall.fill(stall.order(is_buy=True), WAD, min_receive=PRICE)


def test_fill__below_its_minimum__reverts_unless_less_is_left(stall: Stall) -> None:
    order = stall.order(minimum_quantity=4 * WAD)
    for quantity in (4 * WAD - 1, 0):
        with refused("order: below its minimum", stall.state):
            stall.fill(order, quantity)

    assert [stall.fill(order, 8 * WAD), stall.fill(order, 2 * WAD)] == [8 * WAD, 2 * WAD]


def test_fill__after_its_deadline__reverts(stall: Stall) -> None:
    order = stall.order()
    go_to(order.deadline)
    stall.fill(order, WAD)
    go_to(order.deadline + 1)

    with refused("order: deadline is over", stall.state):
        stall.fill(order, WAD)


def test_fill__too_wide__reverts(stall: Stall) -> None:
    with refused("order: quantity too large", stall.state):
        stall.fill(stall.order(quantity=2**128), WAD)
    with refused("order: price too large", stall.state):
        stall.fill(stall.order(price=2**128), WAD)


def test_fill__widest__does_not_overflow(stall: Stall) -> None:
    order = stall.order(quantity=2**128 - 1, price=2**128 - 1)

    assert stall.market.cost_of(spot_tuple(order), 2**128 - 1) == -(-((2**128 - 1) ** 2) // WAD)
    with refused("order: quantity too large"):
        stall.market.cost_of(spot_tuple(order), 2**128)


def test_fill__for_another_taker__reverts(stall: Stall) -> None:
    for taker in (actor("stranger"), str(stall.market.address)):
        with refused("order: for another taker", stall.state):
            stall.fill(stall.order(taker=taker), WAD)

    assert stall.fill(stall.order(taker=TAKER), WAD) == WAD


def test_fill__own_order__reverts(stall: Stall) -> None:
    with refused("order: with itself", stall.state):
        stall.fill(stall.order(), WAD, sender=MAKER)


@pytest.mark.parametrize("cut", [slice(0, 64), slice(0, 65)])
def test_fill__not_signed__reverts(stall: Stall, cut: slice) -> None:
    order = stall.order()
    false = stall.sign(order, account("stranger"))[cut]

    with refused("order: not signed", stall.state):
        stall.fill(order, WAD, signature=false)


def test_fill__maker_of_no_key__reverts(stall: Stall) -> None:
    with refused("order: not signed", stall.state):
        stall.fill(stall.order(maker=ZERO), WAD, signature=b"\x00" * 65)


def test_fill__signed_for_another_chain_or_market__reverts(stall: Stall) -> None:

    order, key = stall.order(), account("maker").key
    for chain_id, market in ((2, str(stall.market.address)), (1, TAKER)):
        with refused("order: not signed", stall.state):
            stall.fill(order, WAD, signature=sign_spot(chain_id, market, order, key))


def test_fill__any_field_changed__is_another_order(stall: Stall) -> None:
    order = stall.order()
    signature = stall.sign(order)
    changes: dict[str, Any] = {
        "is_buy": True,
        "token": str(stall.note.address),
        "money": str(stall.note.address),
        "price": PRICE - 1,
        "max_lag_days": 3,
        "quantity": 11 * WAD,
        "minimum_quantity": 1,
        "deadline": order.deadline + 1,
        "salt": 1,
        "taker": TAKER,
    }
    for name, value in changes.items():
        with refused("order: not signed", stall.state):
            stall.fill(replace(order, **{name: value}), WAD, signature=signature)


def test_fill__money_that_takes_a_fee__reverts(stall: Stall) -> None:
    money = stall.other("MockFeeToken", 8)

    with refused("spot: other amount arrived", stall.state):
        stall.fill(stall.order(money=str(money.address)), WAD)


def test_fill__token_or_money_that_says_no__reverts(stall: Stall) -> None:
    false = stall.other("MockFalseToken", 8)
    false.set_refusing(True)

    with refused("spot: money did not move", stall.state):
        stall.fill(stall.order(money=str(false.address)), WAD)
    with refused("spot: token did not move", stall.state):
        stall.fill(stall.order(token=str(false.address)), WAD)


def test_fill__money_that_answers_nothing__is_paid(stall: Stall) -> None:
    silent = stall.other("MockNoReturnToken", 8)

    assert stall.fill(stall.order(money=str(silent.address)), WAD) == WAD


def test_fill__not_approved__reverts(stall: Stall) -> None:
    stall.token.approve(stall.market.address, WAD - 1, sender=MAKER)

    with refused("erc20: insufficient allowance", stall.state):
        stall.fill(stall.order(), WAD)


def test_fill_with_permits__of_both__needs_no_approval(stall: Stall) -> None:
    market = str(stall.market.address)
    stall.token.approve(market, 0, sender=MAKER)
    stall.money.approve(market, 0, sender=TAKER)
    order = stall.order()
    permits = [
        sign_permit(stall.token, account("maker"), market, WAD),
        sign_permit(stall.money, account("taker"), market, PRICE),
    ]

    taken = stall.market.fill_with_permits(
        permits, spot_tuple(order), stall.sign(order), (WAD, WAD, PRICE, 0), sender=TAKER
    )

    assert taken == WAD
    assert stall.has("taker") == (WAD, -PRICE)


# ---------------------------------------------------------------- what remains


def test_fill__per_remaining__follows_what_remains(stall: Stall) -> None:
    """The example of docs/spot.md: 3 and a speck of a note of 700 at 0.98 are 2,058 and a speck."""
    offer, bid = stall.note_order(), stall.note_order(is_buy=True)
    part = 3 * WAD + 1
    assert stall.market.cost_of(spot_tuple(offer), part) == 2_059
    assert stall.market.cost_of(spot_tuple(bid), part) == 2_058

    stall.note.set_remaining(350, day_of(now()) - 1)
    stall.fill(bid, part)

    assert stall.has("taker", stall.note) == (-part, 1_029)


def test_fill__per_remaining_rounds_once(stall: Stall) -> None:
    """Half of 1 at par twice is a half: rounding between would make it nothing, or two."""
    stall.note.set_remaining(1, day_of(now()))
    order = stall.note_order(price=3 * WAD // 2)

    assert stall.market.cost_of(spot_tuple(order), WAD // 3 + 1) == 1
    assert stall.market.cost_of(spot_tuple(order), 2 * WAD) == 3


def test_fill__remaining_too_old__reverts(stall: Stall) -> None:
    order = stall.note_order(deadline=now() + 9 * DAY_SECONDS)
    next_day = day_of(now()) - 1
    go_to((next_day + 3) * DAY_SECONDS - 1)
    stall.fill(order, WAD)
    go_to((next_day + 3) * DAY_SECONDS)

    with refused("order: remaining too old", stall.state):
        stall.fill(order, WAD)
    stall.note.set_remaining(700, 2**200)
    assert stall.fill(order, WAD) == WAD


def test_fill__nothing_remains__reverts(stall: Stall) -> None:
    stall.note.set_remaining(0, day_of(now()))

    with refused("order: costs nothing", stall.state):
        stall.fill(stall.note_order(), WAD)


@pytest.mark.parametrize("manners", [(True, False), (False, True)])
def test_fill__note_that_does_not_answer__reverts(stall: Stall, manners: tuple[bool, bool]) -> None:
    stall.note.set_manners(*manners)

    with refused("order: remaining unknown", stall.state):
        stall.fill(stall.note_order(), WAD)


def test_fill__plain_token_per_remaining__reverts(stall: Stall) -> None:
    with refused("order: remaining unknown", stall.state):
        stall.fill(stall.note_order(token=str(stall.token.address)), WAD)


# ---------------------------------------------------------------- many


def test_fill_many__some_that_fail__are_skipped(stall: Stall) -> None:
    good, bad = stall.order(), stall.order(deadline=now() - 1, salt=1)

    taken = stall.market.fill_many(stall.fills(bad, good, good, quantity=6 * WAD), sender=TAKER)

    (skipped,) = events(stall.market, "FillSkipped")
    assert skipped.place == 0
    assert b"order: deadline is over" in skipped.reason
    assert taken == [0, 6 * WAD, 4 * WAD]
    assert stall.has("taker")[0] == 10 * WAD


def test_fill_many__none__reverts(stall: Stall) -> None:
    with refused("spot: nothing taken", stall.state):
        stall.market.fill_many(stall.fills(stall.order(deadline=0)), sender=TAKER)


def test_fill_many__with_little_gas__is_refused_as_a_whole(stall: Stall) -> None:
    fills = stall.fills(stall.order(), stall.note_order())
    with refused("spot: too little gas", stall.state):
        stall.market.fill_many(fills, sender=TAKER, gas=559_000)

    assert stall.market.fill_many(fills, sender=TAKER, gas=700_000) == [10 * WAD, 10 * WAD]


def test_fill_many__greedy_note__takes_nothing_from_the_rest(stall: Stall) -> None:
    stall.note.set_manners(False, True)
    fills = stall.fills(stall.note_order(), stall.order(), quantity=WAD)

    assert stall.market.fill_many(fills, sender=TAKER, gas=700_000) == [0, WAD]


def test_fill_for__by_anybody_else__reverts(stall: Stall) -> None:
    (one,) = stall.fills(stall.order())

    with refused("spot: not for others", stall.state):
        stall.market.fill_for(TAKER, one, sender=actor("stranger"))


def test_wallet__signs_as_its_owner_does(stall: Stall) -> None:
    wallet = deployer("mocks/MockSignerWallet").deploy(account("owner").address)
    stall.token.mint(wallet.address, RICH)
    stall.token.approve(stall.market.address, MAX, sender=wallet.address)
    order = stall.order(maker=str(wallet.address))
    with refused("order: not signed", stall.state):
        stall.fill(order, WAD, signature=stall.sign(order))

    assert stall.fill(order, WAD, signature=stall.sign(order, account("owner"))) == WAD
