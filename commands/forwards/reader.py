# SPDX-License-Identifier: AGPL-3.0-only
"""Vault and book as a trader sees them: series by name, tokens, trades, days so far."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from ape.exceptions import ContractLogicError
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.shell.contracts import BOOK, MOCK_BITCOIN, VAULT
from commands.shell.errors import RefusalError
from commands.shell.reasons import explain
from commands.shell.session import Session
from commands.shell.tokens import Token
from hashrate.core.amounts import parse_bitcoin, parse_dollars
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS
from hashrate.core.utc import day_text
from hashrate.orders.order import BookDomain, Order, order_hash
from hashrate.products.forwards.bands import (
    INDEX_DAYS,
    Style,
    band_of,
    expected_index,
    next_halving,
)
from hashrate.products.forwards.codes import Contract, parse_contracts
from hashrate.products.forwards.errors import ContractCodeError, PositionError, TermsError
from hashrate.products.forwards.maths import Payouts, marked
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import (
    ForwardTerms,
    contract_of_terms,
    series_id,
    terms_of_contract,
)

_SUM_FIELDS = {
    Product.HASHPRICE_SATS: "hashprice_sum_wad",
    Product.HASHPRICE_USD: "usd_sum_wad",
    Product.DIFFICULTY: "difficulty_sum_wad",
}
_HEX_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Listing:
    """A series by the name people give it.

    Attributes:
        name: contract code, or the id in hexadecimal where the series is no standard month.
        series: id of the series and of its LONG.
        terms: what it is.
        is_created: whether the vault knows it.
    """

    name: str
    series: int
    terms: ForwardTerms
    is_created: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade in one series, as the vault logged it."""

    series: int
    buyer: ChecksumAddress
    seller: ChecksumAddress
    price_ticks: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a window has come.

    Attributes:
        final_days: days of the window that are final in the oracle.
        sum_wad: the metric over these days [1e18 fixed point].
        outcome: what the series pays for ever [base units per contract]; None before it is due.
        is_settled: whether that is stored.
    """

    final_days: int
    sum_wad: int
    outcome: Payouts | None
    is_settled: bool


class ForwardsReader:
    """The recorded vault and its official book, read and understood."""

    def __init__(self, session: Session) -> None:
        """Open the vault that is recorded for the connected chain, and its book.

        Raises:
            RecordError: none is, or it has no code.
        """
        self.session = session
        record = session.book.get(VAULT)
        self.vault = session.chain.contract(VAULT, record.address)
        self.book = session.chain.contract(BOOK, str(self.vault.BOOK()))
        self.address = to_checksum_address(record.address)
        self._first_block = record.block
        self._listed: list[str] = record.args["tokens"]
        self._tokens: dict[str, Token] = {}

    @cached_property
    def domain(self) -> BookDomain:
        """Name the book as orders do."""
        book = to_checksum_address(self.book.address)
        return BookDomain(self.session.chain.chain_id, book)

    @cached_property
    def oracle(self) -> Any:
        """Return the recorded oracle: the one index whose series are shown and traded here."""
        return self.session.oracle

    @cached_property
    def index(self) -> ChecksumAddress:
        """Return its address."""
        return to_checksum_address(self.oracle.address)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Return the settlement tokens as they were deployed: bitcoin first, dollars second."""
        return tuple(self.token(address) for address in self._listed)

    def token(self, address: str) -> Token:
        """Describe a settlement token; nothing of it can change."""
        checked = to_checksum_address(address)
        if checked not in self._tokens:
            # any ERC-20 answers to the functions of the mock that are used here
            contract = self.session.chain.contract(MOCK_BITCOIN, checked)
            described = Token(checked, str(contract.symbol()), int(contract.decimals()), contract)
            self._tokens[checked] = described
        return self._tokens[checked]

    def standard_token(self, product: Product) -> Token:
        """Return the token that a product's standard months settle in.

        Raises:
            PositionError: the vault has no dollar token.
        """
        place = 1 if product.is_in_dollars else 0
        if place >= len(self.tokens):
            raise PositionError(f"{product.value} settles in dollars, and the vault has no such")
        return self.tokens[place]

    def amount(self, text: str) -> tuple[Token, int]:
        """Read an amount of a settlement token: 0.5btc, 50000sat or 100usd [base units].

        Raises:
            AmountError: no such amount.
            PositionError: the vault has no dollar token.
        """
        if text.strip().lower().endswith("usd"):
            token = self.standard_token(Product.HASHPRICE_USD)
            return token, parse_dollars(text, token.decimals)
        token = self.standard_token(Product.HASHPRICE_SATS)
        return token, parse_bitcoin(text, token.decimals)

    def waiting(self, account: str) -> list[Token]:
        """Return the tokens that wait for an account because they could not be delivered.

        Raises:
            PositionError: none does.
        """
        found = [each for each in self.tokens if self.vault.credit_of(each.address, account)]
        if not found:
            raise PositionError(f"nothing waits for {account}")
        return found

    # Series

    @cached_property
    def created(self) -> dict[int, ForwardTerms]:
        """Return every series on the recorded oracle ever created, from the vault's log."""
        return {
            series: terms for series, terms in self._created.items() if terms.index == self.index
        }

    @cached_property
    def _created(self) -> dict[int, ForwardTerms]:
        """Return every series, on whatever index."""
        return {int(log.series): _terms(log) for log in self._logs(self.vault.SeriesCreated, {})}

    def listing_of(self, terms: ForwardTerms) -> Listing:
        """Name a series by its terms."""
        series = series_id(self.domain.chain_id, self.address, terms)
        return Listing(self._name(series, terms), series, terms, series in self.created)

    def listing_of_contract(self, contract: Contract) -> Listing:
        """Find the series that a code names, whether it is created or not.

        Raises:
            TermsError: there is no standard for it.
        """
        token = self.standard_token(contract.product)
        return self.listing_of(
            terms_of_contract(contract, self.index, token.address, token.decimals)
        )

    def find(self, text: str) -> list[Listing]:
        """Find series by a contract code, a strip, or an id (decimal, or hexadecimal with 0x).

        Raises:
            ContractCodeError: no such code, or no series with this id on the recorded oracle.
        """
        number = _series_number(text)
        if number is None:
            return [self.listing_of_contract(contract) for contract in parse_contracts(text)]
        series = number & ~1
        if series not in self._created:
            raise ContractCodeError(f"{text}: the vault has no such series")
        index = self._created[series].index
        if index != self.index:
            raise ContractCodeError(
                f"{text}: it settles on {index}, which is no index of this deployment"
            )
        return [self.listing_of(self.created[series])]

    def find_created(self, text: str) -> list[Listing]:
        """Find series that are there to be traded, in ascending order of their ids.

        Raises:
            ContractCodeError: no such code or id, or one of them is not created yet.
        """
        found = sorted(self.find(text), key=lambda listing: listing.series)
        for listing in found:
            if not listing.is_created:
                name = listing.name
                raise ContractCodeError(f"{name} is not listed yet: ape run forwards list {name}")
        return found

    def find_one(self, text: str) -> Listing:
        """Find a series that is there to be traded.

        Raises:
            ContractCodeError: none, not created yet, or a strip.
        """
        found = self.find_created(text)
        if len(found) != 1:
            raise ContractCodeError(f"{text!r} is a strip: name one month")
        return found[0]

    def listing(self, series: int) -> Listing:
        """Name a created series by its id.

        Raises:
            ContractCodeError: the vault has no such series, or on another index.
        """
        return self.find(str(series))[0]

    def _name(self, series: int, terms: ForwardTerms) -> str:
        # anyone can create series, of any days up to 2^24 and of any metric
        with suppress(PositionError, TermsError):
            token = self.standard_token(terms.product)
            contract = contract_of_terms(terms, self.index, token.address, token.decimals)
            if contract is not None:
                return str(contract)
        return f"0x{series:064x}"

    def listed_band(self, contract: Contract, style: Style) -> Contract:
        """Name the band that a window is listed with today, around the oracle's newest days.

        Raises:
            PositionError: the oracle has too few final days.
        """
        product, window = contract.product, contract.window
        newest = int(self.oracle.last_final_day())
        if newest + 1 < int(self.oracle.FIRST_DAY()) + INDEX_DAYS:
            raise PositionError(f"the oracle has fewer than {INDEX_DAYS} final days")
        total = self._sum_of(product, newest) - self._sum_of(product, newest - INDEX_DAYS)
        index = Fraction(total, INDEX_DAYS * product.scale)
        height = int(self.oracle.day_record(newest).last_height)
        halving = next_halving(DayIndex(newest), height, int(self.oracle.HALVING_BLOCKS()))
        expected = expected_index(index, product, (window.first_day, window.end_day), halving)
        lead = window.first_day - self.session.chain.now // DAY_SECONDS
        return Contract(product, window, band_of(style, product, expected, lead))

    # What happened

    def remaining(self, order: Order) -> int:
        """Return what is left of an order [units]: nothing if it was cancelled by its maker.

        An order that died with others, by `cancel_all` or `cancel_series`, is refused by the book's
        own check: `order_book.ask_book`.
        """
        filled = int(self.book.filled_of(order_hash(self.domain, order)))
        return max(order.quantity - filled, 0)

    def prices(self, order: Order) -> tuple[int, ...]:
        """Return the price of each leg as the order would be filled now [tick].

        Raises:
            RefusalError: the prices follow an index that has no fresh day.
        """
        if order.peg is None:
            return tuple(leg.price_ticks for leg in order.legs)
        try:
            return tuple(int(leg.price_ticks) for leg in self.book.priced_legs(order.as_tuple()))
        except ContractLogicError as error:
            raise RefusalError(explain(str(error.revert_message))) from error

    def trades(self, **topics: object) -> list[Trade]:
        """Read trades in order, of a `series`, a `buyer`, a `seller`, or all."""
        return [
            Trade(
                int(log.series),
                to_checksum_address(log.buyer),
                to_checksum_address(log.seller),
                int(log.price_ticks),
                int(log.quantity),
            )
            for log in self._logs(self.vault.Traded, topics)
        ]

    def last_price(self, series: int) -> int | None:
        """Return the price of the newest trade of a series [tick]; None if there was none."""
        trades = self.trades(series=series)
        return trades[-1].price_ticks if trades else None

    def progress(self, listing: Listing) -> Progress:
        """Read how far a window has come, and what it pays once that is known for ever."""
        terms = listing.terms
        newest = min(int(self.oracle.last_final_day()), terms.end_day - 1)
        days = max(newest - terms.first_day + 1, 0)
        total = self._sum(terms, newest) - self._sum(terms, terms.first_day - 1) if days else 0
        if not listing.is_created:
            return Progress(days, total, None, is_settled=False)
        outcome = self.vault.outcome_of(listing.series)
        pays = Payouts(int(outcome.long_payout), int(outcome.short_payout))
        is_due, is_settled = bool(outcome.is_due), bool(outcome.is_settled)
        return Progress(days, total, pays if is_due else None, is_settled)

    def value(
        self, listing: Listing, progress: Progress, price_ticks: int | None
    ) -> tuple[Payouts | None, str]:
        """Value one LONG and one SHORT: as settled, or realised days and a price for the rest.

        Args:
            listing: the series.
            progress: how far it has come.
            price_ticks: for each day to come [tick]; None for the newest trade's.

        Returns:
            The value, None where there is no price, and in words where it comes from.
        """
        if progress.outcome is not None:
            return progress.outcome, "settled" if progress.is_settled else "due"
        rest = listing.terms.days - progress.final_days
        source = "given price"
        if price_ticks is None:
            price_ticks, source = self.last_price(listing.series), "last trade"
        if price_ticks is None and rest:
            return None, "no trade yet"
        value = marked(listing.terms, progress.sum_wad, progress.final_days, price_ticks or 0)
        return value, f"{progress.final_days} of {listing.terms.days} days final, {source}"

    def _sum(self, terms: ForwardTerms, day: int) -> int:
        """Read the oracle's prefix sum of a series' metric up to and including a day."""
        return self._sum_of(terms.product, day)

    def _sum_of(self, product: Product, day: int) -> int:
        return int(getattr(self.oracle.day_record(day), _SUM_FIELDS[product]))

    def _logs(self, event: Any, topics: dict[str, object]) -> Sequence[Any]:
        head = self.session.chain.height
        return list(event.range(self._first_block, head + 1, search_topics=topics))


def window_text(terms: ForwardTerms) -> str:
    """Write a window: its first and its last day."""
    last = DayIndex(terms.end_day - 1)
    return f"{day_text(terms.first_day)} to {day_text(last)}, {terms.days} days"


def state_text(listing: Listing, progress: Progress, now: int) -> str:
    """Describe the state of a series at a time [unix s]."""
    terms = listing.terms
    if not listing.is_created:
        return "not listed"
    if progress.outcome is not None:
        return "settled" if progress.is_settled else "due"
    if now < terms.first_day * DAY_SECONDS:
        return "open"
    if now < terms.end_day * DAY_SECONDS:
        return f"in its window, {progress.final_days} of {terms.days} days final"
    return f"over, {progress.final_days} of {terms.days} days final"


def _series_number(text: str) -> int | None:
    """Read an id; None where the text is no number."""
    plain = text.strip().lower()
    if plain.startswith("0x") and len(plain) == _HEX_DIGITS + 2:
        try:
            return int(plain, 16)
        except ValueError:
            return None
    return int(plain) if plain.isdecimal() else None


def _terms(record: Any) -> ForwardTerms:
    """Take the terms out of an event."""
    return ForwardTerms(
        to_checksum_address(record.index),
        int(record.metric),
        DayIndex(int(record.first_day)),
        DayIndex(int(record.end_day)),
        int(record.floor_ticks),
        int(record.cap_ticks),
        int(record.tick_value),
        to_checksum_address(record.token),
    )
