# SPDX-License-Identifier: AGPL-3.0-only
"""Strips and notes on a series, and their reference models, side by side."""

from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import dataclass, field
from typing import Any

from reference.errors import Cause, require
from reference.meter import MeterModel
from reference.tranches import TranchesModel, TrancheTerms
from testing.local_chain import LocalContract, Refused
from testing.system import COINS, System, named_address
from testing.tranches import Product, create, deploy_factory
from tests.stateful.lockstep import Disagreement
from tests.stateful.series_lockstep import SeriesLockstep

HOLDING_FIRST = "tranches: claim holding first"
MAX = 2**256 - 1


@dataclass
class Twin:
    """A product on the chain and in the model."""

    product: Product[LocalContract]
    model: TranchesModel
    # tokens of the series given away to the product, as if they were held by themselves
    gifts: MeterModel = field(default_factory=MeterModel)
    money_given: int = 0

    @property
    def address(self) -> str:
        """Return the product's address."""
        return self.product.tranches.address

    def token(self, is_senior: bool) -> LocalContract:
        """Return SENIOR or JUNIOR."""
        return self.product.senior if is_senior else self.product.junior

    def read(self, name: str, *arguments: Any) -> Any:
        """Return what a view of the product says."""
        return self.product.tranches.read(name, *arguments)


class TranchesLockstep(SeriesLockstep):
    """Acts on a series, on products of it, and on their models.

    Products are holders of the series like others, but collect by their own `pull`.
    """

    def __init__(self, system: System, note: Callable[[str], object]) -> None:
        """Start from a system as deployed, without a product."""
        super().__init__(system, note)
        self.people = list(self.holders)
        self.bystander = named_address("bystander")
        # tokens come to these as well: bought, and redeemed to another receiver
        self.holders += [self.bystander, self.collector]
        self.twins: list[Twin] = []
        self.factory = deploy_factory(
            system.chain, system.registry.address, named_address("deployer")
        )
        for account in (*self.people, self.bystander):
            system.bitcoin.send("mint", account, COINS, sender=system.owner)
            self.coins[account] += COINS

    def copy(self, note: Callable[[str], object]) -> "TranchesLockstep":
        """Return the same moment once more, with models of its own on the same chain."""
        twin = copy(self)
        twin.note = note
        twin.coins = self.coins.copy()
        twin.holders = list(self.holders)
        twin.oracle_model, twin.model, models = deepcopy(
            (self.oracle_model, self.model, [each.model for each in self.twins])
        )
        twin.twins = [
            Twin(each.product, model, deepcopy(each.gifts), each.money_given)
            for each, model in zip(self.twins, models, strict=True)
        ]
        return twin

    def create(self, terms: TrancheTerms) -> Twin:
        """Create a product of the series."""
        system = self.system
        ledger = self.model.ledger
        terms.check(self.model.terms, ledger.next_day, self.model.end_day, self.now)
        product = create(
            system.chain, self.factory, system.distributor.address, terms, system.keeper
        )
        tokens = (product.senior.address, product.junior.address)
        place = product.tranches.address
        made = Twin(product, TranchesModel(self.model, terms, place, tokens))
        self.twins.append(made)
        self.holders.append(place)
        payers = (*self.people, self.bystander)
        for account in payers:
            system.bitcoin.send("approve", place, MAX, sender=account)
            system.token.send("approve", place, MAX, sender=account)
        return made

    # What a product collects is a claim at the series

    def _sync(self, twin: Twin) -> None:
        """Let the model's product collect what the chain's has collected."""
        claimed = self.system.distributor.read("ledger")[4]
        collected = claimed - self.model.ledger.claimed
        if collected:
            self.model.claim(twin.address, twin.address, observed=collected)
            self._move(self.system.distributor.address, twin.address, collected)

    def claim_on_chain(self, account: str) -> int:
        """Claim on the chain alone, as the account; a product pulls."""
        found = [twin for twin in self.twins if twin.address == account]
        if not found:
            return super().claim_on_chain(account)
        twin, series = found[0], self.system.distributor
        before = twin.read("in_hand", series.address)
        if series.read("preview_claim", account) == (0, True):
            raise Refused("dist: nothing to claim")
        twin.product.tranches.send("pull", sender=self.system.keeper)
        return int(twin.read("in_hand", series.address) - before)

    def claim(self, account: str, caller: str | None = None) -> int | None:
        """Claim for an account; a product pulls."""
        found = [twin for twin in self.twins if twin.address == account]
        if not found:
            return super().claim(account, caller)
        self.pull(found[0])
        return None

    def pull(self, twin: Twin) -> bool:
        """Let a product collect; refused if nothing comes."""
        try:
            self._send(twin, "pull", sender=self.system.keeper)()
        except Refused as refused:
            self.note(f"pull: {refused.reason!r}")
            if self.model.claimable(twin.address):
                raise Disagreement(f"there is something to collect: {refused.reason}") from refused
            return False
        twin.model.note(self.now)
        self.note("pull")
        self._sync(twin)
        return True

    def _send(self, twin: Twin, name: str, *arguments: Any, sender: str) -> Callable[[], Any]:
        return lambda: twin.product.tranches.send(name, *arguments, sender=sender)

    # Tokens

    def split(self, twin: Twin, owner: str, amount: int, senior_to: str, junior_to: str) -> bool:
        """Split [TH/s, 18 dec]."""
        return self.agree(
            f"split {amount} of {owner} to {senior_to}, {junior_to}",
            self._send(twin, "split", amount, senior_to, junior_to, sender=owner),
            lambda: twin.model.split(owner, amount, senior_to, junior_to, self.now),
        )[0]

    def merge(self, twin: Twin, owner: str, amount: int) -> bool:
        """Merge [TH/s, 18 dec]."""
        return self.agree(
            f"merge {amount} of {owner}",
            self._send(twin, "merge", amount, sender=owner),
            lambda: twin.model.merge(owner, amount, self.now),
        )[0]

    def move(self, twin: Twin, is_senior: bool, sender: str, to: str, amount: int) -> bool:
        """Transfer SENIOR or JUNIOR [TH/s, 18 dec]."""
        token = twin.token(is_senior)
        return self.agree(
            f"move {amount} {'SENIOR' if is_senior else 'JUNIOR'} from {sender} to {to}",
            lambda: token.send("transfer", to, amount, sender=sender),
            lambda: twin.model.transfer(is_senior, sender, to, amount, self.now),
        )[0]

    def give(self, twin: Twin, sender: str, amount: int) -> None:
        """Donate tokens of the series [TH/s, 18 dec] to a product."""
        if self.transfer(sender, twin.address, amount) and amount:
            twin.gifts.mint(twin.address, amount, self.now)

    def donate_money(self, twin: Twin, amount: int) -> None:
        """Send the reward token [base units] to a product without a word."""
        keeper = self.system.keeper
        self.system.bitcoin.send("transfer", twin.address, amount, sender=keeper)
        self._move(keeper, twin.address, amount)
        twin.money_given += amount
        self.note(f"donate {amount} to a product")

    # Money

    def claim_tranche(self, twin: Twin, is_senior: bool, account: str, caller: str) -> int | None:
        """Claim SENIOR's or JUNIOR's rewards; return the amount [base units], None if refused."""
        token = twin.token(is_senior).address
        _, is_whole = twin.read("preview_claim", token, account)
        paid_last = 0

        def on_chain() -> int:
            nonlocal paid_last
            while True:
                try:
                    paid_last = twin.product.tranches.send("claim", token, account, sender=caller)
                except Refused as refused:
                    if refused.reason != HOLDING_FIRST:
                        raise
                    self.pull(twin)
                else:
                    return paid_last

        def in_model() -> int:
            observed = None if is_whole else paid_last
            return twin.model.claim(
                is_senior,
                account,
                caller,
                self.now,
                has_code=account in (*self.system.contracts, *self.addresses),
                observed=observed,
            )

        kind = "SENIOR" if is_senior else "JUNIOR"
        accepted, paid, expected = self.agree(
            f"claim {kind} of {account} by {caller}", on_chain, in_model
        )
        if not accepted:
            return None
        if paid != expected:
            raise Disagreement(f"{account} was paid {paid} by {kind}, the model says {expected}")
        self._sync(twin)
        self._move(twin.address, account, expected)
        return int(expected)

    @property
    def addresses(self) -> list[str]:
        """Return where products are."""
        return [twin.address for twin in self.twins]

    def redeem_junior(
        self, twin: Twin, holder: str, amount: int, max_cost: int, payer: str | None = None
    ) -> bool:
        """Redeem JUNIOR [TH/s, 18 dec], for oneself or for somebody else."""
        if payer is None:
            accepted, cost, expected = self.agree(
                f"redeem {amount} JUNIOR of {holder}",
                self._send(twin, "redeem_junior", amount, max_cost, sender=holder),
                lambda: twin.model.redeem_junior(holder, amount, max_cost, self.now),
            )
        else:
            has_code = holder in (*self.system.contracts, *self.addresses)
            accepted, cost, expected = self.agree(
                f"redeem {amount} JUNIOR of {holder} by {payer}",
                self._send(twin, "redeem_junior_for", holder, amount, max_cost, sender=payer),
                lambda: twin.model.redeem_junior_for(
                    holder, amount, max_cost, self.now, has_code=has_code and payer != holder
                ),
            )
        if accepted:
            self._same("cost", cost, expected)
            self._move(payer or holder, twin.address, cost)
        return accepted

    def redeem_principal(self, twin: Twin, holder: str, to: str, amount: int) -> bool:
        """Redeem through the face of ERC-5095."""

        def in_model() -> None:
            require(twin.model.is_free(self.now) or amount == 0, Cause.NOT_REDEEMABLE)
            twin.model.redeem_junior(holder, amount, 0, self.now, receiver=to)

        return self.agree(
            f"redeem {amount} principal of {holder} to {to}",
            lambda: twin.product.junior.send("redeem", amount, to, holder, sender=holder),
            in_model,
        )[0]

    def buy_junior(self, twin: Twin, buyer: str, holder: str, amount: int, minimum: int) -> bool:
        """Buy a holder's JUNIOR [TH/s, 18 dec]."""
        accepted, bought, expected = self.agree(
            f"{buyer} buys {amount} JUNIOR of {holder}",
            self._send(twin, "buy_junior", holder, amount, minimum, sender=buyer),
            lambda: twin.model.buy_junior(buyer, holder, amount, minimum, self.now),
        )
        if accepted:
            self._same("bought", bought, expected[0])
            self._move(buyer, twin.address, expected[1])
        return accepted

    def redeem_senior(self, twin: Twin, owner: str, amount: int) -> bool:
        """Redeem SENIOR [TH/s, 18 dec]."""
        accepted, got, expected = self.agree(
            f"redeem {amount} SENIOR of {owner}",
            self._send(twin, "redeem_senior", amount, sender=owner),
            lambda: twin.model.redeem_senior(owner, amount, self.now),
        )
        if accepted:
            self._same("redeemed", got, expected)
            self._move(twin.address, owner, expected[0])
        return accepted

    def collect_pool(self, twin: Twin) -> bool:
        """Collect what forfeited tokens earned; in short walks as far as the chain did."""
        collected = 0

        def on_chain() -> int:
            nonlocal collected
            while True:
                try:
                    collected = twin.product.tranches.send(
                        "collect_pool", sender=self.system.keeper
                    )
                except Refused as refused:
                    if refused.reason != HOLDING_FIRST:
                        raise
                    self.pull(twin)
                else:
                    return collected

        def in_model() -> int:
            touched = len(self.model.meter.touched_days(twin.address))
            is_whole = touched < self.words_per_claim
            before = twin.model.last_redeemer
            amount = twin.model.collect_pool(self.now, observed=None if is_whole else collected)
            if before is not None:
                self._move(twin.address, before, amount)
            return amount

        accepted, got, expected = self.agree("collect_pool", on_chain, in_model)
        if accepted:
            self._same("collected", got, expected)
            self._sync(twin)
        return accepted

    def find_cut(self, twin: Twin) -> None:
        """Note the outcome."""
        self.agree(
            "find_cut",
            self._send(twin, "find_cut", sender=self.system.keeper),
            lambda: twin.model.note(self.now),
        )

    @staticmethod
    def _same(what: str, on_chain: Any, in_model: Any) -> None:
        if on_chain != in_model:
            raise Disagreement(f"{what}: {on_chain} on the chain, {in_model} in the model")
