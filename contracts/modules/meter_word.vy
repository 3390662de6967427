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

     Widths: balance <= 2**94 and a day is < 2**17 s, so work < 2**111. Every field is asserted when
     packed. This module does not protect anything: it has no storage and no access control.
"""

DAY_SECONDS: constant(uint256) = 86_400
# [words] the token hands out in one call; the distributor walks so many touched days in one claim
MAX_WORDS: constant(uint256) = 128

_TIME_MASK: constant(uint256) = 2**32 - 1
_BALANCE_SHIFT: constant(uint256) = 32
_BALANCE_MASK: constant(uint256) = 2**96 - 1
_WORK_SHIFT: constant(uint256) = 128
_WORK_MASK: constant(uint256) = 2**113 - 1
_INDEX_SHIFT: constant(uint256) = 241
_INDEX_MASK: constant(uint256) = 2**15 - 1


@internal
@pure
def _pack(_time: uint256, _balance_ths: uint256, _work: uint256, _index: uint256) -> uint256:
    """
    @notice Pack the four fields, refusing any that does not fit.
    @param _time [unix s] time of the touch
    @param _balance_ths [TH/s, 18 dec] balance from that time on
    @param _work [TH/s, 18 dec, times s] work of the day up to that time
    @param _index [count] words filed before this one
    @return [word] the packed word
    """
    assert _time <= _TIME_MASK, "meter: time too wide"
    assert _balance_ths <= _BALANCE_MASK, "meter: balance too wide"
    assert _work <= _WORK_MASK, "meter: work too wide"
    assert _index <= _INDEX_MASK, "meter: history full"
    return (
        _time | (_balance_ths << _BALANCE_SHIFT) | (_work << _WORK_SHIFT) | (_index << _INDEX_SHIFT)
    )


@internal
@pure
def _balance(_word: uint256) -> uint256:
    """
    @notice Balance held since the word's time.
    @param _word [word] a meter word
    @return [TH/s, 18 dec] the balance
    """
    return (_word >> _BALANCE_SHIFT) & _BALANCE_MASK


@internal
@pure
def _index(_word: uint256) -> uint256:
    """
    @notice Number of words filed before this one.
    @param _word [word] a meter word
    @return [count] its place in the history
    """
    return _word >> _INDEX_SHIFT


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
def _advance(_word: uint256, _now: uint256) -> (uint256, uint256, uint256, bool):
    """
    @notice Bring a word to `_now`: on its own day the work grows, on a later day it starts afresh
        and the old word has to be filed.
    @param _word [word] the account's word, zero if it was never touched
    @param _now [unix s] the present
    @return [TH/s, 18 dec] balance,
            [TH/s, 18 dec, times s] work of today up to now,
            [count] index of the new word,
            whether the old word has to be filed
    """
    time: uint256 = _word & _TIME_MASK
    balance: uint256 = (_word >> _BALANCE_SHIFT) & _BALANCE_MASK
    index: uint256 = _word >> _INDEX_SHIFT
    if time // DAY_SECONDS == _now // DAY_SECONDS:
        work: uint256 = (_word >> _WORK_SHIFT) & _WORK_MASK
        return balance, work + balance * (_now - time), index, False
    if _word == 0:
        return 0, 0, 0, False
    return balance, balance * (_now % DAY_SECONDS), index + 1, True


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
    balance: uint256 = (_word >> _BALANCE_SHIFT) & _BALANCE_MASK
    work: uint256 = (_word >> _WORK_SHIFT) & _WORK_MASK
    return work + balance * (DAY_SECONDS - time % DAY_SECONDS)
