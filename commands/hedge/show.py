# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run hedge`: read what was given, work it out, show it, draw it. Needs no chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rich.console import Console

from commands.hedge.chart import Picture, draw
from commands.hedge.tables import (
    show_fleet,
    show_not_hedged,
    show_outcomes,
    show_sales,
    show_summary,
)
from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import fraction_from_decimal_text, usd_e8_from_usd
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.outcome import Day
from hashrate.hedging.plan import (
    WAD_PER_SAT_PHS,
    BandChoice,
    Fleet,
    Sale,
    Spot,
    plan_sales,
    window,
)
from hashrate.hedging.scenarios import read_days, replay, spot_after, what_if
from hashrate.history import open_source
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.months import parse_months
from hashrate.products.forwards.product import Product

_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Request:
    """What a miner says, as texts; numbers are decimal and taken exactly.

    Attributes:
        phs, j_per_th, usd_per_kwh: the fleet [PH/s], [J/TH], [USD/kWh].
        months: such as JAN27:JUN27.
        product: HPS or HPU.
        prices: one for all months, one for each, or none for the mark.
        hashprice, btc_usd: spot prices now; none for the end of the data.
        share, pool_fee, fees, capital_cost: in percent.
        floor, cap: in place of the standard listing's.
        data: folder with real days.
    """

    phs: str
    j_per_th: str
    usd_per_kwh: str
    months: str
    product: str
    prices: Sequence[str]
    hashprice: str | None
    btc_usd: str | None
    share: str
    pool_fee: str
    fees: str
    capital_cost: str
    floor: str | None
    cap: str | None
    data: Path | None


def run(console: Console, request: Request, picture_path: Path, *, is_brief: bool) -> None:
    """Show the hedge and write its picture.

    Args:
        console: where to.
        request: what the miner said.
        picture_path: the PNG to write.
        is_brief: leave the line for each past start month out.

    Raises:
        HashrateError: a number, a month or a price makes no sense.
    """
    days = read_days(open_source(f"dataset:{request.data}")) if request.data else {}
    fleet = read_fleet(request)
    spot = read_spot(request, days)
    sales = read_sales(request, fleet, spot)
    product = sales[0].contract.product
    show_fleet(console, fleet, spot, product)
    show_sales(console, sales, percent(request.capital_cost, "capital cost"), spot)
    outcomes = what_if(fleet, sales, spot, percent(request.fees, "share of fees"))
    show_outcomes(console, "Margin of all months together, USD", outcomes)
    history = replay(fleet, sales, spot, days) if days else []
    if history and not is_brief:
        show_outcomes(console, "If history repeats from a past month on, USD", history)
    if history:
        show_summary(console, history)
    show_not_hedged(console, product)
    title = f"{sales[0].quantity:,} PH/s sold forward, {sales[0].contract} to {sales[-1].contract}"
    subtitle = f"A fleet of {request.phs} PH/s at {request.j_per_th} J/TH and "
    subtitle += f"{request.usd_per_kwh} USD/kWh"
    draw(Picture(title, subtitle, outcomes, history), picture_path)
    console.print(f"Picture: {picture_path}", markup=False)


def read_fleet(request: Request) -> Fleet:
    """Read the fleet.

    Raises:
        NumberFormatError: a number is none.
        HedgeError: no hashrate, or a share above 100 %.
    """
    hashrate = fraction_from_decimal_text(request.phs)
    if hashrate == 0:
        raise HedgeError("a fleet without hashrate has nothing to hedge")
    return Fleet(
        hashrate,
        fraction_from_decimal_text(request.j_per_th),
        fraction_from_decimal_text(request.usd_per_kwh),
        percent(request.pool_fee, "pool fee"),
    )


def read_spot(request: Request, days: Mapping[DayIndex, Day]) -> Spot:
    """Return the spot prices given, and those not given from the end of the data.

    Raises:
        HedgeError: neither given nor known, or zero.
    """
    known = spot_after(days, max(days)) if days else None
    if known is None and (request.hashprice is None or request.btc_usd is None):
        raise HedgeError("give --data, or both --hashprice and --btc-usd")
    hashprice = known.hashprice_wad if known else Wad(0)
    if request.hashprice is not None:
        sats = Product.HASHPRICE_SATS.parse_price(request.hashprice)
        hashprice = Wad(sats * WAD_PER_SAT_PHS)
    price = known.btc_usd_e8 if known else UsdE8(0)
    if request.btc_usd is not None:
        price = usd_e8_from_usd(request.btc_usd.replace(",", ""))
    if hashprice == 0 or price == 0:
        raise HedgeError("hashprice and BTC/USD must be above zero")
    before_first = DayIndex(parse_months(request.months)[0].first_day - 1)
    return Spot(hashprice, price, known.day if known else before_first)


def read_sales(request: Request, fleet: Fleet, spot: Spot) -> list[Sale]:
    """Read months, prices, floor and cap, and plan what to sell.

    Raises:
        HashrateError: what was given makes no sense.
    """
    product = Product(request.product.upper())
    contracts = [Contract(product, month) for month in parse_months(request.months)]
    prices = [product.parse_price(text) for text in request.prices] or [spot.mark(product)]
    if len(prices) == 1:
        prices *= len(contracts)
    floor, cap = (
        None if text is None else product.parse_price(text) for text in (request.floor, request.cap)
    )
    share = percent(request.share, "share")
    sales = plan_sales(fleet, contracts, prices, share, BandChoice(floor, cap))
    if spot.day >= window(sales)[1]:
        raise HedgeError("the months are over: the spot prices given are of a later day")
    return sales


def percent(text: str, what: str) -> Fraction:
    """Read a percentage from 0 to 100 as a fraction.

    Raises:
        NumberFormatError: not a number.
        HedgeError: above 100.
    """
    value = fraction_from_decimal_text(text) / _HUNDRED
    if value > 1:
        raise HedgeError(f"{what}: {text} is above 100 %")
    return value
