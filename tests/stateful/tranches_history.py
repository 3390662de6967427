# SPDX-License-Identifier: AGPL-3.0-only
"""Awkward histories of strips and notes, written down, in lock-step.

Deterministic, so that a broken copy of the contracts fails the same way each time.
"""

from fractions import Fraction

from reference.tranches import AUCTION_DAYS, State
from reference.units import DAY_SECONDS, day_start
from testing.oracle import SHORT_WINDOW_SECONDS
from tests.stateful.checks import check_all
from tests.stateful.history import report
from tests.stateful.liveness import settle_all
from tests.stateful.scenes import START, TH
from tests.stateful.tranches_checks import check_meters, check_nothing_left, check_product
from tests.stateful.tranches_lockstep import MAX, TranchesLockstep, Twin

STRIP, MET_EARLY, NEARLY_MET, NEVER_MET = range(4)


def look(lockstep: TranchesLockstep) -> None:
    """Check every product, and the series below them."""
    check_all(lockstep, [lockstep.today - 1, lockstep.today])
    for twin in lockstep.twins:
        check_product(lockstep, twin)
        days = range(START, min(lockstep.model.ledger.next_day + 1, START + 12))
        check_meters(lockstep, twin, days)


def split_some(lockstep: TranchesLockstep) -> None:
    """Everybody splits odd amounts, at noon and around a midnight, and sells some of it."""
    saver, trader, pool, _ = lockstep.people
    lockstep.wait_until(day_start(START) + 40_001)
    for place, twin in enumerate(lockstep.twins):
        lockstep.split(twin, saver, 30 * TH + place, trader, saver)
        lockstep.split(twin, pool, 7 * TH + 10**9, pool, pool)
    lockstep.wait(3_600)
    for twin in lockstep.twins:
        lockstep.move(twin, True, trader, saver, 5 * TH + 1)
        lockstep.move(twin, False, saver, pool, 3 * TH)
        lockstep.merge(twin, pool, TH + 7)
    lockstep.wait_until(day_start(START + 1))
    for twin in lockstep.twins:
        lockstep.split(twin, trader, 11 * TH + 3, trader, saver)
        lockstep.move(twin, True, trader, pool, TH // 3)


def live_a_day(lockstep: TranchesLockstep, pay: Fraction) -> None:
    """A day is over, reported, paid in part; if that is not all it is short after its notice."""
    day = lockstep.model.ledger.next_day
    lockstep.wait_until(day_start(day + 1))
    while lockstep.oracle_model.next_day <= day:
        report(lockstep)
    lockstep.wait(SHORT_WINDOW_SECONDS)
    owed = lockstep.next_reward()
    ledger = lockstep.model.ledger
    need = int(owed.reward * pay) - ledger.escrow if owed else 0
    if need > 0:
        lockstep.fund(need)
    due_at = lockstep.model.due_at(day, lockstep.now)
    if not lockstep.settle(1) and due_at is not None:
        lockstep.wait_until(due_at)
        assert lockstep.settle(1)


def empty_the_bond(lockstep: TranchesLockstep) -> None:
    """Unpaid days draw the bond until one is short; then all of that is repaid."""
    while not lockstep.model.ledger.arrears:
        live_a_day(lockstep, Fraction(0))


def claim_all_around(lockstep: TranchesLockstep, patient: int | None = None) -> None:
    """Claim every tranche of everybody that has something, as itself; the patient one waits."""
    waiting = [] if patient is None else [lockstep.people[patient]]
    for twin in lockstep.twins:
        for is_senior in (True, False):
            for account in lockstep.people:
                while account not in waiting and twin.model.claimable(is_senior, account):
                    lockstep.claim_tranche(twin, is_senior, account, account)


def met_history(lockstep: TranchesLockstep) -> None:
    """A face is met on a day that is paid in part, after a short one; arrears come bit by bit."""
    split_some(lockstep)
    met = lockstep.twins[MET_EARLY]
    empty_the_bond(lockstep)
    look(lockstep)
    while met.model.outcome().state is State.OPEN:
        # touched on the day that may be the crossing one
        touch(lockstep, met)
        if lockstep.model.ledger.arrears:
            lockstep.fund(lockstep.model.ledger.arrears)
        lockstep.redeem_junior(met, lockstep.people[0], TH, MAX)
        live_a_day(lockstep, Fraction(1, 3))
        lockstep.claim_tranche(met, True, lockstep.people[2], lockstep.system.keeper)
        claim_all_around(lockstep, patient=1)
        look(lockstep)
    lockstep.redeem_junior(met, lockstep.people[0], 2 * TH + 5, 0)
    lockstep.redeem_junior(met, lockstep.people[2], TH, 0, lockstep.bystander)
    for _ in range(3):
        lockstep.fund(max(lockstep.model.ledger.arrears // 3, 1))
        claim_all_around(lockstep, patient=1)
        look(lockstep)
    # a short day and then a paid one, on which the next face is met
    for pay in (Fraction(1, 3), Fraction(1)):
        lockstep.fund(max(lockstep.model.ledger.arrears, 1))
        touch(lockstep, met)
        live_a_day(lockstep, pay)
        claim_all_around(lockstep, patient=1)
        look(lockstep)
    lockstep.merge(met, lockstep.people[2], TH)
    strip_ends(lockstep)


def touch(lockstep: TranchesLockstep, twin: Twin) -> None:
    """Move SENIOR and JUNIOR a little."""
    saver, trader, *_ = lockstep.people
    for is_senior in (True, False):
        lockstep.move(twin, is_senior, saver, trader, 10**12 + 1)


def strip_ends(lockstep: TranchesLockstep) -> None:
    """The strip is over: JUNIOR earns and is redeemed, SENIOR moves and earns nothing."""
    strip = lockstep.twins[STRIP]
    saver, trader, pool, _ = lockstep.people
    end = strip.model.terms.maturity_day
    lockstep.redeem_junior(strip, saver, TH, 0)
    lockstep.wait_until(day_start(end) + 30_000)
    lockstep.redeem_principal(strip, saver, lockstep.collector, 2 * TH)
    lockstep.move(strip, True, trader, saver, TH)
    lockstep.move(strip, False, saver, pool, TH)
    while lockstep.model.ledger.next_day <= end + 1:
        live_a_day(lockstep, Fraction(1))
    claim_all_around(lockstep)
    look(lockstep)


def unmet_history(lockstep: TranchesLockstep) -> None:
    """Two terms end too soon: some pay, some are bought, some are void; the pool is shared out."""
    saver, trader, pool, _ = lockstep.people
    twins = end_unmet(lockstep)
    for twin in twins:
        lockstep.redeem_junior(twin, saver, 7 * TH + 1, MAX)
        lockstep.redeem_junior(twin, saver, 3, max(twin.model.cost(3) - 1, 0))
        lockstep.redeem_senior(twin, trader, TH)
    look(lockstep)
    auction(lockstep, twins)
    forfeit(lockstep, twins)


def unasked_history(lockstep: TranchesLockstep) -> None:
    """Nobody asks until days after JUNIOR is void: which day that was is no caller's choice."""
    twins = end_unmet(lockstep)
    for twin in twins:
        lockstep.find_cut(twin)
    settle_past_void(lockstep, twins[1])
    for twin in twins:
        lockstep.collect_pool(twin)
    look(lockstep)


def end_unmet(lockstep: TranchesLockstep) -> list[Twin]:
    """Let the terms of two notes end before their faces are earned; give these."""
    split_some(lockstep)
    twins = [lockstep.twins[NEARLY_MET], lockstep.twins[NEVER_MET]]
    lockstep.give(twins[1], lockstep.people[1], TH + 1)
    while lockstep.model.ledger.next_day < START + 5:
        live_a_day(lockstep, Fraction(2, 3))
        if lockstep.model.ledger.arrears:
            lockstep.fund(lockstep.model.ledger.arrears)
    look(lockstep)
    return twins


def auction(lockstep: TranchesLockstep, twins: list[Twin]) -> None:
    """Friends pay, strangers buy, one buys from itself; too soon, too much, or in time."""
    saver, _, pool, _ = lockstep.people
    lockstep.wait(2 * DAY_SECONDS)
    lockstep.donate_money(twins[1], 12_345)
    for twin in twins:
        lockstep.redeem_junior(twin, saver, TH, MAX, lockstep.bystander)
        lockstep.redeem_junior(twin, pool, TH, MAX, lockstep.bystander)
    lockstep.wait_until(day_start(twins[1].model.auction_day) - 1)
    lockstep.buy_junior(twins[1], lockstep.bystander, saver, TH, 0)
    lockstep.wait(1 + 100_000)
    for twin in twins:
        lockstep.buy_junior(twin, lockstep.bystander, saver, 5 * TH + 3, 0)
        lockstep.buy_junior(twin, pool, pool, TH + 1, 0)
        lockstep.buy_junior(twin, lockstep.bystander, pool, TH, TH)
    look(lockstep)


def forfeit(lockstep: TranchesLockstep, twins: list[Twin]) -> None:
    """Nobody can pay any more; SENIOR takes cash and tokens in parts, and what comes after it."""
    saver, trader, pool, _ = lockstep.people
    lockstep.wait_until(day_start(twins[1].model.auction_day + AUCTION_DAYS) + 50_000)
    for twin in twins:
        lockstep.redeem_junior(twin, saver, 1, MAX)
        lockstep.merge(twin, pool, 1)
        lockstep.collect_pool(twin)
        lockstep.redeem_senior(twin, trader, 3 * TH + 1)
    look(lockstep)
    settle_past_void(lockstep, twins[1])
    for twin in twins:
        lockstep.collect_pool(twin)
        for account in lockstep.people:
            amount = twin.model.senior.balance(account)
            lockstep.redeem_senior(twin, account, amount // 3)
            if amount:
                lockstep.redeem_senior(twin, account, amount - amount // 3)
    claim_all_around(lockstep)
    look(lockstep)
    live_a_day(lockstep, Fraction(1))
    for twin in twins:
        lockstep.collect_pool(twin)
        for is_senior in (True, False):
            for account in twin.model.senior.accounts:
                lockstep.claim_tranche(twin, is_senior, account, account)
        lockstep.pull(twin)
        if twin.model.noted and twin.model.noted.state is State.UNMET:
            check_nothing_left(lockstep, twin)


def settle_past_void(lockstep: TranchesLockstep, twin: Twin) -> None:
    """Let everything until some days after the forfeit be settled."""
    lockstep.fund(10**9)
    while lockstep.model.ledger.next_day <= twin.model.auction_day + AUCTION_DAYS + 2:
        live_a_day(lockstep, Fraction(1))
    settle_all(lockstep)


HISTORIES = [met_history, unmet_history, unasked_history]
