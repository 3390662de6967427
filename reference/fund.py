# SPDX-License-Identifier: AGPL-3.0-only
"""A fund over several series (docs/fund.md) by brute force.

What an account earns is added up day by day from its own work and each series' settled days. Calls
take the absolute clock `now` [unix s] in time order; a refused call raises `ModelRevert` and
changes nothing.
"""

from .errors import Cause, require
from .meter import MeterModel
from .series import SeriesModel
from .units import Q128, Account


class FundModel:
    """One fund; `weights` are whole TH/s of each series for a share."""

    def __init__(self, series: list[SeriesModel], weights: list[int], place: Account) -> None:
        """Start without a share; `place` is the fund's address."""
        self.series = series
        self.weights = weights
        self.place = place
        self.shares = MeterModel(frozenset({series[0].parties.zero, place}))
        self.claimed: dict[tuple[int, Account], int] = {}

    def create(self, creator: Account, receiver: Account, amount: int, now: int) -> None:
        """Bring the basket, get shares [18 dec]."""
        require(amount > 0, Cause.NOTHING_DUE)
        require(receiver not in self.shares.refused, Cause.INVALID_ADDRESS)
        self._check_parts(creator, amount)
        self.shares.mint(receiver, amount, now)
        for series, weight in zip(self.series, self.weights, strict=True):
            series.transfer(creator, self.place, weight * amount, now)

    def redeem(self, holder: Account, receiver: Account, amount: int, now: int) -> None:
        """Turn shares [18 dec] back into the basket."""
        require(self.shares.balance(holder) >= amount, Cause.INSUFFICIENT_BALANCE)
        refused = any(receiver in series.parties.refused for series in self.series)
        require(not refused, Cause.INVALID_ADDRESS)
        self.shares.burn(holder, amount, now)
        for series, weight in zip(self.series, self.weights, strict=True):
            series.transfer(self.place, receiver, weight * amount, now)

    def _check_parts(self, account: Account, amount: int) -> None:
        for series, weight in zip(self.series, self.weights, strict=True):
            enough = series.meter.balance(account) >= weight * amount
            require(enough, Cause.INSUFFICIENT_BALANCE)

    def entitled_q128(self, place: int, account: Account) -> int:
        """Return all an account has earned of one series so far [base units x 2^128]."""
        return self.weights[place] * sum(
            self.shares.ths(account, settled.day) * (settled.paid_rate + settled.repaid_rate)
            for settled in self.series[place].ledger.days
        )

    def claimable(self, place: int, account: Account) -> int:
        """Return what an account can claim of one series [base units]."""
        earned = self.entitled_q128(place, account) // Q128
        return earned - self.claimed.get((place, account), 0)

    def is_complete(self, place: int) -> bool:
        """Return whether nothing can ever be added to any claim of a series."""
        series = self.series[place]
        return series.ledger.next_day >= series.end_day and series.ledger.arrears == 0

    def claim(
        self,
        account: Account,
        caller: Account,
        places: list[int],
        *,
        has_code: bool = False,
        observed: dict[int, int] | None = None,
    ) -> list[int]:
        """Claim of some places, all if none is named; return an amount for each place.

        Places whose bounded walk stopped pass what they paid as `observed`.
        """
        require(caller == account or not has_code, Cause.NOT_ALLOWED)
        wanted = places or list(range(len(self.series)))
        amounts = [0] * len(self.series)
        for place in set(wanted):
            due = self.claimable(place, account)
            amounts[place] = (observed or {}).get(place, due)
            if not 0 <= amounts[place] <= due:
                raise AssertionError(f"claimed {amounts[place]} of {due}")
            key = (place, account)
            self.claimed[key] = self.claimed.get(key, 0) + amounts[place]
        return amounts
