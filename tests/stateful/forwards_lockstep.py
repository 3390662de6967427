# SPDX-License-Identifier: AGPL-3.0-only
"""Vault and book, and their reference model, side by side."""

from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any

from reference import DayFacts
from reference.day_rules import expected_hashprice_wad
from reference.forward_orders import ForwardOrder, SignedOrder, Take
from reference.forward_settlement import OracleDays, Settlement
from reference.forward_terms import ForwardTerms
from reference.forward_tokens import TokenModel
from reference.forwards import ForwardsModel, Naming, Trade
from testing.chain import ZERO_ADDRESS
from testing.forward_signing import leg_tuple, order_tuple
from testing.forwards_system import ForwardsSystem
from testing.system import COINS, Setup
from tests.stateful.lockstep import Disagreement, OracleLockstep


class ForwardsLockstep(OracleLockstep):
    """Acts on vault and book and on their model.

    `donated` is what each coin's contract sent to the vault without a word [base units]; `results`
    are the settlements as the model worked them out the moment they were due.
    """

    system: ForwardsSystem

    def __init__(self, system: ForwardsSystem, setup: Setup, note: Callable[[str], object]) -> None:
        """Start from a system as deployed."""
        super().__init__(system, setup, note)
        tokens = {coin.address: TokenModel() for coin in system.coins.values()}
        for token in tokens.values():
            for trader in system.traders:
                token.balances[trader] = token.allowances[trader] = COINS
        self.model = ForwardsModel(
            system.venue,
            {system.oracle.address: OracleDays(self.oracle_model)},
            tokens,
            ZERO_ADDRESS,
            [system.deaf],
        )
        self.donated: Counter[str] = Counter()
        self.results: dict[int, Settlement] = {}
        self.series: dict[str, int] = {}

    def copy(self, note: Callable[[str], object]) -> "ForwardsLockstep":
        """Return the same moment once more, with models of its own on the same chain."""
        twin = copy(self)
        twin.note = note
        twin.donated, twin.results = self.donated.copy(), self.results.copy()
        twin.series = self.series.copy()
        twin.oracle_model, twin.model = deepcopy((self.oracle_model, self.model))
        return twin

    def _vault(self, name: str, *arguments: Any, sender: str) -> Callable[[], Any]:
        return lambda: self.system.vault.send(name, *arguments, sender=sender)

    def _book(self, name: str, *arguments: Any, sender: str) -> Callable[[], Any]:
        return lambda: self.system.book.send(name, *arguments, sender=sender)

    def _both(
        self, what: str, on_chain: Callable[[], Any], in_model: Callable[[], Any]
    ) -> Any | None:
        """Do the same on both sides; return the result, None if it was refused."""
        accepted, value, expected = self.agree(what, on_chain, in_model)
        if not accepted:
            return None
        if expected is not None and value is not None and value != expected:
            raise Disagreement(f"{what}: {value} on the chain, {expected} in the model")
        return True if expected is None else expected

    # Oracle

    def shaped_facts(self, percent: int, step: int) -> DayFacts:
        """Return the next day's facts: its consistent hashprice x `percent`, difficulty x `step`.

        Args:
            percent: [1 / 100].
            step: [1 / 1000]; where no retarget allows it, difficulty stays.
        """
        facts = self.next_facts()
        before = self.oracle_model.posted(facts.day - 1)
        if before and (facts.has_retarget or before.priced.facts.has_retarget):
            facts = replace(facts, difficulty_wad=facts.difficulty_wad * step // 1_000)
        hashprice = expected_hashprice_wad(facts, self.oracle_model.network) * percent // 100
        return replace(facts, hashprice_wad=hashprice)

    # Series and pairs

    def create_series(self, terms: ForwardTerms, name: str = "") -> int | None:
        """List a series, known by a name from then on."""
        series: int | None = self._both(
            f"create {terms}",
            self._vault("create_series", terms.as_tuple(), sender=self.system.keeper),
            lambda: self.model.create_series(terms, self.now),
        )
        if series is not None and name:
            self.series[name] = series
        return series

    def mint_pair(
        self, caller: str, series: int, quantity: int, recipients: tuple[str, str]
    ) -> bool:
        """Pay for pairs."""
        return bool(
            self._both(
                f"{caller} mints {quantity} of {series} to {recipients}",
                self._vault("mint_pair", series, quantity, *recipients, sender=caller),
                lambda: self.model.mint_pair(caller, series, quantity, recipients, self.now),
            )
        )

    def merge_pair(self, caller: str, series: int, quantity: int, recipient: str) -> bool:
        """Merge pairs."""
        return bool(
            self._both(
                f"{caller} merges {quantity} of {series} to {recipient}",
                self._vault("merge_pair", series, quantity, recipient, sender=caller),
                lambda: self.model.merge_pair(caller, series, quantity, recipient),
            )
        )

    def transfer(self, sender: str, receiver: str, position: int, quantity: int) -> bool:
        """Move a position."""
        return bool(
            self._both(
                f"{sender} sends {quantity} of {position} to {receiver}",
                self._vault(
                    "safeTransferFrom", sender, receiver, position, quantity, b"", sender=sender
                ),
                lambda: self.model.transfer(sender, receiver, position, quantity),
            )
        )

    # Orders

    def fill(self, caller: str, take: Take) -> int | None:
        """Take from an order; return how much [contracts], None if refused."""
        return self._both(
            f"{caller} fills {take}",
            self._book("fill", *self._arguments(take), sender=caller),
            lambda: self.model.fill(caller, take, self.now),
        )

    def fill_many(self, caller: str, takes: Sequence[Take]) -> list[int] | None:
        """Take from several orders [contracts each], None if all of it is refused."""
        return self._both(
            f"{caller} fills {takes}",
            lambda: list(
                self.system.book.send(
                    "fill_many", [self._arguments(take) for take in takes], sender=caller
                )
            ),
            lambda: self.model.fill_many(caller, takes, self.now),
        )

    def _arguments(self, take: Take) -> tuple[Any, ...]:
        signature = self.system.signature(take.signed)
        limits = (take.quantity, take.minimum_quantity, take.max_pay, take.min_receive)
        return order_tuple(take.signed.order), signature, limits

    def match(self, buy: SignedOrder, sell: SignedOrder, quantity: int) -> int | None:
        """Trade two orders with each other; return how much [contracts], None if refused."""
        sides = [
            argument
            for signed in (buy, sell)
            for argument in (order_tuple(signed.order), self.system.signature(signed))
        ]
        return self._both(
            f"match {quantity} of {buy} and {sell}",
            self._book("match", *sides, quantity, sender=self.system.keeper),
            lambda: self.model.match(buy, sell, quantity, self.now),
        )

    def cancel(self, caller: str, order: ForwardOrder) -> bool:
        """Take an order back."""
        return bool(
            self._both(
                f"{caller} cancels {order}",
                self._book("cancel", order_tuple(order), sender=caller),
                lambda: self.model.cancel(caller, order),
            )
        )

    def cancel_all(self, caller: str) -> None:
        """Take all orders back."""
        self._both(
            f"{caller} cancels everything",
            self._book("cancel_all", sender=caller),
            lambda: self.model.cancel_all(caller),
        )

    def cancel_series(self, caller: str, series: int) -> None:
        """Take all orders on a series back."""
        self._both(
            f"{caller} cancels everything on {series}",
            self._book("cancel_series", series, sender=caller),
            lambda: self.model.cancel_series(caller, series),
        )

    # Books

    def approve_book(self, caller: str, book: str, token: str, naming: Naming) -> None:
        """Let a book trade for an account."""
        limits = (naming.cash_limit, naming.may_close, naming.until)
        self._both(
            f"{caller} names {book}: {naming}",
            self._vault("approve_book", book, token, *limits, sender=caller),
            lambda: self.model.approve_book(caller, book, token, naming),
        )

    def disown_book(self, caller: str, book: str) -> None:
        """End all that a book may do for an account."""
        self._both(
            f"{caller} disowns {book}",
            self._vault("disown_book", book, sender=caller),
            lambda: self.model.disown_book(caller, book),
        )

    def trade(self, book: str, trade: Trade) -> tuple[int, int] | None:
        """Let any account act as a book; return what each party paid, None if refused."""
        asked = (
            trade.maker,
            trade.taker,
            trade.quantity,
            trade.may_trade_in_window,
            trade.maker_cap,
            trade.taker_cap,
            True,
            True,
            [leg_tuple(leg) for leg in trade.legs],
        )
        return self._both(
            f"{book} trades {trade}",
            self._vault("trade", asked, sender=book),
            lambda: self.model.trade(book, trade, self.now),
        )

    # Settlement

    def settle(self, series: int) -> bool:
        """Write down what a series pays; what the chain wrote is compared."""
        return bool(
            self._both(
                f"settle {series}",
                self._vault("settle", series, sender=self.system.keeper),
                lambda: (True, True, *vars(self.model.settle(series, self.now)).values()),
            )
        )

    def redeem(self, caller: str, series: int, recipient: str) -> int | None:
        """Burn both sides for what they pay [base units], None if refused.

        The result must be what the first settlement of the model made of the holding.
        """
        longs, shorts = (self.model.books.positions[caller, series + side] for side in (0, 1))
        amount: int | None = self._both(
            f"{caller} redeems {series} to {recipient}",
            self._vault("redeem", series, recipient, sender=caller),
            lambda: self.model.redeem(caller, series, recipient, self.now),
        )
        if amount is not None:
            first = self.results[series]
            due = longs * first.long_payout + shorts * first.short_payout
            if amount != due:
                raise Disagreement(f"{caller} was paid {amount} of {series}, {due} were due")
        return amount

    def withdraw(self, caller: str, token: str, recipient: str) -> int | None:
        """Fetch what could not be delivered [base units], None if refused."""
        return self._both(
            f"{caller} withdraws {token} to {recipient}",
            self._vault("withdraw", token, recipient, sender=caller),
            lambda: self.model.withdraw(caller, token, recipient),
        )

    def compare_result(self, series: int, result: Settlement) -> None:
        """Compare what the chain says a series that is due pays, stored or not."""
        seen = self.system.vault.read("outcome_of", series)
        is_settled = series in self.model.books.settled
        expected = (True, is_settled, *vars(result).values())
        if seen != expected:
            raise Disagreement(f"result of {series}: {seen}, the model says {expected}")

    # Coins

    def credit(self, token: str, account: str) -> int:
        """Return what the chain has waiting for an account [base units]."""
        waiting: int = self.system.vault.read("credit_of", token, account)
        return waiting

    def block(self, decimals: int, account: str, how: str) -> None:
        """Let a coin refuse an account by "revert" or by "false", or serve it again."""
        coin = self.system.coins[decimals]
        coin.send("block", account, how == "revert", how == "false", sender=self.system.keeper)
        blocked = self.model.books.tokens[coin.address].blocked
        (blocked.discard if how == "no" else blocked.add)(account)
        self.note(f"{coin.address} blocks {account}: {how}")

    def approve(self, decimals: int, account: str, amount: int) -> None:
        """Set what the vault may take [base units]."""
        coin = self.system.coins[decimals]
        coin.send("approve", self.system.vault.address, amount, sender=account)
        self.model.books.tokens[coin.address].allowances[account] = amount
        self.note(f"{account} approves {amount} of {coin.address}")

    def donate(self, decimals: int, account: str, amount: int) -> None:
        """Send to the vault without a word [base units]."""
        coin, vault = self.system.coins[decimals], self.system.vault.address
        token = self.model.books.tokens[coin.address]
        if account in token.blocked:
            return
        coin.send("transfer", vault, amount, sender=account)
        token.donate(account, vault, amount)
        self.donated[coin.address] += amount
        self.note(f"{account} donates {amount} of {coin.address}")
