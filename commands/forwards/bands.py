# SPDX-License-Identifier: AGPL-3.0-only
"""What floors and caps would have meant: every past start, from real days, in exact fractions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from rich.console import Console
from rich.table import Table

from hashrate.core.types import DayIndex
from hashrate.core.units import usd_wad_per_ths_day
from hashrate.history import Source
from hashrate.products.forwards.bands import INDEX_DAYS, Style, expected_index, shares_of
from hashrate.products.forwards.errors import PriceError
from hashrate.products.forwards.product import Product

WINDOW_DAYS = 30
LEADS = (0, 30, 90, 180, 365)  # [days] from the listing to the window
RATIOS = tuple(Fraction(each, 100) for each in (30, 50, 70, 85, 100, 135, 180, 260, 300))
QUANTILES = tuple(Fraction(each, 100) for each in (1, 5, 50, 95, 99))
SHOWN = (
    (Product.HASHPRICE_SATS, Style.NARROW),
    (Product.HASHPRICE_USD, Style.NARROW),
    (Product.HASHPRICE_USD, Style.WIDE),
    (Product.HASHPRICE_SATS, Style.INSURANCE),
)
_HALVING_BLOCKS = 210_000
_PERCENT = 100
_PREMIUM = Fraction(1, 20)  # of the index, that SHORT of a low cap is bought for


@dataclass(frozen=True, slots=True)
class Past:
    """Real days.

    Attributes:
        first: the first of them [day].
        sums: of each product, through the day before each of them and the last one.
        halvings: first days with a halved subsidy.
    """

    first: int
    sums: Mapping[Product, Sequence[int]]
    halvings: Sequence[int]

    @property
    def end(self) -> int:
        """Return the day after the last."""
        return self.first + len(self.sums[Product.HASHPRICE_SATS]) - 1

    def total(self, product: Product, first: int, end: int) -> int:
        """Add days up."""
        sums = self.sums[product]
        return sums[end - self.first] - sums[first - self.first]


def read_past(source: Source) -> Past:
    """Read every day of a source.

    Raises:
        HashrateError: the source lacks a day or has no last one.
    """
    values: dict[Product, list[int]] = {product: [] for product in Product}
    halvings, height = [], None
    for number in range(source.first_day, _last_day(source) + 1):
        seen = source.observe(DayIndex(number))
        facts = seen.facts
        if height is not None and height // _HALVING_BLOCKS != facts.last_height // _HALVING_BLOCKS:
            halvings.append(number)
        height = facts.last_height
        usd = usd_wad_per_ths_day(facts.hashprice_wad, seen.btc_usd_e8)
        day = (facts.hashprice_wad, usd, facts.difficulty_wad)
        for product, value in zip(Product, day, strict=True):
            values[product].append(value)
    sums = {product: [0, *accumulate(each)] for product, each in values.items()}
    return Past(source.first_day, sums, halvings)


def _last_day(source: Source) -> int:
    if source.last_day is None:
        raise PriceError(f"{source.label} days have no last one")
    return source.last_day


def ratios(past: Past, product: Product, lead: int, since: int) -> list[Fraction]:
    """Find, for every past listing, the mean of its window over the index, ascending.

    Args:
        past: real days.
        product: whose values.
        lead: from the listing to the first day of the window [days].
        since: the first day of a listing [day].
    """
    return sorted(_ratios(past, product, lead, since))


def _ratios(past: Past, product: Product, lead: int, since: int) -> Iterator[Fraction]:
    for listing in range(since, past.end - lead - WINDOW_DAYS + 1):
        index = Fraction(past.total(product, listing - INDEX_DAYS, listing), INDEX_DAYS)
        window = (listing + lead, listing + lead + WINDOW_DAYS)
        ahead = [day for day in past.halvings if listing <= day < window[1]]
        expected = expected_index(index, product, window, ahead[0] if ahead else None)
        yield Fraction(past.total(product, *window), WINDOW_DAYS) / expected


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """Return the value that a share of ascending values do not exceed."""
    return values[int(share * (len(values) - 1))]


def frequency_rows(past: Past, since: int) -> list[tuple[str, ...]]:
    """Write how far windows have ended from the index: a row for each product and lead."""
    rows = []
    for product in Product:
        for lead in LEADS:
            found = ratios(past, product, lead, since)
            low, high = shares_of(Style.NARROW, product, lead)
            above = sum(each > high for each in found)
            below = sum(each < low for each in found)
            cells = (_two_digits(quantile(found, share)) for share in QUANTILES)
            rest = (_share(above, len(found)), _share(below, len(found)), f"{len(found):,}")
            rows.append((product.value, f"{lead} d", *cells, *rest))
    return rows


def payout_rows(lead: int) -> list[tuple[str, ...]]:
    """Write what LONG and SHORT of each band pay, in percent of index times days.

    Both sides opened at the index, or a twentieth of it below a cap that lies lower: the buyer
    locked that price less the floor, the seller the cap less that price.
    """
    bands = [shares_of(style, product, lead) for product, style in SHOWN]
    prices = [min(Fraction(1), high - _PREMIUM) for _, high in bands]
    locked = (
        f"{_whole(price - low)} / {_whole(high - price)}"
        for (low, high), price in zip(bands, prices, strict=True)
    )
    rows = [("locked", *locked)]
    for ratio in RATIOS:
        cells = []
        for low, high in bands:
            mean = min(max(ratio, low), high)
            cells.append(f"{_whole(mean - low)} / {_whole(high - mean)}")
        rows.append((f"x {_two_digits(ratio)}", *cells))
    return rows


def show_bands(console: Console, past: Past, since: int) -> None:
    """Print both tables."""
    table = Table(title="Mean of 30 days over the index at listing", title_justify="left")
    names = ("", "lead", "1 %", "5 %", "50 %", "95 %", "99 %", "above cap", "below floor", "starts")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in frequency_rows(past, since):
        table.add_row(*row)
    console.print(table)
    table = Table(title="LONG / SHORT, percent of index x days", title_justify="left")
    table.add_column("mean", justify="right", no_wrap=True)
    for product, style in SHOWN:
        table.add_column(f"{product.value} {style.value}", justify="right", no_wrap=True)
    for row in payout_rows(LEADS[1]):
        table.add_row(*row)
    console.print(table)


def _two_digits(value: Fraction) -> str:
    """Write a ratio, cut off after two digits."""
    hundredths = int(value * _PERCENT)
    return f"{hundredths // _PERCENT}.{hundredths % _PERCENT:02}"


def _whole(value: Fraction) -> str:
    return f"{int(value * _PERCENT)}"


def _share(count: int, of: int) -> str:
    """Write a share in percent, cut off after one digit."""
    tenths = 1000 * count // of
    return f"{tenths // 10}.{tenths % 10} %"
