# SPDX-License-Identifier: AGPL-3.0-only
"""What a miner says, as texts, turned into a plan. Numbers are decimal and taken exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from commands.shell.late import imported_late
from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import day_from_iso, fraction_from_decimal_text, usd_e8_from_usd
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.hedge import HedgePlan
from hashrate.hedging.outcome import Day
from hashrate.hedging.plan import WAD_PER_SAT_PHS, BandChoice, Fleet, Spot, hedge_terms
from hashrate.hedging.scenarios import read_days, spot_after
from hashrate.hedging.selling import Bid, Capital, MonthBids
from hashrate.history import open_source
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.months import parse_months
from hashrate.products.forwards.product import Product

_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Request:
    """What a miner says.

    Attributes:
        phs, j_per_th, usd_per_kwh: the fleet [PH/s], [J/TH], [USD/kWh].
        months: such as JAN27:JUN27.
        product: HPS or HPU.
        prices: one for all months, one for each, or none for the mark.
        relay: whose bids to sell to; None for the prices.
        hashprice, btc_usd: spot prices now; none for the end of the data.
        today: on which the hedge is made, YYYY-MM-DD.
        share, pool_fee, uptime, fees, capital_cost: in percent.
        curtail_above: see `Fleet` [USD/kWh].
        fixed_usd_per_month, debt_usd_per_month: [USD].
        floor, cap: in place of the standard listing's.
        data: folder with real days.
    """

    phs: str
    j_per_th: str
    usd_per_kwh: str
    months: str
    product: str
    prices: Sequence[str]
    relay: str | None
    hashprice: str | None
    btc_usd: str | None
    today: str
    share: str
    pool_fee: str
    uptime: str
    curtail_above: str | None
    fixed_usd_per_month: str
    debt_usd_per_month: str
    fees: str
    capital_cost: str
    floor: str | None
    cap: str | None
    data: Path | None

    def plan(self) -> HedgePlan:
        """Read all of it.

        Raises:
            HashrateError: a number, a month or a price makes no sense, or a relay does not answer.
        """
        days = read_days(open_source(f"dataset:{self.data}")) if self.data else {}
        today = day_from_iso(self.today)
        fleet, spot = self._fleet(), self._spot(days, today)
        months = self._months(spot)
        if self.relay is not None:
            months = imported_late("commands.hedge.books").read_bids(self.relay, months)
        return HedgePlan(
            fleet,
            spot,
            tuple(months),
            percent(self.share, "share"),
            Capital(percent(self.capital_cost, "capital cost"), today),
            percent(self.fees, "share of fees"),
            fraction_from_decimal_text(self.debt_usd_per_month),
            days,
        )

    def asked(self, plan: HedgePlan) -> list[MonthBids]:
        """Return the months at the prices the miner names, whatever a relay's book says."""
        return self._months(plan.spot)

    def _fleet(self) -> Fleet:
        hashrate = fraction_from_decimal_text(self.phs)
        if hashrate == 0:
            raise HedgeError("a fleet without hashrate has nothing to hedge")
        curtail = self.curtail_above
        return Fleet(
            hashrate,
            fraction_from_decimal_text(self.j_per_th),
            fraction_from_decimal_text(self.usd_per_kwh),
            percent(self.pool_fee, "pool fee"),
            percent(self.uptime, "uptime"),
            None if curtail is None else fraction_from_decimal_text(curtail),
            fraction_from_decimal_text(self.fixed_usd_per_month),
        )

    def _spot(self, days: Mapping[DayIndex, Day], today: DayIndex) -> Spot:
        """Return the spot prices given, and those not given from the end of the data."""
        known = spot_after(days, max(days)) if days else None
        if known is None and (self.hashprice is None or self.btc_usd is None):
            raise HedgeError("give --data, or both --hashprice and --btc-usd")
        hashprice = known.hashprice_wad if known else Wad(0)
        if self.hashprice is not None:
            sats = Product.HASHPRICE_SATS.parse_price(self.hashprice)
            hashprice = Wad(sats * WAD_PER_SAT_PHS)
        price = known.btc_usd_e8 if known else UsdE8(0)
        if self.btc_usd is not None:
            price = usd_e8_from_usd(self.btc_usd.replace(",", ""))
        if hashprice == 0 or price == 0:
            raise HedgeError("hashprice and BTC/USD must be above zero")
        return Spot(hashprice, price, known.day if known else today)

    def _months(self, spot: Spot) -> list[MonthBids]:
        product = Product(self.product.upper())
        contracts = [Contract(product, month) for month in parse_months(self.months)]
        prices = [product.parse_price(text) for text in self.prices] or [spot.mark(product)]
        if len(prices) == 1:
            prices *= len(contracts)
        if len(prices) != len(contracts):
            given = f"{len(contracts)} months need one price, or as many; got {len(prices)}"
            raise HedgeError(given)
        floor, cap = (
            None if text is None else product.parse_price(text) for text in (self.floor, self.cap)
        )
        band = BandChoice(floor, cap)
        return [
            MonthBids(contract, hedge_terms(contract, band), (Bid(price, None),))
            for contract, price in zip(contracts, prices, strict=True)
        ]


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
