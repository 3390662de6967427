# SPDX-License-Identifier: AGPL-3.0-only
"""Terms of a series, the standard listing, and the id the vault gives it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak

from hashrate.core.types import DayIndex
from hashrate.core.units import day_start
from hashrate.products.forwards.bands import Band
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.errors import ContractCodeError, TermsError
from hashrate.products.forwards.months import Fortnight, Month, month_of_day
from hashrate.products.forwards.product import Product, product_of_metric

MAX_WINDOW_DAYS = 366
MAX_CAP_TICKS = 2**64
MAX_TICK_VALUE = 2**96
MAX_NOTIONAL = 2**127
_TERMS_ABI = "(address,uint256,uint256,uint256,uint256,uint256,uint256,address)"


@dataclass(frozen=True, slots=True)
class ForwardTerms:
    """What a series is, in the order of the contract's `Terms` struct.

    Attributes:
        index: whose days it settles on.
        metric: of the index; in the hashprice oracle 1, 2 or 3.
        first_day: first UTC day of the window.
        end_day: first UTC day after it.
        floor_ticks: lowest daily mean that counts [tick].
        cap_ticks: highest daily mean that counts [tick].
        tick_value: of one contract [base units per tick per day].
        token: settlement token.
    """

    index: ChecksumAddress
    metric: int
    first_day: DayIndex
    end_day: DayIndex
    floor_ticks: int
    cap_ticks: int
    tick_value: int
    token: ChecksumAddress

    @property
    def product(self) -> Product:
        """Return the product of the metric."""
        return product_of_metric(self.metric)

    @property
    def days(self) -> int:
        """Count the days of the window."""
        return self.end_day - self.first_day

    def as_tuple(self) -> tuple[str, int, int, int, int, int, int, str]:
        """Return the contract's `Terms` struct."""
        return (
            self.index,
            self.metric,
            self.first_day,
            self.end_day,
            self.floor_ticks,
            self.cap_ticks,
            self.tick_value,
            self.token,
        )


@dataclass(frozen=True, slots=True)
class StandardBand:
    """Floor and cap of the standard windows of a product from one month on."""

    product: Product
    since: Month
    band: Band


# Chosen by hand and changed by nobody: docs/market.md says how. A band is never edited once a month
# is listed by it; a later one is added. The second one in satoshi follows the halving of 2028.
STANDARD_BANDS = (
    StandardBand(Product.HASHPRICE_SATS, Month(2026, 1), Band(10_000, 80_000)),
    StandardBand(Product.HASHPRICE_SATS, Month(2028, 5), Band(5_000, 40_000)),
    StandardBand(Product.HASHPRICE_USD, Month(2026, 1), Band(10_00, 80_00)),
    StandardBand(Product.DIFFICULTY, Month(2026, 1), Band(50_000, 500_000)),
)


def standard_band(contract: Contract) -> Band:
    """Find the floor and the cap of a contract whose code names none.

    Raises:
        TermsError: the window lies before the first band.
    """
    found = None
    for standard in STANDARD_BANDS:
        if standard.product is contract.product and standard.since <= contract.month:
            found = standard.band
    if found is None:
        raise TermsError(f"{contract}: standard months begin with {STANDARD_BANDS[0].since}")
    return found


def terms_of_contract(
    contract: Contract, index: ChecksumAddress, token: ChecksumAddress, decimals: int
) -> ForwardTerms:
    """Make the terms that a contract code names.

    Args:
        contract: product, window and band.
        index: the hashprice oracle.
        token: the settlement token of the product.
        decimals: of that token.

    Raises:
        TermsError: the window lies before the first standard band, or the token does not fit.
    """
    band = standard_band(contract) if contract.band is None else contract.band
    return ForwardTerms(
        index,
        contract.product.metric,
        contract.window.first_day,
        contract.window.end_day,
        band.floor_ticks,
        band.cap_ticks,
        contract.product.tick_value(decimals),
        token,
    )


def contract_of_terms(
    terms: ForwardTerms, index: ChecksumAddress, token: ChecksumAddress, decimals: int
) -> Contract | None:
    """Find the code of terms; None where there is none: another window, token or tick value.

    Args:
        terms: of a series.
        index, token, decimals: see `terms_of_contract`.
    """
    with suppress(ContractCodeError, TermsError):
        for window in _windows_of(terms):
            plain = Contract(terms.product, window)
            banded = Contract(terms.product, window, Band(terms.floor_ticks, terms.cap_ticks))
            for contract in (plain, banded):
                # a window before the first standard band has a code with a band alone
                with suppress(TermsError):
                    if terms == terms_of_contract(contract, index, token, decimals):
                        return contract
    return None


def _windows_of(terms: ForwardTerms) -> Iterator[Month | Fortnight]:
    yield month_of_day(terms.first_day)
    yield Fortnight(terms.first_day)


def require_creatable(terms: ForwardTerms, now: int, index_first_day: int) -> None:
    """Check terms by the rules of `create_series` that need no token list and no history.

    Args:
        terms: to be created.
        now: [unix s].
        index_first_day: the index's first UTC day.

    Raises:
        TermsError: the vault would refuse them.
    """
    rules = (
        (day_start(terms.first_day) > now, "its first day has begun"),
        (terms.first_day >= index_first_day, "its first day is before the index's"),
        (1 <= terms.days <= MAX_WINDOW_DAYS, "a window has 1 to 366 days"),
        (terms.floor_ticks < terms.cap_ticks, "the floor is not below the cap"),
        (terms.cap_ticks <= MAX_CAP_TICKS, "the cap is above 2^64"),
        (0 < terms.tick_value < MAX_TICK_VALUE, "the tick value is zero or too large"),
        (terms.days * terms.cap_ticks * terms.tick_value < MAX_NOTIONAL, "it is worth too much"),
    )
    for holds, complaint in rules:
        if not holds:
            raise TermsError(f"the vault would refuse the series: {complaint}")


def series_id(chain_id: int, vault: ChecksumAddress, terms: ForwardTerms) -> int:
    """Find the id of a series, which is also that of its LONG; its SHORT is one more.

    Source: docs/forwards.md, section 1.
    """
    packed = encode(["uint256", "address", _TERMS_ABI], [chain_id, vault, terms.as_tuple()])
    return int.from_bytes(keccak(packed), "big") & ~1
