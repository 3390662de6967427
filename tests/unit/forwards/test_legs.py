# SPDX-License-Identifier: AGPL-3.0-only
"""Orders with legs: against single trades that nobody nets, and what the vault says of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product

import boa
import pytest

from tests.unit.chain import account, actor, go_to, go_to_day, refused
from tests.unit.pit import MAX, OPENING, TERMS, Leg, Order, Pit, told

pytestmark = pytest.mark.unit

MAKER, TAKER, PAYER = actor("maker"), actor("taker"), actor("payer")
PRICES = (41_000, 57_500, 60_000)


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what happens inside."""
    with boa.env.anchor():
        yield


def outcome(pit: Pit, strip: list[int]) -> tuple[object, ...]:
    """Return what both parties have, and what is inside."""
    people = (MAKER, TAKER)
    held = [pit.held(who, series) for who in people for series in strip]
    open_ = [pit.vault.open_interest(series) for series in strip]
    return held, open_, [pit.money(who) for who in people], pit.inside()


@pytest.mark.parametrize("sides", list(product([True, False], repeat=3)))
def test_match__three_legs__move_what_single_trades_move(
    pit: Pit, sides: tuple[bool, bool, bool]
) -> None:
    strip = pit.strip(3)
    ratios = (1, 2, 1)
    legs: list[Leg] = list(zip(strip, sides, PRICES, ratios, strict=True))
    other: list[Leg] = [(series, not buy, price, ratio) for series, buy, price, ratio in legs]
    pit.vault.mint_pair(strip[0], 2, MAKER, TAKER, sender=PAYER)
    pit.vault.mint_pair(strip[1], 3, TAKER, MAKER, sender=PAYER)
    with taken_back():
        for salt, leg in enumerate(legs):
            pit.fill(Order(legs=[(*leg[:3], 1)], quantity=5 * leg[3], salt=salt))
        expected = outcome(pit, strip)
    one, two = Order(legs=legs, quantity=5), Order(legs=other, quantity=7, maker=TAKER)

    pit.book.match(
        one.as_tuple(),
        pit.sign(one),
        two.as_tuple(),
        pit.sign(two, account("taker")),
        MAX,
        sender=actor("keeper"),
    )

    assert outcome(pit, strip) == expected


def test_fill__roll__is_one_net_pull(pit: Pit) -> None:
    """What the near leg releases pays for the far one; only the difference is asked for."""
    near, far = strip = pit.strip(2)
    pit.vault.mint_pair(near, 5, MAKER, PAYER, sender=PAYER)
    pit.token.approve(pit.vault.address, 5 * 3 * 1_000, sender=MAKER)
    roll = Order(
        legs=[(near, False, 50_000, 1), (far, True, 51_000, 1)],
        quantity=5,
        max_collateral=5 * 3 * 1_000,
    )

    assert pit.fill(roll) == 5

    assert [pit.held(MAKER, each) for each in strip] == [(0, 0), (5, 0)]
    assert pit.token.allowance(MAKER, pit.vault.address) == 0


def test_fill__both_close__one_transfer_moves_the_position(pit: Pit, series: int) -> None:
    """A LONG that the seller gives up and the buyer receives is not burned and minted."""
    pit.vault.mint_pair(series, 3, TAKER, PAYER, sender=PAYER)

    pit.fill(Order([series]), 3)

    assert [each[1:] for each in told(pit.book, "TransferSingle")] == [(TAKER, MAKER, series, 3)]
    assert pit.vault.open_interest(series) == 3


@pytest.mark.parametrize("quantity", [1, 7])
def test_fill__cap_of_the_maker__is_on_what_all_legs_pull(pit: Pit, quantity: int) -> None:
    strip = pit.strip(2)
    cost = TERMS.collateral(PRICES[0], True) + 2 * TERMS.collateral(PRICES[1], False)
    legs: list[Leg] = [(strip[0], True, PRICES[0], 1), (strip[1], False, PRICES[1], 2)]
    order = Order(legs=legs, quantity=10, max_collateral=10 * cost - 1)

    with refused("vault: above the cap", lambda: pit.state(*strip)):
        pit.fill(order, quantity)
    assert pit.fill(replace(order, max_collateral=10 * cost), quantity) == quantity


def test_fill__limits_of_the_taker__are_on_all_legs(pit: Pit) -> None:
    strip = pit.strip(2)
    legs: list[Leg] = [(strip[0], True, PRICES[0], 1), (strip[1], True, PRICES[1], 1)]
    order = Order(legs=legs)
    cost = sum(TERMS.collateral(price, False) for price in PRICES[:2])
    for limits in ({"max_pay": 3 * cost - 1}, {"min_receive": 1}):
        reason = "vault: above the cap" if "max_pay" in limits else "book: receives too little"
        with refused(reason, lambda: pit.state(*strip)):
            pit.fill(order, 3, **limits)
    assert pit.fill(order, 3, max_pay=3 * cost) == 3
    back = Order(legs=[(*leg[:1], False, *leg[2:]) for leg in legs])
    # the taker buys back: it closes SHORT at the prices it sold at
    with refused("book: receives too little", lambda: pit.state(*strip)):
        pit.fill(back, 3, min_receive=3 * cost + 1)

    assert pit.fill(back, 3, max_pay=0, min_receive=3 * cost) == 3


@pytest.mark.parametrize(("change", "reason"), [
    ({"legs": []}, "order: no legs"),
    ({"ratios": (0, 1)}, "order: ratio out of range"),
    ({"ratios": (1_001, 1)}, "order: ratio out of range"),
    ({"ratios": (2, 4)}, "order: ratios have a divisor"),
    ({"ratios": (1_000, 750)}, "order: ratios have a divisor"),
    ({"is_reversed": True}, "order: legs not ascending"),
])  # fmt: skip
def test_fill__legs_in_another_form__reverts(
    pit: Pit, change: dict[str, object], reason: str
) -> None:
    strip = pit.strip(2)
    ratios = change.get("ratios", (1, 1))
    legs: list[Leg] = [
        (series, True, 50_000, ratio) for series, ratio in zip(strip, ratios, strict=True)
    ]
    if change.get("is_reversed"):
        legs.reverse()
    if "legs" in change:
        legs = []

    with refused(reason, lambda: pit.state(*strip)):
        pit.fill(Order(legs=legs), 1)


@pytest.mark.parametrize("ratios", [(1_000, 999), (987, 610), (6, 35), (1, 1_000)])
def test_fill__ratios_without_a_divisor__trade(pit: Pit, ratios: tuple[int, int]) -> None:
    strip = pit.strip(2)
    legs: list[Leg] = [
        (series, True, 50_000, ratio) for series, ratio in zip(strip, ratios, strict=True)
    ]

    assert pit.fill(Order(legs=legs), 2) == 2

    assert [pit.held(MAKER, each)[0] for each in strip] == [2 * ratio for ratio in ratios]


def test_fill__twelve_legs__trade_and_thirteen_cannot_be_said(pit: Pit) -> None:
    strip = pit.strip(12)

    assert pit.fill(Order(strip), 1) == 1
    with pytest.raises(Exception, match="13|bound|length|type"):
        pit.fill(Order(pit.strip(13)), 1)


# ---------------------------------------------------------------- Pegs


def test_fill__peg__follows_the_newest_final_day(pit: Pit, series: int) -> None:
    peg = (1, 2, -250, TERMS.floor_ticks, 59_000)
    order = Order([series], pegs=[peg], deadline=MAX, may_trade_in_window=True)
    pit.report_until(OPENING + 1, 50)
    pit.fill(order, 1)
    assert told(pit.book, "Traded")[0][3] == 49_750
    assert [leg[2] for leg in pit.book.priced_legs(order.as_tuple())] == [49_750]
    pending = pit.report(55)
    pit.fill(order, 1)
    assert told(pit.book, "Traded")[0][3] == 49_750
    go_to(int(pit.reporting.oracle.day_record(pending).final_at))

    pit.fill(order, 1)

    assert told(pit.book, "Traded")[0][3] == 54_750


@pytest.mark.parametrize(("offset", "price"), [
    (10**9, 59_000), (-(10**9), 41_000), (2**255 - 1, 59_000), (-(2**255), 41_000), (0, 50_000),
])  # fmt: skip
def test_fill__peg_with_any_offset__stays_within_its_clamp(
    pit: Pit, series: int, offset: int, price: int
) -> None:
    pit.report_until(OPENING + 1, 50)

    pit.fill(Order([series], pegs=[(1, 2, offset, 41_000, 59_000)]), 1)

    assert told(pit.book, "Traded")[0][3] == price


@pytest.mark.parametrize("is_buy", [True, False])
def test_fill__peg__collateral_counts_at_its_worst_price(
    pit: Pit, series: int, is_buy: bool
) -> None:
    most = 10 * TERMS.collateral(59_000 if is_buy else 41_000, is_buy)
    order = Order(
        [series], is_buy=is_buy, pegs=[(1, 2, 0, 41_000, 59_000)], max_collateral=most - 1
    )

    with refused("order: too much collateral", lambda: pit.state(series)):
        pit.fill(order, 1)
    assert pit.fill(replace(order, max_collateral=most), 1) == 1


@pytest.mark.parametrize(("peg", "reason"), [
    ((1, 2, 0, 59_000, 41_000), "order: peg upside down"),
    ((1, 2, 0, 39_999, 61_000), "terms: price out of range"),
    ((0, 2, 0, 41_000, 59_000), "series: not 1 to 7 days"),
    ((8, 2, 0, 41_000, 59_000), "series: not 1 to 7 days"),
])  # fmt: skip
def test_fill__peg_that_cannot_be__reverts(
    pit: Pit, series: int, peg: tuple[int, ...], reason: str
) -> None:
    with refused(reason, lambda: pit.state(series)):
        pit.fill(Order([series], pegs=[peg]), 1)


def test_fill__peg_and_a_price__reverts(pit: Pit, series: int) -> None:
    order = Order(legs=[(series, True, 50_000, 1)], pegs=[(1, 2, 0, 41_000, 59_000)])

    with refused("order: a peg and a price", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_fill__peg_whose_newest_day_is_old__is_dead(pit: Pit, series: int) -> None:
    order = Order(
        [series], pegs=[(1, 2, 0, 41_000, 59_000)], deadline=MAX, may_trade_in_window=True
    )
    newest = pit.reporting.oracle.last_final_day()
    go_to_day(newest + 3, -1)
    assert pit.fill(order, 1) == 1
    go_to_day(newest + 3)

    with refused("order: peg too old", lambda: pit.state(series)):
        pit.fill(order, 1)


# ---------------------------------------------------------------- Series, match only, views


def test_cancel_series__orders_so_far_on_it__are_dead_and_others_live(pit: Pit) -> None:
    one, two = strip = pit.strip(2)
    both = Order(strip, salt=1)
    pit.book.cancel_series(one, sender=MAKER)
    assert told(pit.book, "EpochRaised") == [(MAKER, one, 1)]
    for dead in (Order([one]), both):
        with refused("order: other epoch", lambda: pit.state(*strip)):
            pit.fill(dead, 1)

    assert pit.fill(Order([two]), 1) == 1
    assert pit.fill(Order([one], epoch=1), 1) == 1
    pit.book.cancel_series(two, sender=MAKER)
    assert pit.fill(Order([one], epoch=1), 1) == 1
    with refused("order: other epoch", lambda: pit.state(*strip)):
        pit.fill(Order([two], epoch=1), 1)
    pit.book.cancel_all(sender=MAKER)
    with refused("order: other epoch", lambda: pit.state(*strip)):
        pit.fill(Order([one], epoch=2), 1)
    assert pit.book.epoch_of(MAKER) == 3


def test_cancel_series__none__reverts(pit: Pit) -> None:
    with refused("book: no series"):
        pit.book.cancel_series(0, sender=MAKER)


def test_match__order_for_match_alone__is_filled_by_nobody_else(pit: Pit, series: int) -> None:
    hidden = Order([series], taker=pit.book.address)
    fills = [(hidden.as_tuple(), pit.sign(hidden), (1, 0, MAX, 0))]
    with refused("order: for another taker", lambda: pit.state(series)):
        pit.fill(hidden, 1)
    with refused("book: nothing taken", lambda: pit.state(series)):
        pit.book.fill_many(fills, sender=TAKER)
    assert pit.book.check_order(hidden.as_tuple(), pit.sign(hidden), pit.book.address) == 10
    sell = Order([series], is_buy=False, maker=TAKER)
    signatures = pit.sign(hidden), pit.sign(sell, account("taker"))

    pit.book.match(
        hidden.as_tuple(), signatures[0], sell.as_tuple(), signatures[1], 4, sender=PAYER
    )

    assert pit.held(MAKER, series) == (4, 0)


def test_uri__both_sides__are_numbers_and_hex_only(pit: Pit, series: int) -> None:
    index, token = pit.reporting.oracle.address.lower(), pit.token.address.lower()
    band = f"{TERMS.floor_ticks}-{TERMS.cap_ticks}"
    for side, name in enumerate(("LONG", "SHORT")):
        assert pit.vault.uri(series + side) == (
            'data:application/json;utf8,{"name":"'
            f'{name} 1 {TERMS.first_day}-{TERMS.end_day} {band}","properties":{{"side":"{name}",'
            f'"index":"{index}","metric":1,"first_day":{TERMS.first_day},'
            f'"end_day":{TERMS.end_day},"floor_ticks":{TERMS.floor_ticks},'
            f'"cap_ticks":{TERMS.cap_ticks},"tick_value":1,"token":"{token}","pays":null}}}}'
        )
    pit.report_until(TERMS.first_day)
    pit.report_until(TERMS.end_day, 45)
    pit.vault.settle(series)
    assert '"pays":15000}' in pit.vault.uri(series)
    assert '"pays":45000}' in pit.vault.uri(series + 1)
    with refused("series: unknown"):
        pit.vault.uri(series + 2)
    assert pit.vault.name() == "Hashrate forwards"
    assert pit.vault.contractURI() == 'data:application/json;utf8,{"name":"Hashrate forwards"}'


def test_fill__account_with_code_that_sends_or_signs_itself__is_not_asked(
    pit: Pit, series: int
) -> None:
    """EIP-7702: a key that lends itself code without a hook can open positions."""
    for role in ("maker", "taker"):
        boa.env.set_code(actor(role), bytes.fromhex("60006000fd"))

    assert pit.fill(Order([series]), 2) == 2

    assert (pit.held(MAKER, series), pit.held(TAKER, series)) == ((2, 0), (0, 2))
    with refused("position: receiver takes none", lambda: pit.state(series)):
        pit.vault.mint_pair(series, 1, MAKER, PAYER, sender=PAYER)


# ---------------------------------------------------------------- The vault alone


def test_trade__senseless__reverts(pit: Pit, series: int) -> None:
    """Whatever the book: here a strange one that both parties have named."""
    book = actor("strange book")
    for who in (MAKER, TAKER):
        pit.vault.approve_book(book, pit.token.address, 10**9, True, MAX >> 192, sender=who)

    def trade(taker: str, legs: list[Leg], cap: int = MAX) -> None:
        asked = (MAKER, taker, 1, False, cap, cap, True, True, legs)
        pit.vault.trade(asked, sender=book)

    leg = (series, True, 50_000, 1)
    for arguments, reason in (
        ((MAKER, [leg]), "vault: with itself"),
        ((TAKER, []), "vault: no legs"),
        ((TAKER, [(series, True, 50_000, 0)]), "vault: quantity out of range"),
        ((TAKER, [(series, True, 50_000, 2**120)]), "vault: quantity out of range"),
        ((TAKER, [(series, True, 50_000, 10**6)]), "vault: above the book's limit"),
        ((TAKER, [leg], 1), "vault: above the cap"),
        ((PAYER, [leg]), "vault: book not named"),
    ):
        with refused(reason, lambda: pit.state(series)):
            trade(*arguments)
    with refused("vault: no legs"):
        pit.vault.collateral_of([], False)
    trade(TAKER, [leg])
    limit = pit.vault.naming_of(MAKER, book, pit.token.address).cash_limit
    assert limit == 10**9 - TERMS.collateral(50_000, True)


def test_approve_book__beyond_its_fields__reverts(pit: Pit) -> None:
    token = pit.token.address
    with refused("vault: limit too large"):
        pit.vault.approve_book(actor("book"), token, 2**128, True, 0, sender=MAKER)
    with refused("vault: until too far"):
        pit.vault.approve_book(actor("book"), token, 0, True, 2**64, sender=MAKER)
