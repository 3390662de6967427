# SPDX-License-Identifier: AGPL-3.0-only
"""Awkward histories, written down: every rule of a series met at its edge, in lock-step.

Deterministic, so that a broken copy of the contracts fails the same way each time.
"""

from dataclasses import replace

from reference.units import DAY_SECONDS, HOUR_SECONDS, day_start
from testing.oracle import LONG_WINDOW_SECONDS, RECOVERY_WINDOW_SECONDS, SHORT_WINDOW_SECONDS
from testing.system import named_address
from tests.stateful.checks import check_all
from tests.stateful.liveness import (
    claim_everything,
    let_honest_reporters_finish,
    let_silence_finish,
    settle_all,
)
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.scenes import CREDITED_SATS, FLEET_THS, START, TH
from tests.stateful.series_lockstep import SeriesLockstep

PRICES = [PRICE_E8, PRICE_E8 + 3]  # their median rounds down


def report(lockstep: SeriesLockstep, credited: int = CREDITED_SATS, ths: int = FLEET_THS) -> int:
    """Report the next day and its output; return the day."""
    facts = lockstep.next_facts()
    assert lockstep.report_day(facts, PRICES)
    assert lockstep.report_output(lockstep.output(facts.day, credited, ths))
    return facts.day


def touch_the_meter(lockstep: SeriesLockstep) -> None:
    """Hashrate moves around midnights, within seconds, to itself, not at all, and away."""
    saver, trader, pool, dust = lockstep.holders
    lockstep.wait_until(day_start(START) - 1)
    lockstep.transfer(saver, trader, 3 * TH)
    lockstep.wait(1)  # midnight exactly
    lockstep.transfer(trader, pool, 11 * TH + 5)
    lockstep.transfer(trader, trader, TH)
    lockstep.wait(1)
    lockstep.transfer(saver, trader, TH)
    lockstep.transfer(trader, saver, TH)
    lockstep.wait(40_000)
    lockstep.transfer(saver, dust, 17)
    lockstep.transfer(dust, dust, 0)
    lockstep.transfer(pool, pool, 10**30)
    lockstep.burn(saver, 2 * TH)
    lockstep.wait_until(day_start(START + 1))
    lockstep.transfer(pool, saver, 7 * TH)
    lockstep.wait(DAY_SECONDS - 1)
    lockstep.burn(pool, 10**9 + 1)
    lockstep.wait(2 * DAY_SECONDS + 1)  # two days pass untouched
    lockstep.transfer(saver, saver, TH)
    lockstep.transfer(trader, dust, lockstep.model.meter.balance(trader))
    lockstep.wait(7)
    check_all(lockstep)


def report_and_correct(lockstep: SeriesLockstep) -> None:
    """Days catch up; one is vetoed with its tail, one replaced; three prices have a median."""
    lockstep.fund(60_000 * 10 ** (lockstep.system.setup.decimals - 8))
    report(lockstep)  # the day before the start
    report(lockstep)  # START, pending like the day before
    first = lockstep.next_facts()
    member = lockstep.members[0]
    lockstep.report_day(first, PRICES, [member, member])
    lockstep.report_day(first, PRICES[:1])
    lockstep.report_day(first, [PRICE_E8, PRICE_E8 + PRICE_E8 // 100 + 1])
    lockstep.report_day(first, [PRICE_E8, PRICE_E8 + 10**9, PRICE_E8 + 7])
    lockstep.report_day(lockstep.next_facts(percent=300), PRICES)  # unusual: 72 hours
    lockstep.veto_day(first.day, lockstep.system.keeper)
    lockstep.veto_day(first.day)
    lockstep.report_day(lockstep.next_facts(day=first.day + 1), PRICES)
    lockstep.report_day(lockstep.next_facts(fees_sats=10**8), PRICES)
    lockstep.report_day(lockstep.next_facts(), PRICES)
    lockstep.wait(SHORT_WINDOW_SECONDS - 1)
    lockstep.settle(2)
    other = lockstep.next_facts(fees_sats=2 * 10**8, day=first.day)
    lockstep.replace_day(other, [PRICE_E8 - 5, PRICE_E8 + 4, PRICE_E8 + 9])
    lockstep.wait(1)
    lockstep.veto_day(START)
    lockstep.settle(2)
    check_all(lockstep)


def report_strange_outputs(lockstep: SeriesLockstep) -> None:
    """Outputs under, over, with too much credit, vetoed, missing and too late."""
    terms = lockstep.system.setup.terms
    day = START + 1
    half = lockstep.output(day, CREDITED_SATS // 2, FLEET_THS // 2)
    lockstep.report_output(lockstep.output(day, CREDITED_SATS, FLEET_THS))
    lockstep.veto_output(half.series, day)
    lockstep.report_output(lockstep.output(day, 1, 1))
    lockstep.wait(HOUR_SECONDS)
    lockstep.replace_output(half)
    lockstep.wait(SHORT_WINDOW_SECONDS - HOUR_SECONDS)
    lockstep.settle(2)  # the day is final, its output is not
    lockstep.wait(HOUR_SECONDS)
    lockstep.replace_output(lockstep.output(day, 0, 0))
    settle_all(lockstep)
    for credited, ths in (
        (CREDITED_SATS // 2, FLEET_THS * 2),  # hashrate nobody paid for
        (20 * CREDITED_SATS, FLEET_THS // 20 * 9),  # a credit beyond belief, capped
        (0, FLEET_THS),
        (5, 0),
    ):
        lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1))
        report(lockstep, credited, ths)
    lockstep.wait(LONG_WINDOW_SECONDS)
    settle_all(lockstep)
    check_all(lockstep)
    _meet_the_output_deadline(lockstep, terms.output_deadline_seconds)


def _meet_the_output_deadline(lockstep: SeriesLockstep, deadline: int) -> None:
    while lockstep.oracle_model.next_day < lockstep.today:
        lockstep.report_day(lockstep.next_facts(), PRICES)
    posted = [lockstep.oracle_model.posted(lockstep.model.ledger.next_day + n) for n in range(2)]
    in_time, too_late = (each.final_at + deadline - SHORT_WINDOW_SECONDS for each in posted if each)
    day = lockstep.model.ledger.next_day
    lockstep.wait_until(in_time)
    lockstep.report_output(lockstep.output(day, CREDITED_SATS // 3, FLEET_THS // 3))
    lockstep.wait_until(too_late + 1)
    lockstep.report_output(lockstep.output(day + 1, CREDITED_SATS // 5, FLEET_THS // 5))
    lockstep.wait_until(in_time + SHORT_WINDOW_SECONDS)
    lockstep.settle(3)  # its output came late: the issuer has a day's notice
    owed = lockstep.next_reward()
    lockstep.fund(owed.reward if owed else 0)
    lockstep.settle(3)  # the next day's output is missing until its deadline is past
    lockstep.wait_until(too_late + SHORT_WINDOW_SECONDS)
    lockstep.settle(3)
    lockstep.wait(1)
    settle_all(lockstep)
    check_all(lockstep)


def run_out_of_money(lockstep: SeriesLockstep) -> None:
    """Escrow ends, the bond pays after the grace, arrears grow and are repaid bit by bit."""
    saver, trader, pool, dust = lockstep.holders
    for _ in range(6):
        lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1) + 5)
        report(lockstep)
        lockstep.transfer(dust, trader, lockstep.model.meter.balance(dust) // 3)
        lockstep.settle(2)
    lockstep.claim(saver)
    lockstep.wait(SHORT_WINDOW_SECONDS + lockstep.system.setup.terms.grace_seconds - 6)
    lockstep.settle(6)
    lockstep.wait(6)
    lockstep.settle(6)
    check_all(lockstep)
    lockstep.donate(10**9)
    lockstep.post_bond(1)
    lockstep.mint(saver, 1)
    owed = [day.owed for day in lockstep.model.ledger.days if day.owed]
    for part in (1, owed[0] // 3, 1, owed[0] + owed[1] // 2):
        lockstep.fund(part)
        lockstep.claim(saver)
        lockstep.settle(1)
        lockstep.claim(pool)
        check_all(lockstep, range(lockstep.today, lockstep.today + 1))
    lockstep.set_open_claims(pool, True)
    lockstep.claim(pool)
    lockstep.claim(trader)
    lockstep.fund(sum(owed) + 12_345, lockstep.system.keeper)
    lockstep.repay_arrears()
    lockstep.post_bond(lockstep.model.ledger.bond_drawn + 5)
    lockstep.claim(saver)
    check_all(lockstep)


def pay_and_go_on(lockstep: SeriesLockstep) -> None:
    """An ordinary week with money, a mint and a claim by each."""
    lockstep.fund(10 ** (lockstep.system.setup.decimals - 8) * 800_000)
    for step in range(4):
        lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1) + 1_000 * step)
        report(lockstep, CREDITED_SATS * 99 // 100, FLEET_THS - step * TH)
        lockstep.mint(lockstep.holders[step], TH * 20 + step)
        lockstep.wait(SHORT_WINDOW_SECONDS)
        settle_all(lockstep)
        lockstep.claim(lockstep.holders[step], named_address("trader"))
        lockstep.mint(lockstep.holders[step], TH * 10 + step)
        lockstep.release_bond()
        lockstep.burn(lockstep.holders[step], TH * 30)
        lockstep.release_bond()  # held today, and on days not settled
    lockstep.mint(lockstep.holders[0], lockstep.headroom() + 1)
    lockstep.mint(lockstep.holders[0], lockstep.headroom())
    check_all(lockstep)


def awkward_history(lockstep: SeriesLockstep) -> None:
    """All of it, finished by honest reporters; the issuer then closes."""
    touch_the_meter(lockstep)
    report_and_correct(lockstep)
    report_strange_outputs(lockstep)
    run_out_of_money(lockstep)
    pay_and_go_on(lockstep)
    let_honest_reporters_finish(lockstep)
    claim_everything(lockstep)
    check_all(lockstep)


def silent_history(lockstep: SeriesLockstep) -> None:
    """Seven and more days, then silence: the rest settles at the mean, with nobody paying."""
    touch_the_meter(lockstep)
    for step in range(9):
        lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1))
        lockstep.report_day(lockstep.next_facts(fees_sats=step * 10**8), PRICES)
    lockstep.wait(HOUR_SECONDS)
    let_silence_finish(lockstep)
    lockstep.report_day(lockstep.next_facts(percent=250), PRICES)
    lockstep.close()
    lockstep.fund(sum(day.owed for day in lockstep.model.ledger.days) + 99)
    lockstep.repay_arrears()
    claim_everything(lockstep)
    lockstep.wait_until(day_start(lockstep.model.end_day))
    settle_all(lockstep)
    check_all(lockstep, range(START, START + 12))
    lockstep.close()
    lockstep.repay_arrears()
    lockstep.close(lockstep.system.keeper)
    check_all(lockstep, range(START, START + 12))


def hopeless_history(lockstep: SeriesLockstep) -> None:
    """The market pays nothing for a week; anyone ends the series, and it is closed."""
    touch_the_meter(lockstep)
    price = PRICE_E8
    for day in range(lockstep.oracle_model.next_day, lockstep.oracle_model.next_day + 16):
        lockstep.wait_until(day_start(day + 1))
        if day > START + 2:
            price = max(price * 6 // 10, 20_000 * 10**8)
        lockstep.report_day(lockstep.next_facts(), [price, price + 1])
        lockstep.report_output(lockstep.output(day, CREDITED_SATS, FLEET_THS))
        lockstep.wait(SHORT_WINDOW_SECONDS)
        lockstep.settle(4)
        lockstep.terminate()
    lockstep.wait(1)
    lockstep.close()
    let_honest_reporters_finish(lockstep)
    lockstep.close(lockstep.system.keeper)
    lockstep.fund(sum(day.owed for day in lockstep.model.ledger.days) + 1)
    claim_everything(lockstep)
    lockstep.close(lockstep.system.keeper)
    lockstep.fund(5)
    lockstep.mint(lockstep.holders[0], 1)
    check_all(lockstep)


def recovery_history(lockstep: SeriesLockstep) -> None:
    """A false day becomes final; true days go on below it, and the series settles all of them."""
    touch_the_meter(lockstep)
    lockstep.fund(10 ** (lockstep.system.setup.decimals - 8) * 400_000)
    while lockstep.oracle_model.next_day < lockstep.today:
        lockstep.report_day(lockstep.next_facts(), PRICES)
    # a day apart, so that each window shows: a spike of fees that lasts, and its end
    for fees in (120 * 10**8, 120 * 10**8, 10**7):
        lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1))
        lockstep.report_day(lockstep.next_facts(fees_sats=fees), PRICES)
    lockstep.wait(LONG_WINDOW_SECONDS)
    false = lockstep.next_facts(fees_sats=0, blocks=2_100)
    assert lockstep.report_day(false, PRICES)
    lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1))
    above = 2_100 - 144
    lockstep.report_day(lockstep.next_facts(lower=above), PRICES)  # the false day is pending
    lockstep.wait(LONG_WINDOW_SECONDS)
    assert lockstep.report_day(lockstep.next_facts(lower=above), PRICES)
    lockstep.report_day(lockstep.next_facts(lower=1), PRICES)  # one recovery at a time
    _report_until_a_retarget(lockstep)
    lockstep.wait(RECOVERY_WINDOW_SECONDS)
    settle_all(lockstep)
    let_honest_reporters_finish(lockstep)
    claim_everything(lockstep)
    check_all(lockstep)


def _report_until_a_retarget(lockstep: SeriesLockstep) -> None:
    """The day after the recovery has a retarget in its heights, or nearly: difficulty changes."""
    facts = lockstep.next_facts()
    changed = replace(facts, difficulty_wad=facts.difficulty_wad * 11 // 10)
    assert lockstep.report_day(changed, PRICES)
    for _ in range(4):
        lockstep.report_day(lockstep.next_facts(), PRICES)


def bought_back_history(lockstep: SeriesLockstep) -> None:
    """The issuer has all hashrate burned and closes before the end."""
    touch_the_meter(lockstep)
    for holder in lockstep.holders:
        lockstep.burn(holder, lockstep.model.meter.balance(holder))
    lockstep.close()
    for _ in range(2):  # the day of the last burn was not over the first time
        let_honest_reporters_finish(lockstep)
    lockstep.close()
    lockstep.fund(sum(day.owed for day in lockstep.model.ledger.days) + 7)
    lockstep.close(lockstep.system.keeper)
    lockstep.close()
    settle_all(lockstep)
    lockstep.release_bond(lockstep.system.keeper)
    lockstep.release_bond()
    lockstep.close()
    claim_everything(lockstep)
    lockstep.fund(1)
    lockstep.post_bond(1)
    lockstep.terminate()
    lockstep.close()
    check_all(lockstep)


HISTORIES = [
    awkward_history,
    silent_history,
    hopeless_history,
    recovery_history,
    bought_back_history,
]
