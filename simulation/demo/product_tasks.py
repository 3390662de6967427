# SPDX-License-Identifier: AGPL-3.0-only
"""What is done with a strip, two notes and a fund: who, when, how much, as tasks of a day.

One note is met early. The other asks more than its term can earn: its shortfall is paid by some of
its JUNIOR, bought at the auction for some more, and what is left falls to SENIOR.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import day_from_time, iso_from_day
from hashrate.products.fund.basket import Basket
from hashrate.products.tranches.quote import Costs, listed_face
from hashrate.products.tranches.terms import NO_FACE, TrancheTerms
from simulation.demo import schedule
from simulation.demo.products import Made
from simulation.demo.schedule import WAD
from simulation.demo.system import System

KEY = schedule.PRAIRIE.key  # the series that is split; it has no end
CREATED, START = 6, 7  # day of creation, first day of all three terms, from the schedule's first


@dataclass(frozen=True, slots=True)
class Plan:
    """A strip or a note of the schedule.

    Attributes:
        name: short.
        days: of the term.
        owner: who splits.
        senior_to: who gets SENIOR, and pays for it.
        amount_wad: split [TH/s, 18 decimals].
        price_sats: paid for all of SENIOR [sat].
        share: face, of the net income at its creation; None for a strip.
    """

    name: str
    days: int
    owner: str
    senior_to: str
    amount_wad: int
    price_sats: int
    share: Fraction | None = None


STRIP = Plan("strip", 6, "treasury", "pension fund", 5_000 * WAD, 800_000)
MET = Plan("met note", 20, "treasury", "day trader", 3_000 * WAD, 500_000, Fraction(40, 100))
SHORT = Plan("short note", 8, "night owl", "newcomer", 2_000 * WAD, 300_000, Fraction(160, 100))
PLANS = (STRIP, MET, SHORT)
GRACE_DAYS = 10

FUND_WEIGHTS = {schedule.FJORD.key: 2, schedule.PRAIRIE.key: 5}
FUND_OWNER, FUND_BUYER = "night owl", "day trader"
FUND_DAYS = (10, 11, 17, 27)  # created, some moved, some redeemed, the rest redeemed
SHARES, MOVED, BACK = 1_000 * WAD, 40 * WAD, 400 * WAD + WAD // 4

MERGED = 300 * WAD  # of the strip, on the morning it was split
# what owners bring: to be had when the day `CREATED` ends and until the fund is made
NEEDED = {
    (KEY, STRIP.owner): STRIP.amount_wad + MERGED + MET.amount_wad,
    (KEY, SHORT.owner): SHORT.amount_wad + FUND_WEIGHTS[KEY] * SHARES,
    (schedule.FJORD.key, FUND_OWNER): FUND_WEIGHTS[schedule.FJORD.key] * SHARES,
}
# of the short note's JUNIOR: paid for in grace, bought at the auction; the rest is forfeited
PAID_FOR, BOUGHT = 500 * WAD, 800 * WAD
JUNIOR_BUYER = "treasury"


class ProductTasks:
    """The tasks of strips, notes and the fund."""

    def __init__(self, system: System, announce: Callable[[str], None]) -> None:
        """Do nothing yet.

        Args:
            system: the chain.
            announce: called with a line of text for each notable event.
        """
        self._system, self._products = system, system.products
        self._announce = announce
        # who ever had SENIOR or JUNIOR of which product: others have nothing to claim
        self._owners: set[tuple[str, bool, str]] = set()
        self._collected: set[str] = set()

    def of_day(self, scheduled: int | None) -> Iterator[tuple[str, Callable[[], None]]]:
        """List what a day of the schedule has: time of day, what is done.

        What follows from an outcome is looked for on every day.
        """
        if scheduled == CREATED:
            yield "10:00:00", self._create
        if scheduled == START:
            for minute, plan in enumerate(PLANS):
                yield f"00:0{minute}:00", self._split(plan)
            yield "09:30:15", self._split_and_merge
        if scheduled == START + 2:
            yield "15:15:15", lambda: self._move(MET, "day trader", "newcomer", 1_000 * WAD)
            yield "16:16:16", lambda: self._move(STRIP, "treasury", "night owl", WAD, senior=False)
        if scheduled == START + STRIP.days + 1:
            yield "08:08:08", lambda: self._redeem(STRIP, "treasury", STRIP.amount_wad - WAD)
            yield "08:09:00", lambda: self._redeem(STRIP, "night owl", WAD)
        yield from self._fund_day(scheduled)
        yield "12:00:00", self._follow_outcomes
        yield "22:00:00", self._note_outcomes

    def claim(self, name: str, caller: Any) -> None:
        """Let a caller claim all that a holder has earned: SENIOR, JUNIOR and shares."""
        account, products = self._system.holders[name], self._products
        for made in products.made.values():
            for is_senior in (True, False):
                if (made.address, is_senior, name) not in self._owners:
                    continue
                paid = products.claim(made, account, caller, is_senior=is_senior)
                if paid is not None:
                    self._system.record(paid, {account.address: paid.amount})
        if products.fund is not None and name in (FUND_OWNER, FUND_BUYER):
            claimed = products.claim_fund(products.fund, account, caller)
            if claimed is not None:
                self._system.record(claimed, {account.address: sum(claimed.amounts)})

    # Strips and notes

    def _create(self) -> None:
        """Create all three, and the fund where there is none."""
        system = self._system
        issue = system.issues[KEY]
        first = day_from_time(system.chain.now) - CREATED + START
        for plan in PLANS:
            terms = TrancheTerms(
                to_checksum_address(issue.distributor.address),
                DayIndex(first),
                DayIndex(first + plan.days),
                face=NO_FACE if plan.share is None else self._face(plan.days, plan.share),
                grace_days=0 if plan.share is None else GRACE_DAYS,
            )
            series = (issue.distributor, issue.token)
            made = self._products.create(plan.name, KEY, terms, series, system.keeper)
            system.record(made)
            last = iso_from_day(DayIndex(terms.maturity_day - 1))
            self._announce(f"{KEY}: {made.name} is listed, to {last}")
        if self._products.fund is None:
            self._create_fund()

    def _face(self, days: int, share: Fraction) -> int:
        """Work a face out from the oracle's newest day, final or not [base units]."""
        terms = self._system.issues[KEY].distributor.terms()
        costs = Costs(
            int(terms.efficiency_mj_per_th),
            int(terms.power_price_usd_e6),
            int(terms.service_fee_wad),
            int(terms.pool_fee_bps),
        )
        yesterday = day_from_time(self._system.chain.now) - 1
        before, newest = (self._system.oracle.day_record(day) for day in (yesterday - 1, yesterday))
        hashprice = Wad(newest.hashprice_sum_wad - before.hashprice_sum_wad)
        return listed_face(costs.net_of(hashprice, UsdE8(newest.btc_usd_e8)), days, share)

    def _split(self, plan: Plan) -> Callable[[], None]:
        def run() -> None:
            made, holders = self._products.made[plan.name], self._system.holders
            owner, buyer = holders[plan.owner], holders[plan.senior_to]
            self._system.pay(plan.senior_to, plan.owner, plan.price_sats)
            self._system.record(self._products.split(made, owner, buyer, plan.amount_wad))
            self._owners |= {
                (made.address, True, plan.senior_to),
                (made.address, False, plan.owner),
            }
            amount = plan.amount_wad // WAD
            self._announce(
                f"{made.senior.symbol()}: {plan.senior_to} buys {amount:,} of {plan.owner}"
            )

        return run

    def _split_and_merge(self) -> None:
        """Split and merge in one morning: nothing is lost on the way."""
        made, owner = self._products.made[STRIP.name], self._system.holders["treasury"]
        self._system.record(self._products.split(made, owner, owner, MERGED))
        self._system.record(self._products.merge(made, owner, MERGED))
        self._owners.add((made.address, True, "treasury"))

    def _move(
        self, plan: Plan, sender: str, receiver: str, amount: int, *, senior: bool = True
    ) -> None:
        made, holders = self._products.made[plan.name], self._system.holders
        moved = self._products.move(
            made, holders[sender], holders[receiver], amount, is_senior=senior
        )
        self._system.record(moved)
        self._owners.add((made.address, senior, receiver))

    def _redeem(self, plan: Plan, holder: str, amount: int) -> None:
        made, account = self._products.made[plan.name], self._system.holders[holder]
        redeemed = self._products.redeem_junior(made, account, amount)
        self._system.record(redeemed, {account.address: -redeemed.cost})
        cost = f" for {redeemed.cost:,} sat" if redeemed.cost else ""
        self._announce(f"{made.junior.symbol()}: {holder} redeems {amount // WAD:,} TH/s{cost}")

    def _note_outcomes(self) -> None:
        for name in (MET.name, SHORT.name):
            made = self._products.made.get(name)
            noted = made and self._products.note(made, self._system.keeper)
            if made and noted:
                self._system.record(noted)
                words = "is met" if noted.is_met else "is not met, JUNIOR owes the rest"
                self._announce(f"{made.senior.symbol()}: the face {words}")

    def _follow_outcomes(self) -> None:
        """Do what a noted outcome asks for on this day."""
        self._system.timer.mine()  # what is free or void is asked of the newest block
        made = self._products.made.get(MET.name)
        owner = self._system.holders[MET.owner]
        if made and made.contract.is_free(made.junior) and made.junior.balanceOf(owner):
            self._redeem(MET, MET.owner, MET.amount_wad)
        made = self._products.made.get(SHORT.name)
        if made is None or int(made.contract.auction_days()[0]) == 0:
            return
        first, void = (int(day) for day in made.contract.auction_days())
        today = day_from_time(self._system.chain.now)
        if today == first - 8:
            self._redeem(SHORT, SHORT.owner, PAID_FOR)
        elif today == first + 2:
            self._buy(made)
        elif today == void + 1:
            self._take_pool(made)
        elif today > void + 1 and made.address not in self._collected:
            self._collect_pool(made, void)

    def _buy(self, made: Made) -> None:
        holders = self._system.holders
        buyer = holders[JUNIOR_BUYER]
        bought = self._products.buy_junior(made, buyer, holders[SHORT.owner], BOUGHT)
        self._system.record(bought, {buyer.address: -bought.cost})
        self._announce(
            f"{made.junior.symbol()}: at the auction {JUNIOR_BUYER} pays {bought.cost:,} sat for "
            f"{bought.bought // WAD:,} of {BOUGHT // WAD:,} TH/s of {SHORT.owner}"
        )

    def _take_pool(self, made: Made) -> None:
        """Let SENIOR take what JUNIOR paid and left."""
        holder = self._system.holders[SHORT.senior_to]
        taken = self._products.redeem_senior(made, holder, SHORT.amount_wad)
        self._system.record(taken, {holder.address: taken.cash})
        self._announce(
            f"{made.senior.symbol()}: {SHORT.senior_to} gets {taken.cash:,} sat and "
            f"{taken.tokens // WAD:,} TH/s that JUNIOR left"
        )

    def _collect_pool(self, made: Made, void: int) -> None:
        """Collect what the forfeited tokens earned before they were handed out, once it is settled.

        It is the last redeemer's.
        """
        if int(made.distributor.progress().next_day) <= void + 1:
            return
        self._collected.add(made.address)
        holder = self._system.holders[SHORT.senior_to]
        collected = self._products.collect_pool(made, self._system.keeper)
        self._system.record(collected, {holder.address: collected.amount})

    # The fund

    def _create_fund(self) -> None:
        issues = self._system.issues
        basket = Basket(
            "Demo basket",
            "BASKET",
            {
                to_checksum_address(issues[key].distributor.address): weight
                for key, weight in FUND_WEIGHTS.items()
            },
        )
        series = {
            str(issues[key].distributor.address): (key, issues[key].distributor, issues[key].token)
            for key in FUND_WEIGHTS
        }
        self._system.record(self._products.create_fund(basket, series, self._system.keeper))
        parts = ", ".join(f"{weight} TH/s of {key}" for key, weight in FUND_WEIGHTS.items())
        self._announce(f"fund: a share is {parts}")

    def _fund_day(self, scheduled: int | None) -> Iterator[tuple[str, Callable[[], None]]]:
        fund, products = self._products.fund, self._products
        if fund is None or scheduled is None:
            return
        owner, buyer = (self._system.holders[name] for name in (FUND_OWNER, FUND_BUYER))
        record = self._system.record
        if scheduled == FUND_DAYS[0]:
            yield "06:30:00", lambda: record(products.create_shares(fund, owner, SHARES))
        elif scheduled == FUND_DAYS[1]:
            yield "17:00:01", lambda: record(products.move_shares(fund, owner, buyer, MOVED))
        elif scheduled == FUND_DAYS[2]:
            yield "11:00:00", lambda: record(products.redeem_shares(fund, owner, BACK))
        elif scheduled == FUND_DAYS[3]:
            yield (
                "05:00:00",
                lambda: record(products.redeem_shares(fund, owner, SHARES - MOVED - BACK)),
            )
