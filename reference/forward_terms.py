# SPDX-License-Identifier: AGPL-3.0-only
"""What a series of forwards is, and what a side of it costs (forwards.md §1, §2)."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from eth_utils.crypto import keccak

from .errors import Cause, require
from .units import WAD, Account, day_start

TH_PER_PH = 1_000
FEWEST_FINAL_DAYS = 7
LONGEST_WINDOW_DAYS = 366
MAX_CAP_TICKS = 2**64
TICK_VALUE_BOUND = 2**96
PAYOUT_BOUND = 2**127


class Metric(Enum):
    """What the hashprice oracle is an index of, by its numbers."""

    HASHPRICE_SATS = 1
    HASHPRICE_USD = 2
    DIFFICULTY = 3

    def ticks(self, value_wad: int) -> Fraction:
        """Return one day's value in ticks of one contract, exactly.

        Args:
            value_wad: [satoshi or USD per TH/s per day, or difficulty; 1e18].
        """
        value = Fraction(value_wad, WAD)
        if self is Metric.HASHPRICE_SATS:
            return value * TH_PER_PH  # a tick is a satoshi per PH/s and day
        if self is Metric.HASHPRICE_USD:
            return value * TH_PER_PH * 100  # a tick is a cent per PH/s and day
        return value / 10**9


@dataclass(frozen=True)
class ForwardTerms:
    """The terms of a series, in the contract's order.

    first_day, end_day: [day], the end exclusive; floor_ticks, cap_ticks: [tick];
    tick_value: [base units per tick, day and contract].
    """

    index: Account
    metric: Metric
    first_day: int
    end_day: int
    floor_ticks: int
    cap_ticks: int
    tick_value: int
    token: Account

    @property
    def days(self) -> int:
        """Return the length of the window [days]."""
        return self.end_day - self.first_day

    @property
    def pair_cost(self) -> int:
        """Return what one LONG and one SHORT are worth together [base units]."""
        return self._worth(self.cap_ticks - self.floor_ticks)

    def buyer_collateral(self, price_ticks: int) -> int:
        """Return what a buyer pays for one contract [base units]."""
        return self._worth(price_ticks - self.floor_ticks)

    def seller_collateral(self, price_ticks: int) -> int:
        """Return what a seller pays for one contract [base units]."""
        return self._worth(self.cap_ticks - price_ticks)

    def is_over(self, now: int) -> bool:
        """Return whether the window has ended at `now` [unix s]."""
        return now >= day_start(self.end_day)

    def has_begun(self, now: int) -> bool:
        """Return whether the window has begun at `now` [unix s]."""
        return now >= day_start(self.first_day)

    def _worth(self, ticks: int) -> int:
        return sum(ticks * self.tick_value for _ in range(self.days))

    def as_tuple(self) -> tuple[int | str, ...]:
        """Return the contract's `Terms` struct."""
        return (
            self.index,
            self.metric.value,
            self.first_day,
            self.end_day,
            self.floor_ticks,
            self.cap_ticks,
            self.tick_value,
            self.token,
        )


@dataclass(frozen=True)
class Venue:
    """One deployment: the chain, and vault and book on it."""

    chain_id: int
    vault: Account
    book: Account

    def series_of(self, terms: ForwardTerms) -> int:
        """Return the id of LONG; SHORT is the next one."""
        words = [self.chain_id, self.vault, *terms.as_tuple()]
        numbers = [int(word, 16) if isinstance(word, str) else word for word in words]
        hashed = keccak(b"".join(number.to_bytes(32, "big") for number in numbers))
        number = int.from_bytes(hashed, "big")
        return number - number % 2


def check_terms(
    terms: ForwardTerms, tokens: frozenset[Account], index_days: tuple[int, int], now: int
) -> None:
    """Refuse terms that no series may have.

    Args:
        terms: what is asked for.
        tokens: the vault's list.
        index_days: the index's first day [day], and how many of its days are final [days].
        now: [unix s].
    """
    first_index_day, final_days = index_days
    require(terms.token in tokens, Cause.INVALID_TERMS)
    require(not terms.has_begun(now), Cause.INVALID_TERMS)
    require(1 <= terms.days <= LONGEST_WINDOW_DAYS, Cause.INVALID_TERMS)
    require(0 <= terms.floor_ticks < terms.cap_ticks <= MAX_CAP_TICKS, Cause.INVALID_TERMS)
    require(0 < terms.tick_value < TICK_VALUE_BOUND, Cause.INVALID_TERMS)
    require(terms.days * terms.cap_ticks * terms.tick_value < PAYOUT_BOUND, Cause.INVALID_TERMS)
    require(final_days >= FEWEST_FINAL_DAYS, Cause.NOT_FINAL)
    require(terms.first_day >= first_index_day, Cause.INVALID_TERMS)
