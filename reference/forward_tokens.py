# SPDX-License-Identifier: AGPL-3.0-only
"""A settlement token as the vault meets it: who has what, what is approved, who is blocked."""

from collections import defaultdict
from dataclasses import dataclass, field

from .errors import Cause, require
from .units import Account


@dataclass
class TokenModel:
    """Balances, and allowances of the vault [base units]; nobody can pay or be paid if blocked."""

    balances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    allowances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    blocked: set[Account] = field(default_factory=set)

    def pull(self, vault: Account, payer: Account, amount: int) -> None:
        """Take from an account that approved the vault; nothing is taken for nothing."""
        if amount == 0:
            return
        require(payer not in self.blocked, Cause.CANNOT_PAY)
        require(amount <= self.balances[payer], Cause.CANNOT_PAY)
        require(amount <= self.allowances[payer], Cause.CANNOT_PAY)
        self.allowances[payer] -= amount
        self._move(payer, vault, amount)

    def push(self, vault: Account, receiver: Account, amount: int) -> bool:
        """Pay an account; tell whether it arrived."""
        if receiver in self.blocked:
            return False
        self._move(vault, receiver, amount)
        return True

    def donate(self, payer: Account, vault: Account, amount: int) -> None:
        """Send to the vault without a word."""
        self._move(payer, vault, amount)

    def _move(self, payer: Account, receiver: Account, amount: int) -> None:
        self.balances[payer] -= amount
        self.balances[receiver] += amount
