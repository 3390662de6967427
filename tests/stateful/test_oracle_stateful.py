# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of the oracle alone: odd days, corrections, changing reporters."""

from contextlib import ExitStack
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from reference import DayFacts, Network, OutputFacts, SeriesTerms
from reference.units import DAY_SECONDS, HOUR_SECONDS, day_start
from testing.chain import ZERO_ADDRESS
from testing.compiler import Compiler
from testing.oracle import DISPUTE_WINDOW_SECONDS, MEMBERSHIP_DELAY_SECONDS
from testing.reporters import reporter_accounts
from testing.system import OracleSystem, Setup, deploy_oracle_system, named_address
from tests.stateful.checks import same
from tests.stateful.disputes import (
    PROOF_FLAWS,
    DisputeLockstep,
    disputed_history,
    undisputed_trace,
)
from tests.stateful.lockstep import BLOCKS, PRICE_E8
from tests.stateful.steps import CountedMachine

pytestmark = pytest.mark.stateful

FIRST_DAY = 20_000
FIRST_HEIGHT = 2_016 * 431 - 300  # a retarget on the third day
HALVING_BLOCKS = (FIRST_HEIGHT + 500) // 4  # the fourth halving on the fourth or fifth
NETWORK = Network(FIRST_DAY, FIRST_HEIGHT, HALVING_BLOCKS)
SETUP = Setup(
    SeriesTerms(start_day=FIRST_DAY), NETWORK, day_start(FIRST_DAY), reporters=5, threshold=3
)
SERIES = named_address("a series")
CANDIDATES = 7
STEPS_BETWEEN_LOOKS = 6
FLAWS = {
    "subsidy": lambda facts: replace(facts, subsidy_sats=facts.subsidy_sats + 1),
    "gap": lambda facts: replace(facts, first_height=facts.first_height + 1),
    "no hashprice": lambda facts: replace(facts, hashprice_wad=0),
    "no difficulty": lambda facts: replace(facts, difficulty_wad=0),
    "fees": lambda facts: replace(facts, fees_sats=2**51),
    "wrong day": lambda facts: replace(facts, day=facts.day + 1),
    "reversed": lambda facts: replace(facts, last_height=facts.first_height - 2),
}
blocks = st.sampled_from([BLOCKS] * 6 + [0, 0, 19, 20, 400, 401])
percents = st.sampled_from([100] * 6 + [39, 41, 97, 103, 104, 249, 251])
# of the difficulty of the day before [1 / 1000]
steps = st.sampled_from([1_000] * 6 + [999, 699, 1_400, 1_401, 4_000, 4_001, 250, 249])
prices = st.sampled_from(
    [
        *[[PRICE_E8] * 3] * 4,
        [PRICE_E8 + 10**9, PRICE_E8, PRICE_E8 + 7],
        [PRICE_E8 + 3, PRICE_E8, PRICE_E8 + 8, PRICE_E8 + 1],
        [PRICE_E8, PRICE_E8, PRICE_E8 * 101 // 100],
        [PRICE_E8, PRICE_E8, PRICE_E8 * 101 // 100 + 1],
        [PRICE_E8 * 6 // 10] * 3,
        [PRICE_E8 * 3 // 2 + 1] * 3,
        [PRICE_E8] * 2,
        [0] * 3,
    ]
)
flaws = st.sampled_from([None] * 8 + sorted(FLAWS))


@cache
def deployed(setup: Setup) -> OracleSystem:
    """Return an oracle of five reporters, deployed once, and two more who may join."""
    system = deploy_oracle_system(setup)
    return replace(system, reporters=reporter_accounts(CANDIDATES))


class Oracle(CountedMachine):
    """Reporters, an owner, a guardian and strangers."""

    setup = SETUP

    def __init__(self) -> None:
        """Begin on the oracle's first day."""
        super().__init__()
        self.undo = ExitStack()
        system = deployed(self.setup)
        self.undo.enter_context(system.chain.undone())
        first = replace(system, reporters=reporter_accounts(SETUP.reporters))
        self.lockstep = DisputeLockstep(first, self.setup, note)
        self.lockstep.system = system
        self.steps = 0

    def teardown(self) -> None:
        """Look at everything, then take the chain back."""
        try:
            self.look()
        finally:
            self.undo.close()

    # Time

    @rule(
        seconds=st.sampled_from([1, HOUR_SECONDS, 12 * HOUR_SECONDS, DAY_SECONDS, 3 * DAY_SECONDS])
    )
    def time_passes(self, seconds: int) -> None:
        """From a second to days."""
        self.lockstep.wait(seconds)

    @precondition(lambda self: self.lockstep.oracle_model.days)
    @rule(seconds=st.sampled_from([-1, 0]), back=st.integers(1, 3))
    def finality_comes(self, seconds: int, back: int) -> None:
        """To the second in which one of the newest days becomes final, or just before."""
        posted = self.lockstep.oracle_model.days
        self.lockstep.wait_until(posted[-min(back, len(posted))].final_at + seconds)

    # Days

    def shape(
        self, blocks: int, percent: int, step: int, flaw: str | None, day: int | None = None
    ) -> DayFacts:
        """Return facts that may be right, unusual or impossible."""
        facts = self.lockstep.next_facts(percent=percent, blocks=blocks, day=day)
        if blocks:
            facts = replace(facts, difficulty_wad=facts.difficulty_wad * step // 1_000)
        facts = FLAWS[flaw](facts) if flaw else facts
        return replace(facts, last_height=max(facts.last_height, 0))

    @rule(count=st.integers(1, 4))
    def days_are_reported(self, count: int) -> None:
        """Ordinary days, as many as are over."""
        for _ in range(count):
            self.lockstep.report_day(self.lockstep.next_facts(), [PRICE_E8] * 3)

    @rule(blocks=blocks, percent=percents, step=steps, prices=prices, flaw=flaws)
    def a_day_is_reported(
        self, blocks: int, percent: int, step: int, prices: list[int], flaw: str | None
    ) -> None:
        """An odd one, once it is over."""
        self.lockstep.wait_until(day_start(self.lockstep.oracle_model.next_day + 1))
        self.lockstep.report_day(self.shape(blocks, percent, step, flaw), prices)

    @rule(numbers=st.lists(st.integers(0, CANDIDATES - 1), min_size=3, max_size=4))
    def a_day_is_signed_by_anyone(self, numbers: list[int]) -> None:
        """Members or not, twice or in any order."""
        self.lockstep.wait_until(day_start(self.lockstep.oracle_model.next_day + 1))
        signers = [self.lockstep.system.reporters[number] for number in numbers]
        prices = [PRICE_E8] * len(signers)
        self.lockstep.report_day(self.lockstep.next_facts(), prices, signers)

    @precondition(lambda self: self.lockstep.oracle_model.days)
    @rule(back=st.integers(0, 3), blocks=blocks, step=steps, prices=prices, flaw=flaws)
    def a_day_is_replaced(
        self, back: int, blocks: int, step: int, prices: list[int], flaw: str | None
    ) -> None:
        """One of the newest days, or one that is not posted."""
        model = self.lockstep.oracle_model
        day = max(model.next_day - back, model.first_day)
        self.lockstep.replace_day(self.shape(blocks, 100, step, flaw, day), prices)

    @rule(back=st.integers(0, 4), who=st.sampled_from(["guardian"] * 4 + ["keeper"]))
    def a_day_is_vetoed(self, back: int, who: str) -> None:
        """One of the newest days."""
        day = self.lockstep.oracle_model.next_day - back
        self.lockstep.veto_day(day, named_address(who))

    # Outputs

    @rule(
        back=st.integers(0, 5),
        call=st.sampled_from(["report", "report", "report", "replace", "veto"]),
        credited=st.sampled_from([0, 75_600, 2**64 - 1, 2**64]),
        delivered=st.sampled_from([0, 1_200 * 10**18, 2**96 - 1, 2**96]),
    )
    def an_output_is_touched(self, back: int, call: str, credited: int, delivered: int) -> None:
        """Of a recent day, or of today."""
        output = OutputFacts(SERIES, self.lockstep.today - back, credited, delivered)
        if call == "report":
            self.lockstep.report_output(output)
        elif call == "replace":
            self.lockstep.replace_output(output)
        else:
            self.lockstep.veto_output(SERIES, output.day)

    # Reporters

    def _owner_call(self, name: str, *arguments: object) -> None:
        owner, model = self.lockstep.system.owner, self.lockstep.oracle_model
        takes_time = name == "schedule_membership"
        late = (self.lockstep.now,) if takes_time else ()
        self.lockstep.agree(
            f"{name} {arguments}",
            lambda: self.lockstep.system.oracle.send(name, *arguments, sender=owner),
            lambda: getattr(model, name)(owner, *arguments, *late),
        )

    @rule(number=st.integers(0, CANDIDATES - 1))
    def a_reporter_is_removed(self, number: int) -> None:
        """At once, but never below the threshold."""
        self._owner_call("remove_reporter", self.lockstep.system.reporters[number].address)

    @rule(
        numbers=st.lists(st.integers(0, CANDIDATES - 1), max_size=3),
        threshold=st.integers(2, 5),
        is_waited_for=st.booleans(),
    )
    def a_change_is_scheduled(
        self, numbers: list[int], threshold: int, is_waited_for: bool
    ) -> None:
        """Sound or not: that shows when it is applied."""
        accounts = self.lockstep.system.reporters
        additions = [accounts[number].address for number in numbers]
        self._owner_call("schedule_membership", additions, threshold)
        if is_waited_for:
            self.lockstep.wait(MEMBERSHIP_DELAY_SECONDS)
            self.the_change_is_applied()

    @rule()
    def the_change_is_applied(self) -> None:
        """By anyone, after its delay."""
        oracle, model = self.lockstep.system.oracle, self.lockstep.oracle_model
        self.lockstep.agree(
            "apply_membership",
            lambda: oracle.send("apply_membership", sender=self.lockstep.system.keeper),
            lambda: model.apply_membership(self.lockstep.now),
        )

    @rule(who=st.sampled_from(["guardian", "guardian", "keeper", "nobody"]))
    def a_guardian_is_named(self, who: str) -> None:
        """The usual one, another or none."""
        account = ZERO_ADDRESS if who == "nobody" else named_address(who)
        self._owner_call("set_guardian", account)

    # Observing

    @invariant()
    def the_sides_agree(self) -> None:
        """Now and then."""
        self.steps += 1
        if self.steps % STEPS_BETWEEN_LOOKS == 0:
            self.look()

    def look(self) -> None:
        """Compare the newest days, finality, outputs and reporters."""
        model, oracle, now = (
            self.lockstep.oracle_model,
            self.lockstep.system.oracle,
            self.lockstep.now,
        )
        same("next day", oracle.read("next_day"), model.next_day)
        newest = model.last_final_day(now)
        last = model.first_day - 1 if newest is None else newest
        same("last final day", oracle.read("last_final_day"), last)
        same("version", oracle.read("membership_version"), model.membership.version)
        same("threshold", oracle.read("threshold"), model.membership.threshold)
        for day in range(max(model.next_day - 4, model.first_day), model.next_day + 1):
            self.look_at_day(day)
        for back in range(1, 6):
            self.look_at_output(self.lockstep.today - back)
        for days in (1, 2):
            attested = model.attested_ths(SERIES, days, now)
            same("attested", oracle.read("attested_ths", SERIES, days), attested)
        finals = [
            model.final_prices(day, now) for day in range(max(last - 6, model.first_day), last + 1)
        ]
        known = [final.prices for final in finals if final]
        self.lockstep.check_disputes()
        count = max(len(known), 1)
        expected = (
            last,
            sum(each.hashprice_wad for each in known) // count,
            sum(each.btc_usd_e8 for each in known) // count,
        )
        same("mean of seven days", oracle.read("mean_of_last", 7), expected)

    def look_at_day(self, day: int) -> None:
        """Compare a day's sums, price, finality and revision."""
        model, oracle = self.lockstep.oracle_model, self.lockstep.system.oracle
        posted = model.posted(day)
        same(f"revision of {day}", oracle.read("revision_of", day), model.revision[day])
        record = oracle.read("day_record", day)
        if posted is None:
            same(f"day {day}", record[:5], (0, 0, 0, 0, 0))
            return
        sums, priced = model.prefix_sums(day), posted.priced
        expected = (
            sums.hashprice_wad,
            sums.usd_wad,
            sums.difficulty_wad,
            priced.btc_usd_e8,
            posted.final_at,
            priced.facts.last_height,
        )
        same(f"day {day}", record[:6], expected)
        usd = priced.facts.hashprice_wad * priced.btc_usd_e8 // 10**16
        if model.is_final(day, self.lockstep.now):
            values = (priced.facts.hashprice_wad, usd, priced.facts.difficulty_wad)
            same(f"values of {day}", oracle.read("final_values", day), values)

    def look_at_output(self, day: int) -> None:
        """Compare an output, its finality and its revision."""
        model, key = self.lockstep.oracle_model, (SERIES, day)
        output = model.outputs.get(key)
        values = (0, 0, 0) if output is None else tuple(vars(output).values())
        expected = (*values, model.output_revision[key], model.output_vetoes[key])
        same(f"output of {day}", self.lockstep.system.oracle.read("output_record", *key), expected)


class DisputedOracle(Oracle):
    """The same with a header contract that proves what a test wants."""

    setup = replace(SETUP, dispute_window=DISPUTE_WINDOW_SECONDS)

    @precondition(lambda self: self.lockstep.oracle_model.days)
    @rule(back=st.integers(1, 4), flaw=st.sampled_from([None, None, *PROOF_FLAWS]))
    def a_day_is_proven(self, back: int, flaw: str | None) -> None:
        """As it was reported, or otherwise."""
        day = self.lockstep.oracle_model.next_day - back
        if self.lockstep.oracle_model.posted(day) is not None:
            self.lockstep.prove(day, flaw)

    @rule(back=st.integers(0, 4))
    def a_day_is_reviewed(self, back: int) -> None:
        """By anyone, proven or not."""
        self.lockstep.review_day(self.lockstep.oracle_model.next_day - back)

    @precondition(lambda self: self.lockstep.oracle_model.days)
    @rule(back=st.integers(1, 3), flaw=st.sampled_from([None, None, *PROOF_FLAWS]))
    def a_proof_is_reviewed(self, back: int, flaw: str | None) -> None:
        """At once."""
        self.a_day_is_proven(back, flaw)
        self.a_day_is_reviewed(back)

    @rule(windows=st.sampled_from([1, 2, 4, 6]), seconds=st.sampled_from([-1, 0]))
    def disputes_end(self, windows: int, seconds: int) -> None:
        """To the second in which one is over, may begin again, or just before."""
        end = self.lockstep.oracle_model.dispute.ends_at
        self.lockstep.wait_until(end + (windows - 2) * DISPUTE_WINDOW_SECONDS + seconds)


TestOracle = Oracle.TestCase
TestDisputedOracle = DisputedOracle.TestCase


def test_disputed_history__the_contracts_as_they_are__gets_through() -> None:
    disputed_history(Compiler())


def test_oracle__with_headers_that_prove_nothing__does_what_one_without_does() -> None:
    """Every word of the history and every time of finality, through vetoes and replacements."""
    assert undisputed_trace(0) == undisputed_trace(DISPUTE_WINDOW_SECONDS)
