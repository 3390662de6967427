# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Series progress
@license GNU Affero General Public License v3.0 only
@notice Where a series is in its life, in one word, so that settling a day reads and writes it once.
@dev    next day 32 | end day 32 | silent from 32 | silenced at 32
        | short days 16 | repaid short days 16 | is closed 1

     Days and times fit 32 bits by the checks of whoever sets them; short days are at most 2**15. No
     access control here.
"""

from ..interfaces import IRewardDistributor

_MASK_32: constant(uint256) = 2**32 - 1
_MASK_16: constant(uint256) = 2**16 - 1

_word: uint256


@deploy
def __init__(_start_day: uint256, _end_day: uint256):
    """
    @notice Start a series.
    @param _start_day [day] first day that is paid
    @param _end_day [day] first day that is not
    """
    self._write(
        IRewardDistributor.Progress(
            next_day=_start_day,
            end_day=_end_day,
            silent_from=_MASK_32,
            silenced_at=0,
            shortfalls=0,
            repaid_shortfalls=0,
            is_closed=False,
        )
    )


@internal
def _write(_progress: IRewardDistributor.Progress):
    """
    @notice Store the progress.
    @param _progress every field within its width
    """
    self._word = (
        _progress.next_day
        | (_progress.end_day << 32)
        | (_progress.silent_from << 64)
        | (_progress.silenced_at << 96)
        | (_progress.shortfalls << 128)
        | (_progress.repaid_shortfalls << 144)
        | (convert(_progress.is_closed, uint256) << 160)
    )


@internal
@view
def _read() -> IRewardDistributor.Progress:
    """
    @notice Read the progress.
    @return the progress
    """
    word: uint256 = self._word
    return IRewardDistributor.Progress(
        next_day=word & _MASK_32,
        end_day=(word >> 32) & _MASK_32,
        silent_from=(word >> 64) & _MASK_32,
        silenced_at=(word >> 96) & _MASK_32,
        shortfalls=(word >> 128) & _MASK_16,
        repaid_shortfalls=(word >> 144) & _MASK_16,
        is_closed=word >> 160 != 0,
    )
