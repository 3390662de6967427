# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of a whole series: holders, reporters, issuer, guardian and strangers."""

from fractions import Fraction
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from testing.local_chain import ChainType
from testing.py_evm import PyEvmChain
from testing.quick_chain import QuickChain
from tests.stateful import strategies
from tests.stateful.base import SeriesMachine
from tests.stateful.scenes import begun, begun_with_short_walks
from tests.stateful.strategies import ORDINARY_DAY, ORDINARY_OUTPUT, DayShape, Jump

pytestmark = pytest.mark.stateful


class SeriesRules(SeriesMachine):
    """Everything that can happen to a series."""

    # Time and reports

    @rule(jump=strategies.jumps)
    def time_passes(self, jump: Jump) -> None:
        """A second, an hour, to a midnight, to a deadline, or days."""
        self.jump(jump)

    @rule(
        count=st.integers(1, 2),
        shape=strategies.days,
        output=strategies.outputs,
        pay=strategies.parts,
    )
    def days_go_by(
        self, count: int, shape: DayShape, output: tuple[int, int], pay: Fraction
    ) -> None:
        """Days are reported on time with their output, paid for more or less, and settle."""
        self.let_days_go_by(count, shape, output, pay)

    @rule(count=st.integers(1, 3), pay=strategies.parts)
    def ordinary_days_go_by(self, count: int, pay: Fraction) -> None:
        """Nothing unusual, unless the issuer does not pay."""
        self.let_days_go_by(count, ORDINARY_DAY, ORDINARY_OUTPUT, pay)

    @precondition(lambda self: self.lockstep.oracle_model.next_day < self.lockstep.today)
    @rule(shape=strategies.days)
    def a_day_is_reported(self, shape: DayShape) -> None:
        """The next day, late or on time or too early."""
        self.report(shape)

    @precondition(lambda self: self.lockstep.oracle_model.days)
    @rule(shape=strategies.days, back=st.integers(1, 4), is_veto=st.booleans())
    def a_day_is_corrected(self, shape: DayShape, back: int, is_veto: bool) -> None:
        """A recent day is vetoed or replaced if it is still pending; those after it go."""
        oracle = self.lockstep.oracle_model
        day = max(oracle.next_day - back, oracle.first_day)
        if is_veto:
            self.lockstep.veto_day(day)
        else:
            facts = self.lockstep.next_facts(shape.fees_sats, shape.percent, day=day)
            self.lockstep.replace_day(facts, list(shape.prices))

    @precondition(lambda self: self.missing_outputs())
    @rule(output=strategies.outputs, pick=st.integers(0, 7))
    def an_output_is_reported(self, output: tuple[int, int], pick: int) -> None:
        """An output of a day that has none, in any order."""
        missing = self.missing_outputs()
        day = missing[pick % len(missing)]
        self.lockstep.report_output(self.lockstep.output(day, *output))

    @precondition(lambda self: self.pending_outputs())
    @rule(output=strategies.outputs, pick=st.integers(0, 5), is_veto=st.booleans())
    def an_output_is_corrected(self, output: tuple[int, int], pick: int, is_veto: bool) -> None:
        """A pending output is vetoed or replaced."""
        pending = self.pending_outputs()
        day = pending[pick % len(pending)]
        corrected = self.lockstep.output(day, *output)
        if is_veto:
            self.lockstep.veto_output(corrected.series, day)
        else:
            self.lockstep.replace_output(corrected)

    # Hashrate

    @rule(sender=strategies.holders, to=strategies.holders, part=strategies.parts)
    def hashrate_moves(self, sender: int, to: int, part: Fraction) -> None:
        """To another account, to oneself, all, nothing, or more than there is."""
        account = self.account(sender)
        self.lockstep.transfer(account, self.account(to), self.balance_part(account, part))

    @rule(sender=strategies.holders, to=strategies.holders)
    def hashrate_goes_there_and_back(self, sender: int, to: int) -> None:
        """4: a round trip within one second leaves no trace in anybody's work."""
        token, today = self.lockstep.system.token, self.lockstep.today
        pair = (self.account(sender), self.account(to))
        amount = self.balance_part(pair[0], Fraction(1, 2))
        before = [token.read("ths_on", each, day) for each in pair for day in (today - 1, today)]
        self.lockstep.transfer(pair[0], pair[1], amount)
        self.lockstep.transfer(pair[1], pair[0], amount)
        after = [token.read("ths_on", each, day) for each in pair for day in (today - 1, today)]
        assert before == after

    @rule(holder=strategies.holders, part=strategies.parts)
    def hashrate_is_minted(self, holder: int, part: Fraction) -> None:
        """As far as it is attested and bonded, or further."""
        self.lockstep.mint(self.account(holder), int(self.lockstep.headroom() * part))

    @rule(holder=strategies.holders, part=strategies.parts)
    def hashrate_is_burned(self, holder: int, part: Fraction) -> None:
        """A part, all or more than there is."""
        account = self.account(holder)
        self.lockstep.burn(account, self.balance_part(account, part))

    # Money

    @rule(part=strategies.parts, by_stranger=st.booleans())
    def money_comes_in(self, part: Fraction, by_stranger: bool) -> None:
        """A part of what the next day and the arrears need."""
        self.pay(part, by_stranger)

    @rule(part=strategies.parts, is_gift=st.booleans())
    def the_bond_grows(self, part: Fraction, is_gift: bool) -> None:
        """By a part of what was drawn, and one unit. 5: a donation changes nothing."""
        if is_gift:
            self.lockstep.donate(1 + int(10**6 * part))
        else:
            self.lockstep.post_bond(int(self.lockstep.model.ledger.bond_drawn * part) + 1)

    @rule(who=st.sampled_from(["issuer"] * 4 + ["keeper"]))
    def the_bond_shrinks(self, who: str) -> None:
        """To what the hashrate held now, and on days not settled, needs."""
        self.lockstep.release_bond(self.caller(who, ""))

    @rule(max_days=st.sampled_from([1, 2, 64]))
    def days_are_settled(self, max_days: int) -> None:
        """By anyone."""
        self.lockstep.settle(max_days)

    # Claims

    @rule(holder=strategies.holders, who=strategies.callers)
    def rewards_are_claimed(self, holder: int, who: str) -> None:
        """2, 6: by anyone, paid to whom the account chose."""
        account = self.account(holder)
        self.lockstep.claim(account, self.caller(who, account))

    @rule(holder=strategies.holders, receiver=st.integers(0, 5), is_open=st.booleans())
    def a_holder_chooses(self, holder: int, receiver: int, is_open: bool) -> None:
        """A payout address, possible or not, or whether others may claim for it."""
        system = self.lockstep.system
        receivers = [*self.lockstep.holders, self.lockstep.collector, system.token.address]
        if is_open:
            self.lockstep.set_payout(self.account(holder), receivers[receiver])
        else:
            self.lockstep.set_open_claims(self.account(holder), receiver < 4)

    # The end

    @rule(what=st.sampled_from(["terminate", "silence", "close", "close", "repay", "pause"]))
    def somebody_tries(self, what: str) -> None:
        """To end the series, to close it, to repay its arrears, to pause its minting."""
        lockstep = self.lockstep
        if what == "terminate":
            lockstep.terminate()
        elif what == "silence" and not lockstep.model.closed:
            lockstep.declare_silence()
        elif what == "close":
            lockstep.close(self.caller("keeper" if self.steps % 2 else "issuer", ""))
        elif what == "repay":
            lockstep.repay_arrears()
        else:
            lockstep.pause_minting()


class Series(SeriesRules):
    """Series of different terms."""

    chain_type: ClassVar[ChainType] = QuickChain

    @initialize(
        name=strategies.setup_names,
        ends_in_silence=st.booleans(),
        days=st.integers(0, 3),
        pay=strategies.parts,
    )
    def begin(self, name: str, ends_in_silence: bool, days: int, pay: Fraction) -> None:
        """Choose the terms, what happened before, and how it ends."""
        self.start(begun(name, type(self).chain_type), ends_in_silence)
        self.let_days_go_by(days, ORDINARY_DAY, ORDINARY_OUTPUT, pay)


class PricedSeries(Series):
    """The same where every transaction is priced as on a chain: `liveness` bounds its gas."""

    chain_type = PyEvmChain


class SeriesInShortWalks(SeriesRules):
    """A series whose claims must be repeated, as after 128 touched days."""

    @initialize(days=st.integers(0, 3), pay=strategies.parts)
    def begin(self, days: int, pay: Fraction) -> None:
        """Choose what happened before."""
        self.start(begun_with_short_walks(), ends_in_silence=False)
        self.let_days_go_by(days, ORDINARY_DAY, ORDINARY_OUTPUT, pay)


TestSeries = Series.TestCase
TestPricedSeries = PricedSeries.TestCase
TestPricedSeries.settings = settings(max_examples=settings().max_examples // 20)
TestSeriesInShortWalks = SeriesInShortWalks.TestCase
