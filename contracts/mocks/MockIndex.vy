# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Mock: an index that says what it is told to
@license GNU Affero General Public License v3.0 only
@notice For tests: honest days of one value, and any lie about them.
"""

# lies about sums: none, one that falls, one too large, a revert, all gas burned, one word too few,
# one too many, nothing at all, another answer each time
HONEST: constant(uint256) = 0
FALLS: constant(uint256) = 1
TOO_LARGE: constant(uint256) = 2
REVERTS: constant(uint256) = 3
BURNS: constant(uint256) = 4
SHORT: constant(uint256) = 5
LONG: constant(uint256) = 6
NOTHING: constant(uint256) = 7
CHANGES: constant(uint256) = 8

FIRST_DAY: public(uint256)
last_final_day: public(uint256)
units_per_tick_: public(uint256)
value: public(uint256)
lie: public(uint256)
# what `final_day_at` says, if not zero
newest_at: public(uint256)
# [unix s] finality of every day; the end of the day if zero
final_at: public(uint256)


@deploy
def __init__(_first_day: uint256, _last_final_day: uint256, _value: uint256):
    """
    @notice Begin with honest days.
    @param _first_day [day]
    @param _last_final_day [day]
    @param _value [index units] of every day
    """
    self.FIRST_DAY = _first_day
    self.last_final_day = _last_final_day
    self.value = _value
    self.units_per_tick_ = 1


@external
def set_days(_first_day: uint256, _last_final_day: uint256, _newest_at: uint256):
    """
    @notice Answer other days from now on.
    @param _first_day [day]
    @param _last_final_day [day]
    @param _newest_at [day] newest final day at any time; zero for the last final day
    """
    self.FIRST_DAY = _first_day
    self.last_final_day = _last_final_day
    self.newest_at = _newest_at


@external
def set_value(_value: uint256, _units_per_tick: uint256, _final_at: uint256):
    """
    @notice Answer other values from now on.
    @param _value [index units] of every day
    @param _units_per_tick [index units]
    @param _final_at [unix s] finality of every day; zero for an hour after its end
    """
    self.value = _value
    self.units_per_tick_ = _units_per_tick
    self.final_at = _final_at


@external
def set_lie(_lie: uint256):
    """
    @notice Lie about sums from now on.
    @param _lie which lie
    """
    self.lie = _lie


@external
@view
def final_day_at(_time: uint256) -> uint256:
    """
    @notice As in `IIndex`, or what it was told.
    @param _time [unix s]; nothing was ever final at 0
    @return [day]
    """
    if _time == 0:
        return 0
    return self.newest_at if self.newest_at != 0 else self.last_final_day


@external
@view
def units_per_tick(_metric: uint256) -> uint256:
    """
    @notice As in `IIndex`.
    @param _metric any but 0
    @return [index units]
    """
    return self.units_per_tick_ if _metric != 0 else 0


@external
@view
@raw_return
def sum_through(_metric: uint256, _day: uint256) -> Bytes[96]:
    """
    @notice As in `IIndex`, or a lie.
    @param _metric any but 0
    @param _day [day]
    @return words
    """
    lie: uint256 = self.lie
    if lie == NOTHING or _metric == 0:
        return b""
    assert lie != REVERTS, "mock: no answer"
    if lie == BURNS:
        spent: bytes32 = empty(bytes32)
        for _: uint256 in range(2**40):
            spent = keccak256(spent)
    sum: uint256 = 0
    if _day >= self.FIRST_DAY:
        sum = self.value * (_day - self.FIRST_DAY + 1)
    if lie == FALLS:
        sum = 2**100 - _day
    elif lie == TOO_LARGE:
        sum = 2**136 + _day
    elif lie == CHANGES:
        sum = msg.gas
    final_at: uint256 = self.final_at if self.final_at != 0 else (_day + 1) * 86_400 + 3_600
    if lie == SHORT:
        return slice(abi_encode(sum), 0, 32)
    if lie == LONG:
        return abi_encode(sum, final_at, sum)
    return abi_encode(sum, final_at)
