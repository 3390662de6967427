# SPDX-License-Identifier: AGPL-3.0-only
"""`compact_target` against fractions, and against what Bitcoin Core's own tests say."""

from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.headers import RETARGET_SECONDS, bits_of, target_of
from tests.modules.module import internals, numbers

pytestmark = pytest.mark.modules


@pytest.fixture(scope="module")
def module(genesis: None) -> Any:
    """The module's internal functions."""
    return internals("headers/compact_target")


@pytest.mark.parametrize(
    ("bits", "target"),
    [
        (0, 0),
        (0x00123456, 0),
        (0x01003456, 0),
        (0x02000056, 0),
        (0x03000000, 0),
        (0x00923456, 0),
        (0x01803456, 0),
        (0x01123456, 0x12),
        (0x01FEDCBA, 0),  # negative
        (0x02123456, 0x1234),
        (0x03123456, 0x123456),
        (0x04123456, 0x12345600),
        (0x04923456, 0),  # negative
        (0x05009234, 0x92340000),
        (0x20123456, 0x123456 << 232),
        (0x22000012, 0x12 << 248),
        (0x23000001, 0),  # wider than 256 bits
        (0xFF123456, 0),
    ],
)
def test_expand__the_vectors_of_bitcoin_core__are_met(module: Any, bits: int, target: int) -> None:
    assert module._expand(bits) == target


@given(target=numbers(1, 2**256 - 1))
def test_compact__any_target__is_the_greatest_below(module: Any, target: int) -> None:
    assert module._compact(target) == bits_of(target)


@given(target=numbers(1, 2**255 - 1))
def test_work__any_target__is_the_floor(module: Any, target: int) -> None:
    assert module._work(target) == 2**256 // (target + 1)


def test_work__greatest_target__is_one(module: Any) -> None:
    assert module._work(2**256 - 1) == 1


@given(
    target=numbers(2**128, 2**255 - 1),
    limit=numbers(2**128, 2**255 - 1),
    first=numbers(0, 2**32 - 1),
    span=st.integers(-10_000, RETARGET_SECONDS * 5) | numbers(0, 2**32),
)
def test_next_bits__any_epoch__equals_the_fraction(
    module: Any, target: int, limit: int, first: int, span: int
) -> None:
    last = max(first + span, 0)
    pace = min(max(Fraction(last - first, RETARGET_SECONDS), Fraction(1, 4)), Fraction(4))
    bits = bits_of(target)

    assert module._next_bits(bits, first, last, limit) == bits_of(
        min(floor(target_of(bits) * pace), limit)
    )
