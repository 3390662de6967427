# SPDX-License-Identifier: AGPL-3.0-only
"""Subsidy by height, and its sum over ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.bitcoin.subsidy import subsidy_at, subsidy_sum
from hashrate.core.types import MAINNET, REGTEST, BlockHeight, Network

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("network", "height", "sats"),
    [
        (MAINNET, 0, 5_000_000_000),
        (MAINNET, 209_999, 5_000_000_000),
        (MAINNET, 210_000, 2_500_000_000),
        (MAINNET, 839_999, 625_000_000),
        (MAINNET, 840_000, 312_500_000),
        (MAINNET, 1_050_000, 156_250_000),
        (MAINNET, 32 * 210_000, 1),
        (MAINNET, 33 * 210_000, 0),
        (MAINNET, 2**31 - 1, 0),
        (REGTEST, 149, 5_000_000_000),
        (REGTEST, 150, 2_500_000_000),
    ],
)
def test_subsidy_at__height_of_network__returns_schedule(
    network: Network, height: int, sats: int
) -> None:
    assert subsidy_at(BlockHeight(height), network) == sats


@given(st.sampled_from([MAINNET, REGTEST]), st.integers(0, 7_000_000), st.integers(0, 700))
def test_subsidy_sum__any_range__equals_block_by_block(
    network: Network, first: int, count: int
) -> None:
    expected = sum(subsidy_at(BlockHeight(h), network) for h in range(first, first + count))

    assert subsidy_sum(BlockHeight(first), BlockHeight(first + count - 1), network) == expected


def test_subsidy_sum__whole_schedule__returns_all_bitcoin_ever() -> None:
    # the well-known 20,999,999.9769 BTC
    last = BlockHeight(34 * 210_000)

    assert subsidy_sum(BlockHeight(0), last) == 2_099_999_997_690_000
