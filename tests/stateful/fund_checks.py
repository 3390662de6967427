# SPDX-License-Identifier: AGPL-3.0-only
"""What must hold of a fund at any moment: F1 to F3, read from the chain."""

from collections.abc import Iterable

from reference.units import Q128
from tests.stateful.checks import same
from tests.stateful.fund_lockstep import FundLockstep


def check_fund(lockstep: FundLockstep, days: Iterable[int]) -> None:
    """Check supply, work on these days, claims and money."""
    fund, model = lockstep.fund_contract, lockstep.fund_model
    same("supply", fund.read("totalSupply"), model.shares.supply)
    accounts = model.shares.accounts
    balances = [fund.read("balanceOf", account) for account in accounts]
    same("shares", balances, [model.shares.balance(account) for account in accounts])
    same("supply of shares", sum(balances), model.shares.supply)
    for day in days:
        works = [fund.read("ths_on", account, day) for account in accounts]
        same(f"work of {day}", works, [model.shares.ths(account, day) for account in accounts])
    in_hand = 0
    for place, side in enumerate(lockstep.sides):
        held = side.system.token.read("balanceOf", fund.address)
        held -= lockstep.gifts[place].supply
        same("F1", held, model.weights[place] * model.shares.supply)
        mine = fund.read("in_hand", side.system.distributor.address)
        in_hand += mine
        total = sum(check_claim(lockstep, place, account) for account in accounts)
        coming = side.model.claimable(fund.address)
        assert total <= mine + coming, f"{total} is due, {mine} in hand and {coming} coming"
    same("coins", lockstep.system.reward_balance(fund.address), in_hand)
    same("coins by the model", in_hand, lockstep.coins[fund.address])


def check_claim(lockstep: FundLockstep, place: int, account: str) -> int:
    """F2: compare what an account can claim of a series; return it [base units]."""
    due = lockstep.fund_model.claimable(place, account)
    amount, is_whole = lockstep.fund_contract.read("preview_claim", account, place)
    if is_whole:
        same(f"claimable of {account}", amount, due)
    else:
        assert amount <= due, f"{account}: preview of {amount}, entitled to {due}"
    return due


def check_nothing_left(lockstep: FundLockstep) -> None:
    """F3: with everything claimed, less than one base unit for each account and series is left."""
    fund, accounts = lockstep.fund_contract, len(lockstep.fund_model.shares.accounts)
    for place, side in enumerate(lockstep.sides):
        left = fund.read("in_hand", side.system.distributor.address)
        gifts = lockstep.gifts[place]
        unshared = sum(
            gifts.supply_ths(day.day) * (day.paid_rate + day.repaid_rate)
            for day in side.model.ledger.days
        )
        limit = accounts + -(-unshared // Q128)
        assert left <= limit, f"{left} base units are left, {limit} at most may be"
