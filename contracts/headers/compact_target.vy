# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Compact target
@license GNU Affero General Public License v3.0 only
@notice The 32 bits in which a header states its target, the rule that changes it every 2016 blocks,
        and the work a target stands for.
@dev A compact target is `size 8 | sign 1 | mantissa 23`: mantissa * 256**(size - 3). Here the sign
     is never set: bits are those of a checked anchor, or made by `_compact`. This module does not
     protect against bits from anywhere else; `_expand` refuses what consensus refuses.
@custom:source Bitcoin Core, `arith_uint256::SetCompact`, `GetCompact`, `GetBlockProof` and
    `CalculateNextWorkRequired`
"""

RETARGET_BLOCKS: constant(uint256) = 2_016
RETARGET_SECONDS: constant(uint256) = 14 * 86_400
# the target moves by a factor of four at most
_MAX_STEP: constant(uint256) = 4

_MANTISSA_MASK: constant(uint256) = 2**23 - 1
_SIGN_BIT: constant(uint256) = 2**23
_MANTISSA_BYTES: constant(uint256) = 3
_MAX_SIZE: constant(uint256) = 32


@internal
@pure
def _expand(_bits: uint256) -> uint256:
    """
    @notice The target that bits state.
    @param _bits [compact] 32 bits
    @return [target] zero for bits that state none: negative, zero, or wider than 256 bits
    """
    size: uint256 = _bits >> 24
    mantissa: uint256 = _bits & _MANTISSA_MASK
    if _bits & _SIGN_BIT != 0 or size > _MAX_SIZE + 2:
        return 0
    if size < _MANTISSA_BYTES:
        # consensus drops the low bytes
        return mantissa >> (8 * (_MANTISSA_BYTES - size))
    lift: uint256 = 8 * (size - _MANTISSA_BYTES)
    target: uint256 = mantissa << lift
    return target if target >> lift == mantissa else 0


@internal
@pure
def _compact(_target: uint256) -> uint256:
    """
    @notice The bits of a target; all but its highest two to three bytes are cut off.
    @param _target [target] not zero
    @return [compact] rounds down, as consensus does: the harder target
    """
    size: uint256 = 0
    for _: uint256 in range(_MAX_SIZE):
        if size == _MAX_SIZE or _target >> (8 * size) == 0:
            break
        size += 1
    mantissa: uint256 = 0
    if size < _MANTISSA_BYTES:
        mantissa = _target << (8 * (_MANTISSA_BYTES - size))
    else:
        mantissa = _target >> (8 * (size - _MANTISSA_BYTES))
    if mantissa & _SIGN_BIT != 0:
        # the top bit is the sign: make room for it
        mantissa >>= 8
        size += 1
    return (size << 24) | mantissa


@internal
@pure
def _next_bits(_bits: uint256, _first: uint256, _last: uint256, _pow_limit: uint256) -> uint256:
    """
    @notice The bits of the 2016 blocks that follow.
    @param _bits [compact] of the 2016 that end
    @param _first [unix s] header time of the first of them
    @param _last [unix s] header time of the last of them; may be before the first
    @param _pow_limit [target] the easiest
    @return [compact]
    """
    # 2015 intervals, as consensus has it; a span that is negative is below the lower bound too
    span: uint256 = _last - min(_first, _last)
    span = min(max(span, RETARGET_SECONDS // _MAX_STEP), RETARGET_SECONDS * _MAX_STEP)
    lift: uint256 = 8 * (max(_bits >> 24, _MANTISSA_BYTES) - _MANTISSA_BYTES)
    scaled: uint256 = (self._expand(_bits) >> lift) * span
    # floor(scaled * 2**shift / RETARGET_SECONDS) in parts, since the product may have 280 bits
    whole: uint256 = scaled // RETARGET_SECONDS
    if whole > _pow_limit >> lift:
        return self._compact(_pow_limit)
    # whole * 2**shift is at most the limit, and the remainder has 21 bits: neither is cut off by a
    # shift of 232 at most; their sum is below (whole + 1) * 2**shift, which is 2**256 at most
    target: uint256 = (whole << lift) + ((scaled % RETARGET_SECONDS) << lift) // RETARGET_SECONDS
    return self._compact(min(target, _pow_limit))


@internal
@pure
def _work(_target: uint256) -> uint256:
    """
    @notice Expected hashes for a block.
    @param _target [target] not zero
    @return [hashes] floor(2**256 / (target + 1)); rounds down, as Bitcoin Core does
    """
    if _target == max_value(uint256):
        return 1
    return ~_target // (_target + 1) + 1
