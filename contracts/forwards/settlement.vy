# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward settlement
@license GNU Affero General Public License v3.0 only
@notice What a contract pays, from sums of its index. Pure: it reads nothing.
@dev One division in all, rounding down in favour of SHORT by less than a base unit per contract.
     Sums have at most 137 bits, tick values 96, days 9: no product leaves a word.
"""

from . import IForwardsVault

# [days] final days whose mean a missing day counts as
MEAN_DAYS: constant(uint256) = 7


@internal
@pure
def _long_payout(
    _terms: IForwardsVault.Terms,
    _units_per_tick: uint256,
    _sum: uint256,
    _missing_days: uint256,
    _mean_sum: uint256,
) -> uint256:
    """
    @notice What LONG of one contract pays; SHORT pays the rest of the pair's cost.
    @param _terms the terms
    @param _units_per_tick [index units] in one tick, not zero
    @param _sum [index units] over the days of the window that count as they are
    @param _missing_days [days] days of the window that count as a mean
    @param _mean_sum [index units] over the `MEAN_DAYS` days of that mean
    @return [base units] between zero and the pair's cost
    """
    # rounds down, in favour of SHORT; without missing days both factors of MEAN_DAYS cancel
    gross: uint256 = (
        (MEAN_DAYS * _sum + _missing_days * _mean_sum)
        * _terms.tick_value // (MEAN_DAYS * _units_per_tick)
    )
    unit: uint256 = (_terms.end_day - _terms.first_day) * _terms.tick_value
    lowest: uint256 = unit * _terms.floor_ticks
    highest: uint256 = unit * _terms.cap_ticks
    return min(max(gross, lowest), highest) - lowest
