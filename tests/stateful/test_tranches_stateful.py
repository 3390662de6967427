# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of a series with strips and notes on it."""

from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from reference.units import DAY_SECONDS
from tests.stateful import strategies
from tests.stateful.strategies import ORDINARY_DAY, ORDINARY_OUTPUT, DayShape, Jump
from tests.stateful.tranches_base import TranchesMachine
from tests.stateful.tranches_lockstep import MAX
from tests.stateful.tranches_scenes import PRODUCTS, begun_products, begun_products_in_short_walks

pytestmark = pytest.mark.stateful

products = st.integers(0, 3)
tranches = st.booleans()


class TranchesRules(TranchesMachine):
    """Everything that can happen to strips and notes, and to the series below them."""

    # Time, days and money of the series

    @rule(jump=strategies.jumps)
    def time_passes(self, jump: Jump) -> None:
        """A second, an hour, to a midnight, to a deadline, or days."""
        self.jump(jump)

    @rule(days=st.integers(4, 12))
    def much_time_passes(self, days: int) -> None:
        """Past an auction, perhaps."""
        self.lockstep.wait(days * DAY_SECONDS + 11)

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

    @rule(count=st.integers(1, 6), pay=strategies.parts)
    def ordinary_days_go_by(self, count: int, pay: Fraction) -> None:
        """Nothing unusual, unless the issuer does not pay."""
        self.let_days_go_by(count, ORDINARY_DAY, ORDINARY_OUTPUT, pay)

    @rule(part=strategies.parts, by_stranger=st.booleans())
    def money_comes_in(self, part: Fraction, by_stranger: bool) -> None:
        """A part of what the next day and the arrears need."""
        self.pay(part, by_stranger)

    @rule(max_days=st.sampled_from([1, 2, 64]))
    def days_are_settled(self, max_days: int) -> None:
        """By anyone."""
        self.lockstep.settle(max_days)

    @rule(sender=strategies.holders, to=strategies.holders, part=strategies.parts)
    def hashrate_moves(self, sender: int, to: int, part: Fraction) -> None:
        """To another account, to oneself, all, nothing, or more than there is."""
        account = self.person(sender)
        self.lockstep.transfer(account, self.person(to), self.balance_part(account, part))

    @rule(holder=strategies.holders, part=strategies.parts)
    def hashrate_is_minted(self, holder: int, part: Fraction) -> None:
        """As far as it is attested and bonded, or further."""
        self.lockstep.mint(self.person(holder), int(self.lockstep.headroom() * part))

    @rule(holder=strategies.holders, who=strategies.callers)
    def rewards_are_claimed(self, holder: int, who: str) -> None:
        """2, 6: of the series itself."""
        account = self.person(holder)
        self.lockstep.claim(account, self.caller(who, account))

    @rule(what=st.sampled_from(["terminate", "terminate", "silence", "close"]))
    def somebody_tries_to_end_it(self, what: str) -> None:
        """The series, in one of three ways."""
        if what == "terminate":
            self.lockstep.terminate()
        elif what == "close":
            self.lockstep.close(self.lockstep.system.issuer)
        elif not self.lockstep.model.closed:
            self.lockstep.declare_silence()

    # Products

    @rule(
        product=products,
        owner=strategies.holders,
        senior_to=strategies.holders,
        junior_to=strategies.holders,
        part=strategies.parts,
    )
    def tokens_are_split(
        self, product: int, owner: int, senior_to: int, junior_to: int, part: Fraction
    ) -> None:
        """Some, all, none, or more than there are."""
        account = self.person(owner)
        self.lockstep.split(
            self.twin(product),
            account,
            self.balance_part(account, part),
            self.person(senior_to),
            self.person(junior_to),
        )

    @rule(product=products, owner=strategies.holders, part=strategies.parts)
    def tranches_are_merged(self, product: int, owner: int, part: Fraction) -> None:
        """What an account has of both."""
        twin, account = self.twin(product), self.person(owner)
        both = [self.part_of(twin, is_senior, account, part) for is_senior in (True, False)]
        self.lockstep.merge(twin, account, min(both))

    @rule(product=products, owner=strategies.holders, part=strategies.parts)
    def tokens_are_split_and_merged(self, product: int, owner: int, part: Fraction) -> None:
        """4: within one second this leaves no trace in anybody's work."""
        twin, account, token = self.twin(product), self.person(owner), self.lockstep.system.token
        days = (self.lockstep.today - 1, self.lockstep.today)
        amount = self.balance_part(account, part)
        before = [token.read("ths_on", who, day) for who in (account, twin.address) for day in days]
        if self.lockstep.split(twin, account, amount, account, account):
            assert self.lockstep.merge(twin, account, amount)
        after = [token.read("ths_on", who, day) for who in (account, twin.address) for day in days]
        assert before == after

    @rule(
        product=products,
        is_senior=tranches,
        sender=strategies.holders,
        to=strategies.holders,
        part=strategies.parts,
    )
    def tranches_move(
        self, product: int, is_senior: bool, sender: int, to: int, part: Fraction
    ) -> None:
        """To another account, to oneself, all, nothing, or more than there is."""
        twin, account = self.twin(product), self.person(sender)
        amount = self.part_of(twin, is_senior, account, part)
        self.lockstep.move(twin, is_senior, account, self.person(to), amount)

    @rule(product=products, sender=strategies.holders, part=strategies.parts)
    def tokens_are_given_away(self, product: int, sender: int, part: Fraction) -> None:
        """5: a donation changes nothing for anybody."""
        account = self.person(sender)
        amount = self.balance_part(account, part) // 50
        self.lockstep.give(self.twin(product), account, amount)

    @rule(
        product=products,
        is_senior=tranches,
        holder=strategies.holders,
        who=st.sampled_from(["self", "self", "keeper"]),
    )
    def tranches_are_claimed(self, product: int, is_senior: bool, holder: int, who: str) -> None:
        """N3: by anyone for an account without code, at any time."""
        account = self.person(holder)
        caller = self.caller(who, account)
        self.lockstep.claim_tranche(self.twin(product), is_senior, account, caller)

    @rule(product=products, what=st.sampled_from(["pull", "find", "pool", "pool"]))
    def somebody_serves(self, product: int, what: str) -> None:
        """Collects, notes, or collects the pool."""
        twin = self.twin(product)
        if what == "pull":
            self.lockstep.pull(twin)
        elif what == "find":
            self.lockstep.find_cut(twin)
        else:
            self.lockstep.collect_pool(twin)

    @rule(
        product=products,
        holder=strategies.holders,
        part=strategies.parts,
        limit=st.sampled_from([MAX, MAX, MAX, 0, -1]),
        how=st.sampled_from(["self", "self", "for", "principal"]),
    )
    def junior_is_redeemed(
        self, product: int, holder: int, part: Fraction, limit: int, how: str
    ) -> None:
        """Free or at its cost, with enough allowed or one unit too little."""
        twin, account = self.twin(product), self.person(holder)
        amount = self.part_of(twin, False, account, part)
        cost = limit if limit >= 0 else max(twin.model.cost(amount) - 1, 0)
        if how == "principal":
            self.lockstep.redeem_principal(twin, account, self.lockstep.collector, amount)
        else:
            payer = None if how == "self" else self.lockstep.bystander
            self.lockstep.redeem_junior(twin, account, amount, cost, payer)

    @rule(
        product=products,
        holder=strategies.holders,
        part=strategies.parts,
        share=st.sampled_from([0, 0, 1, 2]),
        is_holder=st.booleans(),
    )
    def junior_is_bought(
        self, product: int, holder: int, part: Fraction, share: int, is_holder: bool
    ) -> None:
        """By a stranger or by the holder itself; for any share, or more than there is to have."""
        twin, account = self.twin(product), self.person(holder)
        amount = self.part_of(twin, False, account, part)
        buyer = account if is_holder else self.lockstep.bystander
        self.lockstep.buy_junior(twin, buyer, account, amount, amount * share // 2)

    @rule(product=products, holder=strategies.holders, part=strategies.parts)
    def senior_is_redeemed(self, product: int, holder: int, part: Fraction) -> None:
        """Once no JUNIOR can pay any more."""
        twin, account = self.twin(product), self.person(holder)
        self.lockstep.redeem_senior(twin, account, self.part_of(twin, True, account, part))


class Tranches(TranchesRules):
    """Products on series of different terms."""

    @initialize(name=st.sampled_from(sorted(PRODUCTS)), wait=st.integers(1, 3))
    def begin(self, name: str, wait: int) -> None:
        """Choose the terms; most histories have tokens split from the start."""
        self.start_products(begun_products(name))
        self.lockstep.wait(wait * DAY_SECONDS // 2)
        self.lockstep.fund(1)
        for place, twin in enumerate(self.lockstep.twins):
            owner, other = self.person(place), self.person(place + 1)
            amount = self.balance_part(owner, Fraction(1, 3))
            self.lockstep.split(twin, owner, amount, other, owner)


class TranchesInShortWalks(TranchesRules):
    """Products whose claims must be repeated, as after 128 touched days."""

    @initialize()
    def begin(self) -> None:
        """Split some of everything."""
        self.start_products(begun_products_in_short_walks())
        self.lockstep.wait(DAY_SECONDS)
        for place, twin in enumerate(self.lockstep.twins):
            owner = self.person(place)
            amount = self.balance_part(owner, Fraction(1, 3))
            self.lockstep.split(twin, owner, amount, owner, self.person(place + 1))


TestTranches = Tranches.TestCase
TestTranchesInShortWalks = TranchesInShortWalks.TestCase
TestTranchesInShortWalks.settings = settings(max_examples=settings().max_examples // 8)
