# SPDX-License-Identifier: AGPL-3.0-only
"""Reporters, threshold and their changes (rules.md §1.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .errors import Cause, require
from .units import DAY_SECONDS, Account

MAX_REPORTERS = 31
MEMBERSHIP_DELAY_SECONDS = 7 * DAY_SECONDS
ZERO_ADDRESS = 0


@dataclass(frozen=True)
class ScheduledChange:
    """A membership change that anyone may apply from `due_at` [unix s] on."""

    additions: tuple[Account, ...]
    threshold: int
    due_at: int


@dataclass(frozen=True)
class SignedPrice:
    """One reporter's signature over the facts, with its own price [USD per BTC, 1e8]."""

    signer: Account
    btc_usd_e8: int = 0


def address_key(account: Account) -> int:
    """Return an address, written in hexadecimal, as the integer addresses are ordered by."""
    return int(account, 16)


def _check_quorum(reporters: Sequence[Account], threshold: int) -> None:
    distinct = len({address_key(reporter) for reporter in reporters}) == len(reporters)
    named = all(address_key(reporter) != ZERO_ADDRESS for reporter in reporters)
    sized = threshold <= len(reporters) <= MAX_REPORTERS and 2 * threshold > len(reporters)
    require(distinct and named and sized, Cause.INVALID_MEMBERSHIP)


class Membership:
    """Who may report, how many must agree, and the one change that may be scheduled."""

    def __init__(self, reporters: Sequence[Account], threshold: int) -> None:
        _check_quorum(reporters, threshold)
        self.reporters: list[Account] = list(reporters)
        self.threshold = threshold
        self.version = 1
        self.scheduled: ScheduledChange | None = None

    def is_reporter(self, account: Account) -> bool:
        """Return whether an account reports now."""
        return address_key(account) in {address_key(reporter) for reporter in self.reporters}

    def schedule(self, additions: Sequence[Account], threshold: int, now: int) -> None:
        """Schedule a change, replacing any earlier one; an empty one cancels it."""
        if not additions and threshold == 0:
            self.scheduled = None
            return
        due_at = now + MEMBERSHIP_DELAY_SECONDS
        self.scheduled = ScheduledChange(tuple(additions), threshold, due_at)

    def apply(self, now: int) -> None:
        """Apply the scheduled change, checked against the members of this moment."""
        change = self.scheduled
        if change is None:
            return require(False, Cause.NOTHING_SCHEDULED)
        require(now >= change.due_at, Cause.DELAY_NOT_OVER)
        after = [*self.reporters, *change.additions]
        _check_quorum(after, change.threshold)
        self.reporters = after
        self.threshold = change.threshold
        self.version += 1
        self.scheduled = None
        return None

    def remove(self, reporter: Account) -> None:
        """Remove a reporter at once, never below the threshold."""
        require(self.is_reporter(reporter), Cause.NOT_A_REPORTER)
        require(len(self.reporters) > self.threshold, Cause.BELOW_THRESHOLD)
        leaving = address_key(reporter)
        self.reporters = [kept for kept in self.reporters if address_key(kept) != leaving]
        self.version += 1

    def check_signatures(self, signed: Sequence[SignedPrice], version: int) -> None:
        """Refuse anything but enough distinct current reporters, ascending by address."""
        require(version == self.version, Cause.WRONG_MEMBERSHIP_VERSION)
        require(len(signed) >= self.threshold, Cause.NOT_ENOUGH_SIGNERS)
        require(len(signed) <= MAX_REPORTERS, Cause.TOO_MANY_SIGNERS)
        keys = [address_key(each.signer) for each in signed]
        ascending = all(left < right for left, right in zip(keys, keys[1:], strict=False))
        require(ascending, Cause.SIGNERS_NOT_ASCENDING)
        require(all(self.is_reporter(each.signer) for each in signed), Cause.NOT_A_REPORTER)


def agreed_price(signed: Sequence[SignedPrice], spread_bps: int) -> int:
    """Return the median price [USD per BTC, 1e8]; refused when the prices lie too far apart."""
    prices = sorted(each.btc_usd_e8 for each in signed)
    wide = (prices[-1] - prices[0]) * 10_000 > spread_bps * prices[0]
    require(not wide, Cause.PRICE_SPREAD)
    middle = len(prices) // 2
    if len(prices) % 2:
        return prices[middle]
    return (prices[middle - 1] + prices[middle]) // 2
