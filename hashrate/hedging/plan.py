# SPDX-License-Identifier: AGPL-3.0-only
"""How many contracts a fleet sells for each month, and what is locked for them. Exact fractions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import SATS_PER_BTC, USD_E8, usd_wad_per_ths_day
from hashrate.hedging.errors import HedgeError
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.maths import seller_collateral
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms, standard_band

HOURS_PER_DAY = 24
DAYS_PER_YEAR = 365
WAD_PER_SAT_PHS = 10**15  # hashprice is kept per TH/s, 1e18; a satoshi per PH/s is this much
# what the tables count in: a bitcoin token of 8 decimals, a dollar token of 6
TOKEN_DECIMALS = {Product.HASHPRICE_SATS: 8, Product.HASHPRICE_USD: 6}


@dataclass(frozen=True, slots=True)
class Fleet:
    """A miner.

    Attributes:
        hashrate_phs: that runs all the time [PH/s].
        joules_per_th: energy of the machines, cooling and losses included [J/TH].
        usd_per_kwh: price of that energy [USD/kWh].
        pool_fee: share of the revenue that the pool keeps, 0 to 1.
    """

    hashrate_phs: Fraction
    joules_per_th: Fraction
    usd_per_kwh: Fraction
    pool_fee: Fraction = Fraction(0)

    @property
    def power_usd_per_day(self) -> Fraction:
        """Return what a day's energy costs [USD]: 1 J/TH is 1 kW for 1 PH/s."""
        return HOURS_PER_DAY * self.joules_per_th * self.usd_per_kwh * self.hashrate_phs


@dataclass(frozen=True, slots=True)
class Spot:
    """Spot hashprice and bitcoin price when the hedge is made.

    Attributes:
        hashprice_wad: [sat per TH/s per day, 1e18].
        btc_usd_e8: [USD per BTC, 1e8].
        day: the last UTC day known.
    """

    hashprice_wad: Wad
    btc_usd_e8: UsdE8
    day: DayIndex

    def mark(self, product: Product) -> int:
        """Return the price [tick] of every month if nothing is to change: the hashprice now."""
        if product is Product.HASHPRICE_SATS:
            return self.hashprice_wad // product.scale
        return usd_wad_per_ths_day(self.hashprice_wad, self.btc_usd_e8) // product.scale


@dataclass(frozen=True, slots=True)
class Sale:
    """A month sold.

    Attributes:
        contract: its code.
        terms: of the series.
        price_ticks: at which it is sold [tick].
        quantity: [contracts], whole PH/s.
    """

    contract: Contract
    terms: ForwardTerms
    price_ticks: int
    quantity: int

    @property
    def locked(self) -> int:
        """Return the margin locked until the month is settled [base units]: all it can lose."""
        return self.quantity * seller_collateral(self.terms, self.price_ticks)

    def capital_cost(self, rate: Fraction, since: DayIndex) -> Fraction:
        """Return what locking it costs at a yearly rate until the month ends [base units]."""
        return self.locked * rate * (self.terms.end_day - since) / DAYS_PER_YEAR


@dataclass(frozen=True, slots=True)
class BandChoice:
    """Floor and cap in place of the standard listing's [tick]; None keeps the standard one."""

    floor_ticks: int | None = None
    cap_ticks: int | None = None


def hedge_terms(contract: Contract, band: BandChoice) -> ForwardTerms:
    """Make the terms of a month, as the standard lists it unless floor or cap are given.

    Raises:
        TermsError: no standard band, and not both are given.
        HedgeError: the floor is not below the cap, or difficulty was asked for.
    """
    product = contract.product
    if product not in TOKEN_DECIMALS:
        raise HedgeError("a miner's hedge is in hashprice: HPS or HPU, not DIF")
    floor, cap = band.floor_ticks, band.cap_ticks
    if floor is None or cap is None:
        standard = standard_band(contract)
        floor = standard.floor_ticks if floor is None else floor
        cap = standard.cap_ticks if cap is None else cap
    if floor >= cap:
        raise HedgeError(f"the floor, {floor} ticks, is not below the cap, {cap}")
    month, value = contract.month, product.tick_value(TOKEN_DECIMALS[product])
    return ForwardTerms(
        ZERO_ADDRESS,
        product.metric,
        month.first_day,
        month.end_day,
        floor,
        cap,
        value,
        ZERO_ADDRESS,
    )


def plan_sales(
    fleet: Fleet,
    contracts: Sequence[Contract],
    prices: Sequence[int],
    share: Fraction,
    band: BandChoice,
) -> list[Sale]:
    """Sell a share of the fleet's hashrate for each month, in whole contracts, rounded down.

    Args:
        fleet: whose hashrate is sold.
        contracts: months, one after the other.
        prices: one for each month [tick].
        share: of the hashrate, 0 to 1.
        band: floor and cap, where they are not the standard ones.

    Raises:
        HedgeError: less than one contract, months with a gap, or not a price for each.
        PriceError: a price lies outside floor and cap.
    """
    months = [contract.month for contract in contracts]
    if any(later != month.plus(1) for month, later in zip(months, months[1:], strict=False)):
        raise HedgeError("the months must follow one another")
    if len(prices) != len(contracts):
        raise HedgeError(f"{len(contracts)} months need one price, or as many; got {len(prices)}")
    quantity = int(fleet.hashrate_phs * share)
    if quantity < 1:
        raise HedgeError("less than 1 PH/s to sell: a contract is 1 PH/s")
    sales = []
    for contract, price in zip(contracts, prices, strict=True):
        sale = Sale(contract, hedge_terms(contract, band), price, quantity)
        seller_collateral(sale.terms, price)  # refuses a price outside floor and cap
        sales.append(sale)
    return sales


def window(sales: Sequence[Sale]) -> tuple[DayIndex, DayIndex]:
    """Return the first UTC day of the first month and the first one after the last."""
    return sales[0].terms.first_day, sales[-1].terms.end_day


def usd_of_base_units(product: Product, amount: Fraction, btc_usd_e8: int) -> Fraction:
    """Value an amount of a product's token [base units] in dollars.

    Args:
        product: in satoshi or dollars.
        amount: of its token.
        btc_usd_e8: [USD per BTC, 1e8]; dollars do not depend on it.
    """
    if product.is_in_dollars:
        base_units: int = 10 ** TOKEN_DECIMALS[product]
        return amount / base_units
    return amount * btc_usd_e8 / (SATS_PER_BTC * USD_E8)
