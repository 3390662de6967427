# SPDX-License-Identifier: AGPL-3.0-only
"""Drive the models of strips, notes and the fund beside those of their series.

What a product collects from a series is a claim of its account there; the models of products say
what is due to whom, and the series' model what that claim must have brought.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from reference import SeriesModel
from reference.fund import FundModel
from reference.tranches import State, TranchesModel, TrancheTerms
from reference.units import DAY_SECONDS, Q128, WAD
from simulation.demo import product_events as events


class Comparing(Protocol):
    """What compares a value of the chain with one of the models."""

    def __call__(self, what: str, chain: object, model: object) -> None:
        """Note a difference."""


class ProductReplay:
    """The models of all products."""

    def __init__(self, series: Mapping[str, SeriesModel], compare: Comparing) -> None:
        """Begin without a product; `series` are the models by key."""
        self._series, self._compare = series, compare
        self.tranches: dict[str, TranchesModel] = {}
        self.funds: dict[str, FundModel] = {}
        self.names: dict[str, str] = {}

    def apply(self, entry: events.ProductEntry) -> None:
        """Apply one entry and compare its answer."""
        match entry:
            case events.TranchesMade():
                terms = TrancheTerms(
                    entry.start_day, entry.maturity_day, entry.face, entry.grace_days
                )
                series = self._series[entry.series]
                terms.check(series.terms, series.ledger.next_day, series.end_day, entry.at)
                self.tranches[entry.product] = TranchesModel(
                    series, terms, entry.product, entry.tokens
                )
                self.names[entry.product] = entry.name
            case events.FundMade():
                parts = [self._series[key] for key in entry.series]
                self.funds[entry.fund] = FundModel(parts, list(entry.weights), entry.fund)
                self.names[entry.fund] = "the fund"
            case (
                events.SharesCreated()
                | events.SharesMoved()
                | events.SharesRedeemed()
                | events.FundClaimed()
            ):
                self._apply_fund(self.funds[entry.fund], entry)
            case _:
                self._apply_tranches(self.tranches[entry.product], entry)

    def _apply_tranches(self, model: TranchesModel, entry: events.TranchesEntry) -> None:
        where = f"{self.names[entry.product]} at {entry.at}"
        match entry:
            case events.TokensSplit():
                model.split(entry.owner, entry.amount, entry.senior_to, entry.junior_to, entry.at)
            case events.TokensMerged():
                model.merge(entry.owner, entry.amount, entry.at)
            case events.TrancheMoved():
                model.transfer(
                    entry.is_senior, entry.sender, entry.receiver, entry.amount, entry.at
                )
            case events.TrancheClaimed():
                self._pull(model.series, entry.product, entry.pulled, where)
                paid = model.claim(entry.is_senior, entry.account, entry.account, entry.at)
                self._compare(f"{where}: claim of {entry.account}", entry.amount, paid)
            case _:
                self._apply_end(model, entry, where)

    def _apply_end(
        self,
        model: TranchesModel,
        entry: events.OutcomeNoted
        | events.JuniorRedeemed
        | events.JuniorBought
        | events.PoolCollected
        | events.SeniorRedeemed,
        where: str,
    ) -> None:
        match entry:
            case events.OutcomeNoted():
                found = model.note(entry.at)
                seen = (entry.is_met, entry.shortfall)
                self._compare(
                    f"{where}: outcome", seen, (found.state is State.MET, found.shortfall)
                )
            case events.JuniorRedeemed():
                cost = model.redeem_junior(entry.holder, entry.amount, entry.cost, entry.at)
                self._compare(f"{where}: cost of JUNIOR", entry.cost, cost)
            case events.JuniorBought():
                bought = model.buy_junior(entry.buyer, entry.holder, entry.amount, 0, entry.at)
                self._compare(f"{where}: JUNIOR bought", (entry.bought, entry.cost), bought)
            case events.PoolCollected():
                self._pull(model.series, entry.product, entry.pulled, where)
                self._compare(f"{where}: pool", entry.amount, model.collect_pool(entry.at))
            case events.SeniorRedeemed():
                taken = model.redeem_senior(entry.holder, entry.amount, entry.at)
                self._compare(f"{where}: SENIOR redeemed", (entry.cash, entry.tokens), taken)

    def _apply_fund(self, model: FundModel, entry: events.FundEntry) -> None:
        where = f"fund at {entry.at}"
        match entry:
            case events.SharesCreated():
                model.create(entry.creator, entry.creator, entry.amount, entry.at)
            case events.SharesMoved():
                model.shares.transfer(entry.sender, entry.receiver, entry.amount, entry.at)
            case events.SharesRedeemed():
                model.redeem(entry.holder, entry.holder, entry.amount, entry.at)
            case events.FundClaimed():
                for series, pulled in zip(model.series, entry.pulled, strict=True):
                    self._pull(series, entry.fund, pulled, where)
                paid = tuple(model.claim(entry.account, entry.account, []))
                self._compare(f"{where}: claim of {entry.account}", entry.amounts, paid)

    def _pull(self, series: SeriesModel, account: str, pulled: int | None, where: str) -> None:
        if pulled is not None:
            _, amount = series.claim(account, account)
            self._compare(f"{where}: collected", pulled, amount)

    # The end

    def finish(self, held: Mapping[str, int], tokens: Mapping[tuple[str, str], int]) -> None:
        """Compare what is left in the products: money, tokens, SENIOR, JUNIOR and shares.

        Args:
            held: reward tokens by product or fund [base units].
            tokens: by product or fund and the series' key, or `senior`, `junior` and `shares`
                [18 dec].
        """
        for place, amount in held.items():
            self._compare(f"{self.names[place]}: money held", amount, self._money(place))
        for (place, kind), amount in tokens.items():
            self._compare(f"{self.names[place]}: {kind}", amount, self._tokens(place, kind))

    def _money(self, place: str) -> int:
        if place in self.funds:
            fund = self.funds[place]
            return sum(series.claimed.get(place, 0) for series in fund.series) - sum(
                fund.claimed.values()
            )
        model = self.tranches[place]
        return model.series.claimed.get(place, 0) + model.paid_in - model.paid_out

    def _tokens(self, place: str, kind: str) -> int:
        supplies: dict[str, Callable[[], int]] = {
            "senior": lambda: self.tranches[place].senior.supply,
            "junior": lambda: self.tranches[place].junior.supply,
            "shares": lambda: self.funds[place].shares.supply,
        }
        found = supplies.get(kind)
        return found() if found else self._series[kind].meter.balance(place)

    # The chart

    def senior_lines(self) -> dict[str, list[tuple[int, int]]]:
        """Add up what one SENIOR of each product, held all the time, had earned by each day.

        Returns:
            By name: day and [1e-6 base units], rounded down.
        """
        lines = {}
        for place, model in self.tranches.items():
            total, line = 0, []
            for settled in model.series.ledger.days:
                if not model.terms.start_day <= settled.day < model.terms.maturity_day:
                    continue
                total += model.senior_rate(settled)
                line.append((settled.day, total * DAY_SECONDS * WAD * 10**6 // Q128))
            lines[self.names[place]] = line
        return lines
