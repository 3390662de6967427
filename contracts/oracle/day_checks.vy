# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Day checks
@license GNU Affero General Public License v3.0 only
@notice What Bitcoin's consensus rules say about a day's facts, and what is so unusual that people
        should have longer to look at it.
@dev What no day can be is refused. A day that cannot follow the day before says that one of the two
     is false: whoever posts it decides by the finality of the earlier one. Unusual values only
     lengthen the challenge window. So a true day can always be posted, at the latest when a false
     day before it is final. This module does not protect against a quorum that lies within these
     bounds.
"""

from . import IHashpriceOracle


# [blocks] Bitcoin consensus
RETARGET_BLOCKS: constant(uint256) = 2_016
INITIAL_SUBSIDY_SATS: constant(uint256) = 50 * 10**8
# halvings after which the subsidy is zero
LAST_ERA: constant(uint256) = 33

# field widths: hashprice at difficulty 20, a million times today's difficulty, 7e8 USD, all bitcoin
# there will ever be
MAX_HASHPRICE_WAD: constant(uint256) = 2**112 - 1
MAX_DIFFICULTY_WAD: constant(uint256) = 2**120 - 1
MAX_PRICE_E8: constant(uint256) = 2**56 - 1
MAX_FEES_SATS: constant(uint256) = 2**51 - 1
MAX_HEIGHT: constant(uint256) = 2**31 - 1

# [blocks] mined on an ordinary day; 58 and 216 were the extremes of eleven years
MIN_ORDINARY_BLOCKS: constant(uint256) = 20
MAX_ORDINARY_BLOCKS: constant(uint256) = 400
# fees of more than a quarter of the subsidy are unusual
_MAX_FEES_SHARE: constant(uint256) = 4

_DAY_SECONDS: constant(uint256) = 86_400
_WAD: constant(uint256) = 10**18
# a retarget moves the target by a factor of four at most; truncating it to `bits` (15 significant
# bits or more) can add 2**-15
_SLACK_ONE: constant(uint256) = 2**14
_MAX_STEP: constant(uint256) = 4 * (2**14 + 1)


@internal
@pure
def _check_alone(_facts: IHashpriceOracle.DayFacts, _halving_blocks: uint256) -> uint256:
    """
    @notice Refuse facts that no true day can have, whatever the day before was like.
    @param _facts the day
    @param _halving_blocks [blocks] length of a subsidy era
    @return [blocks] in the day
    """
    self._check_widths(_facts)
    assert _facts.last_height + 1 >= _facts.first_height, "oracle: heights reversed"
    assert _facts.subsidy_sats == self._subsidy_sats(
        _facts.first_height, _facts.last_height, _halving_blocks
    ), "oracle: subsidy off schedule"
    return _facts.last_height + 1 - _facts.first_height


@internal
@pure
def _check_after(
    _facts: IHashpriceOracle.DayFacts,
    _price: uint256,
    _last: IHashpriceOracle.DayRecord,
    _before: IHashpriceOracle.DayRecord,
    _halving_blocks: uint256,
    _unit_hashes: uint256,
) -> (bool, bool):
    """
    @notice Refuse facts that no true day can have; judge the rest against the day before.
    @param _facts the day
    @param _price [USD per BTC, 1e8] median price
    @param _last the day before
    @param _before the day before that, or the anchor
    @param _halving_blocks [blocks] length of a subsidy era
    @param _unit_hashes [hashes per s] one unit of hashrate
    @return whether the day can follow the day before, else one of the two is false; whether it is
        ordinary, then the short window is enough
    @custom:source docs/rules.md 1.2
    """
    blocks: uint256 = self._check_alone(_facts, _halving_blocks)
    hashprice: uint256 = _last.hashprice_sum_wad - _before.hashprice_sum_wad
    difficulty: uint256 = _last.difficulty_sum_wad - _before.difficulty_sum_wad
    follows: bool = _facts.first_height == _last.last_height + 1
    if blocks == 0:
        assert _facts.fees_sats == 0, "oracle: fees without blocks"
        assert _facts.hashprice_wad == hashprice, "oracle: hashprice not repeated"
        assert _facts.difficulty_wad == difficulty, "oracle: difficulty not repeated"
        return follows, False
    is_near: bool = False
    if _facts.difficulty_wad == difficulty:
        # only fees or a halving can have moved the hashprice
        is_near = self._is_within_a_twentieth(_facts.hashprice_wad, hashprice)
    else:
        follows = follows and self._can_change(
            _facts.difficulty_wad, difficulty, _facts.last_height, _last, _before
        )
        is_near = self._is_within(_facts.hashprice_wad, hashprice, 40, 250) and self._is_within(
            _facts.difficulty_wad, difficulty, 70, 140
        )
    return follows, (
        is_near
        and self._is_within(_price, _last.btc_usd_e8, 58, 150)
        and blocks >= MIN_ORDINARY_BLOCKS
        and blocks <= MAX_ORDINARY_BLOCKS
        and _facts.fees_sats * _MAX_FEES_SHARE <= _facts.subsidy_sats
        and self._is_consistent(_facts, _unit_hashes)
    )


@internal
@pure
def _check_widths(_facts: IHashpriceOracle.DayFacts):
    """
    @notice Refuse zero values and values too wide for their field.
    @param _facts the day
    """
    assert _facts.hashprice_wad != 0, "oracle: zero hashprice"
    assert _facts.difficulty_wad != 0, "oracle: zero difficulty"
    assert _facts.hashprice_wad <= MAX_HASHPRICE_WAD, "oracle: hashprice too wide"
    assert _facts.difficulty_wad <= MAX_DIFFICULTY_WAD, "oracle: difficulty too wide"
    assert _facts.fees_sats <= MAX_FEES_SATS, "oracle: fees too wide"
    assert _facts.last_height <= MAX_HEIGHT, "oracle: height too wide"


@internal
@pure
def _subsidy_sats(_first: uint256, _last: uint256, _halving_blocks: uint256) -> uint256:
    """
    @notice Sum of the block subsidies over heights, inclusive.
    @param _first [height] first block
    @param _last [height] last block; first - 1 for none
    @param _halving_blocks [blocks] length of an era
    @return [sat]
    @custom:source Bitcoin Core `GetBlockSubsidy`: 50 BTC >> (height // interval)
    """
    first_era: uint256 = _first // _halving_blocks
    last_era: uint256 = _last // _halving_blocks
    if first_era == last_era:
        return (_last + 1 - _first) * (INITIAL_SUBSIDY_SATS >> first_era)
    total: uint256 = 0
    # an empty range if there are no blocks, or none that has a subsidy
    end_era: uint256 = min(last_era + 1, LAST_ERA)
    for era: uint256 in range(min(first_era, end_era), end_era, bound=LAST_ERA):
        start: uint256 = max(_first, era * _halving_blocks)
        end: uint256 = min(_last + 1, (era + 1) * _halving_blocks)
        total += (end - start) * (INITIAL_SUBSIDY_SATS >> era)
    return total


@internal
@pure
def _has_retarget(_first: uint256, _last: uint256) -> bool:
    """
    @notice Whether the difficulty may change at one of these heights.
    @param _first [height] first block
    @param _last [height] last block; first - 1 for none
    @return True if a multiple of 2016 lies in them
    """
    # rounds down: multiples of 2016 up to and including `_last` less those below `_first`
    return (_last // RETARGET_BLOCKS) * RETARGET_BLOCKS >= _first


@internal
@pure
def _is_within(
    _value: uint256, _base: uint256, _low_percent: uint256, _high_percent: uint256
) -> bool:
    """
    @notice Whether a value lies within percentages of another, exactly.
    @param _value any number below 2**240
    @param _base any number below 2**240
    @param _low_percent [%] lower bound
    @param _high_percent [%] upper bound
    @return True if so
    """
    # no product overflows: numbers below 2**240, percentages below 2**16
    hundredfold: uint256 = unsafe_mul(_value, 100)
    return hundredfold >= unsafe_mul(_base, _low_percent) and hundredfold <= unsafe_mul(
        _base, _high_percent
    )


@internal
@pure
def _is_within_a_twentieth(_value: uint256, _base: uint256) -> bool:
    """
    @notice Whether neither of two values is more than 1.05 times the other, exactly.
    @param _value any number below 2**240
    @param _base any number below 2**240
    @return True if so
    """
    # no product overflows: numbers below 2**240, percentages below 2**8
    return unsafe_mul(max(_value, _base), 100) <= unsafe_mul(min(_value, _base), 105)


@internal
@pure
def _can_change(
    _new_wad: uint256,
    _old_wad: uint256,
    _height: uint256,
    _last: IHashpriceOracle.DayRecord,
    _before: IHashpriceOracle.DayRecord,
) -> bool:
    """
    @notice Whether consensus allows a difficulty other than the day before's.
    @param _new_wad [difficulty, 1e18] of the day
    @param _old_wad [difficulty, 1e18] of the day before
    @param _height [height] last block of the day
    @param _last the day before
    @param _before the day before that, or the anchor
    @return True if so
    """
    # A day without blocks repeats the mean of the day before it, which a retarget may have mixed. A
    # day that came back from heights too high ends below them: a retarget may lie behind it too.
    may_change: bool = (
        _before.last_height >= _last.last_height
        or self._has_retarget(_before.last_height + 1, _height)
    )
    return (
        may_change
        and _new_wad * _SLACK_ONE <= _old_wad * _MAX_STEP
        and _old_wad * _SLACK_ONE <= _new_wad * _MAX_STEP
    )


@internal
@pure
def _is_consistent(_facts: IHashpriceOracle.DayFacts, _unit_hashes: uint256) -> bool:
    """
    @notice Whether the hashprice is what subsidy, fees, block count and difficulty say: within 3 %
        on a retarget day, else 1e-6.
    @param _facts the day; widths checked, at least one block
    @param _unit_hashes [hashes per s] one unit of hashrate, 10**12 for TH/s
    @return True if so
    @custom:source docs/rules.md 1.2
    """
    blocks: uint256 = _facts.last_height + 1 - _facts.first_height
    # rounds down: it only chooses the length of a window
    expected: uint256 = (
        (_facts.subsidy_sats + _facts.fees_sats)
        * _DAY_SECONDS
        * _unit_hashes
        * _WAD
        * _WAD // (blocks * 2**32 * _facts.difficulty_wad)
    )
    apart: uint256 = (max(expected, _facts.hashprice_wad) - min(expected, _facts.hashprice_wad))
    if self._has_retarget(_facts.first_height, _facts.last_height):
        return apart * 100 <= expected * 3
    return apart * 10**6 <= expected
