# SPDX-License-Identifier: AGPL-3.0-only
"""A series and its reference model side by side."""

from collections import defaultdict
from collections.abc import Callable
from copy import copy, deepcopy
from typing import Any

from reference import (
    Cause,
    DayReward,
    FleetRegister,
    ModelRevert,
    OutputFacts,
    Parties,
    SeriesModel,
)
from reference.errors import require
from testing.chain import ZERO_ADDRESS
from testing.system import COINS, System, named_address
from tests.stateful.lockstep import Disagreement, OracleLockstep

DAYS_PER_CALL = 64
WORDS_PER_CLAIM = 128


class SeriesLockstep(OracleLockstep):
    """Acts on a series and on its model.

    `coins` is what every account must have of the reward token by the model [base units].
    """

    system: System

    def __init__(self, system: System, note: Callable[[str], object]) -> None:
        """Start from a system as deployed."""
        super().__init__(system, system.setup, note)
        self.holders = [named_address("saver"), named_address("trader"), *system.contracts]
        self.collector = named_address("collector")
        self.words_per_claim = WORDS_PER_CLAIM
        self.paid_last = 0
        self.donated = 0
        self.coins: defaultdict[str, int] = defaultdict(int)
        self.coins[system.issuer] = self.coins[system.keeper] = COINS
        parties = Parties(
            zero=ZERO_ADDRESS,
            token=system.token.address,
            distributor=system.distributor.address,
            issuer=system.issuer,
            guardian=system.guardian,
        )
        self.model_names = {system.distributor.address: parties.token}
        self.model = SeriesModel(
            system.setup.terms,
            self.oracle_model,
            parties,
            FleetRegister(),
            system.setup.decimals,
            self.now,
        )

    def copy(self, note: Callable[[str], object]) -> "SeriesLockstep":
        """Return the same moment once more, with models of its own on the same chain."""
        twin = copy(self)
        twin.note = note
        twin.coins = self.coins.copy()
        twin.oracle_model, twin.model = deepcopy((self.oracle_model, self.model))
        return twin

    def _dist(self, name: str, *arguments: Any, sender: str) -> Callable[[], Any]:
        return lambda: self.system.distributor.send(name, *arguments, sender=sender)

    def _token(self, name: str, *arguments: Any, sender: str) -> Callable[[], Any]:
        return lambda: self.system.token.send(name, *arguments, sender=sender)

    # Output

    def output(self, day: int, credited_sats: int, delivered_ths: int) -> OutputFacts:
        """Return an output of this series."""
        return OutputFacts(self.system.distributor.address, day, credited_sats, delivered_ths)

    # Hashrate

    def mint(self, to: str, amount: int, caller: str | None = None) -> bool:
        """Mint [TH/s, 18 dec], by default as the issuer."""
        caller = caller or self.system.issuer

        def in_model() -> None:
            require(caller == self.system.issuer, Cause.NOT_ALLOWED)
            self.model.mint(to, amount, self.now)

        return self.agree(
            f"mint {amount} to {to}", self._dist("mint", to, amount, sender=caller), in_model
        )[0]

    def headroom(self) -> int:
        """Return how much more hashrate is attested [TH/s, 18 dec]; zero if none."""
        days = self.model.terms.attestation_days
        attested = self.oracle_model.attested_ths(self.model.parties.token, days, self.now)
        return max(attested - self.model.meter.supply, 0)

    def burn(self, account: str, amount: int) -> bool:
        """Burn [TH/s, 18 dec]."""
        return self.agree(
            f"burn {amount} of {account}",
            self._token("burn", amount, sender=account),
            lambda: self.model.burn(account, amount, self.now),
        )[0]

    def transfer(self, sender: str, to: str, amount: int) -> bool:
        """Transfer [TH/s, 18 dec]; nothing, or to oneself, does not touch the meter."""
        is_idle = amount == 0 or sender == to
        before = self._meter_words(sender, to) if is_idle else None
        accepted, _, _ = self.agree(
            f"transfer {amount} from {sender} to {to}",
            self._token("transfer", to, amount, sender=sender),
            lambda: self.model.transfer(sender, to, amount, self.now),
        )
        if is_idle and self._meter_words(sender, to) != before:
            raise Disagreement(f"an idle transfer of {sender} to {to} touched the meter")
        return accepted

    def _meter_words(self, *accounts: str) -> list[Any]:
        return [self.system.token.read("meter_words", account, 0) for account in accounts]

    def pause_minting(self) -> bool:
        """Pause minting, as the guardian."""
        system = self.system
        return self.agree(
            "pause minting",
            lambda: system.registry.send(
                "pause_minting", system.distributor.address, sender=system.guardian
            ),
            lambda: self.model.pause_minting(system.guardian, self.now),
        )[0]

    # Money

    def _pay_in(self, call: str, amount: int, payer: str, in_model: Callable[[], Any]) -> bool:
        accepted, _, _ = self.agree(
            f"{call} {amount}", self._dist(call, amount, sender=payer), in_model
        )
        if accepted:
            self._move(payer, self.system.distributor.address, amount)
        return accepted

    def fund(self, amount: int, payer: str | None = None) -> bool:
        """Fund the escrow [base units]."""
        payer = payer or self.system.issuer
        return self._pay_in("fund", amount, payer, lambda: self.model.fund(amount))

    def post_bond(self, amount: int) -> bool:
        """Add to the bond [base units]."""
        issuer = self.system.issuer
        return self._pay_in("post_bond", amount, issuer, lambda: self.model.post_bond(amount))

    def release_bond(self, caller: str | None = None) -> bool:
        """Take back the bond that is not needed, by default as the issuer."""
        caller = caller or self.system.issuer
        accepted, _, released = self.agree(
            f"release_bond by {caller}",
            self._dist("release_bond", sender=caller),
            lambda: self.model.release_bond(caller, self.now),
        )
        if accepted:
            self._move(self.system.distributor.address, caller, released)
        return accepted

    def donate(self, amount: int) -> None:
        """Send the reward token [base units] to the distributor without a word."""
        series, keeper = self.system.distributor.address, self.system.keeper
        self.system.bitcoin.send("transfer", series, amount, sender=keeper)
        self._move(keeper, series, amount)
        self.donated += amount
        self.note(f"donate {amount}")

    def repay_arrears(self) -> bool:
        """Repay arrears from the escrow."""

        def in_model() -> None:
            require(self.model.repay_arrears() > 0, Cause.ARREARS)

        return self.agree(
            "repay_arrears", self._dist("repay_arrears", sender=self.system.keeper), in_model
        )[0]

    def settle(self, max_days: int = 1) -> int:
        """Settle and return how many days [days]; what the day comes to is compared before."""
        self.compare_assessment()
        settled_days = len(self.model.ledger.days)

        def in_model() -> int:
            repaid = self.model.ledger.repaid
            settled = self.model.settle(max_days, self.now)
            require(bool(settled) or self.model.ledger.repaid > repaid, Cause.NOT_FINAL)
            return len(settled)

        _, count, _ = self.agree(
            f"settle {max_days}",
            self._dist("settle", max_days, sender=self.system.keeper),
            in_model,
        )
        settled = len(self.model.ledger.days) - settled_days
        if (count or 0) != settled:
            raise Disagreement(f"the chain settled {count} days, the model {settled}")
        return settled

    def compare_assessment(self) -> None:
        """Compare held work, paid work, fee and reward of the next day, if they can be told."""
        series, ledger = self.model, self.model.ledger
        due_at = series.due_at(ledger.next_day, self.now)
        if due_at is not None:
            seen_due_at = self.system.distributor.read("due_at", ledger.next_day)
            if seen_due_at != due_at:
                raise Disagreement(f"day {ledger.next_day} is due at {seen_due_at}, not {due_at}")
        owed = series.reward_of(ledger.next_day, self.now)
        if owed is None or ledger.next_day >= series.end_day:
            return  # it has to wait, which settling it finds out
        seen = self.system.distributor.read("preview_day")
        total = series.meter.supply_ths(ledger.next_day)
        expected = (owed.deemed, total, owed.work, owed.fee, owed.reward)
        if seen[1:] != expected:
            raise Disagreement(f"day {ledger.next_day}: {seen[1:]}, the model says {expected}")

    def next_reward(self) -> DayReward | None:
        """Return what the next day comes to, None if it cannot be told yet."""
        ledger = self.model.ledger
        if ledger.next_day >= self.model.end_day:
            return None
        return self.model.reward_of(ledger.next_day, self.now)

    # Claims

    def claim_on_chain(self, account: str) -> int:
        """Claim on the chain alone; return what was paid [base units]."""
        caller = self.claimer_of(account)
        paid: int = self.system.distributor.send("claim", account, sender=caller)
        return paid

    def claimer_of(self, account: str) -> str:
        """Return who claims for an account where it does so itself."""
        return account

    def claim(self, account: str, caller: str | None = None) -> int | None:
        """Claim for an account; return what was paid [base units], None if refused."""
        caller = caller or self.system.keeper
        has_code = account in self.system.contracts
        is_whole = len(self.model.meter.touched_days(account)) < self.words_per_claim or bool(
            self.system.distributor.read("preview_claim", account)[1]
        )

        def on_chain() -> int:
            paid: int = self.system.distributor.send("claim", account, sender=caller)
            self.paid_last = paid
            return paid

        def in_model() -> tuple[str, int]:
            observed = None if is_whole else self.paid_last
            due = self.model.claimable(account)
            receiver, amount = self.model.claim(
                account, caller, has_code=has_code, observed=observed
            )
            if is_whole and due == 0:
                raise ModelRevert(Cause.NOT_SETTLED)
            return receiver, amount

        accepted, paid, expected = self.agree(f"claim {account} by {caller}", on_chain, in_model)
        if not accepted:
            return None
        receiver, amount = expected
        if paid != amount:
            raise Disagreement(f"{account} was paid {paid}, the model says {amount}")
        self._move(self.system.distributor.address, receiver, amount)
        return amount

    def set_payout(self, account: str, receiver: str) -> bool:
        """Choose who receives an account's rewards."""
        return self.agree(
            f"{account} is paid at {receiver}",
            self._dist("set_payout_address", receiver, sender=account),
            lambda: self.model.set_payout(account, receiver),
        )[0]

    def set_open_claims(self, account: str, is_open: bool) -> bool:
        """Let anyone claim for a contract, or no longer."""
        return self.agree(
            f"{account} open to claims: {is_open}",
            self._dist("set_open_claims", is_open, sender=account),
            lambda: self.model.set_opt_in(account, is_open),
        )[0]

    # The end

    def terminate(self) -> bool:
        """Terminate; a series that ends no sooner by it is refused on the chain."""

        def in_model() -> None:
            end_day = self.model.end_day
            self.model.terminate(self.now)
            require(self.model.end_day < end_day, Cause.ENDED)

        return self.agree(
            "terminate", self._dist("terminate", sender=self.system.keeper), in_model
        )[0]

    def declare_silence(self) -> bool:
        """Declare the oracle silent."""
        return self.agree(
            "declare_silence",
            self._dist("declare_silence", sender=self.system.keeper),
            lambda: self.model.declare_silence(self.now),
        )[0]

    def close(self, caller: str | None = None) -> bool:
        """Close the series, by default as the issuer."""
        caller = caller or self.system.issuer
        accepted, _, returned = self.agree(
            f"close by {caller}",
            self._dist("close", sender=caller),
            lambda: self.model.close(caller, self.now),
        )
        if accepted:
            self._move(self.system.distributor.address, self.system.issuer, returned)
        return accepted

    def _move(self, payer: str, receiver: str, amount: int) -> None:
        self.coins[payer] -= amount
        self.coins[receiver] += amount
