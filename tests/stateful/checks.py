# SPDX-License-Identifier: AGPL-3.0-only
"""What must hold of a series at any moment: the eight invariants, read from the chain.

Numbered as in the contracts. Nothing here changes anything; claims made to look at fractions are
taken back.
"""

from collections.abc import Iterable

from reference.invariants import (
    check_indexed,
    check_repaid_in_order,
    check_solvent,
    check_supply,
    check_work,
)
from reference.units import NO_END_DAY, Q128
from testing.local_chain import Refused
from tests.stateful.series_lockstep import SeriesLockstep

WHOLE_INDEX = (0, 2**256 - 1, 0, 2**256 - 1)
LEDGER = ("promised", "paid", "repaid", "arrears", "claimed", "escrow", "bond", "bond_drawn")


def same(what: str, on_chain: object, in_model: object) -> None:
    """Refuse two values that differ."""
    assert on_chain == in_model, f"{what}: {on_chain} on the chain, {in_model} in the model"


def check_ledger(lockstep: SeriesLockstep) -> None:
    """Compare the public ledger of the series."""
    ledger = lockstep.model.ledger
    expected = tuple(getattr(ledger, name) for name in LEDGER)
    same("ledger", lockstep.system.distributor.read("ledger"), expected)


def check_progress(lockstep: SeriesLockstep) -> None:
    """5: compare where the series is in its life, and how far its short days are repaid."""
    distributor, model = lockstep.system.distributor, lockstep.model
    silent_from, silenced_at = NO_END_DAY, 0
    if model.silence:
        last = model.silence.last_final_day
        silent_from = lockstep.oracle_model.first_day if last is None else last + 1
        silenced_at = model.silence.called_at
    short = [day for day in model.ledger.days if day.short]
    whole = sum(day.owed == 0 for day in short)
    same(
        "progress",
        distributor.read("progress"),
        (
            model.ledger.next_day,
            model.end_day,
            silent_from,
            silenced_at,
            len(short),
            whole,
            model.closed,
        ),
    )
    check_repaid_in_order(model.ledger.days)
    same("repaid level", distributor.read("repaid_level"), model.ledger.repaid_level())
    if whole < len(short):
        oldest = short[whole]
        expected = (oldest.day, oldest.total, oldest.short, oldest.repaid)
        same("oldest short day", distributor.read("short_days", whole), expected)


def check_coins(lockstep: SeriesLockstep) -> None:
    """3, 6: everybody has what the model says: money went where it had to and nowhere else."""
    system, ledger = lockstep.system, lockstep.model.ledger
    accounts = {
        *lockstep.coins,
        *lockstep.holders,
        lockstep.collector,
        system.guardian,
        system.owner,
    }
    for account in accounts:
        same(f"coins of {account}", system.reward_balance(account), lockstep.coins[account])
    held = system.reward_balance(system.distributor.address)
    check_solvent(held, ledger.escrow, ledger.bond, ledger.funded, ledger.claimed)
    # nothing inside but what is accounted for and what was donated
    same("held", held, ledger.liabilities + lockstep.donated)


def check_meter(lockstep: SeriesLockstep, days: Iterable[int]) -> None:
    """1: balances and work of these days, of every account and of the supply."""
    token, meter = lockstep.system.token, lockstep.model.meter
    accounts = sorted({*meter.accounts, *lockstep.holders})
    balances = [token.read("balanceOf", account) for account in accounts]
    same("balances", balances, [meter.balance(account) for account in accounts])
    supply = token.read("totalSupply")
    same("supply", supply, meter.supply)
    check_supply(balances, supply)
    for day in days:
        works = [token.read("ths_on", account, day) for account in accounts]
        same(f"work of day {day}", works, [meter.ths(account, day) for account in accounts])
        total = token.read("total_ths_on", day)
        same(f"supply's work of day {day}", total, meter.supply_ths(day))
        check_work(day, works, total)


def check_claimable(lockstep: SeriesLockstep) -> None:
    """2: what each account can claim is what the model says, by whatever schedule it claimed."""
    for account in lockstep.holders:
        amount, is_whole = lockstep.system.distributor.read("preview_claim", account)
        due = lockstep.model.claimable(account)
        if is_whole:
            same(f"claimable of {account}", amount, due)
        else:
            assert amount <= due, f"{account}: preview of {amount}, entitled to {due}"


def check_fractions(lockstep: SeriesLockstep) -> None:
    """3: F <= sum of entitlements < F + 1, to the last fraction of every account."""
    chain, model = lockstep.chain, lockstep.model
    pending = []
    with chain.undone():
        for account in lockstep.holders:
            expected = model.pending_q128(account)
            entitled = claim_all(lockstep, account) * Q128 + fraction_left(lockstep, account)
            same(f"entitlement of {account}", entitled, expected)
            pending.append(expected)
    claimed = [model.claimed.get(account, 0) for account in lockstep.holders]
    check_indexed(model.ledger.funded, claimed, pending, model.ledger.claimed)


def fraction_left(lockstep: SeriesLockstep, account: str) -> int:
    """Return what an account that has claimed everything still has, less than a unit [2**-128].

    A fraction is not stored before it is part of a claim, so the walk goes on from what is.
    """
    distributor, token = lockstep.system.distributor, lockstep.system.token.address
    claim, is_whole = distributor.read("claim_state", account), False
    while not is_whole:
        claim, amount, is_whole = distributor.read(
            "accrue", token, account, claim, NO_END_DAY, WHOLE_INDEX
        )
        same(f"claimable of {account}", amount, 0)
    fraction: int = claim[0]
    return fraction


def claim_all(lockstep: SeriesLockstep, account: str) -> int:
    """Claim for an account, as itself, until nothing is left; return the sum [base units]."""
    total = 0
    while True:
        try:
            total += lockstep.claim_on_chain(account)
        except Refused as refused:
            assert refused.reason == "dist: nothing to claim", refused.reason
            return total


def check_all(lockstep: SeriesLockstep, days: Iterable[int] | None = None) -> None:
    """Check everything; the meter on all days the series has seen unless told which."""
    if days is None:
        first = lockstep.system.setup.terms.start_day - 1
        days = range(first, lockstep.today + 2)
    check_meter(lockstep, days)
    check_money(lockstep)


def check_money(lockstep: SeriesLockstep) -> None:
    """Check everything but the meter."""
    check_ledger(lockstep)
    check_progress(lockstep)
    check_coins(lockstep)
    check_claimable(lockstep)
    check_fractions(lockstep)
