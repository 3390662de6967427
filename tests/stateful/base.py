# SPDX-License-Identifier: AGPL-3.0-only
"""What every machine on a series does: begin, act in lock-step, observe, and finish."""

from contextlib import ExitStack
from fractions import Fraction

from hypothesis import note
from hypothesis.stateful import invariant

from reference.units import NO_END_DAY, day_start
from testing.local_chain import Call
from testing.oracle import SHORT_WINDOW_SECONDS
from tests.stateful.checks import (
    check_all,
    check_claimable,
    check_ledger,
    check_meter,
    check_money,
    check_progress,
    claim_all,
    same,
)
from tests.stateful.liveness import (
    claim_everything,
    let_honest_reporters_finish,
    let_it_close,
    let_silence_finish,
)
from tests.stateful.series_lockstep import SeriesLockstep
from tests.stateful.steps import CountedMachine
from tests.stateful.strategies import ORDINARY_DAY, DayShape, Jump

STEPS_BETWEEN_LOOKS = 3
LOOKS_BETWEEN_CLOSE_LOOKS = 4
TELLING_DAYS = 8
RUNS_PER_REPLAY = 20


class SeriesMachine(CountedMachine):
    """Actions of a series; subclasses turn them into rules."""

    lockstep: SeriesLockstep

    def __init__(self) -> None:
        """Stand by: the first rule chooses the series."""
        super().__init__()
        self.undo = ExitStack()
        self.steps = 0
        self.journal_start = 0
        self.ends_in_silence = False
        self.earned: dict[str, int] = {}

    # Beginning and end

    def start(self, scene: SeriesLockstep, ends_in_silence: bool) -> None:
        """Go on from a series that has begun."""
        self.undo.enter_context(scene.chain.undone())
        # without an end day half a year would have to be settled: `silent_history` does that
        has_end = scene.system.setup.terms.end_day != NO_END_DAY
        self.ends_in_silence = ends_in_silence and has_end
        self.journal_start = len(scene.chain.journal)
        self.lockstep = scene.copy(note)

    def teardown(self) -> None:
        """Finish as liveness promises, look at everything, and take the chain back."""
        calls: list[Call] = []
        try:
            if hasattr(self, "lockstep"):
                self.finish()
                calls = self.lockstep.chain.journal[self.journal_start :]
        finally:
            self.undo.close()
        if calls and len(calls) % RUNS_PER_REPLAY == 0:
            self.replay_without_claims(calls)

    def replay_without_claims(self, calls: list[Call]) -> None:
        """2: the same history without a claim, and all claimed in the end, pays the same."""
        chain, distributor = self.lockstep.chain, self.lockstep.system.distributor
        with chain.undone():
            chain.replay(call for call in calls if not distributor.is_call(call, "claim"))
            for account in reversed(self.lockstep.holders):
                paid = claim_all(self.lockstep, account)
                same(f"paid to {account}", paid, self.lockstep.model.claimed.get(account, 0))

    def finish(self) -> None:
        """7: whatever was reached, every elapsed day settles and every unit can be claimed."""
        lockstep = self.lockstep
        check_all(lockstep, self.telling_days())
        if self.ends_in_silence:
            let_silence_finish(lockstep)
        else:
            let_honest_reporters_finish(lockstep)
        claim_everything(lockstep)
        let_it_close(lockstep)
        self.earnings_never_fall()
        check_money(lockstep)

    def telling_days(self) -> list[int]:
        """Return some days on which a meter was touched, the days after them, and today."""
        touched = {
            day
            for account in self.lockstep.holders
            for day in self.lockstep.model.meter.touched_days(account)
        }
        around = sorted({day + step for day in touched for step in (0, 1)})
        return [*around[:: len(around) // TELLING_DAYS + 1], self.lockstep.today]

    # Observing

    @invariant()
    def the_sides_agree(self) -> None:
        """3, 5: the ledger every few steps; progress, balances, work and claims now and then."""
        if not hasattr(self, "lockstep"):
            return
        self.steps += 1
        looks, others = divmod(self.steps, STEPS_BETWEEN_LOOKS)
        if others:
            return
        check_ledger(self.lockstep)
        if looks % LOOKS_BETWEEN_CLOSE_LOOKS == 0:
            today = self.lockstep.today
            check_progress(self.lockstep)
            check_meter(self.lockstep, (today - 1, today))
            check_claimable(self.lockstep)
            self.earnings_never_fall()

    def earnings_never_fall(self) -> None:
        """8: what an account has claimed and can claim never becomes less."""
        for account in self.lockstep.holders:
            amount, is_whole = self.lockstep.system.distributor.read("preview_claim", account)
            earned = amount + self.lockstep.model.claimed.get(account, 0)
            before = self.earned.get(account, 0)
            assert earned >= before or not is_whole, f"{account} lost {before - earned}"
            self.earned[account] = max(earned, before)

    # Acting

    def jump(self, jump: Jump) -> None:
        """Move the clock."""
        lockstep = self.lockstep
        if jump.anchor == "now":
            lockstep.wait(jump.seconds)
        elif jump.anchor == "midnight":
            lockstep.wait_until(day_start(lockstep.today + 1) + jump.seconds)
        else:
            coming = [time for time in self.deadlines() if time + jump.seconds > lockstep.now]
            if coming:
                lockstep.wait_until(min(coming) + jump.seconds)

    def deadlines(self) -> list[int]:
        """Return the times at which something becomes possible or too late [unix s]."""
        lockstep = self.lockstep
        oracle, terms = lockstep.oracle_model, lockstep.system.setup.terms
        times = [posted.final_at for posted in oracle.days]
        times += [output.final_at for output in oracle.outputs.values()]
        posted = oracle.posted(lockstep.model.ledger.next_day)
        if posted:
            times.append(posted.final_at + terms.grace_seconds)
            times.append(posted.final_at + terms.output_deadline_seconds)
        if lockstep.model.silence:
            times.append(lockstep.model.silence.called_at + terms.grace_seconds)
        return times

    def report(self, shape: DayShape) -> bool:
        """Report the next day."""
        facts = self.lockstep.next_facts(shape.fees_sats, shape.percent)
        return self.lockstep.report_day(facts, list(shape.prices))

    def let_days_go_by(
        self, count: int, shape: DayShape, output: tuple[int, int], pay: Fraction
    ) -> None:
        """Report days on time with their output, the first in a shape; pay, and settle."""
        lockstep = self.lockstep
        for number in range(count):
            day = lockstep.oracle_model.next_day
            lockstep.wait_until(day_start(day + 1) + SHORT_WINDOW_SECONDS)
            if self.report(ORDINARY_DAY if number else shape):
                lockstep.report_output(lockstep.output(day, *output))
        self.pay(pay, is_stranger=False)
        lockstep.settle(8)

    def pay(self, part: Fraction, is_stranger: bool) -> None:
        """Fund a part of what the next day and the arrears need, at least one unit."""
        lockstep = self.lockstep
        owed = lockstep.next_reward()
        need = lockstep.model.ledger.arrears + (owed.reward if owed else 0)
        payer = lockstep.system.keeper if is_stranger else lockstep.system.issuer
        lockstep.fund(max(int(need * part), 1), payer)

    def pending_outputs(self) -> list[int]:
        """Return the days whose outputs can still be challenged."""
        outputs = self.lockstep.oracle_model.outputs
        return [day for (_, day), output in outputs.items() if output.final_at > self.lockstep.now]

    def missing_outputs(self) -> list[int]:
        """Return recent days that are over and have no output."""
        reported = {day for _, day in self.lockstep.oracle_model.outputs}
        first = max(self.lockstep.model.ledger.next_day, self.lockstep.today - 8)
        return [day for day in range(first, self.lockstep.today) if day not in reported]

    def account(self, index: int) -> str:
        """Return one of the accounts that hold hashrate."""
        return self.lockstep.holders[index]

    def caller(self, who: str, account: str) -> str:
        """Return an account by the part it plays."""
        system = self.lockstep.system
        return {"self": account, "keeper": system.keeper, "issuer": system.issuer}[who]

    def balance_part(self, account: str, part: Fraction) -> int:
        """Return a part of an account's hashrate [TH/s, 18 dec]."""
        return int(self.lockstep.model.meter.balance(account) * part)
