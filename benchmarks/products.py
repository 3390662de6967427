# SPDX-License-Identifier: AGPL-3.0-only
"""Measure strips, notes and a fund of three series.

As everywhere each operation is a repetition: who claims has claimed before, who holds held before.
Of a *first touch* nobody has been touched on that day: the series' tokens, SENIOR and JUNIOR of
both parties file their day.
"""

from itertools import count

from benchmarks.contract import Call, Contract
from benchmarks.errors import HistoryError
from benchmarks.recorder import Recorder
from benchmarks.system import ATTESTATION_DAYS, DAY, HOUR, LONG_WINDOW, OUTPUT_DEADLINE, WAD, System
from reference.tranches import TrancheTerms
from testing.fund import create_fund
from testing.fund import deploy_factory as deploy_fund_factory
from testing.series import Series
from testing.tranches import Product, create, deploy_factory

_SERIES = 3
_STOCK = 1_000 * WAD
_NEVER = 2**256 - 1
_IDLE = 30  # [days]
_FINAL_DAYS = (OUTPUT_DEADLINE + LONG_WINDOW) // DAY + 1  # after which a day is settled as deemed
_HIGH, _LOW = 10**6, 100  # faces [sat per TH/s]: never met, met after some days
_MET = 2  # of the contract's `State`
_LATER = 10**5  # a face that the note's term does not earn either


def measure_products(system: System, recorder: Recorder) -> None:
    """Split, merge, claim, redeem, create; record each operation."""
    recorder.say("strips, notes, a fund")
    stand = _Stand(system)
    stand.open()
    stand.split_and_merge(recorder)
    stand.transfer(recorder)
    stand.claim(recorder)
    stand.decide(recorder)


class _Stand:
    """Three series, a strip, notes and a fund, with an owner and a buyer."""

    def __init__(self, system: System) -> None:
        self.system, self.node = system, system.node
        while system.next_day < self.node.clock // DAY:
            system.day_report().send()
        self.owner, self.buyer = system.roles.holders[:2]
        self.start = system.next_day + ATTESTATION_DAYS + 2
        self.series: list[Series[Contract]] = [
            system.create_series(f"products {number}", self.start) for number in range(_SERIES)
        ]
        self.distributor = self.series[0].distributor
        chain, registry, sender = system.chain, system.registry.address, system.roles.deployer
        self.factory = deploy_factory(chain, registry, sender)
        funds = deploy_fund_factory(chain, registry, sender)
        weights = zip(self.series, count(1), strict=False)
        basket = {str(series.distributor.address): weight for series, weight in weights}
        self.fund = create_fund(chain, funds, basket, sender)
        days = (self.start, self.start + 4 * _IDLE)
        self.strip = self._create(TrancheTerms(*days))
        self.note = self._create(TrancheTerms(*days, face=_HIGH, grace_days=10))
        self.met = self._create(TrancheTerms(*days, face=_LOW, grace_days=10))
        short = (self.start, self.start + 2 * _IDLE)
        self.unmet = self._create(TrancheTerms(*short, face=_LATER, grace_days=10))

    def _create(self, terms: TrancheTerms) -> Product[Contract]:
        sender = self.system.roles.deployer
        return create(self.system.chain, self.factory, self.distributor.address, terms, sender)

    def open(self) -> None:
        """Attest, mint, approve, and begin on the morning of the first day."""
        issuer = self.system.roles.issuer
        while self.system.next_day < self.start - 1:
            self._report(with_output=True)
        self.node.go_to((self.start - 1) * DAY + 14 * HOUR)
        products = (self.strip, self.note, self.met, self.unmet)
        for series in self.series:
            series.distributor.send("mint", self.owner, _STOCK, sender=issuer)
            series.token.send("approve", self.fund.address, _NEVER, sender=self.owner)
        for product in products:
            self.series[0].token.send(
                "approve", product.tranches.address, _NEVER, sender=self.owner
            )
        money = self.system.reward_token
        for holder in (self.owner, self.buyer):
            money.send("mint", holder, _STOCK, sender=issuer)
            money.send("approve", self.unmet.tranches.address, _NEVER, sender=holder)
        self.node.go_to(self.start * DAY + HOUR)
        for product in products:
            self._splitting(product).send()
        self.fund.send("create", 10 * WAD, sender=self.owner)
        self.fund.send("transfer", self.buyer, WAD, sender=self.owner)

    def _splitting(self, product: Product[Contract]) -> Call:
        return product.tranches.call("split", 10 * WAD, self.buyer, self.owner, sender=self.owner)

    def split_and_merge(self, recorder: Recorder) -> None:
        """Measure splits of a note on a new day and again, a merge, shares of the fund."""
        self._next_day()
        recorder.send("tranche_split_first_touch", self._splitting(self.note))
        recorder.send("tranche_split", self._splitting(self.note))
        self.note.senior.send("transfer", self.owner, 5 * WAD, sender=self.buyer)
        merging = self.note.tranches.call("merge", 2 * WAD, sender=self.owner)
        recorder.send("tranche_merge", merging)
        self.fund.send("create", WAD, sender=self.owner)
        recorder.send("fund_create_3", self.fund.call("create", WAD, sender=self.owner))

    def transfer(self, recorder: Recorder) -> None:
        """Measure transfers: JUNIOR of a strip on a new day, shares on a day touched before."""
        for product in (self.strip, self.note):
            product.junior.send("transfer", self.buyer, WAD, sender=self.owner)
        self.fund.send("transfer", self.buyer, WAD, sender=self.owner)
        moving = self.fund.call("transfer", self.buyer, WAD, sender=self.owner)
        recorder.send("fund_transfer", moving)
        self._next_day()
        moving = self.strip.junior.call("transfer", self.buyer, WAD, sender=self.owner)
        recorder.send("strip_principal_transfer", moving)

    def claim(self, recorder: Recorder) -> None:
        """Measure claims after 30 idle days: the product has to pull, or has what is due.

        The first round is not measured: who claims has claimed before.
        """
        for name in ("", "tranche_senior_claim_30_pull", "tranche_senior_claim_30"):
            self._idle()
            for product in (self.strip, self.note):
                if name == "tranche_senior_claim_30":
                    product.tranches.send("pull", sender=self.owner)
                senior = product.senior.address
                claiming = product.tranches.call("claim", senior, self.buyer, sender=self.buyer)
                self._send(recorder, name, claiming)
            for place in range(_SERIES):
                self.fund.send("pull", place, sender=self.owner)
            claiming = self.fund.call("claim", self.buyer, sender=self.buyer)
            self._send(recorder, name and "fund_claim_3", claiming)

    @staticmethod
    def _send(recorder: Recorder, name: str, call: Call) -> None:
        if name:
            recorder.send(name, call)
        else:
            call.send()

    def decide(self, recorder: Recorder) -> None:
        """Measure the search of a cut, redemption that is free, and one that pays."""
        recorder.send("tranche_find_cut", self.met.tranches.call("find_cut", sender=self.owner))
        if self.met.tranches.read("outcome")[0] != _MET:
            raise HistoryError("a face of a hundred satoshi was not met")
        redeeming = self.met.tranches.call("redeem_junior", WAD, sender=self.owner)
        redeeming.send()
        recorder.send("tranche_junior_redeem_again", redeeming)
        self.unmet.tranches.send("find_cut", sender=self.owner)
        paying = self.unmet.tranches.call("redeem_junior", WAD, _NEVER, sender=self.owner)
        if self.unmet.tranches.read("cost_of", WAD) == 0:
            raise HistoryError("a face that cannot be earned has no shortfall")
        recorder.send("tranche_junior_redeem_paying", paying)

    def _next_day(self) -> None:
        self.node.go_to((self.node.clock // DAY + 1) * DAY + 3 * HOUR)
        while self.system.next_day < self.node.clock // DAY:
            self._report(with_output=False)

    def _idle(self) -> None:
        """Let 30 days pass and be settled, as deemed ones."""
        end = self.system.next_day + _IDLE
        while self.system.next_day < end:
            self._report(with_output=False)
        self.node.go_to((end + _FINAL_DAYS) * DAY)
        for series in self.series:
            self.system.settle_all(series)

    def _report(self, *, with_output: bool) -> None:
        day = self.system.next_day
        if self.node.clock < (day + 1) * DAY + HOUR:
            self.node.go_to((day + 1) * DAY + HOUR)
        self.system.day_report().send()
        if with_output:
            for series in self.series:
                self.system.output_report(series, day).send()
