# SPDX-License-Identifier: AGPL-3.0-only
"""The meter (rules.md §2) by brute force.

Every account keeps its whole history of (time, balance) steps, and a day's TH·s are the area under
that step function, added up piece by piece. Nothing is packed, filed away or carried forward.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from .errors import Cause, require
from .units import Account, day_of, day_start


@dataclass
class StepFunction:
    """A balance over time: `values[i]` [TH/s, 18 dec] holds from `times[i]` [unix s] on."""

    times: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    @property
    def latest(self) -> int:
        """Return the newest value [TH/s, 18 dec]."""
        return self.values[-1] if self.values else 0

    def set(self, now: int, value: int) -> None:
        """Let the value [TH/s, 18 dec] hold from `now` [unix s] on."""
        if self.times and self.times[-1] == now:
            self.values[-1] = value
            return
        if self.times and now < self.times[-1]:
            raise ValueError("the clock went back")
        self.times.append(now)
        self.values.append(value)

    def at(self, time: int) -> int:
        """Return the value [TH/s, 18 dec] that holds at a time [unix s]."""
        index = bisect_right(self.times, time) - 1
        return self.values[index] if index >= 0 else 0

    def area(self, start: int, end: int) -> int:
        """Return the integral [TH/s (18 dec) x s] over [start, end) [unix s]."""
        total = 0
        index = max(bisect_right(self.times, start) - 1, 0)
        while index < len(self.times) and self.times[index] < end:
            left = max(self.times[index], start)
            right = min(self.times[index + 1], end) if index + 1 < len(self.times) else end
            total += self.values[index] * max(right - left, 0)
            index += 1
        return total


class MeterModel:
    """Balances and TH·s of one series' token, for each account and for the supply."""

    def __init__(self, refused: frozenset[Account] = frozenset()) -> None:
        """Start empty; `refused` accounts can receive nothing (zero, token, distributor)."""
        self.refused = refused
        self._accounts: dict[Account, StepFunction] = {}
        self._supply = StepFunction()

    @property
    def accounts(self) -> list[Account]:
        """Return every account that ever held something."""
        return list(self._accounts)

    @property
    def supply(self) -> int:
        """Return the total supply [TH/s, 18 dec]."""
        return self._supply.latest

    def balance(self, account: Account) -> int:
        """Return an account's balance [TH/s, 18 dec]."""
        steps = self._accounts.get(account)
        return steps.latest if steps else 0

    def mint(self, to: Account, amount: int, now: int) -> None:
        """Create `amount` [TH/s, 18 dec] for `to`."""
        require(to not in self.refused, Cause.INVALID_ADDRESS)
        if amount == 0:
            return
        self._account(to).set(now, self.balance(to) + amount)
        self._supply.set(now, self.supply + amount)

    def burn(self, account: Account, amount: int, now: int) -> None:
        """Destroy `amount` [TH/s, 18 dec] of `account`."""
        require(amount <= self.balance(account), Cause.INSUFFICIENT_BALANCE)
        if amount == 0:
            return
        self._account(account).set(now, self.balance(account) - amount)
        self._supply.set(now, self.supply - amount)

    def transfer(self, sender: Account, to: Account, amount: int, now: int) -> None:
        """Move `amount` [TH/s, 18 dec]; zero and self transfers touch nothing."""
        require(to not in self.refused, Cause.INVALID_ADDRESS)
        require(amount <= self.balance(sender), Cause.INSUFFICIENT_BALANCE)
        if amount == 0 or sender == to:
            return
        self._account(sender).set(now, self.balance(sender) - amount)
        self._account(to).set(now, self.balance(to) + amount)

    def ths(self, account: Account, day: int, now: int | None = None) -> int:
        """Return an account's TH·s of a day [TH/s (18 dec) x s], up to `now` when it is given."""
        return self._day_area(self._accounts.get(account), day, now)

    def supply_ths(self, day: int, now: int | None = None) -> int:
        """Return the supply's TH·s of a day [TH/s (18 dec) x s], up to `now` when it is given."""
        return self._day_area(self._supply, day, now)

    def touched_days(self, account: Account) -> list[int]:
        """Return the days on which the account's balance was touched, ascending."""
        steps = self._accounts.get(account)
        return sorted({day_of(time) for time in steps.times}) if steps else []

    def _account(self, account: Account) -> StepFunction:
        return self._accounts.setdefault(account, StepFunction())

    @staticmethod
    def _day_area(steps: StepFunction | None, day: int, now: int | None) -> int:
        if steps is None:
            return 0
        end = day_start(day + 1) if now is None else min(day_start(day + 1), now)
        return steps.area(day_start(day), end)
