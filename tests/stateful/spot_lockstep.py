# SPDX-License-Identifier: AGPL-3.0-only
"""A spot market and its reference model side by side."""

from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from typing import Any

from reference.spot import PlainToken, Remaining, SignedSpotOrder, SpotModel, SpotOrder, SpotTake
from testing.spot import spot_digest, spot_tuple
from testing.spot_system import SpotSystem
from testing.system import COINS
from tests.stateful.lockstep import Disagreement, agree

CANCELLED = 2**256 - 1


class SpotLockstep:
    """Acts on a market and on its model."""

    def __init__(self, system: SpotSystem, note: Callable[[str], object]) -> None:
        """Start from a system as deployed."""
        self.system, self.chain, self.note = system, system.chain, note
        tokens = {token.address: PlainToken() for token in system.tokens}
        for token in tokens.values():
            for trader in system.traders:
                token.balances[trader] = token.allowances[trader] = COINS
        self.model = SpotModel(system.market.address, tokens)

    def copy(self, note: Callable[[str], object]) -> "SpotLockstep":
        """Return the same moment once more, with a model of its own on the same chain."""
        twin = copy(self)
        twin.note, twin.model = note, deepcopy(self.model)
        return twin

    @property
    def now(self) -> int:
        """The clock both sides go by [unix s]."""
        return self.chain.now

    def both(
        self, what: str, on_chain: Callable[[], Any], in_model: Callable[[], Any]
    ) -> Any | None:
        """Do the same on both sides; return the result, None if it was refused."""
        is_accepted, value, expected = agree(self.note, what, on_chain, in_model)
        if is_accepted and expected is not None and value != expected:
            raise Disagreement(f"{what}: {value} on the chain, {expected} in the model")
        if not is_accepted:
            return None
        return True if expected is None else expected

    def _market(self, name: str, *arguments: Any, sender: str) -> Callable[[], Any]:
        return lambda: self.system.market.send(name, *arguments, sender=sender)

    def _arguments(self, take: SpotTake) -> tuple[Any, ...]:
        wanted = (take.quantity, take.minimum_quantity, take.max_pay, take.min_receive)
        return spot_tuple(take.signed.order), self.system.signature(take.signed), wanted

    # Trades

    def fill(self, taker: str, take: SpotTake) -> int | None:
        """Take from an order; return how much, None if refused."""
        return self.both(
            f"{taker} fills {take}",
            self._market("fill", *self._arguments(take), sender=taker),
            lambda: self.model.fill(taker, take, self.now),
        )

    def fill_many(self, taker: str, takes: Sequence[SpotTake]) -> list[int] | None:
        """Take from several orders, None if all of it is refused."""
        fills = [self._arguments(take) for take in takes]
        return self.both(
            f"{taker} fills {takes}",
            lambda: list(self.system.market.send("fill_many", fills, sender=taker)),
            lambda: self.model.fill_many(taker, takes, self.now),
        )

    def match(self, one: SignedSpotOrder, other: SignedSpotOrder, quantity: int) -> int | None:
        """Trade two orders with each other; return how much, None if refused."""
        sides = [
            argument
            for signed in (one, other)
            for argument in (spot_tuple(signed.order), self.system.signature(signed))
        ]
        return self.both(
            f"match {quantity} of {one} and {other}",
            self._market("match", *sides, quantity, sender=self.system.traders[0]),
            lambda: self.model.match(one, other, quantity, self.now),
        )

    # Cancelling

    def cancel(self, caller: str, order: SpotOrder) -> bool:
        """Take an order back."""
        return bool(
            self.both(
                f"{caller} cancels {order}",
                self._market("cancel", spot_tuple(order), sender=caller),
                lambda: self.model.cancel(caller, order),
            )
        )

    def cancel_all(self, caller: str) -> None:
        """Take all orders back."""
        self.both(
            f"{caller} cancels everything",
            self._market("cancel_all", sender=caller),
            lambda: self.model.cancel_all(caller),
        )

    def cancel_token(self, caller: str, token: str) -> None:
        """Take all orders on a token back."""
        self.both(
            f"{caller} cancels {token}",
            self._market("cancel_token", token, sender=caller),
            lambda: self.model.cancel_token(caller, token),
        )

    # Tokens

    def set_remaining(self, amount: int, next_day: int) -> None:
        """Let the note say what remains of it."""
        note = self.system.note
        note.send("set_remaining", amount, next_day, sender=self.system.traders[0])
        self.model.books.tokens[note.address].remaining = Remaining(amount, next_day)
        self.note(f"{amount} remain, settled before day {next_day}")

    def approve(self, token: str, trader: str, amount: int) -> None:
        """Set what the market may take."""
        (contract,) = [each for each in self.system.tokens if each.address == token]
        contract.send("approve", self.system.market.address, amount, sender=trader)
        self.model.books.tokens[token].allowances[trader] = amount
        self.note(f"{trader} approves {amount} of {token}")

    # Looking

    def check(self, orders: Sequence[SignedSpotOrder]) -> None:
        """Compare everybody's tokens, and what became of orders."""
        system, books = self.system, self.model.books
        for token in system.tokens:
            held = books.tokens[token.address]
            for trader in system.traders:
                seen = token.read("balanceOf", trader)
                assert seen == held.balances[trader], f"2: {trader} has {seen}, not the model's"
            inside = token.read("balanceOf", system.market.address)
            assert inside == 0, f"5: {inside} inside"
        for trader in system.traders:
            assert system.market.read("epoch_of", trader) == books.epochs[trader]
        for signed in orders:
            order = signed.order
            digest = spot_digest(system.chain.chain_id, system.market.address, order)
            assert system.market.read("hash_of", spot_tuple(order)) == digest
            filled = CANCELLED if order in books.cancelled else books.filled[order]
            assert system.market.read("filled_of", digest) == filled
            assert books.filled[order] <= order.quantity, "1: filled beyond its quantity"
