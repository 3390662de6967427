# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Series progress
@license GNU Affero General Public License v3.0 only
@notice Where a series is in its life, in one word, so that settling a day reads and writes it once.
@dev    next day 32 | end day 32 | silent from 32 | silenced at 32
        | short days 16 | repaid short days 16 | is closed 1

     Short days are at most 2**15. No access control here.
"""

from . import IRewardDistributor

# [unix s] greatest time, and [day] greatest day, that a field holds
MAX_TIME: constant(uint256) = 2**32 - 1

_MASK_32: constant(uint256) = MAX_TIME
_MASK_16: constant(uint256) = 2**16 - 1


@internal
@pure
def _pack(_progress: IRewardDistributor.Progress) -> uint256:
    """
    @notice Pack the progress.
    @param _progress the progress
    @return [word]
    @custom:reverts "progress: field too wide"
    """
    # a field that ran into the next would be read as short days that never were
    assert (
        (_progress.next_day | _progress.end_day | _progress.silent_from | _progress.silenced_at)
        >> 32
    ) | (
        (_progress.shortfalls | _progress.repaid_shortfalls) >> 16
    ) == 0, "progress: field too wide"
    return (
        _progress.next_day
        | (_progress.end_day << 32)
        | (_progress.silent_from << 64)
        | (_progress.silenced_at << 96)
        | (_progress.shortfalls << 128)
        | (_progress.repaid_shortfalls << 144)
        | (convert(_progress.is_closed, uint256) << 160)
    )


@internal
@pure
def _unpack(_word: uint256) -> IRewardDistributor.Progress:
    """
    @notice Unpack the progress.
    @param _word [word] a packed progress
    @return the progress
    """
    return IRewardDistributor.Progress(
        next_day=_word & _MASK_32,
        end_day=(_word >> 32) & _MASK_32,
        silent_from=(_word >> 64) & _MASK_32,
        silenced_at=(_word >> 96) & _MASK_32,
        shortfalls=(_word >> 128) & _MASK_16,
        repaid_shortfalls=(_word >> 144) & _MASK_16,
        is_closed=_word >> 160 != 0,
    )
