# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Tranche name
@license GNU Affero General Public License v3.0 only
@notice Names that tell series, kind, maturity and face, so that nobody chooses them:
        `FJORD-YT-27Q2` and `-PT-` for SENIOR and JUNIOR of a strip, `FJORD-SR-27Q2-1500` and
        `-JR-` of a note with a face of 1500 satoshi. A maturity that is not the first day after a
        quarter is a date, `270615`.
@dev This module does not protect anything: names may repeat, addresses do not.
"""

from ..common import civil_date


@internal
@pure
def _name(
    _series: String[16], _is_senior: bool, _is_strip: bool, _maturity_day: uint256, _face: uint256
) -> String[50]:
    """
    @notice Name of a tranche token.
    @param _series symbol of the series
    @param _is_senior SENIOR, else JUNIOR
    @param _is_strip a strip, else a note
    @param _maturity_day [day] first day after the term
    @param _face [sat per TH/s] of a note, below 10**23
    @return name and symbol
    """
    if _is_strip:
        return concat(_series, "-YT-" if _is_senior else "-PT-", self._term(_maturity_day))
    name: String[105] = concat(
        _series,
        "-SR-" if _is_senior else "-JR-",
        self._term(_maturity_day),
        "-",
        uint2str(_face),
    )
    # 16 + 4 + 6 + 1 + 23 characters at most
    return abi_decode(abi_encode(name), String[50])


@internal
@pure
def _term(_maturity_day: uint256) -> String[6]:
    """
    @notice The quarter that ends with a maturity, or its date.
    @param _maturity_day [day] first day after the term
    @return like `27Q2` or `270615`
    """
    year: uint256 = 0
    month: uint256 = 0
    day: uint256 = 0
    year, month, day = civil_date._of(_maturity_day)
    if day == 1 and month % 3 == 1:
        quarter: uint256 = (month // 3 + 3) % 4 + 1
        if quarter == 4:
            year -= 1
        return concat(self._two(year % 100), "Q", slice(uint2str(quarter), 0, 1))
    return concat(self._two(year % 100), self._two(month), self._two(day))


@internal
@pure
def _two(_number: uint256) -> String[2]:
    """
    @notice Two digits.
    @param _number below 100
    @return its digits, with a leading zero below 10
    """
    return slice(concat(uint2str(_number // 10), uint2str(_number % 10)), 0, 2)
