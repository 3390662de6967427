# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle and a double of the header contract in lock-step; one history through all rules."""

from collections.abc import Callable
from dataclasses import replace

from reference import DayFacts, Network, SeriesTerms
from reference.day_rules import LONG_WINDOW_SECONDS, SHORT_WINDOW_SECONDS
from reference.oracle import DISPUTE_WINDOWS, REST_WINDOWS, Bounds
from reference.units import DAY_SECONDS, day_start
from testing.compiler import Compiler
from testing.local_chain import LocalContract
from testing.oracle import DISPUTE_WINDOW_SECONDS
from testing.system import OracleSystem, Setup, deploy_oracle_system, named_address
from tests.stateful.lockstep import PRICE_E8, OracleLockstep

ANYTHING = 2**256 - 1
FIRST_DAY = 20_000
SETUP = Setup(
    SeriesTerms(start_day=FIRST_DAY),
    Network(FIRST_DAY, 2_016 * 431 + 10),
    day_start(FIRST_DAY),
    dispute_window=DISPUTE_WINDOW_SECONDS,
)
TOTAL = DISPUTE_WINDOWS * DISPUTE_WINDOW_SECONDS
REST = REST_WINDOWS * DISPUTE_WINDOW_SECONDS
PROOF_FLAWS: dict[str, Callable[[Bounds], Bounds]] = {
    "height": lambda bounds: replace(bounds, last_height=bounds.last_height + 1),
    "difficulty": lambda bounds: replace(bounds, difficulty_wad=bounds.difficulty_wad - 1),
    "dearer": lambda bounds: replace(
        bounds, least_hashprice_wad=bounds.least_hashprice_wad + 1, greatest_hashprice_wad=ANYTHING
    ),
    "cheaper": lambda bounds: replace(
        bounds, least_hashprice_wad=0, greatest_hashprice_wad=bounds.greatest_hashprice_wad - 1
    ),
}


class DisputeLockstep(OracleLockstep):
    """Also proves and reviews days, and looks at what reviews may do.

    bounds: what is proven of each day; undisputed: the finality of each day without any review.
    """

    def __init__(
        self, system: OracleSystem, setup: Setup, note: Callable[[str], object] = print
    ) -> None:
        """Start from a system as deployed."""
        super().__init__(system, setup, note)
        self.bounds: dict[int, Bounds] = {}
        self.latest_end = 0
        self.finals: dict[int, int] = {}

    def prove(self, day: int, flaw: str | None = None, facts: DayFacts | None = None) -> None:
        """Let a posted day, or these facts, be proven as they are, or otherwise."""
        posted = self.oracle_model.posted(day)
        if facts is None:
            assert posted is not None
            facts = posted.priced.facts
        hashprice = facts.hashprice_wad
        bounds = Bounds(facts.last_height, facts.difficulty_wad, hashprice, hashprice)
        bounds = PROOF_FLAWS[flaw](bounds) if flaw else bounds
        self.note(f"day {day} is proven, flaw {flaw}")
        self.bounds[day] = bounds
        values = list(vars(bounds).values())
        self._headers.send("set_bounds", day, values, sender=self.system.keeper)

    @property
    def _headers(self) -> LocalContract:
        assert self.system.headers is not None
        return self.system.headers

    def review_day(self, day: int) -> bool:
        """Review a day on both sides; check what that may do."""
        model = self.oracle_model
        before = {posted.priced.facts.day: posted for posted in model.days}
        end = model.dispute.ends_at
        accepted, _, _ = self.agree(
            f"review_day {day}",
            lambda: self.system.oracle.send("review_day", day, sender=self.system.keeper),
            lambda: model.review_day(day, self.bounds.get(day), self.now),
        )
        if accepted:
            posted, old = model.days[-1], before[day]
            assert posted == replace(old, final_at=posted.final_at)
            is_true = self.bounds[day].agrees(posted.priced.facts)
            is_answered = model.dispute.ends_at < end
            assert (posted.final_at <= old.final_at) == is_true
            assert posted.final_at != old.final_at or is_answered
            assert posted.final_at >= self.now
            assert self.system.oracle.read("next_day") == day + 1
            self._compare_posted(day)
        self.check_disputes()
        return accepted

    def check_disputes(self) -> None:
        """Check the bounds of rules.md 1.5 on every posted day."""
        model = self.oracle_model
        end = self.system.oracle.read("disputes_end")
        assert end == model.dispute.ends_at
        self.latest_end = max(self.latest_end, end)
        undisputed = 0
        for posted in model.days:
            day = posted.priced.facts.day
            undisputed = max(undisputed, posted.posted_at + posted.window)
            assert posted.final_at <= max(undisputed, self.latest_end)
            if day in self.finals:
                assert posted.final_at == self.finals[day], "a final day has changed"
            if posted.final_at <= self.now:
                self.finals[day] = posted.final_at
        order = [posted.final_at for posted in model.days]
        assert order == sorted(order)

    def lie(self) -> int:
        """Post the next day, once it is over, with a hashprice a little too high; return it."""
        self.wait_until(day_start(self.oracle_model.next_day + 1))
        true = self.next_facts()
        self.prove(true.day, facts=true)
        assert self.report_day(self._false(true), [PRICE_E8] * 2)
        return true.day

    def truth(self, day: int) -> DayFacts:
        """Return what a day should say: the facts that `next_facts` makes of it."""
        return self.next_facts(day=day)

    @staticmethod
    def _false(true: DayFacts) -> DayFacts:
        return replace(true, hashprice_wad=true.hashprice_wad + 1)


def begin(compiler: Compiler | None = None) -> DisputeLockstep:
    """Deploy an oracle with a double of the header contract."""
    return DisputeLockstep(deploy_oracle_system(SETUP, compiler), SETUP)


def _report(lockstep: DisputeLockstep, facts: DayFacts | None = None) -> int:
    lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1))
    facts = facts or lockstep.next_facts()
    assert lockstep.report_day(facts, [PRICE_E8] * 2)
    return facts.day


def disputed_history(compiler: Compiler) -> None:
    """Go through every rule once: what a broken contract cannot get through unnoticed."""
    lockstep = begin(compiler)
    _report(lockstep)
    lockstep.wait(LONG_WINDOW_SECONDS)
    _contradict_by_each_fact(lockstep)
    _answer_a_lie(lockstep)
    _answer_after_an_agreement(lockstep)
    _escape_is_impossible(lockstep)
    _long_and_recovery_windows(lockstep)
    _flip_the_proof(lockstep)
    _rest(lockstep)


def _contradict_by_each_fact(lockstep: DisputeLockstep) -> None:
    """Each fact contradicts by one; the same report proven true after all is no answer."""
    day = _report(lockstep)
    assert not lockstep.review_day(day)  # nothing is proven
    for flaw in PROOF_FLAWS:
        lockstep.prove(day, flaw)
        assert lockstep.review_day(day)
        lockstep.prove(day)
        assert lockstep.review_day(day)
        assert not lockstep.review_day(day)
    end = lockstep.oracle_model.dispute.ends_at
    lockstep.wait(LONG_WINDOW_SECONDS)
    assert lockstep.oracle_model.is_final(day, lockstep.now)
    assert not lockstep.review_day(day)
    lockstep.wait_until(end + REST)


def _answer_after_an_agreement(lockstep: DisputeLockstep) -> None:
    """The report that began a dispute is agreed to first; its next revision answers, once."""
    day = _report(lockstep)
    lockstep.prove(day, "height")
    assert lockstep.review_day(day)
    lockstep.prove(day)
    assert lockstep.review_day(day)
    _report(lockstep)
    lockstep.wait(60)
    final_at = lockstep.oracle_model.days[-1].final_at
    assert lockstep.replace_day(lockstep.truth(day), [PRICE_E8] * 2)
    assert lockstep.review_day(day)
    assert lockstep.oracle_model.days[-1].final_at == final_at
    assert lockstep.oracle_model.dispute.ends_at == lockstep.now - REST
    assert not lockstep.review_day(day)
    lockstep.wait(LONG_WINDOW_SECONDS)


def _answer_a_lie(lockstep: DisputeLockstep) -> None:
    """A lie with days on it waits, is replaced, and the truth is final three days later."""
    for _ in range(3):
        lie = lockstep.lie()
        _report(lockstep)
        _report(lockstep)
        assert lockstep.review_day(lie)
        _report(lockstep)
        lockstep.wait(DAY_SECONDS)
        assert lockstep.replace_day(lockstep.truth(lie), [PRICE_E8] * 2)
        lockstep.prove(lie)
        assert lockstep.review_day(lie)
        # the dispute is over without a rest, and the next day's old wait with it
        _report(lockstep)
        lockstep.wait(LONG_WINDOW_SECONDS)


def _escape_is_impossible(lockstep: DisputeLockstep) -> None:
    """A lie keeps its wait when it is sent again: vetoed, replaced, or cut off by another."""
    before = _report(lockstep)
    lie = lockstep.lie()
    report = lockstep.oracle_model.posted(lie)
    assert report is not None
    assert lockstep.review_day(lie)
    assert lockstep.replace_day(lockstep.truth(before), [PRICE_E8] * 2)
    _report(lockstep, report.priced.facts)
    for _ in range(5):
        lockstep.wait(3_600)
        assert lockstep.replace_day(report.priced.facts, [PRICE_E8] * 2)
    assert lockstep.veto_day(lie)
    _report(lockstep, report.priced.facts)
    lockstep.wait(DAY_SECONDS - 3_600 * 5 - 1)
    assert not lockstep.review_day(lie)
    lockstep.wait(1)
    while lockstep.review_day(lie):
        lockstep.wait(DAY_SECONDS)
    # nobody answered: final with the end of the dispute, to the second
    end = lockstep.oracle_model.dispute.ends_at
    lockstep.wait_until(end - 1)
    assert not lockstep.oracle_model.is_final(lie, lockstep.now)
    lockstep.wait(1)
    assert lockstep.oracle_model.is_final(lie, lockstep.now)
    lockstep.wait_until(end + REST)


def _long_and_recovery_windows(lockstep: DisputeLockstep) -> None:
    """An agreement never shortens the window that a day has by itself."""
    false = _report(lockstep, lockstep.next_facts(fees_sats=0, blocks=2_100))
    lockstep.wait(LONG_WINDOW_SECONDS)
    recovery = _report(lockstep, lockstep.next_facts(lower=2_100 - 144))
    assert recovery == false + 1
    lockstep.prove(recovery)
    assert not lockstep.review_day(recovery)
    lockstep.prove(recovery, "height")
    assert lockstep.review_day(recovery)
    lockstep.wait(DAY_SECONDS)
    lockstep.prove(recovery)
    assert lockstep.review_day(recovery)
    # a day on it waits for it, whatever is agreed
    later = _report(lockstep)
    lockstep.prove(later)
    assert not lockstep.review_day(later)
    lockstep.wait_until(lockstep.oracle_model.days[-1].final_at)
    lockstep.wait_until(lockstep.oracle_model.dispute.ends_at + REST)


def _flip_the_proof(lockstep: DisputeLockstep) -> None:
    """Two pending days, cut off and agreed in turn, start no second dispute."""
    first, second = _report(lockstep), _report(lockstep)
    for _ in range(2):
        report = lockstep.next_facts(day=second)
        lockstep.prove(first, "height")
        lockstep.review_day(first)
        _report(lockstep, report)
        lockstep.prove(first)
        lockstep.review_day(first)
        _report(lockstep, report)
        lockstep.prove(second)
        lockstep.review_day(second)
        lockstep.wait(SHORT_WINDOW_SECONDS // 4)
    lockstep.wait_until(lockstep.oracle_model.dispute.ends_at - 2 * DAY_SECONDS)
    lie = lockstep.lie()
    assert lockstep.review_day(lie)
    # later than the end of the dispute: nothing that is left of it could put it off
    lockstep.wait(DAY_SECONDS)
    late = lockstep.lie()
    lockstep.review_day(late)
    lockstep.wait(LONG_WINDOW_SECONDS)


def _rest(lockstep: DisputeLockstep) -> None:
    """While disputes rest the quorum stands alone, to the second."""
    end = lockstep.oracle_model.dispute.ends_at
    lockstep.wait_until(end + REST - SHORT_WINDOW_SECONDS + 1)
    lie = lockstep.lie()
    while lockstep.today > lie + 1:
        lie = lockstep.lie()
    lockstep.wait_until(end + REST - 1)
    assert not lockstep.review_day(lie)
    lockstep.wait(1)
    assert lockstep.review_day(lie)
    assert lockstep.oracle_model.dispute.ends_at == lockstep.now + TOTAL


def undisputed_trace(dispute_window: int) -> list[object]:
    """Report, replace and veto without a proof; return all that is stored after each step."""
    setup = replace(SETUP, dispute_window=dispute_window)
    lockstep = DisputeLockstep(deploy_oracle_system(setup), setup)
    trace: list[object] = []

    def look() -> None:
        oracle = lockstep.system.oracle
        days = range(FIRST_DAY - 1, oracle.read("next_day") + 1)
        trace.append([(oracle.read("day_record", d), oracle.read("revision_of", d)) for d in days])

    for step in range(6):
        day = _report(lockstep)
        look()
        lockstep.review_day(day)
        later = _report(lockstep)
        if step % 2 == 0:
            assert lockstep.replace_day(lockstep.truth(later), [PRICE_E8 + step] * 2)
        else:
            assert lockstep.veto_day(later, named_address("guardian"))
        look()
    return trace
