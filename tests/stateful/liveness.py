# SPDX-License-Identifier: AGPL-3.0-only
"""7: from any state, honest reporters or 180 days of silence settle every day that is over.

The issuer pays nothing, nobody privileged acts, and every call stays within a bound of gas.
"""

from reference.silence import SILENCE_SECONDS
from reference.units import day_start
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.series_lockstep import DAYS_PER_CALL, SeriesLockstep

# execution gas: a base for the call and one for each day or touched day it walks
CALL_GAS = 400_000
SETTLED_DAY_GAS = 250_000
TOUCHED_DAY_GAS = 20_000
MAX_DAYS_TO_CLOSE = 5


def settle_all(lockstep: SeriesLockstep) -> None:
    """Settle as far as it goes, each call within its gas."""
    while (count := lockstep.settle(DAYS_PER_CALL)) > 0:
        limit = CALL_GAS + SETTLED_DAY_GAS * count
        assert lockstep.chain.gas_used <= limit, f"{count} days took {lockstep.chain.gas_used} gas"


def claim_everything(lockstep: SeriesLockstep) -> None:
    """Every account claims all there is; within gas, and nothing is left."""
    for account in lockstep.holders:
        touched = len(lockstep.model.meter.touched_days(account))
        limit = CALL_GAS + TOUCHED_DAY_GAS * 2 * touched
        while lockstep.system.distributor.read("preview_claim", account) != (0, True):
            lockstep.claim(account, account)
            used = lockstep.chain.gas_used
            assert used <= limit, f"claiming {touched} touched days took {used} gas"
        assert lockstep.model.claimable(account) == 0, f"{account} cannot claim all"


def let_honest_reporters_finish(lockstep: SeriesLockstep) -> None:
    """Reporters post every day that is over; no outputs, no money: deadlines do the rest."""
    elapsed = lockstep.today
    while lockstep.oracle_model.next_day < elapsed:
        accepted = lockstep.report_day(lockstep.next_facts(), [PRICE_E8] * 2)
        assert accepted, "an honest day was refused"
    terms = lockstep.system.setup.terms
    newest = lockstep.oracle_model.posted(elapsed - 1)
    final_at = newest.final_at if newest else lockstep.now
    if lockstep.model.silence:
        final_at = max(final_at, lockstep.model.silence.called_at)
    lockstep.wait_until(final_at + max(terms.output_deadline_seconds + 1, terms.grace_seconds))
    settle_all(lockstep)
    check_settled_until(lockstep, elapsed)


def let_silence_finish(lockstep: SeriesLockstep) -> None:
    """No reporter is heard for 180 days; anyone declares it and settles."""
    elapsed, model = lockstep.today, lockstep.model
    if not model.closed and model.silence is None:
        posted = lockstep.oracle_model.days
        began_at = day_start(model.terms.start_day + 1)
        heard_at = max(posted[-1].final_at, began_at) if posted else began_at
        lockstep.wait_until(heard_at + SILENCE_SECONDS)
        assert not lockstep.declare_silence(), "silence was declared a second too early"
        lockstep.wait(1)
        assert lockstep.declare_silence(), "silence cannot be declared"
        elapsed = lockstep.today
    terms = lockstep.system.setup.terms
    lockstep.wait(max(terms.output_deadline_seconds + 1, terms.grace_seconds))
    settle_all(lockstep)
    check_settled_until(lockstep, elapsed)


def let_it_close(lockstep: SeriesLockstep) -> None:
    """A series that is near its end: paid, settled and closed by anyone, and claimed after that."""
    model, keeper = lockstep.model, lockstep.system.keeper
    if model.closed or model.end_day > lockstep.today + MAX_DAYS_TO_CLOSE:
        return
    lockstep.wait_until(day_start(model.end_day))
    if model.silence is None:
        let_honest_reporters_finish(lockstep)
    else:
        settle_all(lockstep)
    while model.ledger.arrears:
        lockstep.fund(model.ledger.arrears, keeper)
    lockstep.fund(1, keeper)
    assert lockstep.close(keeper), "a series that is over and paid cannot be closed"
    assert not lockstep.fund(1, keeper), "a closed series takes money"
    claim_everything(lockstep)


def check_settled_until(lockstep: SeriesLockstep, elapsed: int) -> None:
    """Every day of the series before `elapsed` is settled, on the chain."""
    next_day = lockstep.system.distributor.read("progress")[0]
    due = min(elapsed, lockstep.model.end_day)
    assert next_day >= due, f"day {next_day} cannot be settled, {due} days are over"
