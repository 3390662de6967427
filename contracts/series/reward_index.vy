# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Reward index
@license GNU Affero General Public License v3.0 only
@notice Who is owed what of the settled days: prefix sums over days, so that a claim costs as much
        after ten years as after one.
@dev Two indices per unit of work, at 2**128 precision. *Paid* grows on every settled day. *Arrears*
     grows only on short days, whose levels are kept in a list of their own; repayment raises
     `repaid_level` through that list, oldest day first, and an account's share of it is what lies
     between the level it has claimed and the repaid one. One word for each settled day:

         paid before the day 127 | its rate 113 | short days before it 15 | is short 1

     A rate is at most 2**112 (a day's reward is at most work / 2**16), so 2**15 days fit the
     prefix. Rates round up and each account's running total rounds down, with its fraction kept.
     Hence (invariant 3), with F the money indexed: F * 2**128 <= sum over accounts of (paid *
     2**128 + pending) < (F + 1) * 2**128, and integer shares come out exact. This module moves no
     tokens and checks no roles; days come in order and with their money already set aside.
"""

from . import IMeter
from . import IRewardDistributor
from . import IRewardIndex
from . import meter_word


# [count] short days one call repays at most
MAX_REPAID_DAYS: constant(uint256) = 64

_PRECISION: constant(uint256) = 2**128
_PAID_MASK: constant(uint256) = 2**127 - 1
_RATE_SHIFT: constant(uint256) = 127
_RATE_MASK: constant(uint256) = 2**113 - 1
_SHORT_BEFORE_SHIFT: constant(uint256) = 240
_SHORT_BEFORE_MASK: constant(uint256) = 2**15 - 1
_IS_SHORT_SHIFT: constant(uint256) = 255
_INSTRUCTIONS_SHIFT: constant(uint256) = 224


# a day that was not paid in full when it was settled
struct ShortDay:
    day: uint256  # [day] UTC day index
    work: uint256  # [TH·s, 18 dec] held that day
    owed: uint256  # [base units] not paid at settlement
    repaid: uint256  # [base units] paid since


# [day] first day of the index
_START_DAY: immutable(uint256)


# day -> word of the settled day
_day_words: HashMap[uint256, uint256]
# number of short days -> arrears level after them, [base units per TH·s, 2**128]; zero for none
_arrears_levels: HashMap[uint256, uint256]
# place in order, from 0 -> the short day
short_days: public(HashMap[uint256, ShortDay])
# [base units per TH·s, 2**128] arrears repaid so far
repaid_level: public(uint256)
# account -> fraction 128 | paid day 32 | paid index 16 | arrears day 32 | arrears index 16
#            | has instructions 1
_claim_words: HashMap[address, uint256]
# account -> [base units per TH·s, 2**128] arrears level claimed
_claimed_levels: HashMap[address, uint256]


@deploy
def __init__(_start_day: uint256):
    """
    @notice Start the index.
    @param _start_day [day] first day of the index
    """
    _START_DAY = _start_day


@internal
def _record(_day: uint256, _work: uint256, _paid: uint256, _owed: uint256) -> bool:
    """
    @notice Enter a settled day, the one after the last.
    @param _day [day] UTC day index
    @param _work [TH·s, 18 dec] held that day
    @param _paid [base units] set aside for the day now
    @param _owed [base units] of the day's reward left unpaid
    @return whether the day is short
    """
    before: uint256 = self._day_words[_day - 1]
    paid: uint256 = self._paid_after(before)
    short: uint256 = self._short_after(before)
    rate: uint256 = 0
    if _paid != 0:
        rate = self._rate(_paid, _work)
    word: uint256 = paid | (rate << _RATE_SHIFT) | (short << _SHORT_BEFORE_SHIFT)
    if _owed != 0:
        word |= 1 << _IS_SHORT_SHIFT
        self.short_days[short] = ShortDay(day=_day, work=_work, owed=_owed, repaid=0)
        self._arrears_levels[short + 1] = self._arrears_levels[short] + self._rate(_owed, _work)
    self._day_words[_day] = word
    return _owed != 0


@internal
def _repay(_amount: uint256, _repaid_days: uint256, _short_days: uint256) -> (uint256, uint256):
    """
    @notice Repay short days, oldest first, at most `MAX_REPAID_DAYS` of them.
    @param _amount [base units] money at hand
    @param _repaid_days [count] short days made whole so far
    @param _short_days [count] short days so far
    @return [base units] spent, [count] short days made whole now
    """
    left: uint256 = _amount
    repaid_days: uint256 = _repaid_days
    level: uint256 = self.repaid_level
    for _: uint256 in range(MAX_REPAID_DAYS):
        if left == 0 or repaid_days == _short_days:
            break
        short: ShortDay = self.short_days[repaid_days]
        repaid: uint256 = min(left, short.owed - short.repaid)
        left -= repaid
        short.repaid += repaid
        self.short_days[repaid_days].repaid = short.repaid
        if short.repaid == short.owed:
            repaid_days += 1
            level = self._arrears_levels[repaid_days]
        else:
            level = self._arrears_levels[repaid_days] + self._rate(short.repaid, short.work)
        log IRewardDistributor.ArrearsRepaid(day=short.day, amount=repaid)
    self.repaid_level = level
    return _amount - left, repaid_days


@internal
def _store(_account: address, _claim: IRewardIndex.Claim):
    """
    @notice Write an account's claim state.
    @param _account holder
    @param _claim state; every field fits: days < 2**32, indices < 2**15, fraction < 2**128
    """
    self._claim_words[_account] = (
        _claim.fraction
        | (_claim.paid.day << 128)
        | (_claim.paid.index << 160)
        | (_claim.arrears.day << 176)
        | (_claim.arrears.index << 208)
        | (convert(_claim.has_instructions, uint256) << _INSTRUCTIONS_SHIFT)
    )
    if _claim.level != 0:
        self._claimed_levels[_account] = _claim.level


@internal
def _note_instructions(_account: address):
    """
    @notice Remember that an account has said how its claims are to be paid, so that every other
        claim need not look.
    @param _account holder
    """
    self._claim_words[_account] |= 1 << _INSTRUCTIONS_SHIFT


@internal
@view
def _claim_of(_account: address, _end: uint256) -> IRewardIndex.Claim:
    """
    @notice Read an account's claim state.
    @param _account holder
    @param _end [day] first day not settled
    @return the state, empty for a new account
    """
    word: uint256 = self._claim_words[_account]
    # before the first short day there is no level to read
    has_arrears: bool = self._short_after(self._day_words[_end - 1]) != 0
    return IRewardIndex.Claim(
        fraction=word & (2**128 - 1),
        paid=IRewardIndex.Cursor(
            day=(word >> 128) & (2**32 - 1), index=(word >> 160) & (2**16 - 1)
        ),
        arrears=IRewardIndex.Cursor(
            day=(word >> 176) & (2**32 - 1), index=(word >> 208) & (2**16 - 1)
        ),
        level=self._claimed_levels[_account] if has_arrears else 0,
        has_instructions=word >> _INSTRUCTIONS_SHIFT != 0,
    )


@internal
@view
def _accrue(
    _meter: IMeter,
    _account: address,
    _claim: IRewardIndex.Claim,
    _end: uint256,
    _span: IRewardIndex.Span,
) -> (IRewardIndex.Claim, uint256, bool):
    """
    @notice Walk an account along both indices, as far as one call may.
    @param _meter who held how much for how long
    @param _account holder
    @param _claim state after the last walk; an empty one begins at the start day
    @param _end [day] first day not walked, at most the first not settled
    @param _span part of the index; unlike the arrears walk, which waits where the index leaves a
        ceiling that repayment raises, the paid walk passes a ceiling: it is for ever
    @return the state after it, [base units] amount that became claimable (rounds down, fraction
        kept), whether nothing is left to walk
    """
    claim: IRewardIndex.Claim = _claim
    if _end <= _START_DAY:
        return claim, 0, True
    claim.paid.day = max(claim.paid.day, _START_DAY)
    claim.arrears.day = max(claim.arrears.day, _START_DAY)
    total: uint256 = 0
    is_whole: bool = False
    total, claim.paid, is_whole = self._walk(
        _meter, _account, claim.paid, _end, False, _span.paid_low, _span.paid_high
    )
    # a state that has been walked further than `_end` keeps its arrears behind it
    if self._short_after(self._day_words[max(_end, claim.paid.day) - 1]) == 0:
        claim.arrears = claim.paid
    else:
        low: uint256 = max(claim.level, _span.arrears_low)
        high: uint256 = min(self.repaid_level, _span.arrears_high)
        if low < high:
            share: uint256 = 0
            is_arrears_whole: bool = False
            share, claim.arrears, is_arrears_whole = self._walk(
                _meter, _account, claim.arrears, _end, True, low, high
            )
            total += share
            is_whole = is_whole and is_arrears_whole
            # the walk covers levels in the order of days, so where it stopped says how far it got
            stop: uint256 = _end if is_arrears_whole else claim.arrears.day
            claim.level = max(claim.level, min(self._after(stop - 1, True), high))
        # with nothing repayable behind it, the second walk may start where the first one stands
        if self._after(claim.paid.day - 1, True) <= claim.level:
            claim.arrears = claim.paid
    total += claim.fraction
    claim.fraction = total % _PRECISION
    # rounds down, in favour of nobody: the fraction is kept
    return claim, total // _PRECISION, is_whole


@internal
@view
def _levels_at(_day: uint256) -> (uint256, uint256):
    """
    @notice Both indices before a day.
    @param _day [day] at most the first day not settled
    @return [base units per TH·s, 2**128] paid, arrears
    """
    if _day <= _START_DAY:
        return 0, 0
    return self._after(_day - 1, False), self._after(_day - 1, True)


@internal
@view
def _walk(
    _meter: IMeter,
    _account: address,
    _from: IRewardIndex.Cursor,
    _end: uint256,
    _is_arrears: bool,
    _floor: uint256,
    _ceiling: uint256,
) -> (uint256, IRewardIndex.Cursor, bool):
    """
    @notice Sum work times index growth, the index clamped to [floor, ceiling], from a cursor to
        `_end` or as far as `MAX_WORDS` reach.
    @dev A word stands for its own day (work filed) and for the untouched days after it (balance x
         86,400 each): a run of untouched days is one term, however long. Where the arrears index
         leaves the ceiling the cursor stays, to go on from there later.
    @param _meter who held how much for how long
    @param _account holder
    @param _from cursor
    @param _end [day] first day not walked
    @param _is_arrears which index
    @param _floor [base units per TH·s, 2**128] what lies below is claimed
    @param _ceiling [base units per TH·s, 2**128] what lies above is not there yet
    @return [base units, 2**-128] sum, the cursor after it, whether nothing is left to walk
    """
    cursor: IRewardIndex.Cursor = _from
    total: uint256 = 0
    if cursor.day >= _end:
        return total, cursor, True
    words: DynArray[uint256, meter_word.MAX_WORDS] = staticcall _meter.meter_words(
        _account, cursor.index
    )
    # a full answer may not be all there is: the next call goes on from its last word
    is_whole: bool = len(words) < meter_word.MAX_WORDS
    # beyond it the cursor waits; what is paid is walked once, whatever its ceiling
    limit: uint256 = _ceiling if _is_arrears else max_value(uint256)
    balance: uint256 = 0
    before: uint256 = self._after(cursor.day - 1, _is_arrears)
    after: uint256 = 0
    value: uint256 = self._clamp(before, _floor, _ceiling)
    next: uint256 = 0
    for word: uint256 in words:
        touched: uint256 = meter_word._day(word)
        if touched >= _end:
            is_whole = True
            break
        if touched >= cursor.day:
            before, after = self._around(touched, _is_arrears)
            # the untouched days before it
            next = self._clamp(before, _floor, _ceiling)
            total += balance * meter_word.DAY_SECONDS * (next - value)
            if before > limit:
                return total, cursor, True
            # the day itself
            cursor.day = touched
            value = next
            next = self._clamp(after, _floor, _ceiling)
            total += meter_word._work_of_day(word) * (next - value)
            if after > limit:
                return total, cursor, True
            cursor.day = touched + 1
            value = next
        balance = meter_word._balance(word)
        cursor.index = meter_word._index(word)
    if is_whole and cursor.day < _end:
        # the untouched days up to the last one walked
        after = self._after(_end - 1, _is_arrears)
        next = self._clamp(after, _floor, _ceiling)
        total += balance * meter_word.DAY_SECONDS * (next - value)
        if after <= limit:
            cursor.day = _end
    return total, cursor, is_whole


@internal
@view
def _around(_day: uint256, _is_arrears: bool) -> (uint256, uint256):
    """
    @notice An index before and after a settled day.
    @param _day [day] a settled day
    @param _is_arrears which index
    @return [base units per TH·s, 2**128] before it, after it
    """
    word: uint256 = self._day_words[_day]
    if _is_arrears:
        short: uint256 = (word >> _SHORT_BEFORE_SHIFT) & _SHORT_BEFORE_MASK
        return self._arrears_levels[short], self._arrears_levels[self._short_after(word)]
    return word & _PAID_MASK, self._paid_after(word)


@internal
@view
def _after(_day: uint256, _is_arrears: bool) -> uint256:
    """
    @notice An index after a settled day.
    @param _day [day] a settled day; the day before the first counts as one, at zero
    @param _is_arrears which index
    @return [base units per TH·s, 2**128]
    """
    word: uint256 = self._day_words[_day]
    if _is_arrears:
        return self._arrears_levels[self._short_after(word)]
    return self._paid_after(word)


@internal
@pure
def _paid_after(_word: uint256) -> uint256:
    """
    @notice Paid index after a day.
    @param _word [word] the day's word
    @return [base units per TH·s, 2**128]
    """
    return (_word & _PAID_MASK) + ((_word >> _RATE_SHIFT) & _RATE_MASK)


@internal
@pure
def _short_after(_word: uint256) -> uint256:
    """
    @notice Short days up to and including a day.
    @param _word [word] the day's word
    @return [count]
    """
    return ((_word >> _SHORT_BEFORE_SHIFT) & _SHORT_BEFORE_MASK) + (_word >> _IS_SHORT_SHIFT)


@internal
@pure
def _rate(_amount: uint256, _work: uint256) -> uint256:
    """
    @notice Money per unit of work.
    @param _amount [base units] at most work / 2**16, so below 2**95
    @param _work [TH·s, 18 dec] not zero
    @return [base units per TH·s, 2**128] rounds up, in favour of holders: together less than one
        base unit for all days ever
    """
    return (_amount * _PRECISION + _work - 1) // _work


@internal
@pure
def _clamp(_value: uint256, _floor: uint256, _ceiling: uint256) -> uint256:
    """
    @notice A value brought between two bounds.
    @param _value any
    @param _floor lower bound
    @param _ceiling upper bound, not below the lower
    @return the value, or the bound it exceeds
    """
    return min(max(_value, _floor), _ceiling)
