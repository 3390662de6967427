# SPDX-License-Identifier: AGPL-3.0-only
"""A series on the chain and the same series in the reference model, acted upon together."""

from dataclasses import dataclass, field

from reference import (
    DayPrices,
    FactTable,
    FleetRegister,
    Output,
    Parties,
    SeriesModel,
)
from reference.units import DAY_SECONDS
from tests.unit.chain import ZERO, actor, go_to, now
from tests.unit.reporting import PRICE
from tests.unit.scene import FLEET, HASHPRICE, NOON, Scene


@dataclass
class Twin:
    """The chain's series and the model's; every act is done to both and compared."""

    scene: Scene
    table: FactTable = field(init=False)
    model: SeriesModel = field(init=False)

    def __post_init__(self) -> None:
        """Start the model with the terms of the scene."""
        scene = self.scene
        self.table = FactTable(scene.reporting.oracle.FIRST_DAY())
        parties = Parties(
            zero=ZERO,
            token=str(scene.token.address),
            distributor=scene.address,
            issuer=scene.issuer,
            guardian=actor("guardian"),
        )
        decimals = scene.reward.decimals()
        self.model = SeriesModel(scene.terms, self.table, parties, FleetRegister(), decimals, now())

    def begin(self, shares: dict[str, int], bond: int = 0, delivered: int = FLEET) -> None:
        """Attest, post the bond and mint at noon before the start, as `Scene.begin` does."""
        self.scene.begin(0, delivered, bond)
        start = self.scene.terms.start_day
        attested = self.scene.reporting.oracle.output_record(self.scene.address, start - 2)
        self.table.set_output(
            self.model.parties.token, start - 2, Output(0, delivered, attested.final_at)
        )
        if bond:
            self.model.post_bond(bond)
        for who, amount in shares.items():
            self.scene.mint(who, amount)
            self.model.mint(who, amount, now())

    def report(
        self,
        credited: int | None = None,
        delivered: int = FLEET,
        hashprice_wad: int = HASHPRICE,
        price: int = PRICE,
    ) -> int:
        """Report the next day to both and make it final; no output if nothing is credited."""
        scene = self.scene
        day = scene.report_prices(hashprice_wad, price, wait=False)
        self.table.add_day(DayPrices(hashprice_wad, price), scene.final_at(day))
        if credited is not None:
            scene.reporting.post_output(scene.address, day, credited, delivered)
            final_at = scene.reporting.oracle.output_record(scene.address, day).final_at
            output = Output(credited, delivered, final_at)
            self.table.set_output(self.model.parties.token, day, output)
        scene.await_due(day)
        return day

    def transfer(self, sender: str, receiver: str, amount: int) -> None:
        """Transfer hashrate in both."""
        self.scene.transfer(sender, receiver, amount)
        self.model.transfer(sender, receiver, amount, now())

    def burn(self, account: str, amount: int) -> None:
        """Burn hashrate in both."""
        self.scene.token.burn(amount, sender=account)
        self.model.burn(account, amount, now())

    def fund(self, amount: int) -> None:
        """Fund both."""
        self.scene.fund(amount)
        self.model.fund(amount)

    def repay(self) -> None:
        """Go on repaying in both."""
        self.scene.distributor.repay_arrears(sender=actor("keeper"))
        self.model.repay_arrears()

    def post_bond(self, amount: int) -> None:
        """Post bond in both."""
        self.scene.post_bond(amount)
        self.model.post_bond(amount)

    def fall_silent(self, days: int) -> None:
        """Report one day, be silent for `days` or 181 if that is more, declare it, end it."""
        self.report()
        go_to(now() + max(days, 181) * DAY_SECONDS)
        self.scene.distributor.declare_silence(sender=actor("keeper"))
        self.model.declare_silence(now())
        go_to(max(now(), self.model.end_day * DAY_SECONDS))

    def is_settled(self) -> bool:
        """Return whether every day of a series that has ended is settled."""
        return self.model.ledger.next_day == self.model.end_day

    def settle(self, days: int = 64) -> int:
        """Settle in both the same days."""
        settled = self.scene.settle(days)
        assert [each.day for each in self.model.settle(days, now())] == list(
            range(self.scene.distributor.progress().next_day - settled, self.model.ledger.next_day)
        )
        return settled

    def claim(self, account: str) -> int:
        """Claim all there is in one call; the model must pay the same."""
        paid = self.scene.claim(account)
        assert self.model.claim(account, account) == (account, paid)
        return paid

    def claim_part(self, account: str) -> int:
        """Claim what one bounded walk reaches; the model only holds it to what is due."""
        paid = self.scene.claim(account)
        self.model.claim(account, account, observed=paid)
        return paid

    def claim_to_the_end(self, account: str) -> int:
        """Claim until nothing is left; return how many calls it took."""
        calls = 0
        while not self.is_done(account):
            self.claim_part(account)
            calls += 1
        assert self.model.claimable(account) == 0
        return calls

    def is_done(self, account: str) -> bool:
        """Return whether the chain has nothing left to pay."""
        return tuple(self.scene.distributor.preview_claim(account)) == (0, True)

    def check(self, *accounts: str) -> None:
        """Compare the ledgers, and what accounts can claim where one call reaches it all."""
        ledger, ours = self.scene.distributor.ledger(), self.model.ledger
        assert tuple(ledger) == (
            sum(each.reward for each in ours.days),
            sum(each.paid for each in ours.days),
            sum(each.repaid for each in ours.days),
            sum(each.owed for each in ours.days),
            ours.claimed,
            ours.escrow,
            ours.bond,
            ours.bond_drawn,
        )
        assert ledger.promised == ledger.paid + ledger.repaid + ledger.arrears
        assert self.scene.inside() == ours.liabilities
        progress = self.scene.distributor.progress()
        assert (progress.next_day, progress.end_day) == (ours.next_day, self.model.end_day)
        for who in accounts:
            amount, is_whole = self.scene.distributor.preview_claim(who)
            assert is_whole
            assert amount == self.model.claimable(who)


def to_noon(day: int) -> None:
    """Go to noon of a day, unless it is later."""
    go_to(max(now(), day * DAY_SECONDS + NOON))
