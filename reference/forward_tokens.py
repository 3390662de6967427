# SPDX-License-Identifier: AGPL-3.0-only
"""A settlement token as the engine meets it: who has what, what is approved, who is blocked."""

from collections import defaultdict
from dataclasses import dataclass, field

from .errors import Cause, require
from .units import Account


@dataclass
class TokenModel:
    """Balances, and allowances of the engine [base units]; nobody can pay or be paid if blocked."""

    balances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    allowances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    blocked: set[Account] = field(default_factory=set)

    def pull(self, engine: Account, payer: Account, amount: int) -> None:
        """Take from an account that approved the engine; nothing is taken for nothing."""
        if amount == 0:
            return
        require(payer not in self.blocked, Cause.CANNOT_PAY)
        require(amount <= self.balances[payer], Cause.CANNOT_PAY)
        require(amount <= self.allowances[payer], Cause.CANNOT_PAY)
        self.allowances[payer] -= amount
        self._move(payer, engine, amount)

    def push(self, engine: Account, receiver: Account, amount: int) -> bool:
        """Pay an account and return whether it arrived."""
        if receiver in self.blocked:
            return False
        self._move(engine, receiver, amount)
        return True

    def donate(self, payer: Account, engine: Account, amount: int) -> None:
        """Send to the engine without a word."""
        self._move(payer, engine, amount)

    def _move(self, payer: Account, receiver: Account, amount: int) -> None:
        self.balances[payer] -= amount
        self.balances[receiver] += amount
