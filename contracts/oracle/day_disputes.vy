# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Day disputes
@license GNU Affero General Public License v3.0 only
@notice What proof-of-work may do to a pending day: choose how long it waits. One dispute runs at a
        time, for two windows in all, and another can begin four windows after it ended; so
        contradictions that nobody answers cannot delay the days for ever.
@dev        ends at 64   [unix s] of the dispute that began last
            revision 8   [count] of the report that began it
            day          [day] of that report

     A dispute is answered when the day that began it is proven true in a later revision. That takes
     a quorum or the guardian: a header contract that contradicts and agrees in turn gains no time.
     Nothing but `review_day` asks the header contract, in a static call of bounded gas; if that
     fails, so does the review, and nothing else. This module does not protect against a header
     contract that is wrong: then days wait for two windows of every six, and become final.
"""

from ..headers import IBitcoinHeaders

# [gas] for the header contract, which takes a fifth of it
_MAX_HEADERS_GAS: constant(uint256) = 100_000
_TIME_MASK: constant(uint256) = 2**64 - 1
_REVISION_SHIFT: constant(uint256) = 64
_REVISION_MASK: constant(uint256) = 2**8 - 1
_DAY_SHIFT: constant(uint256) = 72
_DAY_SECONDS: constant(uint256) = 86_400
# [windows] that a dispute lasts in all, and that disputes rest after it
_TOTAL_WINDOWS: constant(uint256) = 2
_REST_WINDOWS: constant(uint256) = 4


# proves days by proof-of-work; zero for none
BITCOIN_HEADERS: public(immutable(address))
# [s] that a day waits from a contradiction on
DISPUTE_WINDOW_SECONDS: public(immutable(uint256))


# end, revision and day of the dispute that began last
_dispute: uint256


@deploy
def __init__(_bitcoin_headers: address, _window_seconds: uint256):
    """
    @notice Set the terms; their bounds are checked by whoever knows the other windows.
    @param _bitcoin_headers zero for none
    @param _window_seconds [s] that a day waits from a contradiction on
    """
    BITCOIN_HEADERS = _bitcoin_headers
    DISPUTE_WINDOW_SECONDS = _window_seconds
    # long over; not zero, so that the first dispute costs what the others do
    self._dispute = 1


@external
@view
def disputes_end() -> uint256:
    """
    @notice When the dispute that began last ends or ended: no contradiction delays beyond.
    @return [unix s] 1 before the first
    """
    return self._ends_at()


@internal
def _finality(
    _day: uint256, _revision: uint256, _final_at: uint256, _is_true: bool, _earliest: uint256
) -> uint256:
    """
    @notice What a review makes of a day's finality. Begins a dispute where none runs or rests, ends
        the running one, without a rest, where this is the answer to it.
    @param _day [day] reviewed
    @param _revision [count] of its report
    @param _final_at [unix s] its finality so far
    @param _is_true whether it is proven true, or contradicted
    @param _earliest [unix s] finality if it is true
    @return [unix s]
    @custom:reverts "oracle: nothing to review"
    """
    dispute: uint256 = self._dispute
    ends_at: uint256 = dispute & _TIME_MASK
    final_at: uint256 = 0
    is_of_use: bool = False
    if _is_true:
        is_of_use = (
            ends_at > block.timestamp
            and dispute >> _DAY_SHIFT == _day
            and _revision > (dispute >> _REVISION_SHIFT) & _REVISION_MASK
        )
        if is_of_use:
            self._dispute = block.timestamp - _REST_WINDOWS * DISPUTE_WINDOW_SECONDS
        # an answer counts even where it brings nothing forward: whoever had an earlier revision
        # reviewed would otherwise leave none to give
        is_of_use = is_of_use or _earliest < _final_at
        final_at = min(_earliest, _final_at)
    else:
        if block.timestamp >= ends_at + _REST_WINDOWS * DISPUTE_WINDOW_SECONDS:
            ends_at = block.timestamp + _TOTAL_WINDOWS * DISPUTE_WINDOW_SECONDS
            self._dispute = ends_at | (_revision << _REVISION_SHIFT) | (_day << _DAY_SHIFT)
        # while disputes rest this is in the past
        final_at = min(block.timestamp + DISPUTE_WINDOW_SECONDS, ends_at)
        # later by a day at least, or anyone could go on cutting later days off
        is_of_use = final_at >= _final_at + _DAY_SECONDS
    assert is_of_use, "oracle: nothing to review"
    return final_at


@internal
@view
def _ends_at() -> uint256:
    """
    @notice End of the dispute that began last.
    @return [unix s]
    """
    return self._dispute & _TIME_MASK


@internal
@view
def _is_true(_day: uint256, _height: uint256, _difficulty: uint256, _hashprice: uint256) -> bool:
    """
    @notice Hold a day against what proof-of-work proves of it.
    @param _day [day] UTC day index
    @param _height [height] last block, as reported
    @param _difficulty [difficulty, 1e18] as reported
    @param _hashprice [sat per TH/s per day, 1e18] as reported
    @return whether it agrees
    @custom:reverts "oracle: day not proven"
    """
    height: uint256 = 0
    difficulty: uint256 = 0
    least: uint256 = 0
    greatest: uint256 = 0
    height, difficulty, least, greatest = staticcall IBitcoinHeaders(BITCOIN_HEADERS).proven_bounds(
        _day,
        gas=_MAX_HEADERS_GAS,
        # no contract, no proof: the zero address says so like any other that proves nothing
        skip_contract_check=True,
        default_return_value=(0, 0, 0, 0),
    )
    assert height != 0, "oracle: day not proven"
    return (
        height == _height
        and difficulty == _difficulty
        and least <= _hashprice
        and greatest >= _hashprice
    )
