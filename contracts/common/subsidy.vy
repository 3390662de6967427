# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Subsidy
@license GNU Affero General Public License v3.0 only
@notice What consensus allows a block's miner to create, whether or not it was claimed.
@dev This module does not protect anything: it has no storage and no access control.
@custom:source Bitcoin Core `GetBlockSubsidy`: 50 BTC >> (height // interval)
"""

INITIAL_SUBSIDY_SATS: constant(uint256) = 50 * 10**8
# halvings after which the subsidy is zero
LAST_ERA: constant(uint256) = 33


@internal
@pure
def _sum(_first: uint256, _last: uint256, _halving_blocks: uint256) -> uint256:
    """
    @notice Sum of the block subsidies over heights, inclusive.
    @param _first [height] first block
    @param _last [height] last block; first - 1 for none
    @param _halving_blocks [blocks] length of an era
    @return [sat]
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
