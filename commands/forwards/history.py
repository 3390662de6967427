# SPDX-License-Identifier: AGPL-3.0-only
"""What past months would have settled at, from real days, exactly as the vault would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from hashrate.core.types import DayIndex
from hashrate.core.units import usd_wad_per_ths_day
from hashrate.history import Source
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.products.forwards.errors import PriceError
from hashrate.products.forwards.maths import Payouts, payouts
from hashrate.products.forwards.months import Month
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms

# bitcoin tokens of 8 decimals, dollar tokens of 6
TOKEN_DECIMALS = {Product.HASHPRICE_SATS: 8, Product.HASHPRICE_USD: 6, Product.DIFFICULTY: 8}
_MILLI = 1_000


@dataclass(frozen=True, slots=True)
class Settlement:
    """A month of a product as it settles; money in base units per contract.

    Attributes:
        product, month: which.
        days: of the month.
        mean_milliticks: daily mean, a thousandth of a tick [floor].
        gross: what the sum of the days is worth, before floor and cap.
        pays: LONG and SHORT; None without a floor and a cap.
    """

    product: Product
    month: Month
    days: int
    mean_milliticks: int
    gross: int
    pays: Payouts | None


def sums_of(source: Source, month: Month) -> dict[Product, int]:
    """Add a month's days up as the oracle does [1e18 fixed point].

    Raises:
        HashrateError: the source lacks a day.
    """
    sums = dict.fromkeys(Product, 0)
    for number in range(month.first_day, month.end_day):
        seen = source.observe(DayIndex(number))
        facts = seen.facts
        sums[Product.HASHPRICE_SATS] += facts.hashprice_wad
        sums[Product.HASHPRICE_USD] += usd_wad_per_ths_day(facts.hashprice_wad, seen.btc_usd_e8)
        sums[Product.DIFFICULTY] += facts.difficulty_wad
    return sums


def settle_months(
    source: Source, months: Sequence[Month], bands: Mapping[Product, tuple[int, int]]
) -> list[Settlement]:
    """Settle past months of every product.

    Args:
        source: of real days.
        months: which.
        bands: floor and cap of a product [tick].

    Raises:
        HashrateError: the source lacks a day.
    """
    settled = []
    for month in months:
        sums = sums_of(source, month)
        for product in Product:
            tick_value = product.tick_value(TOKEN_DECIMALS[product])
            pays = None
            if product in bands:
                floor, cap = bands[product]
                window = (month.first_day, month.end_day)
                terms = ForwardTerms(
                    ZERO_ADDRESS, product.metric, *window, floor, cap, tick_value, ZERO_ADDRESS
                )
                pays = payouts(terms, sums[product])
            mean = _MILLI * sums[product] // (month.days * product.scale)
            gross = sums[product] * tick_value // product.scale
            settled.append(Settlement(product, month, month.days, mean, gross, pays))
    return settled


def parse_band(text: str) -> tuple[Product, tuple[int, int]]:
    """Read a floor and a cap, such as HPS=50000sat:300000sat [tick].

    Raises:
        PriceError: anything else.
    """
    name, equals, prices = text.partition("=")
    low, colon, high = prices.partition(":")
    names = {product.value: product for product in Product}
    if not equals or not colon or name.upper() not in names:
        raise PriceError(f"{text!r} is not a band such as HPS=50000sat:300000sat")
    product = names[name.upper()]
    floor, cap = product.parse_price(low), product.parse_price(high)
    if floor >= cap:
        raise PriceError(f"{text!r}: the floor is not below the cap")
    return product, (floor, cap)


def row_of(settlement: Settlement) -> tuple[str, ...]:
    """Write a settlement: month, days, daily mean, sum of the days, LONG, SHORT."""
    product, month = settlement.product, settlement.month
    unit = product.unit.decimals + 3
    whole, rest = divmod(settlement.mean_milliticks, 10**unit)
    pays = settlement.pays
    amounts = ("", "") if pays is None else (f"{pays.long:,}", f"{pays.short:,}")
    return (
        f"{product.value} {month.year}-{month.month:02}",
        f"{settlement.days}",
        f"{whole:,}.{rest:0{unit}d}",
        f"{settlement.gross:,}",
        *amounts,
    )


def show_settlements(console: Console, settlements: Sequence[Settlement]) -> None:
    """Print settlements, product by product."""
    table = Table(title="Settlement of one contract, base units", title_justify="left")
    table.add_column("month", no_wrap=True)
    for name in ("days", "daily mean", "sum of the days", "LONG", "SHORT"):
        table.add_column(name, justify="right", no_wrap=True)
    for product in Product:
        for settlement in settlements:
            if settlement.product is product:
                table.add_row(*row_of(settlement))
    console.print(table)
    units = ", ".join(f"{product.value} in {product.unit.shown}" for product in Product)
    console.print(f"Daily means, cut off: {units}.")
    console.print("Amounts: satoshi for HPS and DIF, millionths of a dollar for HPU.")
