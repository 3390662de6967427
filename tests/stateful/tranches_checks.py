# SPDX-License-Identifier: AGPL-3.0-only
"""What must hold of strips and notes at any moment: N1 to N5, read from the chain."""

from collections.abc import Iterable

from reference.tranches import AUCTION_DAYS, State
from reference.units import Q128, WAD
from tests.stateful.checks import same
from tests.stateful.tranches_lockstep import TranchesLockstep, Twin

STATES = {1: State.OPEN, 2: State.MET, 4: State.UNMET}


def check_product(lockstep: TranchesLockstep, twin: Twin) -> None:
    """Check one product now."""
    check_outcome(lockstep, twin)
    check_supplies(lockstep, twin)
    check_pool(lockstep, twin)
    check_claims(lockstep, twin)


def check_outcome(lockstep: TranchesLockstep, twin: Twin) -> None:
    """N4: state, cut and shortfall are what the settled days say."""
    state, cut_paid, cut_arrears, shortfall, noted_day, _ = twin.read("outcome")
    model, ledger = twin.model, lockstep.model.ledger
    expected = model.outcome()
    same("state", STATES[state], expected.state)
    same("shortfall", shortfall, expected.shortfall)
    if expected.state is not State.OPEN:
        last = min(expected.day, ledger.next_day)
        levels = (ledger.paid_prefix(last), ledger.short_prefix(last))
        cut = (levels[0] + expected.paid, levels[1] + expected.arrears)
        same("cut", (cut_paid, cut_arrears), cut)
    if model.noted is not None and model.noted.state is State.UNMET:
        same("noted", noted_day, model.noted_day)
        same("auction", twin.read("auction_days")[0], model.auction_day)
    amount, through_day = twin.product.senior.read("remaining")
    same("remaining", amount, model.remaining(lockstep.now))
    same("through", through_day, ledger.next_day)
    same("cost", twin.read("cost_of", WAD), model.cost(WAD))
    same("free", twin.product.junior.read("previewRedeem", 7), 7 * model.is_free(lockstep.now))


def check_supplies(lockstep: TranchesLockstep, twin: Twin) -> None:
    """N1, N2: supplies against each other, and against the tokens held."""
    senior = twin.product.senior.read("totalSupply")
    junior = twin.product.junior.read("totalSupply")
    held = lockstep.system.token.read("balanceOf", twin.address) - twin.gifts.supply
    model = twin.model
    same("SENIOR", senior, model.senior.supply)
    same("JUNIOR", junior, model.junior.supply)
    if model.is_void_noted:
        same("forfeited", held, model.tokens)
    else:
        same("N1", held, junior)
    if model.outcome().state is State.OPEN and not model.terms.is_strip:
        same("N2", senior, junior)


def check_meters(lockstep: TranchesLockstep, twin: Twin, days: Iterable[int]) -> None:
    """1: balances and work of SENIOR and JUNIOR on these days."""
    for is_senior, model in ((True, twin.model.senior), (False, twin.model.junior)):
        token = twin.token(is_senior)
        accounts = model.accounts
        balances = [token.read("balanceOf", account) for account in accounts]
        same("balances", balances, [model.balance(account) for account in accounts])
        same("supply", token.read("totalSupply"), sum(balances))
        for day in days:
            works = [token.read("ths_on", account, day) for account in accounts]
            same(f"work of {day}", works, [model.ths(account, day) for account in accounts])


def check_pool(lockstep: TranchesLockstep, twin: Twin) -> None:
    """N5: cash and forfeited tokens, and the money held is what is accounted for."""
    model, system = twin.model, lockstep.system
    cash, tokens = twin.read("pool")
    same("pool", (cash, tokens), (model.cash, model.tokens))
    in_hand = twin.read("in_hand", system.distributor.address)
    same("coins", system.reward_balance(twin.address), in_hand + cash + twin.money_given)
    same("coins by the model", system.reward_balance(twin.address), lockstep.coins[twin.address])


def check_claims(lockstep: TranchesLockstep, twin: Twin) -> None:
    """N3: what each account can claim is the floor of its exact sum, and there is money for all."""
    total = 0
    for is_senior in (True, False):
        meter = twin.model.senior if is_senior else twin.model.junior
        for account in meter.accounts:
            due = twin.model.claimable(is_senior, account)
            token = twin.token(is_senior).address
            amount, is_whole = twin.read("preview_claim", token, account)
            if is_whole:
                same(f"claimable of {account}", amount, due)
            else:
                assert amount <= due, f"{account}: preview of {amount}, entitled to {due}"
            total += due
    if twin.model.is_void_noted:
        total += twin.model.pool_due()
    in_hand = twin.read("in_hand", lockstep.system.distributor.address)
    coming = lockstep.model.claimable(twin.address)
    assert total <= in_hand + coming, f"{total} is due, {in_hand} in hand and {coming} coming"


def check_nothing_left(lockstep: TranchesLockstep, twin: Twin) -> None:
    """N5: in the end no token, no cash, and less than one base unit for each account."""
    model = twin.model
    accounts = len(model.senior.accounts) + len(model.junior.accounts) + 1
    held = lockstep.system.token.read("balanceOf", twin.address)
    same("tokens left", held, twin.gifts.supply)
    same("cash left", model.cash, 0)
    # nobody has a share of what was given away, until the pool has all that is held
    unshared = sum(
        twin.gifts.supply_ths(day.day) * (day.paid_rate + day.repaid_rate)
        for day in lockstep.model.ledger.days
        if not model.is_void_noted or day.day < model.auction_day + AUCTION_DAYS
    )
    left = lockstep.system.reward_balance(twin.address) - twin.money_given
    limit = accounts + -(-unshared // Q128)
    assert left <= limit, f"{left} base units are left, {limit} at most may be"
