# SPDX-License-Identifier: AGPL-3.0-only
"""What an account can still promise: its money is one, however many orders count on it."""

from collections import Counter
from collections.abc import Callable

from eth_typing import ChecksumAddress

Reading = Callable[[ChecksumAddress, ChecksumAddress], tuple[int, int]]
"""Tells, of a token and who may take it, what the account has and what that one may take."""


class Purse:
    """Balances and allowances less what open orders may take [base units]."""

    def __init__(self, read: Reading) -> None:
        """Promise nothing yet.

        Args:
            read: asked once for each token and spender.
        """
        self._read = read
        self._known: dict[tuple[ChecksumAddress, ChecksumAddress], tuple[int, int]] = {}
        self._promised: Counter[ChecksumAddress] = Counter()
        self._allowed: Counter[tuple[ChecksumAddress, ChecksumAddress]] = Counter()

    def promise(self, token: ChecksumAddress, spender: ChecksumAddress, amount: int) -> None:
        """Count what an open order may take."""
        self._promised[token] += amount
        self._allowed[token, spender] += amount

    def take(self, token: ChecksumAddress, spender: ChecksumAddress, amount: int) -> bool:
        """Promise some more if balance and allowance cover it; tell whether they do."""
        key = (token, spender)
        if key not in self._known:
            self._known[key] = self._read(token, spender)
        balance, allowance = self._known[key]
        left = min(balance - self._promised[token], allowance - self._allowed[key])
        if amount > left:
            return False
        self.promise(token, spender, amount)
        return True
