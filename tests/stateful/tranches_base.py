# SPDX-License-Identifier: AGPL-3.0-only
"""What every machine on strips and notes does: act in lock-step, observe, and finish."""

from contextlib import suppress
from fractions import Fraction

from hypothesis import note
from hypothesis.stateful import invariant

from reference.tranches import AUCTION_DAYS, State
from reference.units import day_start
from testing.local_chain import Call, Refused
from tests.stateful.base import SeriesMachine
from tests.stateful.checks import claim_all, same
from tests.stateful.liveness import let_honest_reporters_finish
from tests.stateful.strategies import ORDINARY_DAY, ORDINARY_OUTPUT
from tests.stateful.tranches_checks import check_meters, check_nothing_left, check_product
from tests.stateful.tranches_lockstep import HOLDING_FIRST, MAX, TranchesLockstep, Twin

STEPS_BETWEEN_LOOKS = 4


class TranchesMachine(SeriesMachine):
    """Actions on a series and its products; subclasses turn them into rules."""

    lockstep: TranchesLockstep

    def start_products(self, scene: TranchesLockstep) -> None:
        """Go on from products that were created."""
        self.undo.enter_context(scene.chain.undone())
        self.journal_start = len(scene.chain.journal)
        self.lockstep = scene.copy(note)

    # Observing

    @invariant()
    def products_agree(self) -> None:
        """N1 to N5, of one product after the other."""
        if not hasattr(self, "lockstep"):
            return
        looks, others = divmod(self.steps, STEPS_BETWEEN_LOOKS)
        if others == 0:
            twins = self.lockstep.twins
            check_product(self.lockstep, twins[looks % len(twins)])

    # Acting

    def twin(self, index: int) -> Twin:
        """Return one of the products."""
        return self.lockstep.twins[index % len(self.lockstep.twins)]

    def person(self, index: int) -> str:
        """Return an account that may hold anything."""
        return self.lockstep.people[index % len(self.lockstep.people)]

    def part_of(self, twin: Twin, is_senior: bool, account: str, part: Fraction) -> int:
        """Return a part of an account's SENIOR or JUNIOR [TH/s, 18 dec]."""
        meter = twin.model.senior if is_senior else twin.model.junior
        return int(meter.balance(account) * part)

    # The end

    def finish(self) -> None:
        """Take every product past its end, finish as liveness promises, let everybody take all."""
        self.finish_products()
        super().finish()
        for twin in self.lockstep.twins:
            self.take_all(twin)

    def finish_products(self) -> None:
        """N5: notes are decided, JUNIOR pays, is bought or void, everybody takes what is theirs."""
        lockstep = self.lockstep
        last = max(twin.model.terms.maturity_day for twin in lockstep.twins)
        lockstep.wait_until(day_start(min(last, lockstep.model.end_day)) + 1)
        let_honest_reporters_finish(lockstep)
        for twin in lockstep.twins:
            lockstep.find_cut(twin)
            assert twin.model.terms.is_strip or twin.model.noted, "a note is not decided"
            self.some_pay(twin)
        auctions = [twin.model.auction_day for twin in lockstep.twins if is_unmet(twin)]
        lockstep.wait_until(day_start(max([*auctions, lockstep.today])) + 7)
        for twin in filter(is_unmet, lockstep.twins):
            for holder in lockstep.people[:1]:
                amount = self.part_of(twin, False, holder, Fraction(1))
                lockstep.buy_junior(twin, lockstep.bystander, holder, amount, 0)
        lockstep.wait_until(day_start(max([last, lockstep.today]) + AUCTION_DAYS + 1))

    def some_pay(self, twin: Twin) -> None:
        """One holder of an unmet note pays its shortfall, somebody pays for another one."""
        lockstep = self.lockstep
        payer = lockstep.people[1]
        lockstep.redeem_junior(twin, payer, self.part_of(twin, False, payer, Fraction(1)), MAX)

    def take_all(self, twin: Twin) -> None:
        """Everybody redeems and claims; then less than a base unit for each is left."""
        lockstep = self.lockstep
        people = [*lockstep.people, lockstep.bystander]
        for account in people:
            if twin.model.is_free(lockstep.now):
                amount = self.part_of(twin, False, account, Fraction(1))
                assert lockstep.redeem_junior(twin, account, amount, 0)
        if twin.model.is_void(lockstep.now):
            while lockstep.collect_pool(twin):
                pass
        if is_unmet(twin):
            for account in people:
                if amount := self.part_of(twin, True, account, Fraction(1)):
                    assert lockstep.redeem_senior(twin, account, amount)
        self.claim_all_tranches(twin)
        while lockstep.pull(twin):
            pass
        check_meters(lockstep, twin, self.telling_days())
        check_product(lockstep, twin)
        check_nothing_left(lockstep, twin)

    def claim_all_tranches(self, twin: Twin) -> None:
        """Everybody claims all there is."""
        for is_senior in (True, False):
            meter = twin.model.senior if is_senior else twin.model.junior
            token = twin.token(is_senior).address
            for account in list(meter.accounts):
                while twin.read("preview_claim", token, account) != (0, True):
                    self.lockstep.claim_tranche(twin, is_senior, account, account)
                same("left", twin.model.claimable(is_senior, account), 0)

    def replay_without_claims(self, calls: list[Call]) -> None:
        """2, N3: without a claim in between, all claimed in the end, everybody gets the same."""
        lockstep = self.lockstep
        contracts = [
            lockstep.system.distributor,
            *(twin.product.tranches for twin in lockstep.twins),
        ]
        with lockstep.chain.undone():
            lockstep.chain.replay(
                call for call in calls if not any(each.is_call(call, "claim") for each in contracts)
            )
            for twin in lockstep.twins:
                for (is_senior, account), claimed in twin.model.claimed.items():
                    paid = claim_everything_of(twin, is_senior, account)
                    same(f"paid to {account}", paid, claimed)
            for account in set(lockstep.holders) - set(lockstep.addresses):
                paid = claim_all(lockstep, account)
                same(f"paid to {account}", paid, lockstep.model.claimed.get(account, 0))

    def let_weeks_go_by(self, days: int, pay: Fraction) -> None:
        """Report ordinary days on time, pay for some of it."""
        self.let_days_go_by(days, ORDINARY_DAY, ORDINARY_OUTPUT, pay)


def is_unmet(twin: Twin) -> bool:
    """Return whether a note's term is over and its face was not earned."""
    return twin.model.noted is not None and twin.model.noted.state is State.UNMET


def claim_everything_of(twin: Twin, is_senior: bool, account: str) -> int:
    """Claim a tranche on the chain alone, until nothing is left; return the sum [base units]."""
    total = 0
    token = twin.token(is_senior).address
    tranches = twin.product.tranches
    while True:
        try:
            total += tranches.send("claim", token, account, sender=account)
        except Refused as refused:
            if refused.reason != HOLDING_FIRST:
                return total
            with suppress(Refused):
                tranches.send("pull", sender=account)
