# SPDX-License-Identifier: AGPL-3.0-only
"""Runs the schedule: each day's tasks in the order of their times."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from hashrate.core.types import DayIndex, DayObservation, Sats
from hashrate.core.units import iso_from_day
from hashrate.history import Source
from simulation.demo import schedule
from simulation.demo.accounts import Fleet, count_fees_twice
from simulation.demo.events import DaySettled
from simulation.demo.system import System

FUNDED_DAYS = 3  # an issuer pays for so many days at a time
LAST_DAY = schedule.DAYS + 7  # evenings are worked until the last day is settled, unusual ones too


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do at a time [unix s]."""

    at: int
    run: Callable[[], None]


class Scheduler:
    """Runs one day after the other."""

    def __init__(self, system: System, source: Source, announce: Callable[[str], None]) -> None:
        """Make the fleets; nothing runs yet.

        Args:
            system: the chain.
            source: of the days; the oracle's first day is the schedule's day 0.
            announce: called with a line of text for each notable event.
        """
        self._system = system
        self._source = source
        self._announce = announce
        self._first: DayIndex = DayIndex(system.oracle.FIRST_DAY())
        self._fleets = {demo_series.key: Fleet(demo_series) for demo_series in schedule.SERIES}

    def day(self, index: int) -> DayIndex:
        """Return the UTC day of a day of the schedule."""
        return DayIndex(self._first + index)

    def run_day(self, index: int) -> None:
        """Run a day: reports of the day before, trades, claims, funding, settlement."""
        for task in self.tasks(index):
            self._system.timer.move_to(task.at)
            task.run()

    def tasks(self, index: int) -> list[Task]:
        """List what happens on a day, in the order of time."""
        tasks = [*self._reports(index), *self._trades(index), *self._claims(index)]
        tasks += [*self._sale(index), *self._spot_trades(index)]
        tasks.append(self._task(index, "19:00:00", lambda: self._evening(index)))
        return sorted(tasks, key=lambda task: task.at)

    # What a longer schedule may change

    def schedule_day(self, index: int) -> int | None:
        """Return which day of the schedule a day repeats; None after its end."""
        return index if 0 <= index < schedule.DAYS else None

    def trades(self, index: int) -> Sequence[schedule.Trade]:
        """List the trades of a day."""
        return [trade for trade in schedule.TRADES if trade.day == index]

    def spot_trades(self, index: int) -> Sequence[schedule.SpotTrade]:
        """List the trades of a day on the spot market."""
        scheduled = self.schedule_day(index)
        return [trade for trade in schedule.SPOT_TRADES if trade.day == scheduled]

    def claims(self) -> Sequence[schedule.Claim]:
        """List who claims and how often."""
        return schedule.CLAIMS

    def claim_all(self) -> None:
        """Let everybody claim what is left."""
        for key in self._system.issues:
            for holder in schedule.HOLDERS:
                self._system.claim(key, holder, holder)

    def close_all(self) -> None:
        """Let both issuers close their series; possible once it has ended."""
        for key in self._system.issues:
            returned = self._system.close(key)
            self._announce(
                f"{key}: closed, {returned:,} sat of escrow and bond go back to its issuer"
            )

    def _task(self, index: int, time_of_day: str, run: Callable[[], None]) -> Task:
        return Task(self._system.time_of(self.day(index), time_of_day), run)

    # Reports of the day before

    def _reports(self, index: int) -> Iterator[Task]:
        before = self.schedule_day(index - 1)
        if before is None:
            return
        seen = self._source.observe(self.day(index - 1))
        if before == schedule.VETOED_DAY:
            yield self._task(index, "06:00:00", lambda: self._post(count_fees_twice(seen)))
            yield self._task(index, "10:00:00", lambda: self._veto(seen))
            yield self._task(index, "15:00:00", lambda: self._post(seen))
        else:
            yield self._task(index, "06:00:00", lambda: self._post(seen))
        for minute, key in enumerate(self._fleets):
            yield from self._output_reports(index, before, (minute, key), seen)

    def _output_reports(
        self, index: int, before: int, fleet: tuple[int, str], seen: DayObservation
    ) -> Iterator[Task]:
        day, system, (minute, key) = seen.facts.day, self._system, fleet
        output = self._fleets[key].output(before, seen.facts)
        share = schedule.OUTAGES[key].get(before)
        if share is not None:
            self._announce(f"{key}: its fleet ran at {share // 100} % on {iso_from_day(day)}")
        time_of_day = f"06:1{minute}:00"
        if (key, before) == schedule.REPLACED_OUTPUT:
            typo = (Sats(output[0] // 10), output[1] // 10)
            yield self._task(index, time_of_day, lambda: system.report_output(key, day, typo))
            yield self._task(index, "08:00:00", lambda: self._replace(key, day, output))
        else:
            yield self._task(index, time_of_day, lambda: system.report_output(key, day, output))

    def _post(self, seen: DayObservation) -> None:
        self._system.report_day(seen)

    def _veto(self, seen: DayObservation) -> None:
        self._system.veto_day(seen.facts.day)
        when = iso_from_day(seen.facts.day)
        self._announce(f"oracle: guardian vetoes {when}, its fees were counted twice; corrected")

    def _replace(self, key: str, day: DayIndex, output: tuple[Sats, int]) -> None:
        self._system.report_output(key, day, output, replaces=True)
        self._announce(f"{key}: reporters replace their output report of {iso_from_day(day)}")

    # Trades and claims

    def _trades(self, index: int) -> Iterator[Task]:
        for trade in self.trades(index):
            delivery = self._task(index, trade.time_of_day, self._delivery(trade))
            if trade.seller == trade.series:
                yield replace(delivery, at=delivery.at - 2, run=self._bond(trade))
            yield replace(delivery, at=delivery.at - 1, run=self._payment(trade))
            yield delivery

    def _bond(self, trade: schedule.Trade) -> Callable[[], None]:
        """Post as much bond as the supply will need after a sale."""
        return self._bond_for(trade.series, trade.amount_wad)

    def _bond_for(self, key: str, amount_wad: int) -> Callable[[], None]:
        """Post as much bond as the supply will need after a mint."""

        def run() -> None:
            issue = self._system.issues[key]
            supply = issue.token.totalSupply() + amount_wad
            needed = -(-issue.distributor.terms().bond_per_ths * supply // schedule.WAD)
            self._system.post_bond(key, needed - self._system.ledgers[key].bond)

        return run

    def _payment(self, trade: schedule.Trade) -> Callable[[], None]:
        return lambda: self._system.pay(trade.buyer, trade.seller, trade.price_sats)

    def _delivery(self, trade: schedule.Trade) -> Callable[[], None]:
        return lambda: self._system.deliver(
            trade.series, trade.seller, trade.buyer, trade.amount_wad
        )

    # The primary sale and the spot market

    def _sale(self, index: int) -> Iterator[Task]:
        scheduled, sale = self.schedule_day(index), schedule.SALE
        if scheduled == sale.day:
            yield from self._opening(index, sale)
            for time_of_day, buyer, amount in sale.purchases:
                yield self._task(index, time_of_day, self._purchase(sale.series, buyer, amount))
            yield self._task(index, sale.taken_back, lambda: self._system.take_back(sale.series))
        elif scheduled in sale.release_days:
            yield self._task(index, "21:00:00", lambda: self._release(sale.series))

    def _opening(self, index: int, sale: schedule.Sale) -> Iterator[Task]:
        opening = self._task(index, sale.opens, lambda: self._open(sale))
        bond = self._bond_for(sale.series, sale.amount_wad)
        yield replace(opening, at=opening.at - 2, run=bond)
        yield opening

    def _open(self, sale: schedule.Sale) -> None:
        self._system.open_round(sale)
        amount = sale.amount_wad // schedule.WAD
        self._announce(
            f"{sale.series}: its issuer offers {amount:,} TH/s, "
            f"falling from {sale.high_sats:,} to {sale.low_sats:,} sat"
        )

    def _purchase(self, key: str, buyer: str, amount: int) -> Callable[[], None]:
        return lambda: self._system.buy(key, buyer, amount)

    def _release(self, key: str) -> None:
        amount = self._system.release(key)
        words = f"releases {amount:,} sat" if amount else "releases nothing: the issuer owes"
        self._announce(f"{key}: the offering {words}")

    def _spot_trades(self, index: int) -> Iterator[Task]:
        for trade in self.spot_trades(index):
            yield self._task(index, trade.time_of_day, self._spot_trade(trade))

    def _spot_trade(self, trade: schedule.SpotTrade) -> Callable[[], None]:
        return lambda: self._system.trade_spot(trade)

    def _claims(self, index: int) -> Iterator[Task]:
        for claim in self.claims():
            since = index - claim.first_day
            if since >= 0 and since % claim.every_days == 0:
                yield self._task(index, claim.time_of_day, self._claim(claim))

    def _claim(self, claim: schedule.Claim) -> Callable[[], None]:
        def run() -> None:
            for key in self._system.issues:
                self._system.claim(key, claim.holder, claim.caller)

        return run

    # Evenings

    def _evening(self, index: int) -> None:
        self._system.timer.mine()
        scheduled = self.schedule_day(index)
        for key in self._system.issues:
            if scheduled == schedule.REPAYMENT_DAY and key == schedule.FJORD.key:
                self._pay_back(key)
            self._fund_and_settle(
                key, is_paying=key != schedule.FJORD.key or scheduled not in schedule.UNFUNDED_DAYS
            )

    def _fund_and_settle(self, key: str, *, is_paying: bool) -> None:
        distributor = self._system.issues[key].distributor
        day = distributor.preview_day()
        if is_paying and day.reward > self._system.ledgers[key].escrow:
            self._system.fund(key, FUNDED_DAYS * day.reward)
            day = distributor.preview_day()
        if day.wait == 0:
            for settled in self._system.settle(key):
                self._announce_shortage(key, settled)

    def _announce_shortage(self, key: str, settled: DaySettled) -> None:
        when = iso_from_day(DayIndex(settled.day))
        if settled.from_bond:
            self._announce(
                f"{key}: {when} not funded, {settled.from_bond:,} sat drawn from the bond"
            )
        if settled.paid < settled.reward:
            owed = settled.reward - settled.paid
            self._announce(f"{key}: {when} leaves {owed:,} sat of arrears")

    def _pay_back(self, key: str) -> None:
        ledger = self._system.ledgers[key]
        if ledger.arrears:
            self._system.fund(key, ledger.arrears)
            self._announce(f"{key}: its issuer repays {ledger.arrears:,} sat of arrears")
        if ledger.bond_drawn:
            self._system.post_bond(key, ledger.bond_drawn)
            self._announce(f"{key}: its issuer refills the bond with {ledger.bond_drawn:,} sat")
