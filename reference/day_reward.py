# SPDX-License-Identifier: AGPL-3.0-only
"""A day's reward (rules.md §3) from physical quantities, in exact fractions.

Each amount is built as a fraction in its own unit (satoshi per unit of work, joules, dollars) and
rounded once, where the rules round it.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .facts import DayPrices, Output
from .terms import SeriesTerms
from .units import BPS, DAY_SECONDS, SATS_PER_BTC, WAD

TOLERANCE_BPS = 200
MAX_MINED_MULTIPLE = 4
MAX_TOPPED_MULTIPLE = Fraction(5, 4)
RATE_HEADROOM = 1 << 16
JOULES_PER_KWH = 3_600_000


@dataclass(frozen=True)
class DayReward:
    """The result for one day.

    work: W [TH/s (18 dec) x s]; gross, fee, reward: [base units]; deemed: whether the day was
    settled without an output report.
    """

    work: int
    gross: int
    fee: int
    reward: int
    deemed: bool


NOTHING_OWED = DayReward(work=0, gross=0, fee=0, reward=0, deemed=False)


def sats_per_work(hashprice_wad: int) -> Fraction:
    """Return satoshi earned by one unit of work [satoshi per (TH/s (18 dec) x s)]."""
    return Fraction(hashprice_wad, WAD) / (DAY_SECONDS * WAD)


def net_of_pool(hashprice_wad: int, pool_fee_bps: int) -> Fraction:
    """Return what a pool pays for one unit of work [satoshi per (TH/s (18 dec) x s)]."""
    return sats_per_work(hashprice_wad) * (1 - Fraction(pool_fee_bps, BPS))


def power_usd(work: Fraction, terms: SeriesTerms) -> Fraction:
    """Return the cost of power of some work [USD]; work is in TH."""
    joules = work * Fraction(terms.efficiency_mj_per_th, 1_000)
    return joules / JOULES_PER_KWH * Fraction(terms.power_price_micro_usd_per_kwh, 10**6)


def operating_fee(work: int, prices: DayPrices, terms: SeriesTerms, decimals: int) -> int:
    """Return the fee on W units of work [base units]: power and service, each rounded up."""
    tera_hashes = Fraction(work, WAD)
    usd_per_btc = Fraction(prices.btc_usd_e8, 10**8)
    power_btc = power_usd(tera_hashes, terms) / usd_per_btc
    service_sats = tera_hashes / DAY_SECONDS * Fraction(terms.service_sats_per_th_day_wad, WAD)
    units_per_btc: int = 10**decimals
    units_per_sat = units_per_btc // SATS_PER_BTC
    return ceil(power_btc * units_per_btc) + ceil(service_sats * units_per_sat)


def believed_work(prices: DayPrices, output: Output, terms: SeriesTerms) -> int:
    """Return D' [TH/s (18 dec) x s]: no more work than the credited satoshi can have paid for."""
    claimed = DAY_SECONDS * output.delivered_ths
    least_share = 1 - Fraction(terms.pool_fee_bps + TOLERANCE_BPS, BPS)
    least_credit_per_work = sats_per_work(prices.hashprice_wad) * least_share
    return min(claimed, floor(output.credited_sats / least_credit_per_work))


def day_reward(
    terms: SeriesTerms, prices: DayPrices, output: Output | None, total: int, decimals: int
) -> DayReward:
    """Return a day's reward.

    Args:
        terms: the series' terms.
        prices: the day's final hashprice and price.
        output: the day's output if one counts, None for a deemed day.
        total: T [TH/s (18 dec) x s], the supply's work of the day.
        decimals: the reward token's, 8 to 18.
    """
    if total == 0:
        return NOTHING_OWED
    base: int = 10 ** (decimals - 8)
    deemed = output is None

    def after_fee(gross_sats: Fraction, work: int) -> DayReward:
        fee = operating_fee(work, prices, terms, decimals)
        gross = floor(gross_sats * base)
        reward = min(max(0, gross - fee), total // RATE_HEADROOM)
        return DayReward(work, gross, fee, reward, deemed)

    net_rate = net_of_pool(prices.hashprice_wad, terms.pool_fee_bps)
    if output is None:
        return after_fee(net_rate * total, total)
    guaranteed = floor(Fraction(terms.guaranteed_uptime_bps, BPS) * total)
    believed = believed_work(prices, output, terms)
    if believed == 0:
        return after_fee(net_rate * guaranteed, guaranteed)
    own_rate = Fraction(output.credited_sats, believed)
    mined = min(total, believed)
    mined_rate = min(own_rate, MAX_MINED_MULTIPLE * sats_per_work(prices.hashprice_wad))
    earned = after_fee(mined_rate * mined, mined)
    if guaranteed <= mined:
        return earned
    topped_rate = min(own_rate, MAX_TOPPED_MULTIPLE * net_rate)
    topped = after_fee(topped_rate * guaranteed, guaranteed)
    return topped if topped.reward > earned.reward else earned


def is_unprofitable(terms: SeriesTerms, prices: DayPrices) -> bool:
    """Return whether a TH/s running all day earned no more than its power and service, exactly."""
    earned_sats = net_of_pool(prices.hashprice_wad, terms.pool_fee_bps) * DAY_SECONDS * WAD
    usd_per_btc = Fraction(prices.btc_usd_e8, 10**8)
    power_sats = power_usd(Fraction(DAY_SECONDS), terms) / usd_per_btc * SATS_PER_BTC
    return earned_sats <= power_sats + Fraction(terms.service_sats_per_th_day_wad, WAD)
