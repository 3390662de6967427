# SPDX-License-Identifier: AGPL-3.0-only
"""What a fleet earns over a window, with and without its forwards. Exact, nothing is rounded.

A day is what the oracle would report of it: hashprice and price as integers. The forwards settle by
the vault's own formula; satoshi are valued at the close of the last day of their month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hashrate.core.types import UsdE8, Wad
from hashrate.core.units import SATS_PER_BTC, USD_E8, usd_wad_per_ths_day
from hashrate.hedging.plan import WAD_PER_SAT_PHS, Fleet, Sale, usd_of_base_units
from hashrate.products.forwards.maths import payouts, seller_collateral
from hashrate.products.forwards.product import Product


@dataclass(frozen=True, slots=True)
class Day:
    """A day: hashprice [sat per TH/s per day, 1e18] and closing price [USD per BTC, 1e8]."""

    hashprice_wad: Wad
    btc_usd_e8: UsdE8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a window.

    Attributes:
        name: of the scenario, or of the month history begins with.
        mean_sats: mean hashprice [sat per PH/s per day].
        last_usd_e8: price of the last day [USD per BTC, 1e8].
        mined_usd: revenue after the pool's fee, sold at each day's close [USD].
        power_usd: cost of energy [USD].
        forwards_usd: gain of the contracts sold, negative for a loss [USD].
        forwards: the same for each month [base units of its token].
    """

    name: str
    mean_sats: Fraction
    last_usd_e8: UsdE8
    mined_usd: Fraction
    power_usd: Fraction
    forwards_usd: Fraction
    forwards: tuple[int, ...]

    @property
    def unhedged_usd(self) -> Fraction:
        """Return the margin without forwards [USD]."""
        return self.mined_usd - self.power_usd

    @property
    def hedged_usd(self) -> Fraction:
        """Return the margin with them [USD]."""
        return self.unhedged_usd + self.forwards_usd


def work_out(name: str, fleet: Fleet, sales: Sequence[Sale], days: Sequence[Day]) -> Outcome:
    """Let days pass over a fleet and the months it sold.

    Args:
        name: of the scenario.
        fleet: the miner.
        sales: its months, one after the other.
        days: every day of these months, in order.
    """
    earned = sum(day.hashprice_wad * day.btc_usd_e8 for day in days)
    mined = Fraction(earned, WAD_PER_SAT_PHS * SATS_PER_BTC * USD_E8)
    gains, gains_usd, begin = [], Fraction(0), 0
    for sale in sales:
        part = days[begin : begin + sale.terms.days]
        gain = sale.quantity * _short_gain(sale, part)
        product = sale.contract.product
        gains_usd += usd_of_base_units(product, Fraction(gain), part[-1].btc_usd_e8)
        gains.append(gain)
        begin += sale.terms.days
    return Outcome(
        name=name,
        mean_sats=Fraction(sum(day.hashprice_wad for day in days), len(days) * WAD_PER_SAT_PHS),
        last_usd_e8=days[-1].btc_usd_e8,
        mined_usd=mined * fleet.hashrate_phs * (1 - fleet.pool_fee),
        power_usd=fleet.power_usd_per_day * len(days),
        forwards_usd=gains_usd,
        forwards=tuple(gains),
    )


def _short_gain(sale: Sale, days: Sequence[Day]) -> int:
    """Settle a month; give what one SHORT pays above what it cost [base units]."""
    if sale.contract.product is Product.HASHPRICE_SATS:
        total = sum(int(day.hashprice_wad) for day in days)
    else:
        total = sum(int(usd_wad_per_ths_day(day.hashprice_wad, day.btc_usd_e8)) for day in days)
    return payouts(sale.terms, total).short - seller_collateral(sale.terms, sale.price_ticks)
