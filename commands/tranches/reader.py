# SPDX-License-Identifier: AGPL-3.0-only
"""Strips and notes as people see them: terms, tokens, outcome, what is due."""

from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from commands.shell.contracts import DISTRIBUTOR, TRANCHE_ERC20, TRANCHES, TRANCHES_FACTORY
from commands.shell.errors import ScriptError
from commands.shell.session import Session
from commands.shell.tokens import Token, open_token
from hashrate.core.amounts import bitcoin_text
from hashrate.core.types import DayIndex
from hashrate.core.units import WAD, decimal_text, iso_from_day

NO_FACE = 2**256 - 1
STATES = {1: "open", 2: "met", 4: "unmet"}


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the recorded factory.

    Attributes:
        number: its place, from 1.
        contract, senior, junior: ape's contracts.
        token: of the series.
        money: the reward token.
        terms: the contract's `Terms`.
    """

    number: int
    contract: Any
    senior: Any
    junior: Any
    token: Token
    money: Token
    terms: Any

    @property
    def is_strip(self) -> bool:
        """Return whether SENIOR goes by days alone."""
        return int(self.terms.face) == NO_FACE

    def tranche(self, name: str) -> Any:
        """Return SENIOR or JUNIOR by its name."""
        return self.senior if name == "senior" else self.junior

    @property
    def name(self) -> str:
        """Return the name of its SENIOR, which tells series, kind, maturity and face."""
        return str(self.senior.symbol())


class TranchesReader:
    """The recorded factory and its products."""

    def __init__(self, session: Session) -> None:
        """Open the factory that is recorded for the connected chain.

        Raises:
            RecordError: none is, or it has no code.
        """
        self.session = session
        record = session.book.get(TRANCHES_FACTORY)
        self.factory = session.chain.contract(TRANCHES_FACTORY, record.address)

    def products(self) -> list[Product]:
        """Return all products, in the order of their creation."""
        return [self._product(place) for place in range(int(self.factory.product_count()))]

    def product(self, number: int) -> Product:
        """Return a product by its number, from 1.

        Raises:
            ScriptError: there is none.
        """
        count = int(self.factory.product_count())
        if not 1 <= number <= count:
            raise ScriptError(f"there is no product {number}; the last one is {count}")
        return self._product(number - 1)

    def _product(self, place: int) -> Product:
        chain = self.session.chain
        contract = chain.contract(TRANCHES, self.factory.product_at(place))
        return Product(
            place + 1,
            contract,
            chain.contract(TRANCHE_ERC20, contract.SENIOR()),
            chain.contract(TRANCHE_ERC20, contract.JUNIOR()),
            open_token(self.session, contract.TOKEN()),
            open_token(self.session, contract.REWARD_TOKEN()),
            contract.terms(),
        )

    def series_name(self, product: Product) -> str:
        """Return the series' name as recorded here, or its address."""
        address = to_checksum_address(product.terms.distributor)
        known = self.session.book.instances(DISTRIBUTOR)
        return next((name for name, each in known.items() if each.address == address), address)

    def state_rows(self, product: Product) -> list[tuple[str, str]]:
        """Describe how a product stands."""
        contract, terms = product.contract, product.terms
        outcome = contract.outcome()
        amount, through = product.senior.remaining()
        rows = [
            ("series", self.series_name(product)),
            ("SENIOR, JUNIOR", f"{product.senior.address}, {product.junior.address}"),
            ("term", f"{iso(terms.start_day)} to {iso(int(terms.maturity_day) - 1)}"),
            ("split", product.token.text(int(product.junior.totalSupply()))),
        ]
        if product.is_strip:
            # to a quarter of an hour
            days = decimal_text(int(amount) // 10**16, 2).rstrip("0").rstrip(".")
            return [*rows, ("days to come", f"{days}, settled to {iso(through)}")]
        rows += [
            ("face of a TH/s", bitcoin_text(int(terms.face), product.money.decimals)),
            ("state", state_words(outcome)),
            ("remaining", f"{product.money.text(int(amount))}, settled to {iso(through)}"),
        ]
        if STATES[int(outcome.state)] == "unmet":
            first, void = (int(day) for day in contract.auction_days())
            pool = contract.pool()
            rows += [
                ("a JUNIOR costs", product.money.text(int(contract.cost_of(WAD)))),
                ("auction", f"{iso(first)} to {iso(void - 1)}, void after it"),
                ("pool", f"{product.money.text(pool.cash)}, {product.token.text(pool.tokens)}"),
            ]
        return rows


def state_words(outcome: Any) -> str:
    """Describe what is known of a note; one met through arrears is earned and not all paid."""
    state = STATES[int(outcome.state)]
    if state == "met" and int(outcome.cut_arrears):
        return "met: earned, not all of it paid when it was due"
    return state


def iso(day: int) -> str:
    """Write a day."""
    return iso_from_day(DayIndex(int(day)))
