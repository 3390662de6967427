# SPDX-License-Identifier: AGPL-3.0-only
"""Invariants 1, 2, 3 and 5 of a series as pure functions of numbers.

The numbers may come from the model or from a chain; `check_series` feeds a model's own. Each check
raises `InvariantBroken` and returns nothing.

1. Balances add up to the supply, and accounts' work of a day to the supply's.
2. The schedule of claims changes no amount.
3. Money indexed is owed in full and never more: F <= sum of entitlements < F + 1; what was paid is
   at most F; the distributor holds escrow, bond and what is indexed but not paid.
5. A settled day's work, reward and prefix stay; what is paid of it only grows, up to the reward,
   the oldest short day first.
"""

from collections.abc import Iterable, Mapping, Sequence

from .ledger import SettledDay
from .series import SeriesModel
from .units import Q128, Account


class InvariantBroken(AssertionError):
    """An invariant does not hold."""


def _hold(condition: bool, what: str) -> None:
    if not condition:
        raise InvariantBroken(what)


def check_supply(balances: Iterable[int], supply: int) -> None:
    """1: balances add up to the supply [TH/s, 18 dec]."""
    total = sum(balances)
    _hold(total == supply, f"balances add up to {total}, the supply is {supply}")


def check_work(day: int, account_works: Iterable[int], supply_work: int) -> None:
    """1: the accounts' work of a day adds up to the supply's [TH/s (18 dec) x s]."""
    total = sum(account_works)
    _hold(total == supply_work, f"day {day}: {total} in all, the supply's {supply_work}")


def check_same_claims(claimed: Mapping[Account, int], otherwise: Mapping[Account, int]) -> None:
    """2: two schedules of claims over the same history paid the same [base units]."""
    for account in claimed.keys() | otherwise.keys():
        one, other = claimed.get(account, 0), otherwise.get(account, 0)
        _hold(one == other, f"{account} was paid {one} by one schedule and {other} by another")


def check_indexed(
    funded: int, claimed: Iterable[int], pending_q128: Iterable[int], claimed_total: int
) -> None:
    """3: entitlements cover F and exceed it by less than one base unit.

    Args:
        funded: F [base units].
        claimed: what each account was paid [base units].
        pending_q128: what each account is entitled to beyond that [base units x 2^128].
        claimed_total: the distributor's own total of what it paid [base units].
    """
    paid = sum(claimed)
    entitled_q128 = paid * Q128 + sum(pending_q128)
    _hold(funded * Q128 <= entitled_q128, f"entitlements fall short of F = {funded}")
    _hold(entitled_q128 < (funded + 1) * Q128, f"entitlements exceed F = {funded}")
    _hold(paid == claimed_total, f"accounts were paid {paid}, the total says {claimed_total}")
    _hold(paid <= funded, f"paid {paid} of {funded}")


def check_whole_units(funded: int, entitled: Iterable[int]) -> None:
    """3: the entitlements in whole base units never exceed F."""
    total = sum(entitled)
    _hold(total <= funded, f"whole entitlements add up to {total} of {funded}")


def check_solvent(held: int, escrow: int, bond: int, funded: int, claimed_total: int) -> None:
    """3: the distributor holds what it owes [base units]."""
    owed = escrow + bond + funded - claimed_total
    _hold(held >= owed, f"the distributor holds {held} and owes {owed}")


def check_days_grew(before: Sequence[SettledDay], after: Sequence[SettledDay]) -> None:
    """5: settled days stayed; only what is repaid of them grew."""
    _hold(len(after) >= len(before), "a settled day is gone")
    for old, new in zip(before, after, strict=False):
        unchanged = (old.day, old.total, old.reward, old.paid) == (
            new.day,
            new.total,
            new.reward,
            new.paid,
        )
        _hold(unchanged, f"day {old.day} changed from {old} to {new}")
        _hold(old.repaid <= new.repaid, f"day {old.day}: a repayment was taken back")


def check_repaid_in_order(days: Sequence[SettledDay]) -> None:
    """5: no day is paid beyond its reward, and no later short day before an older one is whole."""
    older_owed = False
    for settled in days:
        _hold(0 <= settled.paid <= settled.reward, f"day {settled.day} is overpaid")
        _hold(0 <= settled.repaid <= settled.short, f"day {settled.day} is repaid too much")
        _hold(not (older_owed and settled.repaid), f"day {settled.day} was repaid out of turn")
        older_owed = older_owed or settled.owed > 0


def check_prefix_grew(before: Sequence[int], after: Sequence[int]) -> None:
    """5: prefix sums once written stay, and each is at least the one before."""
    _hold(list(after[: len(before)]) == list(before), "a prefix sum changed")
    ascending = all(left <= right for left, right in zip(after, after[1:], strict=False))
    _hold(ascending, "a prefix sum falls")


def check_series(series: SeriesModel, now: int) -> None:
    """Check invariants 1, 3 and 5 on a model at `now` [unix s]."""
    meter, ledger = series.meter, series.ledger
    check_supply(map(meter.balance, meter.accounts), meter.supply)
    for settled in ledger.days:
        works = [meter.ths(account, settled.day, now) for account in meter.accounts]
        check_work(settled.day, works, settled.total)
    check_indexed(
        ledger.funded,
        [series.claimed.get(account, 0) for account in meter.accounts],
        [series.pending_q128(account) for account in meter.accounts],
        ledger.claimed,
    )
    check_whole_units(ledger.funded, map(series.entitled_base_units, meter.accounts))
    check_repaid_in_order(ledger.days)
