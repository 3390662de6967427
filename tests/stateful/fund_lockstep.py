# SPDX-License-Identifier: AGPL-3.0-only
"""A fund over two series that pay in one coin, and its reference model, side by side."""

from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import replace

from eth_utils import keccak

from reference import FleetRegister, Parties, SeriesModel, SeriesTerms
from reference.errors import Cause, ModelRevert
from reference.fund import FundModel
from reference.meter import MeterModel
from testing.chain import ZERO_ADDRESS
from testing.fund import create_fund, deploy_factory
from testing.local_chain import Refused
from testing.series import Label, create_series, terms_tuple
from testing.system import System, named_address
from tests.stateful.lockstep import Disagreement
from tests.stateful.series_lockstep import SeriesLockstep

MAX = 2**256 - 1
NOTHING = "fund: nothing to claim"


class OtherSide(SeriesLockstep):
    """The second series of a fund, whose own claim at it goes through the fund."""

    whole: "FundLockstep"

    def claim_on_chain(self, account: str) -> int:
        """Claim on the chain alone; the fund pulls."""
        return self.whole.claim_of(self, account)


class FundLockstep(SeriesLockstep):
    """Acts on a series, on a second one beside it, on a fund over both, and on their models.

    `sides` are the two series in the order of the basket. The fund is a holder of both.
    """

    def __init__(self, system: System, note: Callable[[str], object]) -> None:
        """Start from a system as deployed, without the second series."""
        super().__init__(system, note)
        self.people = list(self.holders)
        self.holders.append(self.collector)
        self.sides: list[SeriesLockstep] = []

    def list_beside(self, terms: SeriesTerms) -> OtherSide:
        """List a second series of the same issuer that pays in the same coin."""
        system = self.system
        fields = terms_tuple(terms, keccak(text="another fleet"))
        label = Label("Another fleet", "TH2", "elsewhere")
        made = create_series(
            system.chain,
            system.registry,
            system.bitcoin.address,
            fields,
            label,
            system.issuer,
        )
        for payer in (system.issuer, system.keeper):
            system.bitcoin.send("approve", made.distributor.address, MAX, sender=payer)
        beside = replace(
            system,
            distributor=made.distributor,
            token=made.token,
            setup=replace(system.setup, terms=terms),
        )
        other = OtherSide(beside, self.note)
        other.whole = self
        other.holders = list(self.holders)
        other.coins = self.coins
        other.oracle_model = self.oracle_model
        parties = Parties(
            ZERO_ADDRESS,
            made.token.address,
            made.distributor.address,
            system.issuer,
            system.guardian,
        )
        names = {made.distributor.address: made.token.address}
        self.model_names = {**self.model_names, **names}
        other.model_names = self.model_names
        decimals = system.setup.decimals
        other.model = SeriesModel(
            terms, self.oracle_model, parties, FleetRegister(), decimals, self.now
        )
        self.other = other
        return other

    def open_fund(self, weights: tuple[int, int]) -> None:
        """Create a fund of so many whole TH/s of this series and of the other."""
        system, chain = self.system, self.system.chain
        factory = deploy_factory(chain, system.registry.address, named_address("deployer"))
        both = {
            system.distributor.address: weights[0],
            self.other.system.distributor.address: weights[1],
        }
        self.fund_contract = create_fund(chain, factory, both, system.keeper)
        self.order = sorted(range(2), key=lambda place: int([*both][place], 16))
        sides: list[SeriesLockstep] = [self, self.other]
        self.sides = [sides[place] for place in self.order]
        weighed = [weights[place] for place in self.order]
        models = [side.model for side in self.sides]
        self.fund_model = FundModel(models, weighed, self.fund_contract.address)
        self.gifts = [MeterModel(), MeterModel()]
        for side in sides:
            side.holders = [*side.holders, self.fund_contract.address]
            for account in self.people:
                side.system.token.send("approve", self.fund_contract.address, MAX, sender=account)

    def copy(self, note: Callable[[str], object]) -> "FundLockstep":
        """Return the same moment once more, with models of its own on the same chain."""
        twin, other = copy(self), copy(self.other)
        twin.note = other.note = note
        twin.coins = other.coins = self.coins.copy()
        twin.oracle_model, twin.model, other.model, twin.fund_model, twin.gifts = deepcopy(
            (self.oracle_model, self.model, self.other.model, self.fund_model, self.gifts)
        )
        other.oracle_model = twin.oracle_model
        twin.other = other
        other.whole = twin
        sides: list[SeriesLockstep] = [twin, other]
        twin.sides = [sides[place] for place in self.order]
        return twin

    # What the fund collects is a claim at a series

    def _sync(self) -> None:
        """Let the model's fund collect what the chain's has collected."""
        fund = self.fund_contract.address
        for side in self.sides:
            claimed = side.system.distributor.read("ledger")[4]
            collected = claimed - side.model.ledger.claimed
            if collected:
                side.model.claim(fund, fund, observed=collected)
                self._move(side.system.distributor.address, fund, collected)

    def claim_on_chain(self, account: str) -> int:
        """Claim of the first series on the chain alone; the fund pulls."""
        return self.claim_of(self, account)

    def claim_of(self, side: SeriesLockstep, account: str) -> int:
        """Claim of a series on the chain alone; the fund pulls."""
        series = side.system.distributor
        if account != self.fund_contract.address:
            paid: int = series.send("claim", account, sender=side.claimer_of(account))
            return paid
        if series.read("preview_claim", account) == (0, True):
            raise Refused("dist: nothing to claim")
        before = self.fund_contract.read("in_hand", series.address)
        self.fund_contract.send("pull", self.sides.index(side), sender=self.system.keeper)
        return int(self.fund_contract.read("in_hand", series.address) - before)

    def claim(self, account: str, caller: str | None = None) -> int | None:
        """Claim of the first series for an account; the fund pulls."""
        if account != self.fund_contract.address:
            return super().claim(account, caller)
        self.pull(self.sides.index(self))
        return None

    def pull(self, place: int) -> bool:
        """Let the fund collect of one series; refused if nothing comes."""
        try:
            self.fund_contract.send("pull", place, sender=self.system.keeper)
        except Refused as refused:
            self.note(f"pull {place}: {refused.reason!r}")
            if self.sides[place].model.claimable(self.fund_contract.address):
                raise Disagreement("there is something to collect") from refused
            return False
        self.note(f"pull {place}")
        self._sync()
        return True

    # Shares

    def create_shares(self, creator: str, receiver: str, amount: int) -> bool:
        """Bring the basket, get shares [18 dec]."""
        return self.agree(
            f"create {amount} shares by {creator} for {receiver}",
            lambda: self.fund_contract.send("create", amount, receiver, sender=creator),
            lambda: self.fund_model.create(creator, receiver, amount, self.now),
        )[0]

    def redeem_shares(self, holder: str, receiver: str, amount: int) -> bool:
        """Turn shares [18 dec] back into the basket."""
        return self.agree(
            f"redeem {amount} shares of {holder} to {receiver}",
            lambda: self.fund_contract.send("redeem", amount, receiver, sender=holder),
            lambda: self.fund_model.redeem(holder, receiver, amount, self.now),
        )[0]

    def move_shares(self, sender: str, to: str, amount: int) -> bool:
        """Transfer shares [18 dec]."""
        return self.agree(
            f"move {amount} shares from {sender} to {to}",
            lambda: self.fund_contract.send("transfer", to, amount, sender=sender),
            lambda: self.fund_model.shares.transfer(sender, to, amount, self.now),
        )[0]

    def give(self, place: int, sender: str, amount: int) -> None:
        """Donate tokens of a series [TH/s, 18 dec] to the fund."""
        fund = self.fund_contract.address
        if self.sides[place].transfer(sender, fund, amount) and amount:
            self.gifts[place].mint(fund, amount, self.now)

    # Money

    def claim_shares(self, account: str, caller: str, places: list[int]) -> list[int] | None:
        """Claim of some series; a place whose holding needs more collections is pulled first."""
        fund = self.fund_contract
        wanted = places or [0, 1]
        for place in wanted:
            due = fund.read("preview_claim", account, place)[0]
            series = self.sides[place].system.distributor.address
            while fund.read("in_hand", series) < due and self.pull(place):
                pass
        cut_short = [place for place in wanted if not fund.read("preview_claim", account, place)[1]]
        complete = [
            place
            for place in wanted
            if self.fund_model.is_complete(place) and not fund.read("is_over", account, place)
        ]
        paid: list[int] = [0, 0]

        def on_chain() -> list[int]:
            nonlocal paid
            paid = fund.send("claim", account, places, ZERO_ADDRESS, sender=caller)
            return list(paid)

        def in_model() -> list[int]:
            due = sum(self.fund_model.claimable(place, account) for place in wanted)
            has_code = account in self.system.contracts
            if not (due or cut_short or complete) and (caller == account or not has_code):
                raise ModelRevert(Cause.NOTHING_DUE)
            return self.fund_model.claim(
                account,
                caller,
                places,
                has_code=has_code,
                observed={place: paid[place] for place in cut_short},
            )

        accepted, got, expected = self.agree(
            f"claim {places} of {account} by {caller}", on_chain, in_model
        )
        if not accepted:
            return None
        if got != expected:
            raise Disagreement(f"{account} was paid {got}, the model says {expected}")
        self._sync()
        self._move(fund.address, account, sum(expected))
        return list(expected)
