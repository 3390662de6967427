# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a series that misbehaves
@license GNU Affero General Public License v3.0 only
@notice Answers every call in one bad way: not at all, with all the gas it gets, too short, too
        long, or with words that are no address.
"""


# the bad ways
REVERT: constant(uint256) = 1
BURN_GAS: constant(uint256) = 2
EMPTY: constant(uint256) = 4
SHORT: constant(uint256) = 8
NO_ADDRESS: constant(uint256) = 32

WAY: immutable(uint256)


@deploy
def __init__(_way: uint256):
    """
    @notice Choose the bad way.
    @param _way one of the constants, 16 for an answer too long
    """
    WAY = _way


@external
@view
@raw_return
def __default__() -> Bytes[4096]:
    """
    @notice Answer badly.
    @return whatever the way is
    """
    assert WAY != REVERT, "mock: refused"
    if WAY == BURN_GAS:
        for i: uint256 in range(10**12):
            assert self.balance + i < max_value(uint256), "mock: never"
    if WAY == EMPTY:
        return b""
    if WAY == SHORT:
        return b"short"
    word: bytes32 = convert(max_value(uint256), bytes32)
    if WAY == NO_ADDRESS:
        return concat(word, b"")
    return concat(word, word, word, word)
