# SPDX-License-Identifier: AGPL-3.0-only
"""Strips, notes and the fund as rows and lines, from what the chain logged."""

from dataclasses import dataclass

from hashrate.products.tranches.terms import NO_FACE
from simulation.demo import product_events as made
from simulation.demo.chart import ProductLine
from simulation.demo.events import History
from simulation.demo.replay import Audit


@dataclass(frozen=True, slots=True)
class ProductResult:
    """What a product paid an account in all [base units]; negative where the account paid."""

    what: str
    account: str
    amount: int


def product_results(history: History) -> list[ProductResult]:
    """Add up what accounts got of each product, and paid for JUNIOR."""
    names: dict[str, str] = {}
    totals: dict[tuple[str, str], int] = {}

    def add(product: str, what: str, account: str, amount: int) -> None:
        key = (f"{names[product]}{what}", account)
        totals[key] = totals.get(key, 0) + amount

    for entry in history.entries:
        match entry:
            case made.TranchesMade():
                names[entry.product] = entry.name
            case made.FundMade():
                names[entry.fund] = "fund"
            case made.TrancheClaimed():
                side = "" if entry.is_senior else ", JUNIOR"
                add(entry.product, side, entry.account, entry.amount)
            case made.JuniorRedeemed(cost=cost) if cost:
                add(entry.product, ", shortfall", entry.holder, -cost)
            case made.JuniorBought():
                add(entry.product, ", auction", entry.buyer, -entry.cost)
            case made.SeniorRedeemed():
                add(entry.product, ", pool", entry.holder, entry.cash)
            case made.FundClaimed():
                add(entry.fund, "", entry.account, sum(entry.amounts))
            case _:
                pass
    return [ProductResult(what, account, amount) for (what, account), amount in totals.items()]


def product_lines(history: History, audit: Audit) -> list[ProductLine]:
    """Make the lines of the picture."""
    notes: dict[str, list[tuple[int, str]]] = {}
    for entry in history.entries:
        match entry:
            case made.OutcomeNoted():
                notes.setdefault(entry.product, []).append(
                    (entry.at, "met" if entry.is_met else "not met")
                )
            case made.JuniorBought():
                notes.setdefault(entry.product, []).append((entry.at, "auction"))
            case made.SeniorRedeemed():
                notes.setdefault(entry.product, []).append((entry.at, "the rest is SENIOR's"))
            case _:
                pass
    return [
        ProductLine(
            entry.name,
            None if entry.face == NO_FACE else entry.face,
            audit.senior_lines[entry.name],
            notes.get(entry.product, []),
        )
        for entry in history.entries
        if isinstance(entry, made.TranchesMade)
    ]
