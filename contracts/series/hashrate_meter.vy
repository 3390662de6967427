# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Hashrate meter
@license GNU Affero General Public License v3.0 only
@notice Balances that know how long they were held: TH·s for each account and UTC day, and for the
        supply.
@dev One word for each account (see `meter_word`). The first touch on a new day files the old word,
     so an account has at most one filed word for each day: 2**15 days are 89 years. The supply is
     metered as the account `SUPPLY`, by the same code.

     Invariant 1: the words of all accounts integrate to the word of the supply, on every day.
     The time is an argument: a contract may meter by a clock of its own, as long as every account
     of it does and it never goes back. This module does not check who may add or remove, nor where
     tokens go: the token does.
"""

from . import meter_word


# the supply's own account: no key controls it and the token refuses transfers to it
SUPPLY: constant(address) = empty(address)
HISTORY_SIZE: constant(uint256) = 2**15
# 2**15 words are searched in 16 steps, each way
_SEARCH_STEPS: constant(uint256) = 16


# account -> its meter word; written at every change of balance
_word_of: HashMap[address, uint256]
# account -> filed words, oldest first; written once for each day on which the account was touched
_history: HashMap[address, uint256[HISTORY_SIZE]]


@deploy
def __init__():
    """
    @notice Nothing to set: every word starts at zero.
    """
    pass


@internal
def _add(_account: address, _amount_ths: uint256, _now: uint256):
    """
    @notice Add to a balance from now on.
    @param _account holder, or `SUPPLY`
    @param _amount_ths [TH/s, 18 dec] amount
    @param _now [unix s] the meter's time, never before the last one
    @custom:reverts "meter: balance too wide"
    """
    word: uint256 = self._touch(_account, _now)
    balance: uint256 = (word >> meter_word.BALANCE_SHIFT) & meter_word.BALANCE_MASK
    assert balance + _amount_ths <= meter_word.BALANCE_MASK, "meter: balance too wide"
    self._word_of[_account] = word + (_amount_ths << meter_word.BALANCE_SHIFT)


@internal
def _remove(_account: address, _amount_ths: uint256, _now: uint256):
    """
    @notice Take from a balance from now on.
    @param _account holder, or `SUPPLY`
    @param _amount_ths [TH/s, 18 dec] amount
    @param _now [unix s] the meter's time, never before the last one
    @custom:reverts "meter: balance too low"
    """
    word: uint256 = self._touch(_account, _now)
    balance: uint256 = (word >> meter_word.BALANCE_SHIFT) & meter_word.BALANCE_MASK
    assert balance >= _amount_ths, "meter: balance too low"
    self._word_of[_account] = word - (_amount_ths << meter_word.BALANCE_SHIFT)


@internal
def _touch(_account: address, _now: uint256) -> uint256:
    """
    @notice Bring an account to the present, filing the word of an earlier day if there is one.
    @param _account holder, or `SUPPLY`
    @param _now [unix s] the meter's time, never before the last one
    @return [word] the account's word at the present, not stored yet
    """
    old: uint256 = self._word_of[_account]
    new: uint256 = meter_word._advance(old, _now)
    if (old ^ new) >> meter_word.INDEX_SHIFT != 0:
        self._history[_account][old >> meter_word.INDEX_SHIFT] = old
    return new


@internal
@view
def _balance_of(_account: address) -> uint256:
    """
    @notice Present balance.
    @param _account holder, or `SUPPLY`
    @return [TH/s, 18 dec] balance
    """
    return meter_word._balance(self._word_of[_account])


@internal
@view
def _words(_account: address, _start: uint256) -> DynArray[uint256, meter_word.MAX_WORDS]:
    """
    @notice Filed words from `_start` on and then the present one, at most `MAX_WORDS` of them.
    @param _account holder, or `SUPPLY`
    @param _start [count] index of the first word wanted
    @return [words] oldest first; fewer than `MAX_WORDS` end with the present word
    """
    present: uint256 = self._word_of[_account]
    last: uint256 = meter_word._index(present)
    words: DynArray[uint256, meter_word.MAX_WORDS] = []
    if _start > last:
        return words
    end: uint256 = min(last, _start + meter_word.MAX_WORDS)
    for i: uint256 in range(_start, end, bound=meter_word.MAX_WORDS):
        words.append(self._history[_account][i])
    if last - _start < meter_word.MAX_WORDS:
        words.append(present)
    return words


@internal
@view
def _work_on(_account: address, _day: uint256) -> uint256:
    """
    @notice Work of an account on a day, given that it is not touched again that day: exact for
        every day that is over.
    @param _account holder, or `SUPPLY`
    @param _day [day] UTC day index
    @return [TH/s, 18 dec, times s] work of that day
    """
    word: uint256 = self._word_of[_account]
    if meter_word._day(word) > _day:
        filed: uint256 = self._filed_up_to(_account, _day, meter_word._index(word))
        if filed == 0:
            return 0
        word = self._history[_account][filed - 1]
    if meter_word._day(word) == _day:
        return meter_word._work_of_day(word)
    return meter_word._balance(word) * meter_word.DAY_SECONDS


@internal
@view
def _filed_up_to(_account: address, _day: uint256, _count: uint256) -> uint256:
    """
    @notice Number of filed words that are not later than a day. Mostly a recent day is asked for:
        gallop back first, then halve.
    @param _account holder, or `SUPPLY`
    @param _day [day] UTC day index
    @param _count [count] filed words
    @return [count]
    """
    low: uint256 = 0  # the words before `low` are not later
    high: uint256 = _count  # the words from `high` on are later
    stride: uint256 = 1
    for _: uint256 in range(_SEARCH_STEPS):
        if high - low <= stride:
            break
        if meter_word._day(self._history[_account][high - stride]) <= _day:
            low = high - stride + 1
            break
        high -= stride
        stride *= 2
    for _: uint256 in range(_SEARCH_STEPS):
        if low == high:
            break
        middle: uint256 = (low + high) // 2
        if meter_word._day(self._history[_account][middle]) <= _day:
            low = middle + 1
        else:
            high = middle
    return low
