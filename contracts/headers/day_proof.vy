# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Day proof
@license GNU Affero General Public License v3.0 only
@notice What headers say about a day, in one word, and the values that follow from it: mean
        difficulty and hashprice, as reporters compute them.
@dev From the low bits up:

         last height 32   [height]
         blocks      16   [blocks] at least 1
         old blocks  16   [blocks] before the target changed, fewer than `blocks`; 0 if it did not
         bits        32   [compact] of the last block
         old bits    32   [compact] of the old blocks
         work        128  [hashes] of the chain it was proven with; zero in a point

     A target is mantissa * 256**e. Both of a day are brought to one exponent, so that no product
     passes 256 bits and each value is rounded once, down. This module does not protect against
     bits that are no target.
"""

from ..common import subsidy

_BLOCKS_SHIFT: constant(uint256) = 32
_OLD_BLOCKS_SHIFT: constant(uint256) = 48
_BITS_SHIFT: constant(uint256) = 64
_OLD_BITS_SHIFT: constant(uint256) = 96
WORK_SHIFT: constant(uint256) = 128
FACTS_MASK: constant(uint256) = 2**128 - 1
_MASK_16: constant(uint256) = 2**16 - 1
_MASK_32: constant(uint256) = 2**32 - 1

# [blocks] of a day that has no proof: more than can be counted, a third target, or a first part
# that nobody saw
UNCOUNTED: constant(uint256) = 2**16 - 1
MAX_WORK: constant(uint256) = 2**128 - 1

_MANTISSA_MASK: constant(uint256) = 2**23 - 1
_MANTISSA_BYTES: constant(uint256) = 3
# the target of difficulty 1 is 0xFFFF * 2**208
_UNIT_MANTISSA: constant(uint256) = 2**16 - 1
_UNIT_SHIFT: constant(uint256) = 208
# a block takes difficulty * 2**32 hashes, by the market's convention
_HASHES_SHIFT: constant(uint256) = 32
_DAY_SECONDS: constant(uint256) = 86_400
_WAD: constant(uint256) = 10**18


@internal
@pure
def _pack(
    _last_height: uint256,
    _blocks: uint256,
    _bits: uint256,
    _old_blocks: uint256,
    _old_bits: uint256,
) -> uint256:
    """
    @notice The word of a day, without work.
    @param _last_height [height] last block of the day, below 2**32
    @param _blocks [blocks] in the day
    @param _bits [compact] of the last block
    @param _old_blocks [blocks] before the target changed; 0 if it did not
    @param _old_bits [compact] of those
    @return [word] zero if the day has no proof
    """
    if _blocks >= UNCOUNTED or _old_blocks == UNCOUNTED:
        return 0
    return (
        _last_height
        | (_blocks << _BLOCKS_SHIFT)
        | (_old_blocks << _OLD_BLOCKS_SHIFT)
        | (_bits << _BITS_SHIFT)
        | (_old_bits << _OLD_BITS_SHIFT)
    )


@internal
@pure
def _last_height(_word: uint256) -> uint256:
    """
    @notice Last block of the day.
    @param _word [word] of a day
    @return [height]
    """
    return _word & _MASK_32


@internal
@pure
def _blocks(_word: uint256) -> uint256:
    """
    @notice Number of blocks of the day.
    @param _word [word] of a day
    @return [blocks]
    """
    return (_word >> _BLOCKS_SHIFT) & _MASK_16


@internal
@pure
def _old_blocks(_word: uint256) -> uint256:
    """
    @notice Number of blocks before the target changed.
    @param _word [word] of a day
    @return [blocks] zero if it did not
    """
    return (_word >> _OLD_BLOCKS_SHIFT) & _MASK_16


@internal
@pure
def _bits(_word: uint256) -> uint256:
    """
    @notice Target of the last block.
    @param _word [word] of a day
    @return [compact]
    """
    return (_word >> _BITS_SHIFT) & _MASK_32


@internal
@pure
def _old_bits(_word: uint256) -> uint256:
    """
    @notice Target of the blocks before it changed.
    @param _word [word] of a day
    @return [compact] zero if it did not
    """
    return (_word >> _OLD_BITS_SHIFT) & _MASK_32


@internal
@pure
def _subsidies(_word: uint256, _halving_blocks: uint256) -> (uint256, uint256):
    """
    @notice Subsidies of the day's blocks.
    @param _word [word] of a day
    @param _halving_blocks [blocks] length of an era
    @return [sat] of the old blocks, [sat] of the others
    """
    end: uint256 = self._last_height(_word) + 1
    first: uint256 = end - self._blocks(_word)
    middle: uint256 = first + self._old_blocks(_word)
    old: uint256 = 0
    if middle != first:
        old = subsidy._sum(first, middle - 1, _halving_blocks)
    return old, subsidy._sum(middle, end - 1, _halving_blocks)


@internal
@pure
def _difficulty_wad(_word: uint256) -> uint256:
    """
    @notice Mean difficulty of the day's blocks.
    @param _word [word] of a day
    @return [difficulty, 1e18] rounds down, as reporters do
    """
    mantissa: uint256 = self._mantissa(self._bits(_word))
    lift: uint256 = self._shift(self._bits(_word))
    blocks: uint256 = self._blocks(_word)
    old_blocks: uint256 = self._old_blocks(_word)
    # sum of blocks / target is numerator / (divisor * 2**lift), with the greater exponent
    numerator: uint256 = blocks
    divisor: uint256 = mantissa
    if old_blocks != 0:
        old_mantissa: uint256 = self._mantissa(self._old_bits(_word))
        old_lift: uint256 = self._shift(self._old_bits(_word))
        common: uint256 = max(lift, old_lift)
        numerator = ((blocks - old_blocks) * old_mantissa << (common - lift)) + (
            old_blocks * mantissa << (common - old_lift)
        )
        divisor = mantissa * old_mantissa
        lift = common
    numerator *= _UNIT_MANTISSA * _WAD
    divisor *= blocks
    # 144 bits at most before this shift; a mined target leaves it at 100 or less
    if lift <= _UNIT_SHIFT:
        return (numerator << (_UNIT_SHIFT - lift)) // divisor
    return numerator // (divisor << (lift - _UNIT_SHIFT))


@internal
@pure
def _hashprice_wad(
    _word: uint256, _old_sats: uint256, _new_sats: uint256, _unit_hashes: uint256
) -> uint256:
    """
    @notice Hashprice of a day: the mean over its blocks of reward per expected hash, times the
        hashes of a unit of hashrate in a day.
    @param _word [word] of a day
    @param _old_sats [sat] reward of the old blocks, below 2**52
    @param _new_sats [sat] reward of the others, below 2**52
    @param _unit_hashes [hashes per s] one unit of hashrate, at most 2**64
    @return [sat per unit per day, 1e18] rounds down, as reporters do
    """
    lift: uint256 = self._shift(self._bits(_word))
    # sum of reward * target is numerator * 2**shift, with the lesser exponent
    numerator: uint256 = _new_sats * self._mantissa(self._bits(_word))
    if self._old_blocks(_word) != 0:
        old_lift: uint256 = self._shift(self._old_bits(_word))
        common: uint256 = min(lift, old_lift)
        numerator = (numerator << (lift - common)) + (
            _old_sats * self._mantissa(self._old_bits(_word)) << (old_lift - common)
        )
        lift = common
    numerator *= _DAY_SECONDS * _unit_hashes * _WAD
    divisor: uint256 = self._blocks(_word) * _UNIT_MANTISSA
    # divided by 2**240, the unit's shift and the 2**32 hashes of it, less what is common
    return numerator // (divisor << (_UNIT_SHIFT + _HASHES_SHIFT - lift))


@internal
@pure
def _mantissa(_compact: uint256) -> uint256:
    """
    @notice Mantissa of bits.
    @param _compact [compact] a target of three bytes or more
    @return the mantissa
    """
    return _compact & _MANTISSA_MASK


@internal
@pure
def _shift(_compact: uint256) -> uint256:
    """
    @notice How far bits shift their mantissa.
    @param _compact [compact] a target of three bytes or more
    @return [bits]
    """
    return 8 * ((_compact >> 24) - _MANTISSA_BYTES)
