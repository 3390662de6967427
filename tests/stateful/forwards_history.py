# SPDX-License-Identifier: AGPL-3.0-only
"""Written histories of vault and book that touch every rule at its edge.

Each is made in lock-step, so that whatever the chain and the model do differently shows at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from eth_abi import decode, encode
from eth_utils import keccak

from reference.forward_orders import ForwardOrder, Leg, Peg, SignedOrder, Take
from reference.forward_settlement import deadline_of
from reference.forwards import Naming, Trade
from reference.units import HOUR_SECONDS, day_start
from testing.system import COINS, named_address
from tests.stateful.checks import same
from tests.stateful.forwards_checks import check_all, check_coins, check_money, check_positions
from tests.stateful.forwards_lockstep import ForwardsLockstep
from tests.stateful.lockstep import PRICE_E8

LATER = 10**11  # [unix s]
MINER, FUND, MAKER, WALLET, DEAF, HEIR = range(6)


class Stage:
    """People around vault and book, by number."""

    def __init__(self, lockstep: ForwardsLockstep) -> None:
        """Keep the lock-step and its people."""
        self.lockstep = lockstep
        self.people = lockstep.system.everybody
        self.salt = 0

    def order(
        self,
        maker: int,
        price: Fraction,
        *months: str,
        is_buy: bool = True,
        ratios: Sequence[int] = (1,) * 12,
        **changes: object,
    ) -> ForwardOrder:
        """Return an order to buy five contracts at a part of the way from floor to cap."""
        series = sorted(self.lockstep.series[name] for name in months)
        terms = self.lockstep.model.books.series[series[0]]
        ticks = terms.floor_ticks + int((terms.cap_ticks - terms.floor_ticks) * price)
        self.salt += 1
        plain = ForwardOrder(
            self.people[maker],
            None,
            5,
            0,
            COINS,
            LATER,
            False,
            self.lockstep.model.books.epochs[self.people[maker]],
            self.salt,
            tuple(
                Leg(each, is_buy, ticks, ratio) for each, ratio in zip(series, ratios, strict=False)
            ),
        )
        return replace(plain, **changes)

    def fill(
        self, taker: int, order: ForwardOrder, quantity: int = 5, least: int = 0
    ) -> int | None:
        """Take from an order with its maker's signature, and look at what it moved."""
        taken = self.lockstep.fill(self.people[taker], Take(SignedOrder(order), quantity, least))
        if taken is not None:
            check_positions(self.lockstep, [leg.series for leg in order.legs])
            check_money(self.lockstep)
        return taken

    def at(self, order: ForwardOrder, price_ticks: int) -> ForwardOrder:
        """Return an order at another price in every leg."""
        return replace(order, legs=tuple(leg.at(price_ticks) for leg in order.legs))

    def refused(self, taker: int, order: ForwardOrder, quantity: int = 5, least: int = 0) -> None:
        """Take from an order that cannot be filled."""
        assert self.fill(taker, order, quantity, least) is None

    def report_until(self, day: int, percent: int = 100, step: int = 1_000) -> None:
        """Report the days before one, each an hour after its end."""
        lockstep = self.lockstep
        while lockstep.oracle_model.next_day < day:
            next_day = lockstep.oracle_model.next_day
            lockstep.wait_until(day_start(next_day + 1) + HOUR_SECONDS)
            assert lockstep.report_day(lockstep.shaped_facts(percent, step), [PRICE_E8 + 1] * 2)

    def end_of(self, name: str) -> int:
        """Return the day after a window."""
        return self.lockstep.model.books.series[self.lockstep.series[name]].end_day

    def redeem_all(self, name: str) -> None:
        """Let everybody redeem, and see that nothing is left."""
        lockstep, series = self.lockstep, self.lockstep.series[name]
        check_all(lockstep)
        for who in self.people:
            assert lockstep.redeem(who, series, who) is not None
        check_all(lockstep)
        check_coins(lockstep)
        assert lockstep.model.held(series, lockstep.now) == 0


def traded_history(lockstep: ForwardsLockstep) -> None:
    """Trades that open, close and do both; strips; matches; pairs."""
    stage = Stage(lockstep)
    third, half = Fraction(1, 3), Fraction(1, 2)
    sell = stage.order(MAKER, third, "halving", is_buy=False)
    assert stage.fill(MINER, sell) == 5
    assert stage.fill(FUND, stage.order(MINER, half, "halving", is_buy=False, quantity=8), 8) == 8
    # closes three and opens two that cost more than the three are worth
    assert stage.fill(WALLET, stage.order(MINER, Fraction(3, 4), "halving"), 5) == 5
    # both close: the fund LONG, the maker SHORT
    assert stage.fill(FUND, stage.order(MAKER, Fraction(3, 4), "halving"), 3) == 3
    strip = ("dollars", "next dollars", "certain")
    assert stage.fill(WALLET, stage.order(FUND, Fraction(0), *strip[:2], quantity=4), 4) == 4
    # closes two of four in one month and opens in the other, one net amount each
    lockstep.transfer(stage.people[FUND], stage.people[HEIR], lockstep.series["dollars"], 2)
    back = stage.order(FUND, half, *strip[:2], is_buy=False, quantity=4)
    assert stage.fill(WALLET, back, 4) == 4
    bid = stage.order(MAKER, Fraction(5, 7), "retarget", quantity=7)
    ask = stage.order(WALLET, half, "retarget", quantity=4, is_buy=False)
    bid_price, ask_price = bid.legs[0].price_ticks, ask.legs[0].price_ticks
    assert (bid_price + ask_price) % 2 == 1
    assert lockstep.match(SignedOrder(bid), SignedOrder(ask), 9) == 4
    check_all(lockstep)
    for flawed in (
        (stage.at(bid, ask_price - 1), ask),
        (bid, replace(ask, maker=bid.maker, salt=99)),
        (replace(bid, legs=(Leg(lockstep.series["wide"], True, bid_price),)), ask),
    ):
        assert lockstep.match(SignedOrder(flawed[0]), SignedOrder(flawed[1]), 1) is None
    _pairs(stage)
    check_all(lockstep)
    check_coins(lockstep)


def _pairs(stage: Stage) -> None:
    lockstep, people, series = stage.lockstep, stage.people, stage.lockstep.series["wide"]
    assert lockstep.mint_pair(people[MINER], series, 3, (people[HEIR], people[WALLET]))
    assert lockstep.mint_pair(people[MINER], series, 2, (people[FUND], people[FUND]))
    assert not lockstep.mint_pair(people[MINER], series, 1, (people[FUND], people[DEAF]))
    assert not lockstep.mint_pair(people[MINER], series, 1, (lockstep.system.vault.address,) * 2)
    check_all(lockstep)
    assert lockstep.merge_pair(people[FUND], series, 1, people[HEIR])
    assert not lockstep.merge_pair(people[FUND], series, 2, people[HEIR])
    assert not lockstep.transfer(people[FUND], people[DEAF], series, 1)
    lockstep.donate(18, people[FUND], 7)
    check_all(lockstep)


def refusing_history(lockstep: ForwardsLockstep) -> None:
    """Orders at the edge of every condition, and once past it."""
    stage = Stage(lockstep)
    half, people = Fraction(1, 2), stage.people
    order = stage.order(MAKER, half, "halving", quantity=10, minimum_quantity=4)
    terms = lockstep.model.books.series[lockstep.series["halving"]]
    (leg,) = order.legs
    tight = replace(order, max_collateral=10 * leg.cost(terms))
    now = lockstep.now
    stage.refused(MINER, tight, 3)
    stage.refused(MINER, tight, 7, 8)
    stage.refused(MINER, tight, 0)
    assert stage.fill(MINER, tight, 7, 7) == 7
    stage.refused(FUND, tight, 2)
    assert stage.fill(FUND, tight, 99) == 3
    stage.refused(FUND, tight, 1)
    stage.refused(MINER, replace(tight, max_collateral=tight.max_collateral - 1))
    stage.refused(MINER, replace(order, deadline=now - 1))
    assert stage.fill(MINER, replace(order, deadline=now)) == 5
    stage.refused(MAKER, replace(order, salt=91))
    stage.refused(MINER, replace(order, salt=91, taker=people[FUND]))
    assert stage.fill(FUND, replace(order, salt=91, taker=people[FUND])) == 5
    stage.refused(MINER, stage.at(order, terms.cap_ticks + 1))
    stage.refused(MINER, stage.at(order, terms.floor_ticks - 1))
    stage.refused(MINER, replace(order, salt=92, legs=order.legs * 2))
    stage.refused(MINER, replace(order, salt=92, legs=(replace(leg, series=leg.series + 1),)))
    both = sorted(lockstep.series[name] for name in ("halving", "retarget"))
    legs = tuple(Leg(each, True, 100_000) for each in both)
    stage.refused(MINER, replace(order, salt=92, legs=legs))
    for ratio in (0, 2, 1_001):
        stage.refused(MINER, replace(order, salt=92, legs=(replace(leg, ratio=ratio),)))
    for maker in (MAKER, WALLET):
        unsigned = SignedOrder(stage.order(maker, half, "halving"), is_signed=False)
        assert lockstep.fill(people[MINER], Take(unsigned, 1)) is None
    lockstep.cancel(people[MINER], replace(order, salt=93))
    assert stage.fill(MINER, replace(order, salt=93), 5) == 5
    lockstep.cancel(people[MAKER], replace(order, salt=93))
    stage.refused(MINER, replace(order, salt=93), 5)
    _many(stage, order)
    lockstep.cancel_all(people[MAKER])
    stage.refused(MINER, replace(order, salt=94))
    stage.refused(MINER, replace(order, salt=94, epoch=2))
    assert stage.fill(MINER, replace(order, salt=94, epoch=1)) == 5
    _cancelled_series(stage, order)
    _window(stage)
    check_all(lockstep)
    check_coins(lockstep)


def _cancelled_series(stage: Stage, order: ForwardOrder) -> None:
    """Orders on one series are dead, others live; limits of takers; orders for `match` alone."""
    lockstep, people, half = stage.lockstep, stage.people, Fraction(1, 2)
    (leg,) = order.legs
    terms = lockstep.model.books.series[leg.series]
    lockstep.cancel_series(people[MAKER], leg.series)
    stage.refused(MINER, replace(order, salt=95, epoch=1))
    assert stage.fill(MINER, stage.order(MAKER, half, "dollars", epoch=1)) == 5
    assert stage.fill(MINER, replace(order, salt=95, epoch=2)) == 5
    taken = replace(order, salt=96, epoch=2)
    cost = 5 * terms.seller_collateral(leg.price_ticks)
    for limits in ({"max_pay": cost - 1}, {"min_receive": 1}):
        assert lockstep.fill(people[FUND], Take(SignedOrder(taken), 5, **limits)) is None
    assert lockstep.fill(people[FUND], Take(SignedOrder(taken), 5, max_pay=cost)) == 5
    mine = replace(order, salt=97, epoch=2, taker=lockstep.system.book.address)
    stage.refused(MINER, mine)
    sell = stage.order(FUND, half, "halving", is_buy=False)
    assert lockstep.match(SignedOrder(mine), SignedOrder(sell), 5) == 5


def _many(stage: Stage, order: ForwardOrder) -> None:
    """Several at once: the poor one and the filled one are skipped, the last one is short."""
    lockstep, people = stage.lockstep, stage.people
    lockstep.approve(8, people[WALLET], 1)
    poor = replace(order, salt=71, maker=people[WALLET], minimum_quantity=0)
    orders = [replace(order, salt=72), poor, replace(order, salt=93), replace(order, salt=72)]
    takes = [Take(SignedOrder(each), 6) for each in orders]
    assert lockstep.fill_many(people[MINER], takes) == [6, 0, 0, 4]
    lockstep.approve(8, people[WALLET], COINS)
    check_all(lockstep)


def _window(stage: Stage) -> None:
    """Seconds before, at and after the beginning and the end of a window."""
    lockstep, name = stage.lockstep, "halving"
    terms = lockstep.model.books.series[lockstep.series[name]]
    plain = stage.order(MAKER, Fraction(1, 2), name)
    brave = replace(plain, may_trade_in_window=True)
    lockstep.wait_until(day_start(terms.first_day) - 1)
    assert stage.fill(MINER, plain, 1) == 1
    lockstep.wait(1)
    stage.refused(MINER, plain, 1)
    lockstep.wait_until(day_start(terms.end_day) - 1)
    assert stage.fill(MINER, brave, 1) == 1
    pair = (lockstep.series[name], 1, (stage.people[HEIR],) * 2)
    assert lockstep.mint_pair(stage.people[FUND], *pair)
    lockstep.wait(1)
    stage.refused(MINER, brave, 1)
    assert not lockstep.mint_pair(stage.people[FUND], *pair)


def settled_history(lockstep: ForwardsLockstep) -> None:
    """True days, days beyond floor and cap, an oracle that falls silent in between and for good."""
    stage = Stage(lockstep)
    people, series = stage.people, lockstep.series
    for name in series:
        assert lockstep.mint_pair(people[FUND], series[name], 5, (people[MINER], people[MAKER]))
        assert lockstep.transfer(people[MAKER], people[HEIR], series[name] + 1, 2)
    assert lockstep.mint_pair(people[FUND], series["halving"], 2, (people[FUND],) * 2)
    stage.report_until(stage.end_of("certain"), 97)
    stage.report_until(stage.end_of("halving"), 30)
    assert not lockstep.settle(series["halving"])
    final = lockstep.oracle_model.days[-1].final_at
    lockstep.wait_until(final - 1)
    assert not lockstep.settle(series["halving"])
    lockstep.wait(1)
    assert lockstep.settle(series["halving"])
    # once more, after more has become final, and in pieces
    stage.report_until(stage.end_of("dollars"), 101)
    lockstep.wait(4 * 24 * HOUR_SECONDS)
    assert lockstep.settle(series["halving"])
    assert lockstep.merge_pair(people[FUND], series["halving"], 1, people[FUND])
    for name in ("halving", "certain", "wide", "dollars"):
        stage.redeem_all(name)
    _silence(stage)


def _silence(stage: Stage) -> None:
    """The last days of two windows are never final in time, and no day of a third."""
    lockstep, series = stage.lockstep, stage.lockstep.series
    retarget = lockstep.model.books.series[series["retarget"]]
    # one more day, final in the very second of the deadline of the series that ends first
    after = lockstep.model.books.series[series["after"]]
    day = lockstep.oracle_model.next_day
    assert day == after.end_day - 1
    lockstep.wait_until(deadline_of(after) - 12 * HOUR_SECONDS)
    assert lockstep.report_day(lockstep.shaped_facts(100, 1_000), [PRICE_E8] * 2)
    final = lockstep.oracle_model.days[-1].final_at
    same("final at the deadline", final, deadline_of(after))
    assert lockstep.report_day(lockstep.shaped_facts(103, 1_390), [PRICE_E8] * 2)
    lockstep.wait_until(final - 1)
    assert not lockstep.settle(series["after"])
    lockstep.wait(1)
    assert lockstep.settle(series["after"])
    lockstep.wait_until(deadline_of(retarget) - 1)
    for name in ("retarget", "next dollars"):
        assert not lockstep.settle(series[name])
    lockstep.wait(1)
    # late days that are posted now change nothing, whether anybody has settled or not
    check_all(lockstep)
    stage.report_until(retarget.end_day, 30, 260)
    lockstep.wait(4 * 24 * HOUR_SECONDS)
    lockstep.wait_until(deadline_of(lockstep.model.books.series[series["later"]]))
    for name in ("after", "retarget", "next dollars", "later"):
        stage.redeem_all(name)


def blocked_history(lockstep: ForwardsLockstep) -> None:
    """Payments that cannot be delivered wait, for whom they were meant, and reach nobody else."""
    stage = Stage(lockstep)
    people, series = stage.people, lockstep.series["halving"]
    assert stage.fill(MINER, stage.order(MAKER, Fraction(1, 3), "halving", is_buy=False)) == 5
    coin = lockstep.system.coins[8].address
    for how, maker in (("revert", MINER), ("false", MAKER)):
        lockstep.block(8, people[maker], how)
        order = stage.order(maker, Fraction(1, 2), "halving", is_buy=maker == MAKER)
        assert stage.fill(FUND, order, 2) == 2
        check_coins(lockstep)
        assert lockstep.withdraw(people[maker], coin, people[maker]) is None
        assert lockstep.withdraw(people[maker], coin, lockstep.system.vault.address) is None
        assert lockstep.withdraw(people[FUND], coin, people[FUND]) is None
        check_all(lockstep)
    assert lockstep.mint_pair(people[FUND], series, 2, (people[FUND],) * 2)
    assert lockstep.merge_pair(people[FUND], series, 2, people[MINER])
    assert lockstep.withdraw(people[MINER], coin, people[HEIR]) is not None
    lockstep.block(8, people[MAKER], "no")
    assert lockstep.withdraw(people[MAKER], coin, people[MAKER]) is not None
    # a contract is asked also where it calls by itself; accounts with a key are not
    stage.refused(DEAF, stage.order(WALLET, Fraction(1, 2), "halving"), 1)
    check_coins(lockstep)


def watching_history(lockstep: ForwardsLockstep) -> None:
    """A wallet looks and acts while it is told of a position: all is written, all is locked."""
    stage = Stage(lockstep)
    system, people = lockstep.system, stage.people
    wallet, vault = people[WALLET], system.vault.address
    ids = [lockstep.series[name] + side for name in ("halving", "after") for side in (0, 1)]

    def told(target: str, call: str, types: list[str], *arguments: object) -> tuple[bool, bytes]:
        data = keccak(text=f"{call}({','.join(types)})")[:4] + encode(types, arguments)
        system.wallet.send("prepare", target, data, sender=system.keeper)
        order = stage.order(WALLET, Fraction(1, 2), "halving", "after")
        assert stage.fill(MINER, order, 1) == 1
        assert system.wallet.read("calls") == 2
        return system.wallet.read("has_succeeded"), system.wallet.read("answer")

    coin = system.coins[8]
    before = coin.read("balanceOf", vault)
    done, answer = told(coin.address, "balanceOf", ["address"], vault)
    assert done
    costs = sum(lockstep.model.books.series[each].pair_cost for each in ids[::2])
    same("pulled before hooks", decode(["uint256"], answer)[0], before + costs)
    calls = [
        ("safeTransferFrom", ["address", "address", "uint256", "uint256", "bytes"])
        + (wallet, people[HEIR], ids[0], 1, b""),
        ("mint_pair", ["uint256", "uint256", "address", "address"]) + (ids[0], 1, wallet, wallet),
        ("merge_pair", ["uint256", "uint256", "address"]) + (ids[0], 1, wallet),
        ("redeem", ["uint256", "address"]) + (ids[0], wallet),
        ("settle", ["uint256"], ids[0]),
        ("withdraw", ["address", "address"]) + (coin.address, wallet),
    ]
    for call, types, *arguments in calls:
        done, answer = told(vault, call, types, *arguments)
        assert not done, f"{call} inside a hook"
        # the lock refuses without a word, before anything else has a say
        same(f"answer of {call}", answer, b"")
    check_coins(lockstep)


AGE = 6  # [days] unusual days are final after three
LIMIT = 2**127  # [base units]


def pegged_history(lockstep: ForwardsLockstep) -> None:
    """Prices that follow the index: the mean's days, the offset, the clamp, the age, the bounds."""
    stage = Stage(lockstep)
    series = lockstep.series["later"]
    terms = lockstep.model.books.series[series]
    low, high = terms.floor_ticks, terms.cap_ticks
    stage.report_until(stage.end_of("certain"), 95)
    for number, (days, offset, is_buy) in enumerate(
        [(1, 0, True), (3, -700, False), (7, 5, True), (1, 10**30, True), (1, -(10**30), True)]
    ):
        leg = Leg(series, is_buy, 0, 1)
        peg = Peg(days, AGE, offset, low + 5, high - 7)
        worst = peg.worst(leg).cost(terms)
        order = stage.order(MAKER, Fraction(0), "later", quantity=4, legs=(leg,), peg=peg)
        order = replace(order, max_collateral=4 * worst)
        assert stage.fill((MINER, FUND)[number % 2], order, 1) == 1
        for flawed in (
            replace(order, max_collateral=4 * worst - 1),
            replace(order, legs=(leg.at(low + 9),)),
            replace(order, peg=replace(peg, mean_days=0)),
            replace(order, peg=replace(peg, mean_days=8)),
            replace(order, peg=replace(peg, low_ticks=high)),
            replace(order, peg=replace(peg, low_ticks=low - 1, high_ticks=low - 1)),
            replace(order, peg=replace(peg, high_ticks=high + 1, low_ticks=high + 1)),
        ):
            stage.refused(MINER, replace(flawed, salt=500 + number))
    check_coins(lockstep)
    # a day that is posted and not final moves no price; one that is final does
    leg, peg = Leg(series, True, 0, 1), Peg(1, AGE, 0, low, high)
    order = stage.order(MAKER, Fraction(0), "later", legs=(leg,), peg=peg)
    stage.report_until(stage.end_of("certain") + 1, 60)
    assert stage.fill(FUND, order, 1) == 1
    lockstep.wait_until(lockstep.oracle_model.days[-1].final_at)
    assert stage.fill(FUND, order, 1) == 1
    # the newest final day grows too old
    newest = lockstep.oracle_model.days[-1].priced.facts.day
    lockstep.wait_until(day_start(newest + AGE + 1) - 1)
    assert stage.fill(FUND, order, 1) == 1
    lockstep.wait(1)
    stage.refused(FUND, order, 1)
    check_coins(lockstep)


def spread_history(lockstep: ForwardsLockstep) -> None:
    """Legs on both sides, in ratios, opened, rolled and closed; two orders that meet."""
    stage = Stage(lockstep)
    strip = ("dollars", "next dollars", "certain")
    half = Fraction(1, 2)
    books = lockstep.model.books.series
    listed = sorted(lockstep.series[name] for name in strip)
    for ratios, taken in (((2, 3, 4), 2), ((2, 4, 6), None)):
        legs = [
            Leg(each, True, books[each].floor_ticks, ratio)
            for each, ratio in zip(listed, ratios, strict=True)
        ]
        order = stage.order(MAKER, half, strip[0], quantity=3, legs=tuple(legs))
        assert stage.fill(MINER, order, 2) == taken
    near, far = (lockstep.series[name] for name in strip[:2])

    def spread(maker: int, near_is_buy: bool, near_price: int, far_price: int) -> ForwardOrder:
        legs = sorted(
            [Leg(near, near_is_buy, near_price, 1), Leg(far, not near_is_buy, far_price, 2)],
            key=lambda leg: leg.series,
        )
        return stage.order(maker, half, "dollars", legs=tuple(legs), quantity=4)

    # one base unit short of what both legs cost a maker that holds nothing
    tight = spread(FUND, True, 7_000, 9_000)
    whole = tight.quantity * sum(leg.cost(books[leg.series]) for leg in tight.legs)
    stage.refused(WALLET, replace(tight, max_collateral=whole - 1), tight.quantity)
    assert stage.fill(FUND, spread(MINER, True, 7_000, 9_000), 3) == 3
    assert stage.fill(WALLET, spread(FUND, True, 7_100, 9_100), 4) == 4
    # a roll: what the maker closes pays for what it opens, and the cap is on what is pulled
    roll = spread(MINER, False, 7_000, 9_000)
    stage.refused(MAKER, replace(roll, max_collateral=0), 1)
    assert stage.fill(MAKER, roll, 1) == 1
    assert (
        lockstep.match(
            SignedOrder(spread(MAKER, True, 7_003, 8_000)),
            SignedOrder(spread(WALLET, False, 7_000, 8_001)),
            9,
        )
        == 4
    )
    crossed = spread(MAKER, True, 7_003, 8_000), spread(WALLET, False, 7_000, 7_999)
    assert lockstep.match(*(SignedOrder(each) for each in crossed), 1) is None
    check_all(lockstep)
    check_coins(lockstep)


def hostile_book_history(lockstep: ForwardsLockstep) -> None:
    """A book that nobody, one, or both have named, for little, for a while, for opening alone."""
    stage = Stage(lockstep)
    people, system = stage.people, lockstep.system
    series, book = lockstep.series["halving"], named_address("hostile book")
    coin = system.coins[8].address
    terms = lockstep.model.books.series[series]
    cost = terms.buyer_collateral(terms.cap_ticks)
    later = lockstep.now + 100

    def trade(maker: int, taker: int, quantity: int = 1, **changes: object) -> Trade:
        leg = Leg(series, True, terms.cap_ticks, 1)
        plain = Trade(people[maker], people[taker], quantity, (leg,), False, COINS, COINS)
        return replace(plain, **changes)

    def approve(who: int, limit: int, may_close: bool, until: int = later) -> None:
        lockstep.approve_book(people[who], book, coin, Naming(limit, may_close, until))

    def refused(*attempts: Trade) -> None:
        for each in attempts:
            assert lockstep.trade(book, each) is None

    refused(trade(MINER, FUND))
    approve(FUND, LIMIT, True)
    refused(trade(MINER, FUND), trade(FUND, MINER))
    # approved for one trade only
    approve(MINER, cost, False)
    refused(trade(MINER, FUND, 2), trade(MINER, MINER), trade(MINER, FUND, maker_cap=cost - 1))
    assert lockstep.trade(book, trade(MINER, FUND)) == (cost, 0)
    refused(trade(MINER, FUND))
    # without a right to close, it can only open beside what is held, for money it does not have
    refused(trade(MINER, FUND, legs=(Leg(series, False, terms.floor_ticks, 1),)))
    approve(MINER, 0, True)
    sold = trade(MINER, FUND, legs=(Leg(series, False, terms.floor_ticks, 1),))
    assert lockstep.trade(book, sold) == (0, -cost)
    check_all(lockstep)
    # opening beside: both sides are held, and merge
    assert stage.fill(MINER, stage.order(MAKER, Fraction(1, 2), "halving", is_buy=False), 2) == 2
    approve(MINER, LIMIT, False)
    assert lockstep.trade(book, replace(sold, quantity=2)) is not None
    assert lockstep.merge_pair(people[MINER], series, 2, people[MINER])
    # in another token nothing was said; after the last second nothing holds
    dollars = Leg(lockstep.series["dollars"], True, 6_000, 1)
    refused(trade(MINER, FUND, legs=(dollars,)))
    lockstep.wait_until(later)
    assert lockstep.trade(book, trade(MINER, FUND)) is not None
    lockstep.wait(1)
    refused(trade(MINER, FUND))
    approve(MINER, LIMIT, True, later + 10**6)
    approve(FUND, LIMIT, True, later + 10**6)
    lockstep.disown_book(people[MINER], book)
    refused(trade(MINER, FUND), trade(FUND, MINER))
    # an approval for tokens is none for trades, and the official book ends for oneself
    order = stage.order(MAKER, Fraction(1, 2), "halving")
    lockstep.disown_book(people[FUND], system.book.address)
    stage.refused(FUND, order, 1)
    assert stage.fill(MINER, order, 1) == 1
    naming = Naming(LIMIT, True, later + 10**6)
    lockstep.approve_book(people[FUND], system.book.address, coin, naming)
    assert stage.fill(FUND, order, 1) == 1
    check_all(lockstep)
    check_coins(lockstep)


HISTORIES = (
    traded_history,
    refusing_history,
    settled_history,
    blocked_history,
    watching_history,
    pegged_history,
    spread_history,
    hostile_book_history,
)
