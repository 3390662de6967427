# SPDX-License-Identifier: AGPL-3.0-only
"""Compact targets, difficulty and the retarget rule."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.bitcoin.difficulty import (
    RETARGET_SECONDS,
    bits_from_target,
    difficulty,
    expected_hashes,
    next_bits,
    target_from_bits,
)
from hashrate.bitcoin.errors import InvalidBitsError
from hashrate.core.types import MAINNET, REGTEST, CompactBits
from tests.oracles.builders import DIFFICULTY_ONE, compact_bits

pytestmark = pytest.mark.unit


# The vectors are those of Bitcoin Core's arith_uint256_tests.cpp.
@pytest.mark.parametrize(
    ("bits", "target", "shortest"),
    [
        (0x01123456, 0x12, 0x01120000),
        (0x02123456, 0x1234, 0x02123400),
        (0x03123456, 0x123456, 0x03123456),
        (0x04123456, 0x12345600, 0x04123456),
        (0x05009234, 0x92340000, 0x05009234),
        (0x1D00FFFF, 0xFFFF << 208, 0x1D00FFFF),
    ],
)
def test_target_from_bits__known_vector__expands_and_compresses(
    bits: int, target: int, shortest: int
) -> None:
    assert target_from_bits(CompactBits(bits)) == target
    assert bits_from_target(target) == shortest


@pytest.mark.parametrize(
    ("bits", "why"),
    [
        (0x00000000, "zero"),
        (0x1D000000, "zero"),
        (0x01003456, "zero"),  # the low bytes are dropped first
        (0x00123456, "zero"),
        (0x1D800000, "zero"),  # negative zero is zero
        (0x01FEDCBA, "negative"),
        (0x04923456, "negative"),
        (0x1C80FFFF, "negative"),
        (0x1D010000, "easier than mainnet"),
        (0x207FFFFF, "easier than mainnet"),
        (0xFF123456, "easier than mainnet"),
        (-1, "32-bit"),
        (2**32, "32-bit"),
    ],
)
def test_target_from_bits__no_valid_target__raises(bits: int, why: str) -> None:
    with pytest.raises(InvalidBitsError, match=why):
        target_from_bits(CompactBits(bits))


@pytest.mark.parametrize("target", [0, -1, 2**256])
def test_bits_from_target__no_256_bit_target__raises(target: int) -> None:
    with pytest.raises(InvalidBitsError, match="256-bit"):
        bits_from_target(target)


def test_bits_from_target__top_bit_of_mantissa_set__moves_one_byte_up() -> None:
    # 0x80 as a mantissa would carry the sign
    assert bits_from_target(0x80) == 0x02008000
    assert bits_from_target(0x7FFFFF00) == 0x047FFFFF
    assert bits_from_target(0x80000000) == 0x05008000


@given(compact_bits)
def test_bits_from_target__target_of_shortest_bits__returns_them(bits: CompactBits) -> None:
    assert bits_from_target(target_from_bits(bits)) == bits


@given(st.integers(1, MAINNET.pow_limit))
def test_bits_from_target__any_target__truncates_by_less_than_2_to_minus_15(target: int) -> None:
    kept = target_from_bits(bits_from_target(target))

    # a mantissa has at least 16 significant bits, so the cut is less than 2^-15 of the target
    assert kept <= target
    assert (target - kept) << 15 < target


@pytest.mark.parametrize(
    ("bits", "digits"),
    [
        (0x1D00FFFF, "1"),
        (0x1B0404CB, "16307.420938523983"),  # the example of the Bitcoin wiki
        (0x1709D897, "28587155782195.1"),  # block 730000 in mempool.space's API documentation
    ],
)
def test_difficulty__published_value__agrees_to_its_digits(bits: int, digits: str) -> None:
    exact = difficulty(CompactBits(bits))
    published = Fraction(digits)

    half_unit = Fraction(1, 2 * 10 ** len(digits.partition(".")[2]))
    assert abs(exact - published) <= half_unit


def test_difficulty__regtest_limit__is_the_fraction_nodes_report() -> None:
    bits = CompactBits(0x207FFFFF)

    # nodes print 4.656542373906925e-10
    assert difficulty(bits, REGTEST) == Fraction(0xFFFF << 208, 0x7FFFFF << 232)
    assert 1 < expected_hashes(bits, REGTEST) < 2 + Fraction(1, 10_000)


def test_expected_hashes__difficulty_one__is_two_to_the_32() -> None:
    assert expected_hashes(DIFFICULTY_ONE) == 2**32


# The cases of Bitcoin Core's pow_tests.cpp: an ordinary retarget, the easiest target, and both
# clamps.
@pytest.mark.parametrize(
    ("bits", "first_time", "last_time", "expected"),
    [
        (0x1D00FFFF, 1_261_130_161, 1_262_152_739, 0x1D00D86A),
        (0x1D00FFFF, 1_231_006_505, 1_233_061_996, 0x1D00FFFF),
        (0x1C05A3F4, 1_279_008_237, 1_279_297_671, 0x1C0168FD),
        (0x1C387F6F, 1_263_163_443, 1_269_211_443, 0x1D00E1FD),
    ],
)
def test_next_bits__known_epoch__returns_consensus_bits(
    bits: int, first_time: int, last_time: int, expected: int
) -> None:
    assert next_bits(CompactBits(bits), last_time - first_time) == expected


@given(compact_bits, st.integers(-(10**7), 10**8))
def test_next_bits__any_epoch__stays_within_a_factor_of_four(
    bits: CompactBits, seconds: int
) -> None:
    old = target_from_bits(bits)
    new = target_from_bits(next_bits(bits, seconds))

    # 2^-14 of slack: consensus cuts the quotient to an integer, then to its compact form
    assert new <= min(4 * old, MAINNET.pow_limit)
    assert new * 4 * 2**14 >= old * (2**14 - 1)


@given(compact_bits)
def test_next_bits__epoch_of_exactly_two_weeks__changes_nothing(bits: CompactBits) -> None:
    assert next_bits(bits, RETARGET_SECONDS) == bits


def test_next_bits__regtest__never_retargets() -> None:
    bits = CompactBits(0x207FFFFF)

    assert next_bits(bits, 1, REGTEST) == bits
