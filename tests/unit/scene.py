# SPDX-License-Identifier: AGPL-3.0-only
"""A series with round numbers on a one-reporter oracle: 1,000 TH/s at 50 satoshi, $100,000.

Windows are 12 hours, attestation is one day; days are reported an hour after they end.
"""

from dataclasses import dataclass, replace
from typing import Any

from hashrate.core.types import DayFacts, Wad
from reference import SeriesTerms
from reference.units import DAY_SECONDS, HOUR_SECONDS
from testing.series import FLEET_ID, Label, create_series, deploy_registry, terms_tuple
from testing.titanoboa import BoaChain, BoaContract
from tests.unit.chain import DEPLOYER, actor, go_to, go_to_day, now
from tests.unit.reporting import PRICE, SHORT, Reporting

START = 20_003
TH = 10**18
FLEET = 1_000 * TH
HASHPRICE = 50 * 10**18
TERMS = SeriesTerms(start_day=START, attestation_days=1)
POWERED = replace(  # 24 satoshi of power and 1 of service per TH/s and day at $100,000
    TERMS,
    efficiency_mj_per_th=20_000,
    power_price_micro_usd_per_kwh=50_000,
    service_sats_per_th_day_wad=10**18,
)
NOON = DAY_SECONDS // 2
FINAL_AFTER = HOUR_SECONDS + SHORT  # [s] after its end a day of these tests is final
RICH = 10**37  # below 2**128


@dataclass
class System:
    """An oracle, a registry and the blueprints: what all series share."""

    reporting: Reporting
    registry: Any

    @classmethod
    def open(cls, first_day: int = START) -> "System":
        """Deploy an oracle of one reporter and a registry."""
        reporting = Reporting.open(1, 1, first_day=first_day, long_window_seconds=SHORT)
        registry = deploy_registry(BoaChain(), reporting.oracle.address, DEPLOYER)
        return cls(reporting, registry.inside)

    def list_series(
        self,
        reward: Any,
        terms: SeriesTerms = TERMS,
        issuer: str | None = None,
        fleet_id: bytes = FLEET_ID,
    ) -> "Scene":
        """List a series; its issuer is rich and has approved it."""
        issuer = issuer or actor("issuer")
        series = create_series(
            BoaChain(),
            BoaContract(self.registry),
            reward.address,
            terms_tuple(terms, fleet_id),
            Label("Test hashrate", "tTHS", "Testland"),
            issuer,
        )
        distributor, token = series.distributor.inside, series.token.inside
        reward.mint(issuer, RICH)
        reward.approve(distributor.address, 2**256 - 1, sender=issuer)
        return Scene(self, reward, distributor, token, terms, issuer)

    def begin_series(
        self, reward: Any, terms: SeriesTerms = TERMS, bond: int = 0, holder_ths: int = FLEET
    ) -> "Scene":
        """List a series and begin it: see `Scene.begin`."""
        scene = self.list_series(reward, terms)
        scene.begin(holder_ths, max(holder_ths, FLEET), bond)
        return scene


@dataclass
class Scene:
    """A series, its token and its reward token, with the acts of everybody around it."""

    system: System
    reward: Any
    distributor: Any
    token: Any
    terms: SeriesTerms
    issuer: str

    @property
    def reporting(self) -> Reporting:
        """Return the oracle with its reporters."""
        return self.system.reporting

    @property
    def address(self) -> str:
        """Return the series' address."""
        return str(self.distributor.address)

    def attest(self, day: int, delivered: int = FLEET) -> None:
        """Report an output for a day before the start, now."""
        self.reporting.post_output(self.address, day, 0, delivered)

    def mint(self, receiver: str, amount: int) -> None:
        """Mint as the issuer."""
        self.distributor.mint(receiver, amount, sender=self.issuer)

    def begin(self, holder_ths: int = FLEET, delivered: int = FLEET, bond: int = 0) -> None:
        """Attest the fleet, post the bond and mint to the holder at noon before the start."""
        before = self.terms.start_day - 1
        go_to_day(before)
        self.attest(before - 1, delivered)
        go_to_day(before, NOON)
        if bond:
            self.post_bond(bond)
        if holder_ths:
            self.mint(actor("holder"), holder_ths)

    def facts(self, day: int, hashprice_wad: int = HASHPRICE) -> DayFacts:
        """Return facts of the next day with a hashprice of one's choice."""
        facts = self.reporting.next_facts()
        assert facts.day == day
        return replace(facts, hashprice_wad=Wad(hashprice_wad))

    def report_prices(
        self, hashprice_wad: int = HASHPRICE, price: int = PRICE, wait: bool = True
    ) -> int:
        """Report the oracle's next day an hour after its end, make it final, return it."""
        day = int(self.reporting.oracle.next_day())
        self.reporting.post(self.facts(day, hashprice_wad), price)
        if wait:
            self.await_final(day)
        return day

    def report(
        self,
        credited: int,
        delivered: int = FLEET,
        hashprice_wad: int = HASHPRICE,
        price: int = PRICE,
        wait: bool = True,
    ) -> int:
        """Report the next day with its output, both in one second; make both final."""
        day = self.report_prices(hashprice_wad, price, wait=False)
        self.reporting.post_output(self.address, day, credited, delivered)
        if wait:
            self.await_due(day)
        return day

    def report_at_hashprice(self, price: int = PRICE) -> int:
        """Report a day on which the fleet delivered and the pool credited what it should."""
        return self.report(FLEET // TH * HASHPRICE // 10**18, price=price)

    def fall_silent(self, days: int = 181) -> None:
        """Report one day, let the oracle be silent for 181 days or more, declare it.

        The days that have passed then settle deemed at the one day's hashprice, unreported.
        """
        day = self.report_prices()
        go_to(self.final_at(day) + days * DAY_SECONDS)
        self.distributor.declare_silence(sender=actor("keeper"))

    def await_final(self, day: int) -> None:
        """Go to the second in which a posted day is final."""
        go_to(max(now(), self.final_at(day)))

    def await_due(self, day: int) -> None:
        """Make a posted day final, and without grace due: the notice is left to wait for."""
        self.await_final(day)
        if self.terms.grace_seconds == 0:
            go_to(max(now(), int(self.distributor.due_at(day))))

    def final_at(self, day: int) -> int:
        """Return when a posted day becomes final [unix s]."""
        return int(self.reporting.oracle.day_record(day).final_at)

    def settle(self, days: int = 64) -> int:
        """Settle as a stranger; return how many days were."""
        return int(self.distributor.settle(days, sender=actor("keeper")))

    def fund(self, amount: int) -> None:
        """Fund as the issuer."""
        self.distributor.fund(amount, sender=self.issuer)

    def post_bond(self, amount: int) -> None:
        """Post bond as the issuer."""
        self.distributor.post_bond(amount, sender=self.issuer)

    def claim(self, account: str, caller: str | None = None) -> int:
        """Claim for an account, by default as a stranger."""
        return int(self.distributor.claim(account, sender=caller or actor("keeper")))

    def transfer(self, sender: str, receiver: str, amount: int) -> None:
        """Transfer hashrate."""
        self.token.transfer(receiver, amount, sender=sender)

    def inside(self) -> int:
        """Return the reward tokens inside [base units]."""
        return int(self.reward.balanceOf(self.address))

    def state(self) -> tuple[object, ...]:
        """Return all that a refused call must leave as it was."""
        people = [actor(role) for role in ("holder", "buyer", "keeper")] + [self.issuer]
        return (
            self.distributor.ledger(),
            self.distributor.progress(),
            [self.reward.balanceOf(who) for who in [*people, self.address]],
            [self.token.balanceOf(who) for who in people],
            self.token.totalSupply(),
            self.distributor.owner(),
        )
