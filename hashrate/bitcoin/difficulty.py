# SPDX-License-Identifier: AGPL-3.0-only
"""Targets, difficulty and the retarget rule, in exact integers and fractions.

Source: Bitcoin Core, `arith_uint256::SetCompact` and `GetCompact`, `CalculateNextWorkRequired`.
"""

from fractions import Fraction

from hashrate.bitcoin.errors import InvalidBitsError
from hashrate.core.types import MAINNET, CompactBits, Network

DIFFICULTY_ONE_TARGET = 0xFFFF << 208
"""The target of difficulty 1, on every network: the compact form 0x1d00ffff."""
HASHES_PER_DIFFICULTY = 2**32
"""Expected hashes of a block at difficulty 1, by the market's convention."""
RETARGET_BLOCKS = 2016
RETARGET_SECONDS = 14 * 86_400

_SIGN_BIT = 0x0080_0000
_MANTISSA_MASK = 0x007F_FFFF
_MANTISSA_BYTES = 3
_MAX_COMPACT = 0xFFFF_FFFF
_MAX_TARGET_BITS = 256


def target_from_bits(bits: CompactBits, network: Network = MAINNET) -> int:
    """Expand a compact target.

    Raises:
        InvalidBitsError: not 32 bits, negative, zero, or easier than the network's limit.
    """
    if not 0 <= bits <= _MAX_COMPACT:
        raise InvalidBitsError(f"bits {bits:#x} is not a 32-bit number")
    size, mantissa = bits >> 24, bits & _MANTISSA_MASK
    # Within three bytes, consensus drops the mantissa's low bytes before it looks at the value.
    shift = 8 * (size - _MANTISSA_BYTES)
    target = mantissa << shift if shift >= 0 else mantissa >> -shift
    if target == 0:
        raise InvalidBitsError(f"bits {bits:#010x} is a target of zero")
    if bits & _SIGN_BIT:
        raise InvalidBitsError(f"bits {bits:#010x} is a negative target")
    if target > network.pow_limit:
        raise InvalidBitsError(f"bits {bits:#010x} is easier than {network.name} allows")
    return target


def bits_from_target(target: int) -> CompactBits:
    """Compress a target; all but its highest two to three bytes are cut off (rounds down).

    Raises:
        InvalidBitsError: zero, negative or wider than 256 bits.
    """
    if target <= 0 or target.bit_length() > _MAX_TARGET_BITS:
        raise InvalidBitsError(f"target {target:#x} is not a positive 256-bit number")
    size = (target.bit_length() + 7) // 8
    shift = 8 * (size - _MANTISSA_BYTES)
    mantissa = target >> shift if shift >= 0 else target << -shift
    if mantissa & _SIGN_BIT:  # the top bit is the sign: make room for it
        mantissa >>= 8
        size += 1
    return CompactBits(size << 24 | mantissa)


def difficulty(bits: CompactBits, network: Network = MAINNET) -> Fraction:
    """Find the exact difficulty of a compact target.

    Raises:
        InvalidBitsError: see `target_from_bits`.
    """
    return Fraction(DIFFICULTY_ONE_TARGET, target_from_bits(bits, network))


def expected_hashes(bits: CompactBits, network: Network = MAINNET) -> Fraction:
    """Find the expected number of hashes for one block, difficulty x 2^32.

    `2^256 / (target + 1)` would be 0.15 basis points more; the market's convention is 2^32.

    Raises:
        InvalidBitsError: see `target_from_bits`.
    """
    return difficulty(bits, network) * HASHES_PER_DIFFICULTY


def next_bits(bits: CompactBits, epoch_seconds: int, network: Network = MAINNET) -> CompactBits:
    """Find the compact target of the epoch that follows.

    Args:
        bits: compact target of the epoch that ends.
        epoch_seconds: header time of its last block less that of its first [s]; 2015 intervals,
            as consensus has it, and possibly negative.
        network: whose limit holds, and whether it retargets at all.

    Raises:
        InvalidBitsError: see `target_from_bits`.
    """
    if not network.retargets:
        return bits
    clamped = min(max(epoch_seconds, RETARGET_SECONDS // 4), RETARGET_SECONDS * 4)
    target = target_from_bits(bits, network) * clamped // RETARGET_SECONDS
    return bits_from_target(min(target, network.pow_limit))
