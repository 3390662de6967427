# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward terms
@license GNU Affero General Public License v3.0 only
@notice What the terms of a forward series may be, the series they make, and how they are stored in
        two words.
@dev        money word    token 160 | tick value 96
            market word   floor 64 | cap 65 | first day 24 | end day 24 | pairs 79
            index word    index 160 | units per tick 96
            state word    ... | metric 16 | index's first day 24 | ... (`series`)

     A trade reads the first two words and writes the second, where what is open is counted beside
     what it needs anyway.

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
_ADDRESS_BITS: constant(uint256) = 160
_ADDRESS_MASK: constant(uint256) = 2**160 - 1
_FLOOR_MASK: constant(uint256) = 2**64 - 1
_CAP_SHIFT: constant(uint256) = 64
_CAP_MASK: constant(uint256) = 2**65 - 1
_FIRST_DAY_SHIFT: constant(uint256) = 129
_END_DAY_SHIFT: constant(uint256) = 153
_DAY_MASK: constant(uint256) = 2**24 - 1
_PAIRS_SHIFT: constant(uint256) = 177
_REST_MASK: constant(uint256) = 2**177 - 1
# [contracts] most that can be open in one series
MAX_PAIRS: constant(uint256) = 2**79 - 1
_METRIC_SHIFT: constant(uint256) = 160
_MAX_METRIC: constant(uint256) = 2**16 - 1
_INDEX_DAY_SHIFT: constant(uint256) = 176


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
) -> uint256[4]:
    """
    @notice Terms as they are stored, without pairs.
    @param _terms the terms, checked
    @param _index_day [day] the index's first, at most that of the terms
    @param _units_per_tick [index units] below 2**96
    @return money word, market word, index word, part of the state word
    """
    return [
        convert(_terms.token, uint256) | (_terms.tick_value << _ADDRESS_BITS),
        _terms.floor_ticks
        | (_terms.cap_ticks << _CAP_SHIFT)
        | (_terms.first_day << _FIRST_DAY_SHIFT)
        | (_terms.end_day << _END_DAY_SHIFT),
        convert(_terms.index, uint256) | (_units_per_tick << _ADDRESS_BITS),
        (_terms.metric << _METRIC_SHIFT) | (_index_day << _INDEX_DAY_SHIFT),
    ]


@internal
@pure
def _unpacked(_words: uint256[4]) -> IForwardsVault.Terms:
    """
    @notice Terms from storage.
    @param _words money word, market word, index word, state word
    @return the terms
    """
    return IForwardsVault.Terms(
        index=convert(_words[2] & _ADDRESS_MASK, address),
        metric=(_words[3] >> _METRIC_SHIFT) & _MAX_METRIC,
        first_day=(_words[1] >> _FIRST_DAY_SHIFT) & _DAY_MASK,
        end_day=(_words[1] >> _END_DAY_SHIFT) & _DAY_MASK,
        floor_ticks=_words[1] & _FLOOR_MASK,
        cap_ticks=(_words[1] >> _CAP_SHIFT) & _CAP_MASK,
        tick_value=_words[0] >> _ADDRESS_BITS,
        token=convert(_words[0] & _ADDRESS_MASK, address),
    )


@internal
@pure
def _window(_market: uint256) -> (uint256, uint256):
    """
    @notice The window, from the market word.
    @param _market market word
    @return [day] first day, [day] end day
    """
    return (_market >> _FIRST_DAY_SHIFT) & _DAY_MASK, (_market >> _END_DAY_SHIFT) & _DAY_MASK


@internal
@pure
def _token(_money: uint256) -> address:
    """
    @notice The settlement token, from the money word.
    @param _money money word
    @return token
    """
    return convert(_money & _ADDRESS_MASK, address)


@internal
@pure
def _band(_money: uint256, _market: uint256) -> Band:
    """
    @notice What trading needs of terms, without the index.
    @param _money money word
    @param _market market word
    @return token, floor, cap and unit
    """
    first_day: uint256 = 0
    end_day: uint256 = 0
    first_day, end_day = self._window(_market)
    return Band(
        token=self._token(_money),
        floor_ticks=_market & _FLOOR_MASK,
        cap_ticks=(_market >> _CAP_SHIFT) & _CAP_MASK,
        unit=(end_day - first_day) * (_money >> _ADDRESS_BITS),
    )


@internal
@pure
def _pairs(_market: uint256) -> uint256:
    """
    @notice Contracts that were counted.
    @param _market market word
    @return [contracts]
    """
    return _market >> _PAIRS_SHIFT


@internal
@pure
def _with_pairs(_market: uint256, _count: uint256) -> uint256:
    """
    @notice A market word with another count.
    @param _market market word
    @param _count [contracts]
    @return market word
    @custom:reverts "series: too many contracts"
    """
    assert _count <= MAX_PAIRS, "series: too many contracts"
    return (_market & _REST_MASK) | (_count << _PAIRS_SHIFT)


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
def _index_day(_state: uint256) -> uint256:
    """
    @notice The index's first day, as read when the series was created.
    @param _state state word
    @return [day]
    """
    return (_state >> _INDEX_DAY_SHIFT) & _DAY_MASK


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
