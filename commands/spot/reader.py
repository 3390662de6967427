# SPDX-License-Identifier: AGPL-3.0-only
"""The spot market as traders see it: tokens and money by name, orders, trades.

Nothing here is trusted: what a file says of an order is asked of the market again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ape.exceptions import ContractLogicError
from eth_typing import ChecksumAddress
from eth_utils.address import is_address, to_checksum_address

from commands.shell.contracts import DISTRIBUTOR, MOCK_BITCOIN, OFFERING, SPOT
from commands.shell.errors import RefusalError, ScriptError
from commands.shell.reasons import explain
from commands.shell.session import Session
from commands.shell.tokens import Token, open_token
from hashrate.core.errors import HashrateError
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import SignedSpotOrder, SpotDomain, SpotOrder
from hashrate.orders.spot_file import read_spot


@dataclass(frozen=True, slots=True)
class Quote:
    """An order that can be filled now, as far as orders go.

    Attributes:
        signed: the order.
        remaining: what is left of it [token base units].
        cost: of all that is left, now [money base units].
        covered: how much of it its maker can pay or deliver [token base units].
    """

    signed: SignedSpotOrder
    remaining: int
    cost: int
    covered: int

    @property
    def order(self) -> SpotOrder:
        """Return what was signed."""
        return self.signed.order


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade, as the market logged it."""

    block: int
    token: ChecksumAddress
    buyer: ChecksumAddress
    seller: ChecksumAddress
    money: ChecksumAddress
    quantity: int
    cost: int


class SpotReader:
    """The recorded market, read and understood."""

    def __init__(self, session: Session) -> None:
        """Open the market that is recorded for the connected chain.

        Raises:
            RecordError: none is, or it has no code.
        """
        self.session = session
        record = session.book.get(SPOT)
        self.market = session.chain.contract(SPOT, record.address)
        self.address = to_checksum_address(record.address)
        self._first_block = record.block
        self._tokens: dict[str, Token] = {}

    @cached_property
    def domain(self) -> SpotDomain:
        """Name the market as orders do."""
        return SpotDomain(self.session.chain.chain_id, self.address)

    @cached_property
    def moneys(self) -> tuple[Token, ...]:
        """Return what the network pays in: bitcoin first, dollars second."""
        listed: list[str] = self.session.book.get(OFFERING).args["tokens"]
        return tuple(self.token(address) for address in listed)

    def token(self, address: str) -> Token:
        """Describe a token by its address; nothing of it can change."""
        checked = to_checksum_address(address)
        if checked not in self._tokens:
            self._tokens[checked] = open_token(self.session, checked)
        return self._tokens[checked]

    def find_token(self, text: str) -> Token:
        """Find a token by a recorded series' name or by its address.

        Raises:
            RecordError: neither.
        """
        if is_address(text):
            return self.token(text)
        return self.token(str(self.session.series(text).token.address))

    def name_of(self, token: Token) -> str:
        """Name a token: its series' name where that is recorded here."""
        for name, record in self.session.book.instances(DISTRIBUTOR).items():
            distributor = self.session.chain.contract(DISTRIBUTOR, record.address)
            if to_checksum_address(str(distributor.TOKEN())) == token.address:
                return f"{name} ({token.symbol})"
        return token.symbol

    def money_for(self, text: str) -> Token:
        """Return the money a price is written in; percent of what remains is of bitcoin.

        Raises:
            ScriptError: the network has no dollars.
        """
        place = 1 if text.strip().lower().endswith("usd") else 0
        if place >= len(self.moneys):
            raise ScriptError("the network has no dollars")
        return self.moneys[place]

    # Orders

    def assess(self, signed: SignedSpotOrder, taker: str | None = None) -> Quote:
        """Ask the market whether an order can be filled now, and its maker's wallet how far.

        Args:
            signed: the order.
            taker: who would fill it; whoever may, if not given.

        Raises:
            ScriptError: it is for another market.
            RefusalError: it cannot be filled.
        """
        order = signed.order
        if signed.domain != self.domain:
            raise ScriptError(f"an order for {signed.domain}, this is {self.domain}")
        if taker is None:
            taker = order.taker if order.taker != ZERO_ADDRESS else self.address
        try:
            remaining, cost = self.market.check_order(order.as_tuple(), signed.signature, taker)
        except ContractLogicError as error:
            raise RefusalError(explain(str(error.revert_message))) from error
        return Quote(signed, int(remaining), int(cost), self._covered(order, int(remaining)))

    def quotes(self, sources: Iterable[Path]) -> Iterator[tuple[Path, Quote | str]]:
        """Assess the orders in files; a reason in the place of one that cannot be filled."""
        for path in sources:
            try:
                yield path, self.assess(read_spot(path))
            except HashrateError as error:
                yield path, str(error)

    def cost(self, order: SpotOrder, quantity: int) -> int:
        """Return what a part of an order costs now [money base units].

        Raises:
            RefusalError: it has no cost now.
        """
        try:
            return int(self.market.cost_of(order.as_tuple(), quantity))
        except ContractLogicError as error:
            raise RefusalError(explain(str(error.revert_message))) from error

    def trades(self, token: str | None) -> list[Trade]:
        """Read trades in order, of one token or of all."""
        topics = {} if token is None else {"token": token}
        logs = self.market.Traded.range(
            self._first_block, self.session.chain.height + 1, search_topics=topics
        )
        return [
            Trade(
                int(log.block_number),
                to_checksum_address(log.token),
                to_checksum_address(log.buyer),
                to_checksum_address(log.seller),
                to_checksum_address(log.money),
                int(log.quantity),
                int(log.cost),
            )
            for log in logs
        ]

    def _covered(self, order: SpotOrder, remaining: int) -> int:
        """Return how much of an order its maker's balance and approval cover.

        A buying maker covers all or nothing here: what a part costs depends on the part.
        """
        chain = self.session.chain
        address = order.money if order.is_buy else order.token
        contract = chain.contract(MOCK_BITCOIN, address)
        has = min(
            int(contract.balanceOf(order.maker)),
            int(contract.allowance(order.maker, self.address)),
        )
        if not order.is_buy:
            return min(has, remaining)
        return remaining if has >= self.cost(order, remaining) else 0
