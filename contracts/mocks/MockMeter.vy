# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a meter
@license GNU Affero General Public License v3.0 only
@notice A metered share as the smallest product keeps it: balances with the meter's own module,
        whoever asks, and at a time of the caller's choice.
"""

from ..series import IMeter

implements: IMeter

from ..series import hashrate_meter
from ..series import meter_word

initializes: hashrate_meter


@deploy
def __init__():
    """
    @notice Start empty.
    """
    hashrate_meter.__init__()


@external
def add(_account: address, _amount_ths: uint256, _now: uint256):
    """
    @notice Add to a balance.
    @param _account holder
    @param _amount_ths [TH/s, 18 dec] amount
    @param _now [unix s] the meter's time
    """
    hashrate_meter._add(_account, _amount_ths, _now)


@external
def remove(_account: address, _amount_ths: uint256, _now: uint256):
    """
    @notice Take from a balance.
    @param _account holder
    @param _amount_ths [TH/s, 18 dec] amount
    @param _now [unix s] the meter's time
    """
    hashrate_meter._remove(_account, _amount_ths, _now)


@external
@view
def meter_words(_account: address, _start: uint256) -> DynArray[uint256, meter_word.MAX_WORDS]:
    """
    @notice Meter words of an account.
    @param _account holder
    @param _start [count] index of the first word wanted
    @return [words] oldest first
    """
    return hashrate_meter._words(_account, _start)


@external
@view
def ths_on(_account: address, _day: uint256) -> uint256:
    """
    @notice Work an account held over a day.
    @param _account holder
    @param _day [day] UTC day index
    @return [TH/s, 18 dec, times s] TH·s of that day
    """
    return hashrate_meter._work_on(_account, _day)
