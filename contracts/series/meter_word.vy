# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Meter word
@license GNU Affero General Public License v3.0 only
@notice One 256-bit word that says what an account held and for how long on the day it was last
        touched. The token writes it, the distributor reads it; nobody else needs to know its
        layout.
@dev From the low bits up:

         time    32   [unix s] when the account was last touched
         balance 96   [TH/s, 18 dec] held since then
         work    113  [TH/s, 18 dec, times s] TH·s of that day up to `time`
         index   15   [count] words filed before this one: a word knows its own place

     No field can run into the next: times and balances are asserted, work and index cannot (see
     `_advance`). This module does not protect anything: it has no storage and no access control.
"""

DAY_SECONDS: constant(uint256) = 86_400
# [words] the token hands out in one call; the distributor walks so many touched days in one claim
MAX_WORDS: constant(uint256) = 128

_TIME_MASK: constant(uint256) = 2**32 - 1
BALANCE_SHIFT: constant(uint256) = 32
BALANCE_MASK: constant(uint256) = 2**96 - 1
_WORK_SHIFT: constant(uint256) = 128
_WORK_MASK: constant(uint256) = 2**113 - 1
INDEX_SHIFT: constant(uint256) = 241
_NEXT_INDEX: constant(uint256) = 2**241


@internal
@pure
def _balance(_word: uint256) -> uint256:
    """
    @notice Balance held since the word's time.
    @param _word [word] a meter word
    @return [TH/s, 18 dec] the balance
    """
    return (_word >> BALANCE_SHIFT) & BALANCE_MASK


@internal
@pure
def _index(_word: uint256) -> uint256:
    """
    @notice Number of words filed before this one.
    @param _word [word] a meter word
    @return [count] its place in the history
    """
    return _word >> INDEX_SHIFT


@internal
@pure
def _day(_word: uint256) -> uint256:
    """
    @notice Day on which the word was last touched.
    @param _word [word] a meter word
    @return [day] UTC day index
    """
    return (_word & _TIME_MASK) // DAY_SECONDS


@internal
@pure
def _advance(_word: uint256, _now: uint256) -> uint256:
    """
    @notice Bring a word to `_now`: on its own day the work grows, on a later day a new word starts
        and the old one, whose index is one less, has to be filed.
    @dev Fields are added in place. Balances are below 2**96 and a day is 86,400 s, so a day's work
         is below 2**113 whatever happens in it and no product needs a check; an index too many
         overflows the word and reverts.
    @param _word [word] the account's word, zero if it was never touched
    @param _now [unix s] the present, not before the word's time
    @return [word] the word at `_now`
    @custom:reverts "meter: time too wide"
    """
    assert _now <= _TIME_MASK, "meter: time too wide"
    if _word == 0:
        return _now
    time: uint256 = _word & _TIME_MASK
    balance: uint256 = (_word >> BALANCE_SHIFT) & BALANCE_MASK
    if time // DAY_SECONDS == _now // DAY_SECONDS:
        elapsed: uint256 = _now - time
        return _word + elapsed + (unsafe_mul(balance, elapsed) << _WORK_SHIFT)
    return (
        ((_word >> INDEX_SHIFT) << INDEX_SHIFT)
        + _NEXT_INDEX
        + (unsafe_mul(balance, _now % DAY_SECONDS) << _WORK_SHIFT)
        + (balance << BALANCE_SHIFT)
        + _now
    )


@internal
@pure
def _work_of_day(_word: uint256) -> uint256:
    """
    @notice Work of the whole day on which the word was last touched, given that it was not touched
        again that day.
    @param _word [word] a meter word
    @return [TH/s, 18 dec, times s] work of the word's own day
    """
    time: uint256 = _word & _TIME_MASK
    balance: uint256 = (_word >> BALANCE_SHIFT) & BALANCE_MASK
    work: uint256 = (_word >> _WORK_SHIFT) & _WORK_MASK
    return work + balance * (DAY_SECONDS - time % DAY_SECONDS)
