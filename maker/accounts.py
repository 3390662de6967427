# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker has won or lost, from its trades alone: deposits and withdrawals change nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hashrate.products.forwards.maths import Payouts, buyer_collateral, collateral
from hashrate.products.forwards.terms import ForwardTerms


@dataclass(slots=True)
class MonthAccount:
    """A month's trades.

    Attributes:
        terms: of the series.
        position: LONG bought less LONG sold [contracts].
        paid: sum of quantity x the buyer's leg, less that of what was sold [base units].
        locked: most that could be lost of what is open, at the prices traded [base units].
        fills: how many trades.
        traded: bought and sold together [contracts].
    """

    terms: ForwardTerms
    position: int = 0
    paid: int = 0
    locked: int = 0
    fills: int = 0
    traded: int = 0

    def trade(self, price_ticks: int, quantity: int, *, is_buy: bool) -> None:
        """Count a trade at a price [tick]."""
        signed = quantity if is_buy else -quantity
        opens = max(0, abs(self.position + signed) - abs(self.position))
        self.locked += opens * collateral(self.terms, price_ticks, is_buyer=is_buy)
        self.position += signed
        self.paid += signed * buyer_collateral(self.terms, price_ticks)
        self.fills += 1
        self.traded += quantity
        if self.position == 0:
            self.locked = 0

    def profit(self, value: Payouts) -> int:
        """Return gain or loss of all trades at a value of LONG [base units]."""
        return self.position * value.long - self.paid


@dataclass(slots=True)
class LossLimit:
    """Knows when a maker has lost enough; once said it stays said.

    Attributes:
        most: that may be lost [base units].
        worst: the least profit seen [base units].
        is_reached: whether it was ever reached.
    """

    most: int
    worst: int = 0
    is_reached: bool = field(default=False)

    def look(self, profit: int) -> bool:
        """Look at the profit now [base units]; tell whether the limit is, or was, reached."""
        self.worst = min(self.worst, profit)
        self.is_reached = self.is_reached or -profit >= self.most
        return self.is_reached


def exposure(accounts: Iterable[MonthAccount]) -> tuple[int, int]:
    """Return LONG and SHORT of all months together; neither offsets the other [contracts]."""
    positions = [account.position for account in accounts]
    return sum(max(0, each) for each in positions), sum(max(0, -each) for each in positions)
