# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward terms
@license GNU Affero General Public License v3.0 only
@notice What the terms of a forward series may be, the series they make, and how they are stored in
        two words.
@dev        low word    token 160 | first day 24 | end day 24 | metric 16 | index's first day 24
            high word   floor 64 | cap 65 | tick value 96
            index word  index 160 | units per tick 96

     The bounds keep every amount of one contract below 2**127. They say nothing about whether the
     terms are good. The token list and the index are asked by whoever knows them.
"""

from . import IForwardsVault

# [count] legs in one trade, at most
MAX_LEGS: constant(uint256) = 12
# [contracts] most in one leg of a call: times any cost of twelve it stays within a word
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
_MAX_METRIC: constant(uint256) = 2**16 - 1
_INDEX_DAY_SHIFT: constant(uint256) = 224
_ADDRESS_BITS: constant(uint256) = 160
_FLOOR_MASK: constant(uint256) = 2**64 - 1
_CAP_SHIFT: constant(uint256) = 64
_CAP_MASK: constant(uint256) = 2**65 - 1
_TICK_VALUE_SHIFT: constant(uint256) = 129


# what trading needs of a series
struct Band:
    token: address  # settlement token
    floor_ticks: uint256  # [tick]
    cap_ticks: uint256  # [tick]
    unit: uint256  # [base units per tick] of one contract over its window: days times tick value


@internal
@view
def _check(_terms: IForwardsVault.Terms):
    """
    @notice Refuse terms that make no sense, have begun, or could overflow.
    @param _terms the terms
    """
    assert _terms.metric <= _MAX_METRIC, "terms: metric too large"
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
def _series_of(_terms: IForwardsVault.Terms) -> uint256:
    """
    @notice The series that terms make on this chain, in this vault.
    @param _terms the terms
    @return series, even; LONG has this id, SHORT the next
    """
    return convert(keccak256(abi_encode(chain.id, self, _terms)), uint256) >> 1 << 1


@internal
@pure
def _packed(
    _terms: IForwardsVault.Terms, _index_day: uint256, _units_per_tick: uint256
) -> (uint256, uint256, uint256):
    """
    @notice Terms as they are stored.
    @param _terms the terms, checked
    @param _index_day [day] the index's first, at most that of the terms
    @param _units_per_tick [index units] below 2**96
    @return low word, high word, index word
    """
    return (
        convert(_terms.token, uint256)
        | (_terms.first_day << _FIRST_DAY_SHIFT)
        | (_terms.end_day << _END_DAY_SHIFT)
        | (_terms.metric << _METRIC_SHIFT)
        | (_index_day << _INDEX_DAY_SHIFT),
        _terms.floor_ticks
        | (_terms.cap_ticks << _CAP_SHIFT)
        | (_terms.tick_value << _TICK_VALUE_SHIFT),
        convert(_terms.index, uint256) | (_units_per_tick << _ADDRESS_BITS),
    )


@internal
@pure
def _unpacked(_low: uint256, _high: uint256, _index: uint256) -> IForwardsVault.Terms:
    """
    @notice Terms from storage.
    @param _low low word
    @param _high high word
    @param _index index word
    @return the terms
    """
    return IForwardsVault.Terms(
        index=convert(_index & _TOKEN_MASK, address),
        metric=(_low >> _METRIC_SHIFT) & _MAX_METRIC,
        first_day=(_low >> _FIRST_DAY_SHIFT) & _DAY_MASK,
        end_day=(_low >> _END_DAY_SHIFT) & _DAY_MASK,
        floor_ticks=_high & _FLOOR_MASK,
        cap_ticks=(_high >> _CAP_SHIFT) & _CAP_MASK,
        tick_value=_high >> _TICK_VALUE_SHIFT,
        token=convert(_low & _TOKEN_MASK, address),
    )


@internal
@pure
def _days(_low: uint256) -> (uint256, uint256):
    """
    @notice The window, from the low word alone.
    @param _low low word
    @return [day] first day, [day] end day
    """
    return (_low >> _FIRST_DAY_SHIFT) & _DAY_MASK, (_low >> _END_DAY_SHIFT) & _DAY_MASK


@internal
@pure
def _band(_low: uint256, _high: uint256) -> Band:
    """
    @notice What trading needs of terms, without the index.
    @param _low low word
    @param _high high word
    @return token, floor, cap and unit
    """
    return Band(
        token=convert(_low & _TOKEN_MASK, address),
        floor_ticks=_high & _FLOOR_MASK,
        cap_ticks=(_high >> _CAP_SHIFT) & _CAP_MASK,
        unit=(((_low >> _END_DAY_SHIFT) & _DAY_MASK) - ((_low >> _FIRST_DAY_SHIFT) & _DAY_MASK))
        * (_high >> _TICK_VALUE_SHIFT),
    )


@internal
@pure
def _units_per_tick(_index: uint256) -> uint256:
    """
    @notice The index's units in one tick, as read when the series was created.
    @param _index index word
    @return [index units]
    """
    return _index >> _ADDRESS_BITS


@internal
@pure
def _index_day(_low: uint256) -> uint256:
    """
    @notice The index's first day, as read when the series was created.
    @param _low low word
    @return [day]
    """
    return _low >> _INDEX_DAY_SHIFT


@internal
@pure
def _pair_cost(_band: Band) -> uint256:
    """
    @notice What LONG and SHORT of one contract cost together, and are always worth.
    @param _band the series
    @return [base units]
    """
    return _band.unit * (_band.cap_ticks - _band.floor_ticks)


@internal
@pure
def _costs(_band: Band, _price_ticks: uint256) -> (uint256, uint256):
    """
    @notice What the two sides of one contract cost at a price; together they make the pair's cost.
    @param _band the series
    @param _price_ticks [tick]
    @return [base units] of LONG, of SHORT
    @custom:reverts "terms: price out of range"
    """
    assert (
        _price_ticks >= _band.floor_ticks and _price_ticks <= _band.cap_ticks
    ), "terms: price out of range"
    return (
        _band.unit * (_price_ticks - _band.floor_ticks),
        _band.unit * (_band.cap_ticks - _price_ticks),
    )
