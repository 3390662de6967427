# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward settlement
@license GNU Affero General Public License v3.0 only
@notice What a contract pays, from sums of the oracle's days. Pure: it reads nothing.
@dev One division in all, rounding down in favour of SHORT by less than a base unit per contract.
     Sums have at most 136 bits, tick values 96, days 9: no product leaves a word.
"""

from . import IForwardsEngine
from ..oracle import IHashpriceOracle
from . import forward_terms

# [days] final days whose mean a missing day counts as
MEAN_DAYS: constant(uint256) = 7

# oracle units in one tick for one day: per TH/s, 18 decimals, against per PH/s
_SCALE_SATS: constant(uint256) = 10**15
_SCALE_USD: constant(uint256) = 10**13
_SCALE_DIFFICULTY: constant(uint256) = 10**27


@internal
@pure
def _sum_of(_metric: IForwardsEngine.Metric, _record: IHashpriceOracle.DayRecord) -> uint256:
    """
    @notice The prefix sum of a metric.
    @param _metric the metric
    @param _record a day of the oracle
    @return [oracle units] of that day and all before it
    """
    metric: uint256 = convert(_metric, uint256)
    if metric == forward_terms.HASHPRICE_SATS:
        return _record.hashprice_sum_wad
    if metric == forward_terms.HASHPRICE_USD:
        return _record.usd_sum_wad
    return _record.difficulty_sum_wad


@internal
@pure
def _long_payout(
    _terms: IForwardsEngine.Terms, _sum: uint256, _missing_days: uint256, _mean_sum: uint256
) -> uint256:
    """
    @notice What LONG of one contract pays; SHORT pays the rest of the pair's cost.
    @param _terms the terms
    @param _sum [oracle units] over the days of the window that count as they are
    @param _missing_days [days] days of the window that count as a mean
    @param _mean_sum [oracle units] over the `MEAN_DAYS` days of that mean
    @return [base units] between zero and the pair's cost
    """
    metric: uint256 = convert(_terms.metric, uint256)
    scale: uint256 = _SCALE_DIFFICULTY
    if metric == forward_terms.HASHPRICE_SATS:
        scale = _SCALE_SATS
    elif metric == forward_terms.HASHPRICE_USD:
        scale = _SCALE_USD
    # rounds down, in favour of SHORT; without missing days both factors of MEAN_DAYS cancel
    gross: uint256 = (
        (MEAN_DAYS * _sum + _missing_days * _mean_sum) * _terms.tick_value // (MEAN_DAYS * scale)
    )
    unit: uint256 = (_terms.end_day - _terms.first_day) * _terms.tick_value
    lowest: uint256 = unit * _terms.floor_ticks
    highest: uint256 = unit * _terms.cap_ticks
    return min(max(gross, lowest), highest) - lowest
