# SPDX-License-Identifier: AGPL-3.0-only
"""The public ledger of a series' money (rules.md §4): every settled day in one plain record.

There are no prefix sums here: totals are sums over all days, and a holder's share of a day is read
from that day's own record.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from .units import Q128, ceil_div

REPAID_DAYS_PER_CALL = 64


@dataclass(frozen=True)
class SettledDay:
    """One settled day.

    total: T [TH/s (18 dec) x s]; reward: R, paid at settlement, repaid since: [base units].
    """

    day: int
    total: int
    reward: int
    paid: int
    repaid: int = 0
    deemed: bool = False

    @property
    def short(self) -> int:
        """Return what settlement left unpaid [base units]."""
        return self.reward - self.paid

    @property
    def owed(self) -> int:
        """Return what is unpaid still [base units]."""
        return self.short - self.repaid

    @property
    def paid_rate(self) -> int:
        """Return the step of P [base units x 2^128 per unit of work], rounded up."""
        return ceil_div(self.paid * Q128, self.total) if self.total else 0

    @property
    def short_rate(self) -> int:
        """Return the step of A [base units x 2^128 per unit of work], rounded up."""
        return ceil_div(self.short * Q128, self.total) if self.total else 0

    @property
    def repaid_rate(self) -> int:
        """Return the part of A's step that is repaid [base units x 2^128 per unit], rounded up."""
        return ceil_div(self.repaid * Q128, self.total) if self.total else 0


@dataclass
class Ledger:
    """Money of one series [base units]; `days` are the settled days in order from the first."""

    start_day: int
    escrow: int = 0
    bond: int = 0
    bond_drawn: int = 0
    claimed: int = 0
    returned: int = 0
    days: list[SettledDay] = field(default_factory=list)

    @property
    def next_day(self) -> int:
        """Return the first day not settled."""
        return self.start_day + len(self.days)

    @property
    def promised(self) -> int:
        """Return the sum of all rewards [base units]."""
        return sum(settled.reward for settled in self.days)

    @property
    def paid(self) -> int:
        """Return what settlements paid [base units]."""
        return sum(settled.paid for settled in self.days)

    @property
    def repaid(self) -> int:
        """Return what was repaid of short days [base units]."""
        return sum(settled.repaid for settled in self.days)

    @property
    def arrears(self) -> int:
        """Return what is owed still [base units]."""
        return sum(settled.owed for settled in self.days)

    @property
    def funded(self) -> int:
        """Return F, the money indexed so far [base units]."""
        return self.paid + self.repaid

    @property
    def unclaimed(self) -> int:
        """Return the indexed money that has not left [base units]."""
        return self.funded - self.claimed

    @property
    def liabilities(self) -> int:
        """Return the least the distributor must hold [base units]."""
        return self.escrow + self.bond + self.unclaimed

    def repay(self) -> int:
        """Move escrow to the oldest short days, at most 64, and return what was moved."""
        moved = 0
        short_days = [index for index, settled in enumerate(self.days) if settled.owed]
        for index in short_days[:REPAID_DAYS_PER_CALL]:
            part = min(self.escrow, self.days[index].owed)
            self.escrow -= part
            self.days[index] = replace(self.days[index], repaid=self.days[index].repaid + part)
            moved += part
        return moved

    def pay(self, total: int, reward: int, deemed: bool) -> SettledDay:
        """Settle the next day from escrow, then the bond; the rest becomes arrears."""
        from_escrow = min(self.escrow, reward)
        from_bond = min(self.bond, reward - from_escrow)
        self.escrow -= from_escrow
        self.bond -= from_bond
        self.bond_drawn += from_bond
        paid = from_escrow + from_bond
        settled = SettledDay(self.next_day, total, reward, paid, deemed=deemed)
        self.days.append(settled)
        return settled

    def post_bond(self, amount: int) -> None:
        """Add to the bond [base units] and refill what was drawn."""
        self.bond += amount
        self.bond_drawn = max(0, self.bond_drawn - amount)

    def release_bond(self, amount: int) -> None:
        """Return a part of the bond [base units] to the issuer."""
        self.bond -= amount
        self.returned += amount

    def close(self) -> int:
        """Return escrow and bond to the issuer [base units]."""
        leaving = self.escrow + self.bond
        self.escrow = self.bond = 0
        self.returned += leaving
        return leaving

    def paid_prefix(self, day: int) -> int:
        """Return P[day], the sum of P's steps of all settled days before it."""
        return sum(settled.paid_rate for settled in self.days if settled.day < day)

    def short_prefix(self, day: int) -> int:
        """Return A[day], the sum of A's steps of all settled days before it."""
        return sum(settled.short_rate for settled in self.days if settled.day < day)

    def repaid_level(self) -> int:
        """Return L: A up to where it is repaid."""
        return sum(settled.repaid_rate for settled in self.days)

    def entitled_q128(self, ths_of: Callable[[int], int]) -> int:
        """Return an entitlement [base units x 2^128]; `ths_of` gives an account's work of a day."""
        return sum(
            ths_of(settled.day) * (settled.paid_rate + settled.repaid_rate)
            for settled in self.days
            if settled.reward
        )

    def exact_entitlement(self, ths_of: Callable[[int], int]) -> Fraction:
        """Return the exact fair share [base units] of everything paid and repaid."""
        return sum(
            (
                Fraction((settled.paid + settled.repaid) * ths_of(settled.day), settled.total)
                for settled in self.days
                if settled.reward
            ),
            Fraction(0),
        )
