# SPDX-License-Identifier: AGPL-3.0-only
"""What happens day by day, without an end: the demo's five weeks over and over, with new trades."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from threading import Event

from ape.exceptions import ApeException, ContractLogicError

from commands.shell.parameters import (
    DollarTokenParameters,
    ForwardsParameters,
    NetworkParameters,
)
from commands.shell.reasons import explain
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, iso_from_day
from hashrate.history import Source
from hashrate.history.entropy import Entropy
from simulation.demo import schedule
from simulation.demo.product_tasks import CREATED, FUND_DAYS, NEEDED
from simulation.demo.scheduler import Scheduler, Task
from simulation.demo.system import System
from simulation.devnet.trading import MAKER_THS, MAKERS, Trading

VISITOR = "pension fund"  # whose key is printed: nobody trades or claims in its name
_BLOCK_SECONDS = 1.0  # [s] of real time between two blocks, so that the page sees time pass
_FIRST_TRADES = 7  # days that begin as the demo does, with the issuers' sales
_SHARE_BPS = (50, 1_000)  # of what the seller holds [1e-4]
_LEAST_THS = 100  # [TH/s] who holds less does not sell
_SATS_PER_THS = (300, 500)  # price of hashrate among holders [sat per TH/s]
_BPS = 10_000
# a round that is open for weeks, so that there is something to buy whenever the page is opened
_SALE = replace(schedule.SALE, hours=24 * 24, delivery_days=30, release_days=(1, 3, 31, 33))
_PURCHASES = {6: "newcomer", 9: "treasury", 12: "night owl", 15: "newcomer", 18: "treasury"}
_PURCHASE_THS = (20, 300)  # [TH/s]
_SALE_IS_OVER = _SALE.day + _SALE.hours // 24 + 1


def parameters(source: Source, first_day: DayIndex) -> NetworkParameters:
    """Make the demo's parameters, with series that do not end."""
    facts = source.observe(first_day).facts
    ending = schedule.parameters(first_day, facts.first_height, facts.hashprice_wad)
    series = {
        key: each.model_copy(update={"end_day": None, "fleet": f"devnet fleet {key}"})
        for key, each in ending.series.items()
    }
    forwards = ForwardsParameters(dollar_token=DollarTokenParameters(mock_decimals=6))
    return ending.model_copy(update={"series": series, "forwards": forwards})


class LiveScheduler(Scheduler):
    """Runs days at a steady pace until it is stopped."""

    def __init__(
        self,
        system: System,
        trading: Trading,
        source: Source,
        announce: Callable[[str], None],
        seed: str,
    ) -> None:
        """Schedule the demo without an end; `seed` decides who trades what."""
        super().__init__(system, source, announce)
        self._trading = trading
        self._last_day = source.last_day
        self._announce = announce
        self._entropy = Entropy(seed, "devnet trades")

    def is_known(self, index: int) -> bool:
        """Return whether the source knows all that is reported on a day."""
        return self._last_day is None or self.day(index - 1) <= self._last_day

    def live_day(self, index: int, seconds: float, stop: Event) -> None:
        """Run a day, spread over so much real time.

        Args:
            index: the day, from the first, 0.
            seconds: real time that the day takes [s]; 0 for as fast as possible.
            stop: set to end in the middle of the day.
        """
        began, dawn = time.monotonic(), self.day(index) * DAY_SECONDS
        timer = self._system.timer
        for task in [*self.tasks(index), Task(dawn + DAY_SECONDS - 1, timer.mine)]:
            due = began + seconds * (task.at - dawn) / DAY_SECONDS
            while (left := due - time.monotonic()) > 0:
                if stop.wait(min(left, _BLOCK_SECONDS)):
                    return
                if left > _BLOCK_SECONDS:
                    passed = (time.monotonic() - began) / seconds
                    timer.move_to(dawn + int(passed * DAY_SECONDS))
                    timer.mine()
            if stop.is_set():
                return
            timer.move_to(task.at)
            self._attempt(task)

    def _attempt(self, task: Task) -> None:
        """Run a task; somebody with the printed keys may have made it impossible."""
        try:
            task.run()
        except ContractLogicError as error:
            self._announce(f"refused: {explain(str(error.revert_message))}")
        except ApeException as error:
            self._announce(f"failed: {str(error).partition(chr(10))[0]}")

    # A schedule without an end

    def tasks(self, index: int) -> list[Task]:
        """Add what happens on the forwards book."""
        more = [
            self._task(index, "13:00:00", lambda: self._tell(self._trading.take())),
            self._task(index, "13:30:00", lambda: self._tell(self._trading.take_spot())),
            self._task(index, "20:00:00", self._trading.list_months),
            self._task(index, "20:30:00", self._trading.settle_months),
        ]
        return sorted([*super().tasks(index), *more], key=lambda task: task.at)

    def schedule_day(self, index: int) -> int | None:
        """Repeat the demo's five weeks: outages, a veto, an issuer who stops paying."""
        return index % schedule.DAYS if index >= 0 else None

    def trades(self, index: int) -> Sequence[schedule.Trade]:
        """Begin with the issuers' sales, then let two holders trade on most days."""
        if index < _FIRST_TRADES:
            sales = [trade for trade in super().trades(index) if trade.seller == trade.series]
            trades = [*sales, *self._first_purchase(index), *self._stock(index)]
        else:
            trades = [*self._trade(index)]
        return [*trades, *self._provision(index)]

    def spot_trades(self, _index: int) -> Sequence[schedule.SpotTrade]:
        """Leave the spot market to the makers and those who take from them."""
        return []

    def claims(self) -> Sequence[schedule.Claim]:
        """Let everybody claim but the visitor, who does it on the page."""
        return [claim for claim in schedule.CLAIMS if claim.holder != VISITOR]

    def _sale(self, index: int) -> Iterator[Task]:
        """Open a round for weeks, let some be bought, and have it released afterwards."""
        scheduled, key = self.schedule_day(index), _SALE.series
        if scheduled == _SALE.day:
            yield from self._opening(index, _SALE)
        elif scheduled in _PURCHASES:
            amount = self._entropy.between(*_PURCHASE_THS) * schedule.WAD
            buy = self._purchase(key, _PURCHASES[scheduled], amount)
            yield self._task(index, "12:30:00", buy)
        elif scheduled == _SALE_IS_OVER:
            yield self._task(index, "12:30:00", lambda: self._system.take_back(key))
        elif scheduled in _SALE.release_days and index > _SALE.day:
            yield self._task(index, "21:00:00", lambda: self._release(key))

    def _tell(self, happened: str | None) -> None:
        if happened is not None:
            self._announce(happened)

    def _first_purchase(self, index: int) -> Sequence[schedule.Trade]:
        """Let the visitor have some of the second series as well."""
        if index != schedule.START:
            return []
        amount = 10_000 * schedule.WAD
        key = schedule.PRAIRIE.key
        return [schedule.Trade(index, "11:11:11", key, "treasury", VISITOR, amount, 4_000_000)]

    def _stock(self, index: int) -> Sequence[schedule.Trade]:
        """Let the makers buy from the issuers what they will quote."""
        if index != schedule.START:
            return []
        amount = MAKER_THS * schedule.WAD
        return [
            schedule.Trade(index, f"22:{minute:02}:00", each.key, each.key, name, amount, 4_000_000)
            for minute, (each, name) in enumerate(product(schedule.SERIES, MAKERS))
        ]

    def _provision(self, index: int) -> Iterator[schedule.Trade]:
        """Let owners buy from the issuers what they lack of what the products take."""
        if self.schedule_day(index) != CREATED:
            return
        for minute, ((key, name), needed) in enumerate(NEEDED.items()):
            missing = needed - self._balance(key, name)
            if missing > 0:
                at, price = f"21:{minute:02}:00", missing * _SATS_PER_THS[0] // schedule.WAD
                yield schedule.Trade(index, at, key, key, name, missing, price)

    def _trade(self, index: int) -> Sequence[schedule.Trade]:
        """Let two holders trade some of what one of them has and no product takes."""
        names = [name for name in schedule.HOLDERS if name != VISITOR]
        key = self._one_of(list(self._system.issues))
        scheduled = self.schedule_day(index)
        bound = NEEDED if scheduled is not None and CREATED <= scheduled <= FUND_DAYS[0] else {}
        held = {name: self._balance(key, name) - bound.get((key, name), 0) for name in names}
        sellers = [name for name in names if held[name] >= _LEAST_THS * schedule.WAD]
        if not sellers:
            return []
        seller = self._one_of(sellers)
        buyer = self._one_of([name for name in names if name != seller])
        amount = held[seller] * self._entropy.between(*_SHARE_BPS) // _BPS
        asked = amount * self._entropy.between(*_SATS_PER_THS) // schedule.WAD
        balance = int(self._system.bitcoin.balanceOf(self._system.holders[buyer]))
        at = f"{self._entropy.between(7, 18):02}:{self._entropy.between(0, 59):02}:00"
        self._announce(f"{key}: {seller} sells {amount // schedule.WAD:,} TH/s to {buyer}")
        return [schedule.Trade(index, at, key, seller, buyer, amount, min(asked, balance))]

    def _one_of(self, names: Sequence[str]) -> str:
        return names[self._entropy.between(0, len(names) - 1)]

    def _balance(self, key: str, name: str) -> int:
        return int(self._system.issues[key].token.balanceOf(self._system.holders[name]))

    def headline(self, index: int) -> str:
        """Write the date and number of a day."""
        return f"{iso_from_day(self.day(index))}, day {index + 1}"
