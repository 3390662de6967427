# SPDX-License-Identifier: AGPL-3.0-only
"""A small series with round numbers: 1,000 TH/s at 50 satoshi per TH/s and day, $100,000 a coin."""

from dataclasses import dataclass

from reference import (
    DayPrices,
    FactTable,
    FleetRegister,
    Output,
    Parties,
    SeriesModel,
    SeriesTerms,
)
from reference.units import DAY_SECONDS, HOUR_SECONDS, day_start

START = 20_000
TH = 10**18
FLEET_THS = 1_000 * TH
PARTIES = Parties(zero="0x00", token="0x01", distributor="0x02", issuer="0x03", guardian="0x04")
HOLDER, BUYER, KEEPER = "0x11", "0x12", "0x13"
FINALITY_SECONDS = 12 * HOUR_SECONDS
GRACE_SECONDS = 3 * DAY_SECONDS
OUTPUT_DEADLINE_SECONDS = 7 * DAY_SECONDS
PRICES = DayPrices(hashprice_wad=50 * 10**18, btc_usd_e8=100_000 * 10**8)
POWERED = SeriesTerms(  # 24 satoshi of power and 1 of service per TH/s and day
    start_day=START,
    efficiency_mj_per_th=20_000,
    power_price_micro_usd_per_kwh=50_000,
    service_sats_per_th_day_wad=10**18,
)


def final_time(day: int) -> int:
    """Return when a day of these tests becomes final [unix s]."""
    return day_start(day + 1) + FINALITY_SECONDS


@dataclass
class Scene:
    """A series and the facts it reads."""

    table: FactTable
    series: SeriesModel

    def report(self, credited_sats: int, delivered_ths: int, prices: DayPrices = PRICES) -> int:
        """Report the next day with its output, both final twelve hours after it; return it."""
        day = self.report_prices(prices)
        self.report_output(day, credited_sats, delivered_ths, final_time(day))
        return day

    def report_prices(self, prices: DayPrices = PRICES) -> int:
        """Report the next day without an output and return it."""
        day = self.table.first_day + len(self.table.daily_prices)
        return self.table.add_day(prices, final_time(day))

    def report_output(self, day: int, credited: int, delivered: int, final_at: int) -> None:
        """Report an output of a day, final at `final_at` [unix s]."""
        output = Output(credited, delivered, final_at)
        self.table.set_output(PARTIES.token, day, output)

    def settle(self, day: int, max_days: int = 1_000) -> int:
        """Settle in the second in which `day` is final; return how many days settled."""
        return len(self.series.settle(max_days, final_time(day)))


def scene(
    terms: SeriesTerms | None = None, decimals: int = 8, holder_ths: int = FLEET_THS, bond: int = 0
) -> Scene:
    """Return a series whose holder has held `holder_ths` since the noon before its first day."""
    table = FactTable(first_day=START)
    terms = terms or SeriesTerms(start_day=START, attestation_days=1)
    made = day_start(START - 3)
    series = SeriesModel(terms, table, PARTIES, FleetRegister(), decimals, made)
    for day in range(START - 20, START - 1):
        attested = Output(0, FLEET_THS, day_start(START - 2) + FINALITY_SECONDS)
        table.set_output(PARTIES.token, day, attested)
    if bond:
        series.post_bond(bond)
    if holder_ths:
        series.mint(HOLDER, holder_ths, day_start(START - 1) + 12 * HOUR_SECONDS)
    return Scene(table, series)
