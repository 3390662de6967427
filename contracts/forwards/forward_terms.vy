# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward terms
@license GNU Affero General Public License v3.0 only
@notice What the terms of a forward series may be, the series they make, and how they are stored in
        two words.
@dev        low word    token 160 | first day 24 | end day 24 | metric 8
            high word   floor 64 | cap 65 | tick value 96

     The bounds keep every amount of one contract below 2**127. They say nothing about whether the
     terms are good. The token list and the oracle's history are checked by whoever knows them.
"""

from . import IForwardsEngine

# members of `IForwardsEngine.Metric` as numbers: the compiler cannot name them from here
HASHPRICE_SATS: constant(uint256) = 1
HASHPRICE_USD: constant(uint256) = 2
DIFFICULTY: constant(uint256) = 4
# [contracts] most in one call or order: times any cost of a strip it stays within a word
MAX_QUANTITY: constant(uint256) = 2**120 - 1
# [days] longest window
MAX_DAYS: constant(uint256) = 366
# [tick]
MAX_CAP: constant(uint256) = 2**64

_DAY_SECONDS: constant(uint256) = 86_400
_TOKEN_MASK: constant(uint256) = 2**160 - 1
_DAY_MASK: constant(uint256) = 2**24 - 1
_FIRST_DAY_SHIFT: constant(uint256) = 160
_END_DAY_SHIFT: constant(uint256) = 184
_METRIC_SHIFT: constant(uint256) = 208
_FLOOR_MASK: constant(uint256) = 2**64 - 1
_CAP_SHIFT: constant(uint256) = 64
_CAP_MASK: constant(uint256) = 2**65 - 1
_TICK_VALUE_SHIFT: constant(uint256) = 129


# what trading needs of a series
struct Month:
    floor_ticks: uint256  # [tick]
    cap_ticks: uint256  # [tick]
    unit: uint256  # [base units per tick] of one contract over its window: days times tick value


@internal
@view
def _check(_terms: IForwardsEngine.Terms):
    """
    @notice Refuse terms that make no sense, have begun, or could overflow.
    @param _terms the terms
    """
    metric: uint256 = convert(_terms.metric, uint256)
    assert (
        metric == HASHPRICE_SATS or metric == HASHPRICE_USD or metric == DIFFICULTY
    ), "terms: not one metric"
    assert _terms.first_day > block.timestamp // _DAY_SECONDS, "terms: not in the future"
    assert _terms.end_day <= _DAY_MASK, "terms: too far away"
    assert (
        _terms.end_day > _terms.first_day and _terms.end_day - _terms.first_day <= MAX_DAYS
    ), "terms: not 1 to 366 days"
    assert (
        _terms.floor_ticks < _terms.cap_ticks and _terms.cap_ticks <= MAX_CAP
    ), "terms: floor or cap out of range"
    assert (
        _terms.tick_value != 0 and _terms.tick_value < 2**96
    ), "terms: tick value out of range"
    # 9, 65 and 96 bits: the product fits a word
    days: uint256 = _terms.end_day - _terms.first_day
    assert days * _terms.cap_ticks * _terms.tick_value < 2**127, "terms: contract too large"


@internal
@view
def _series_of(_terms: IForwardsEngine.Terms, _oracle: address) -> uint256:
    """
    @notice The series that terms make on this chain, in this engine, with an oracle.
    @param _terms the terms
    @param _oracle hashprice oracle
    @return series, even; LONG has this id, SHORT the next
    """
    return convert(keccak256(abi_encode(chain.id, self, _oracle, _terms)), uint256) >> 1 << 1


@internal
@pure
def _packed(_terms: IForwardsEngine.Terms) -> (uint256, uint256):
    """
    @notice Terms as they are stored.
    @param _terms the terms, checked
    @return low word, high word
    """
    return (
        convert(_terms.token, uint256)
        | (_terms.first_day << _FIRST_DAY_SHIFT)
        | (_terms.end_day << _END_DAY_SHIFT)
        | (convert(_terms.metric, uint256) << _METRIC_SHIFT),
        _terms.floor_ticks
        | (_terms.cap_ticks << _CAP_SHIFT)
        | (_terms.tick_value << _TICK_VALUE_SHIFT),
    )


@internal
@pure
def _unpacked(_low: uint256, _high: uint256) -> IForwardsEngine.Terms:
    """
    @notice Terms from storage.
    @param _low low word
    @param _high high word
    @return the terms
    """
    return IForwardsEngine.Terms(
        metric=convert(_low >> _METRIC_SHIFT, IForwardsEngine.Metric),
        first_day=(_low >> _FIRST_DAY_SHIFT) & _DAY_MASK,
        end_day=(_low >> _END_DAY_SHIFT) & _DAY_MASK,
        floor_ticks=_high & _FLOOR_MASK,
        cap_ticks=(_high >> _CAP_SHIFT) & _CAP_MASK,
        tick_value=_high >> _TICK_VALUE_SHIFT,
        token=convert(_low & _TOKEN_MASK, address),
    )


@internal
@pure
def _month(_terms: IForwardsEngine.Terms) -> Month:
    """
    @notice What trading needs of terms.
    @param _terms the terms
    @return floor, cap and unit
    """
    return Month(
        floor_ticks=_terms.floor_ticks,
        cap_ticks=_terms.cap_ticks,
        unit=(_terms.end_day - _terms.first_day) * _terms.tick_value,
    )


@internal
@pure
def _pair_cost(_month: Month) -> uint256:
    """
    @notice What LONG and SHORT of one contract cost together, and are always worth.
    @param _month the series
    @return [base units]
    """
    return _month.unit * (_month.cap_ticks - _month.floor_ticks)


@internal
@pure
def _leg(_month: Month, _price_ticks: uint256, _is_buyer: bool) -> uint256:
    """
    @notice What one side of one contract costs at a price; both sides make the pair's cost.
    @param _month the series
    @param _price_ticks [tick] between floor and cap
    @param _is_buyer whether for the buyer of LONG
    @return [base units]
    """
    if _is_buyer:
        return _month.unit * (_price_ticks - _month.floor_ticks)
    return _month.unit * (_month.cap_ticks - _price_ticks)
