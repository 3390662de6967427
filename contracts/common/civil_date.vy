# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Civil date
@license GNU Affero General Public License v3.0 only
@notice Year, month and day of a UTC day, by the Gregorian calendar.
@dev This module does not protect anything: it has no storage and no access control.
@custom:source Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days
"""

# [days] from 1 March of year 0 to 1 January 1970
_EPOCH: constant(uint256) = 719_468
# [days] 400 years, after which the calendar repeats
_ERA: constant(uint256) = 146_097


@internal
@pure
def _of(_day: uint256) -> (uint256, uint256, uint256):
    """
    @notice The date of a day.
    @dev Years begin in March here, so that the day that some years lack is the last one.
    @param _day [day] UTC day index
    @return year, month from 1 to 12, day of the month from 1
    """
    day: uint256 = _day + _EPOCH
    of_era: uint256 = day % _ERA
    of_era_year: uint256 = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year: uint256 = of_era - (365 * of_era_year + of_era_year // 4 - of_era_year // 100)
    march_month: uint256 = (5 * of_year + 2) // 153
    of_month: uint256 = of_year - (153 * march_month + 2) // 5 + 1
    month: uint256 = march_month + 3 if march_month < 10 else march_month - 9
    year: uint256 = of_era_year + day // _ERA * 400
    return year + 1 if month <= 2 else year, month, of_month
