# SPDX-License-Identifier: AGPL-3.0-only
"""Makes the story happen: each day's acts in the order of their times."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from hashrate.core.types import DayIndex, DayObservation, Sats
from hashrate.core.units import iso_from_day
from hashrate.history import Source
from simulation.demo import story
from simulation.demo.actors import Fleet, count_fees_twice
from simulation.demo.history import DaySettled
from simulation.demo.stage import Stage

FUNDED_DAYS = 3  # an issuer pays for so many days at a time
LAST_DAY = story.DAYS + 3  # evenings are worked until the last day is settled


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at a time [unix s]."""

    at: int
    play: Callable[[], None]


class Director:
    """Plays one day after the other."""

    def __init__(self, stage: Stage, source: Source, tell: Callable[[str], None]) -> None:
        """Get ready.

        Args:
            stage: the chain.
            source: of the days; the oracle's first day is the story's day 0.
            tell: told in words what is worth knowing.
        """
        self._stage = stage
        self._source = source
        self._tell = tell
        self._first: DayIndex = DayIndex(stage.oracle.FIRST_DAY())
        self._fleets = {cast.key: Fleet(cast) for cast in story.SERIES}

    def day(self, index: int) -> DayIndex:
        """Find the UTC day of a day of the story."""
        return DayIndex(self._first + index)

    def play_day(self, index: int) -> None:
        """Play a day: reports of the day before, trades, claims, funding, settlement."""
        for act in self.acts(index):
            self._stage.clock.move_to(act.at)
            act.play()

    def acts(self, index: int) -> list[Act]:
        """List what happens on a day, in the order of time."""
        acts = [*self._reports(index), *self._trades(index), *self._claims(index)]
        acts.append(self._act(index, "19:00:00", lambda: self._evening(index)))
        return sorted(acts, key=lambda act: act.at)

    # What a longer story may change

    def scene(self, index: int) -> int | None:
        """Return which day of the story a day is like; None after its end."""
        return index if 0 <= index < story.DAYS else None

    def trades(self, index: int) -> Sequence[story.Trade]:
        """List the trades of a day."""
        return [trade for trade in story.TRADES if trade.day == index]

    def claims(self) -> Sequence[story.Claim]:
        """List who claims and how often."""
        return story.CLAIMS

    def claim_all(self) -> None:
        """Let everybody claim what is left."""
        for key in self._stage.issues:
            for holder in story.HOLDERS:
                self._stage.claim(key, holder, holder)

    def close_all(self) -> None:
        """Let both issuers close their series; possible once it has ended."""
        for key in self._stage.issues:
            returned = self._stage.close(key)
            self._tell(f"{key}: closed, {returned:,} sat of escrow and bond go back to its issuer")

    def _act(self, index: int, clock: str, play: Callable[[], None]) -> Act:
        return Act(self._stage.time_of(self.day(index), clock), play)

    # Reports of the day before

    def _reports(self, index: int) -> Iterator[Act]:
        before = self.scene(index - 1)
        if before is None:
            return
        seen = self._source.observe(self.day(index - 1))
        if before == story.VETOED_DAY:
            yield self._act(index, "06:00:00", lambda: self._post(count_fees_twice(seen)))
            yield self._act(index, "10:00:00", lambda: self._veto(seen))
            yield self._act(index, "15:00:00", lambda: self._post(seen))
        else:
            yield self._act(index, "06:00:00", lambda: self._post(seen))
        for minute, key in enumerate(self._fleets):
            yield from self._output_reports(index, before, (minute, key), seen)

    def _output_reports(
        self, index: int, before: int, fleet: tuple[int, str], seen: DayObservation
    ) -> Iterator[Act]:
        day, stage, (minute, key) = seen.facts.day, self._stage, fleet
        output = self._fleets[key].output(before, seen.facts)
        share = story.OUTAGES[key].get(before)
        if share is not None:
            self._tell(f"{key}: its fleet ran at {share // 100} % on {iso_from_day(day)}")
        clock = f"06:1{minute}:00"
        if (key, before) == story.REPLACED_OUTPUT:
            typo = (Sats(output[0] // 10), output[1] // 10)
            yield self._act(index, clock, lambda: stage.report_output(key, day, typo))
            yield self._act(index, "08:00:00", lambda: self._replace(key, day, output))
        else:
            yield self._act(index, clock, lambda: stage.report_output(key, day, output))

    def _post(self, seen: DayObservation) -> None:
        self._stage.report_day(seen)

    def _veto(self, seen: DayObservation) -> None:
        self._stage.veto_day(seen.facts.day)
        when = iso_from_day(seen.facts.day)
        self._tell(f"oracle: guardian vetoes {when}, its fees were counted twice; corrected")

    def _replace(self, key: str, day: DayIndex, output: tuple[Sats, int]) -> None:
        self._stage.report_output(key, day, output, replaces=True)
        self._tell(f"{key}: reporters replace their output report of {iso_from_day(day)}")

    # Trades and claims

    def _trades(self, index: int) -> Iterator[Act]:
        for trade in self.trades(index):
            delivery = self._act(index, trade.clock, self._delivery(trade))
            if trade.seller == trade.series:
                yield replace(delivery, at=delivery.at - 2, play=self._bond(trade))
            yield replace(delivery, at=delivery.at - 1, play=self._payment(trade))
            yield delivery

    def _bond(self, trade: story.Trade) -> Callable[[], None]:
        """Post as much bond as the supply will need after a sale."""

        def play() -> None:
            issue = self._stage.issues[trade.series]
            supply = issue.token.totalSupply() + trade.amount_wad
            needed = -(-issue.distributor.terms().bond_per_ths * supply // story.WAD)
            self._stage.post_bond(trade.series, needed - self._stage.ledgers[trade.series].bond)

        return play

    def _payment(self, trade: story.Trade) -> Callable[[], None]:
        return lambda: self._stage.pay(trade.buyer, trade.seller, trade.price_sats)

    def _delivery(self, trade: story.Trade) -> Callable[[], None]:
        return lambda: self._stage.deliver(
            trade.series, trade.seller, trade.buyer, trade.amount_wad
        )

    def _claims(self, index: int) -> Iterator[Act]:
        for claim in self.claims():
            since = index - claim.first_day
            if since >= 0 and since % claim.every_days == 0:
                yield self._act(index, claim.clock, self._claim(claim))

    def _claim(self, claim: story.Claim) -> Callable[[], None]:
        def play() -> None:
            for key in self._stage.issues:
                self._stage.claim(key, claim.holder, claim.caller)

        return play

    # Evenings

    def _evening(self, index: int) -> None:
        self._stage.clock.mine()
        scene = self.scene(index)
        for key in self._stage.issues:
            if scene == story.REPAYMENT_DAY and key == story.FJORD.key:
                self._pay_back(key)
            self._fund_and_settle(
                key, is_paying=key != story.FJORD.key or scene not in story.STRIKE
            )

    def _fund_and_settle(self, key: str, *, is_paying: bool) -> None:
        distributor = self._stage.issues[key].distributor
        day = distributor.preview_day()
        if is_paying and day.reward > self._stage.ledgers[key].escrow:
            self._stage.fund(key, FUNDED_DAYS * day.reward)
            day = distributor.preview_day()
        if day.wait == 0:
            for settled in self._stage.settle(key):
                self._tell_shortage(key, settled)

    def _tell_shortage(self, key: str, settled: DaySettled) -> None:
        when = iso_from_day(DayIndex(settled.day))
        if settled.from_bond:
            self._tell(f"{key}: {when} not funded, {settled.from_bond:,} sat drawn from the bond")
        if settled.paid < settled.reward:
            owed = settled.reward - settled.paid
            self._tell(f"{key}: {when} leaves {owed:,} sat of arrears")

    def _pay_back(self, key: str) -> None:
        ledger = self._stage.ledgers[key]
        if ledger.arrears:
            self._stage.fund(key, ledger.arrears)
            self._tell(f"{key}: its issuer repays {ledger.arrears:,} sat of arrears")
        if ledger.bond_drawn:
            self._stage.post_bond(key, ledger.bond_drawn)
            self._tell(f"{key}: its issuer refills the bond with {ledger.bond_drawn:,} sat")
