# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of a fund over two series that pay in one coin."""

from contextlib import ExitStack
from fractions import Fraction

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from reference.units import DAY_SECONDS, HOUR_SECONDS, day_start
from testing.oracle import SHORT_WINDOW_SECONDS
from tests.stateful import strategies
from tests.stateful.checks import check_all, check_claimable, check_ledger
from tests.stateful.fund_checks import check_fund, check_nothing_left
from tests.stateful.fund_lockstep import FundLockstep
from tests.stateful.fund_scenes import begun_fund, begun_fund_in_short_walks
from tests.stateful.liveness import let_honest_reporters_finish, settle_all
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.scenes import CREDITED_SATS, FLEET_THS

pytestmark = pytest.mark.stateful
sides = st.integers(0, 1)
STEPS_BETWEEN_LOOKS = 4


class FundRules(RuleBasedStateMachine):
    """Everything that can happen to a fund and the series in it."""

    lockstep: FundLockstep

    def __init__(self) -> None:
        """Stand by: the first rule begins."""
        super().__init__()
        self.undo = ExitStack()
        self.steps = 0

    def start(self, scene: FundLockstep) -> None:
        """Go on from a fund that was created; everybody brings a part of what they have."""
        self.undo.enter_context(scene.chain.undone())
        self.lockstep = scene.copy(note)
        for account in self.lockstep.people:
            self.lockstep.create_shares(account, account, self.most(account) // 3)

    def most(self, account: str) -> int:
        """Return how many shares an account can bring the basket for [18 dec]."""
        model = self.lockstep.fund_model
        return min(
            series.meter.balance(account) // weight
            for series, weight in zip(model.series, model.weights, strict=True)
        )

    def person(self, index: int) -> str:
        """Return an account that may hold anything."""
        return self.lockstep.people[index]

    @invariant()
    def the_sides_agree(self) -> None:
        """F1 to F3 and both ledgers, every few steps."""
        if not hasattr(self, "lockstep"):
            return
        self.steps += 1
        if self.steps % STEPS_BETWEEN_LOOKS:
            return
        today = self.lockstep.today
        check_fund(self.lockstep, (today - 1, today))
        for side in self.lockstep.sides:
            check_ledger(side)
            check_claimable(side)

    # Days

    @rule(seconds=st.sampled_from([1, HOUR_SECONDS, 30_000, 3 * DAY_SECONDS + 5]))
    def time_passes(self, seconds: int) -> None:
        """Seconds, hours or days."""
        self.lockstep.wait(seconds)

    @rule(offset=st.sampled_from([-1, 0, 1]))
    def midnight_comes(self, offset: int) -> None:
        """Or nearly."""
        self.lockstep.wait_until(day_start(self.lockstep.today + 1) + offset)

    @rule(count=st.integers(1, 3), pays=st.tuples(strategies.parts, strategies.parts))
    def days_go_by(self, count: int, pays: tuple[Fraction, Fraction]) -> None:
        """Days are reported with both outputs, paid for more or less, and settle."""
        for _ in range(count):
            day = self.lockstep.oracle_model.next_day
            self.lockstep.wait_until(day_start(day + 1) + SHORT_WINDOW_SECONDS)
            if self.lockstep.report_day(self.lockstep.next_facts(), [PRICE_E8] * 2):
                for side in self.lockstep.sides:
                    side.report_output(side.output(day, CREDITED_SATS, FLEET_THS))
        for side, pay in zip(self.lockstep.sides, pays, strict=True):
            owed = side.next_reward()
            need = side.model.ledger.arrears + (owed.reward if owed else 0)
            side.fund(max(int(need * pay), 1))
            side.settle(8)

    @rule(side=sides, part=strategies.parts)
    def money_comes_in(self, side: int, part: Fraction) -> None:
        """Arrears are repaid in part."""
        series = self.lockstep.sides[side]
        series.fund(max(int(series.model.ledger.arrears * part), 1))
        series.settle(1)

    # Hashrate and shares

    @rule(side=sides, sender=strategies.holders, to=strategies.holders, part=strategies.parts)
    def hashrate_moves(self, side: int, sender: int, to: int, part: Fraction) -> None:
        """To another account, to oneself, all, nothing, or more than there is."""
        series, account = self.lockstep.sides[side], self.person(sender)
        amount = int(series.model.meter.balance(account) * part)
        series.transfer(account, self.person(to), amount)

    @rule(side=sides, sender=strategies.holders)
    def hashrate_is_given_away(self, side: int, sender: int) -> None:
        """A donation changes nothing for anybody."""
        series, account = self.lockstep.sides[side], self.person(sender)
        self.lockstep.give(side, account, series.model.meter.balance(account) // 40)

    @rule(creator=strategies.holders, to=strategies.holders, part=strategies.parts)
    def shares_are_created(self, creator: int, to: int, part: Fraction) -> None:
        """From all, some, none of what there is, or more."""
        account = self.person(creator)
        self.lockstep.create_shares(account, self.person(to), int(self.most(account) * part))

    @rule(holder=strategies.holders, to=strategies.holders, part=strategies.parts)
    def shares_are_redeemed(self, holder: int, to: int, part: Fraction) -> None:
        """All, some, none, or more than there are."""
        account = self.person(holder)
        amount = int(self.lockstep.fund_model.shares.balance(account) * part)
        self.lockstep.redeem_shares(account, self.person(to), amount)

    @rule(sender=strategies.holders, to=strategies.holders, part=strategies.parts)
    def shares_move(self, sender: int, to: int, part: Fraction) -> None:
        """To another account, to oneself, all, nothing, or more than there are."""
        account = self.person(sender)
        amount = int(self.lockstep.fund_model.shares.balance(account) * part)
        self.lockstep.move_shares(account, self.person(to), amount)

    # Claims

    @rule(
        holder=strategies.holders,
        places=st.sampled_from([[], [0], [1], [1, 0], [0, 0]]),
        who=st.sampled_from(["self", "self", "keeper"]),
    )
    def shares_are_claimed(self, holder: int, places: list[int], who: str) -> None:
        """F2: of all or some series, by anyone for an account without code."""
        account = self.person(holder)
        caller = account if who == "self" else self.lockstep.system.keeper
        self.lockstep.claim_shares(account, caller, places)

    @rule(side=sides)
    def somebody_pulls(self, side: int) -> None:
        """What the fund has earned of one series."""
        self.lockstep.pull(side)

    @rule(holder=strategies.holders, side=sides)
    def rewards_are_claimed(self, holder: int, side: int) -> None:
        """Of a series itself."""
        account = self.person(holder)
        self.lockstep.sides[side].claim(account, account)

    # The end

    def teardown(self) -> None:
        """Settle what is over, claim everything, redeem everything, look, and take it back."""
        try:
            if hasattr(self, "lockstep"):
                self.finish()
        finally:
            self.undo.close()

    def finish(self) -> None:
        """F3: in the end nothing is left but fractions."""
        lockstep = self.lockstep
        let_honest_reporters_finish(lockstep)
        settle_all(lockstep.other)
        for side in lockstep.sides:
            side.fund(side.model.ledger.arrears + 1)
        for place in (0, 1):
            for account in list(lockstep.fund_model.shares.accounts):
                while lockstep.fund_model.claimable(place, account):
                    assert lockstep.claim_shares(account, account, [place]) is not None
        for account in lockstep.people:
            shares = lockstep.fund_model.shares.balance(account)
            assert lockstep.redeem_shares(account, account, shares)
        while lockstep.pull(0) or lockstep.pull(1):
            pass
        check_fund(lockstep, (lockstep.today - 2, lockstep.today))
        check_nothing_left(lockstep)
        for side in lockstep.sides:
            check_all(side, [lockstep.today])


class Fund(FundRules):
    """A fund with claims in one walk."""

    @initialize()
    def begin(self) -> None:
        """Go on from the fund."""
        self.start(begun_fund())


class FundInShortWalks(FundRules):
    """A fund whose claims must be repeated, as after 128 touched days."""

    @initialize()
    def begin(self) -> None:
        """Go on from the fund."""
        self.start(begun_fund_in_short_walks())


TestFund = Fund.TestCase
TestFundInShortWalks = FundInShortWalks.TestCase
TestFundInShortWalks.settings = settings(max_examples=settings().max_examples // 8)
