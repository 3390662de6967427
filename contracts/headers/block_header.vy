# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Block header
@license GNU Affero General Public License v3.0 only
@notice The 80 bytes that Bitcoin's miners hash, made from what is sent and what is derived.
@dev Numbers in a header are little-endian, hashes as SHA-256 gives them; a hash is compared with a
     target as a little-endian number.

         word 0   version 4 | previous hash, bytes 0 to 27
         word 1   previous hash, bytes 28 to 31 | merkle root, bytes 0 to 27
         word 2   merkle root, bytes 28 to 31 | time 4 | bits 4 | nonce 4        16 bytes

     This module does not protect anything: it has no storage and checks no rule.
@custom:source Bitcoin Core, `CBlockHeader`
"""

from . import compact_target

_HASH_BYTES: constant(uint256) = 32
_VERSION_MASK: constant(uint256) = (2**32 - 1) << 224
# time and nonce where word 2 has them, the bits between them left out
_TIME_AND_NONCE_MASK: constant(uint256) = ((2**32 - 1) << 192) | ((2**32 - 1) << 128)
BYTE: constant(uint256) = 2**8 - 1
_SECOND_BYTE: constant(uint256) = BYTE << 8
# every second byte, pair of bytes, four and eight
_ODD_1: constant(uint256) = max_value(uint256) // (2**8 + 1)
_ODD_2: constant(uint256) = max_value(uint256) // (2**16 + 1)
_ODD_4: constant(uint256) = max_value(uint256) // (2**32 + 1)
_ODD_8: constant(uint256) = max_value(uint256) // (2**64 + 1)


# what a target asks of a header, worked out once
struct Rule:
    bits_field: uint256  # bits as word 2 has them
    target: uint256  # [target] the greatest hash
    mantissa: uint256  # [target] its three leading bytes
    lead_shift: uint256  # [bits] where those bytes stand in a hash
    zeros_mask: uint256  # the bytes of a hash that are greater than those
    work: uint256  # [hashes] expected


@internal
@pure
def _rule(_bits: uint256) -> Rule:
    """
    @notice What a target asks of a header.
    @param _bits [compact] a target of three to 32 bytes
    @return the rule
    """
    # a hash has its greatest byte last: bytes above the mantissa's come first from the right
    zeros: uint256 = 8 * (_HASH_BYTES - (_bits >> 24))
    target: uint256 = compact_target._expand(_bits)
    return Rule(
        bits_field=self._swap32(_bits) << 160,
        target=target,
        mantissa=_bits & (2**24 - 1),
        lead_shift=zeros,
        zeros_mask=(1 << zeros) - 1,
        work=compact_target._work(target),
    )


@internal
@pure
def _checked_hash(_previous: bytes32, _sent: uint256[2], _rule: Rule) -> bytes32:
    """
    @notice Hash of a header, refused if it is above the target.
    @param _previous [hash] of the block before
    @param _sent merkle root, and from the left version 4 | time 4 | nothing 4 | nonce 4, bytes as
        in the header; what stands in other bytes is ignored
    @param _rule what the target asks
    @return [hash] double SHA-256
    @custom:reverts "headers: not enough work"
    """
    previous: uint256 = convert(_previous, uint256)
    block_hash: bytes32 = sha256(
        sha256(
            slice(
                abi_encode(
                    (_sent[1] & _VERSION_MASK) | (previous >> 32),
                    (previous << 224) | (_sent[0] >> 32),
                    (_sent[0] << 224) | (_sent[1] & _TIME_AND_NONCE_MASK) | _rule.bits_field,
                ),
                0,
                80,
            )
        )
    )
    number: uint256 = convert(block_hash, uint256)
    lead: uint256 = number >> _rule.lead_shift
    # the leading bytes decide; only where they are the target's own, all bytes are compared
    if (
        number & _rule.zeros_mask != 0
        or ((lead & BYTE) << 16) | (lead & _SECOND_BYTE) | ((lead >> 16) & BYTE) >= _rule.mantissa
    ):
        assert self._swap256(number) <= _rule.target, "headers: not enough work"
    return block_hash


@internal
@pure
def _swap32(_number: uint256) -> uint256:
    """
    @notice A 32-bit number with its bytes the other way round.
    @param _number any 32-bit number
    @return the number
    """
    return (
        ((_number & BYTE) << 24)
        | ((_number & _SECOND_BYTE) << 8)
        | ((_number >> 8) & _SECOND_BYTE)
        | (_number >> 24)
    )


@internal
@pure
def _swap256(_number: uint256) -> uint256:
    """
    @notice A 256-bit number with its bytes the other way round: a hash as the number that a target
        is compared with.
    @param _number any number
    @return the number
    """
    # neighbouring bytes first, then pairs of bytes, of four, of eight, and the two halves
    x: uint256 = ((_number >> 8) & _ODD_1) | ((_number & _ODD_1) << 8)
    x = ((x >> 16) & _ODD_2) | ((x & _ODD_2) << 16)
    x = ((x >> 32) & _ODD_4) | ((x & _ODD_4) << 32)
    x = ((x >> 64) & _ODD_8) | ((x & _ODD_8) << 64)
    return (x >> 128) | (x << 128)
