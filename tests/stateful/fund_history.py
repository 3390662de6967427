# SPDX-License-Identifier: AGPL-3.0-only
"""An awkward history of a fund, written down, in lock-step."""

from fractions import Fraction

from reference.units import DAY_SECONDS, day_start
from testing.oracle import SHORT_WINDOW_SECONDS
from tests.stateful.checks import check_all
from tests.stateful.fund_checks import check_fund, check_nothing_left
from tests.stateful.fund_lockstep import FundLockstep
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.scenes import CREDITED_SATS, FLEET_THS, START


def look(lockstep: FundLockstep) -> None:
    """Check the fund and both series."""
    today = lockstep.today
    check_fund(lockstep, range(START, today + 1))
    for side in lockstep.sides:
        check_all(side, [today - 1, today])


def live_a_day(lockstep: FundLockstep, pays: tuple[Fraction, Fraction]) -> None:
    """A day is reported with both outputs, paid in part, and short after its notice."""
    day = lockstep.oracle_model.next_day
    lockstep.wait_until(day_start(day + 1))
    lockstep.report_day(lockstep.next_facts(), [PRICE_E8] * 2)
    for side in lockstep.sides:
        side.report_output(side.output(day, CREDITED_SATS - 7, FLEET_THS))
    lockstep.wait(SHORT_WINDOW_SECONDS)
    for side, pay in zip(lockstep.sides, pays, strict=True):
        owed = side.next_reward()
        need = int(owed.reward * pay) - side.model.ledger.escrow if owed else 0
        if need > 0:
            side.fund(need)
    lockstep.wait(2 * DAY_SECONDS)
    for side in lockstep.sides:
        side.settle(1)


def awkward_history(lockstep: FundLockstep) -> None:
    """Shares come, move and go at odd times; one series falls short, ends, and repays late."""
    saver, trader, pool, _ = lockstep.people
    lockstep.wait_until(day_start(START) + 30_001)
    lockstep.create_shares(saver, saver, 10**18 * 5 + 3)
    lockstep.create_shares(trader, pool, 10**19 // 3)
    lockstep.create_shares(saver, trader, 10**30)
    lockstep.wait(7_777)
    lockstep.move_shares(saver, trader, 10**18 + 1)
    lockstep.give(0, saver, 10**17)
    lockstep.give(1, trader, 10**16 + 1)
    pays = [(1, 1), (1, Fraction(1, 3)), (Fraction(1, 2), 1), (1, 0), (1, 1), (1, 1)]
    for number, (one, other) in enumerate(pays):
        live_a_day(lockstep, (Fraction(one), Fraction(other)))
        lockstep.claim_shares(trader, lockstep.system.keeper, [number % 2])
        lockstep.claim_shares(pool, lockstep.system.keeper, [])
        lockstep.move_shares(trader, saver, 10**17 + number)
        lockstep.pull(number % 2)
        look(lockstep)
        for side in lockstep.sides:
            if side.model.ledger.arrears and number % 2:
                side.fund(side.model.ledger.arrears)
    lockstep.redeem_shares(pool, saver, 10**18 + 7)
    lockstep.redeem_shares(trader, trader, 10**30)
    the_other_ends(lockstep)


def the_other_ends(lockstep: FundLockstep) -> None:
    """The second series is over and short: claims of it go on until its arrears are repaid."""
    saver, trader, pool, _ = lockstep.people
    other = lockstep.other
    while other.model.ledger.next_day < other.model.end_day:
        if other.model.ledger.arrears:
            other.fund(other.model.ledger.arrears)
        # nothing for the last day of all
        is_last = other.model.ledger.next_day == other.model.end_day - 1
        pay = Fraction(0) if is_last else Fraction(1)
        live_a_day(lockstep, (pay, pay))
    for account in (saver, trader, pool):
        lockstep.claim_shares(account, account, [])
    look(lockstep)
    other.fund(other.model.ledger.arrears)
    for account in (saver, trader, pool):
        lockstep.claim_shares(account, account, [])
        lockstep.claim_shares(account, account, [0, 1])
    look(lockstep)
    for side in lockstep.sides:
        if side.model.ledger.arrears:
            side.fund(side.model.ledger.arrears)
    for account in (saver, trader, pool):
        lockstep.claim_shares(account, account, [])
        shares = lockstep.fund_model.shares.balance(account)
        assert lockstep.redeem_shares(account, account, shares)
    while lockstep.pull(0) or lockstep.pull(1):
        pass
    look(lockstep)
    check_nothing_left(lockstep)
