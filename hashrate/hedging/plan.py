# SPDX-License-Identifier: AGPL-3.0-only
"""A fleet, the prices of the day, and the terms of the months it may sell. Exact fractions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import SATS_PER_BTC, USD_E8, usd_wad_per_ths_day
from hashrate.hedging.errors import HedgeError
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms, standard_band

HOURS_PER_DAY = 24
WAD_PER_SAT_PHS = 10**15  # hashprice is kept per TH/s, 1e18; a satoshi per PH/s is this much
# what the tables count in: a bitcoin token of 8 decimals, a dollar token of 6
TOKEN_DECIMALS = {Product.HASHPRICE_SATS: 8, Product.HASHPRICE_USD: 6}
_NOBODY = to_checksum_address(bytes(20))  # a hedge is worked out before any contract is chosen


@dataclass(frozen=True, slots=True)
class Fleet:
    """A miner.

    Attributes:
        hashrate_phs: of all machines [PH/s].
        joules_per_th: energy of the machines, cooling and losses included [J/TH].
        usd_per_kwh: price of that energy [USD/kWh].
        pool_fee: share of the revenue that the pool keeps, 0 to 1.
        uptime: share of the time in which the machines run, 0 to 1.
        curtail_above: the machines rest on a day on which a kWh mines less than this, and power
            at rest costs nothing [USD/kWh]; None if they never rest.
        fixed_usd_per_month: costs that no rest saves [USD per calendar month].
    """

    hashrate_phs: Fraction
    joules_per_th: Fraction
    usd_per_kwh: Fraction
    pool_fee: Fraction = Fraction(0)
    uptime: Fraction = Fraction(1)
    curtail_above: Fraction | None = None
    fixed_usd_per_month: Fraction = Fraction(0)

    @property
    def power_usd_per_day(self) -> Fraction:
        """Return what the energy of a day on which it mines costs [USD]: 1 J/TH is 1 kW a PH/s."""
        return self._kwh_per_day * self.usd_per_kwh * self.hashrate_phs * self.uptime

    @property
    def exposure_phs(self) -> Fraction:
        """Return the hashrate whose revenue it keeps [PH/s]: what runs, after the pool's fee."""
        return self.hashrate_phs * self.uptime * (1 - self.pool_fee)

    @property
    def _kwh_per_day(self) -> Fraction:
        """Return the energy of 1 PH/s in a day without a pause [kWh]."""
        return HOURS_PER_DAY * self.joules_per_th

    def mines_at(self, usd_per_phs_day: Fraction) -> bool:
        """Return whether it is worth running at a hashprice, before the fee [USD per PH/s, day]."""
        if self.curtail_above is None:
            return True
        return usd_per_phs_day * (1 - self.pool_fee) >= self.curtail_above * self._kwh_per_day


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
        """Return the price [tick] of every month if nothing is to change: the hashprice now.

        Rounded down: a seller does not count on a part of a tick.
        """
        if product is Product.HASHPRICE_SATS:
            return self.hashprice_wad // product.scale
        return usd_wad_per_ths_day(self.hashprice_wad, self.btc_usd_e8) // product.scale


@dataclass(frozen=True, slots=True)
class BandChoice:
    """Floor and cap in place of the standard listing's [tick]; None keeps the standard one."""

    floor_ticks: int | None = None
    cap_ticks: int | None = None


def hedge_terms(contract: Contract, band: BandChoice) -> ForwardTerms:
    """Make the terms of a month, as its code lists it unless floor or cap are given.

    Raises:
        TermsError: no standard band, and not both are given.
        HedgeError: the floor is not below the cap, or difficulty was asked for.
    """
    product = contract.product
    if product not in TOKEN_DECIMALS:
        raise HedgeError("a miner's hedge is in hashprice: HPS or HPU, not DIF")
    floor, cap = band.floor_ticks, band.cap_ticks
    if floor is None or cap is None:
        listed = contract.band or standard_band(contract)
        floor = listed.floor_ticks if floor is None else floor
        cap = listed.cap_ticks if cap is None else cap
    if floor >= cap:
        raise HedgeError(f"the floor, {floor} ticks, is not below the cap, {cap}")
    month, value = contract.month, product.tick_value(TOKEN_DECIMALS[product])
    days = month.first_day, month.end_day
    return ForwardTerms(_NOBODY, product.metric, *days, floor, cap, value, _NOBODY)


def require_consecutive(contracts: Sequence[Contract]) -> None:
    """Check that months follow one another without a gap.

    Raises:
        HedgeError: they do not.
    """
    months = [contract.month for contract in contracts]
    if any(later != month.plus(1) for month, later in zip(months, months[1:], strict=False)):
        raise HedgeError("the months must follow one another")


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
