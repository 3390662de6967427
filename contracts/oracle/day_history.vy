# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Day history
@license GNU Affero General Public License v3.0 only
@notice The posted days in order, two words each: prefix sums, closing price, height and time of
        finality.
@dev        low word    hashprice sum 128 | USD sum 120 | revision 8
            high word   difficulty sum 136 | price 56 | final_at 32 | last height 31 | recovery 1

     Days from `FIRST_DAY` to `next_day - 1` are posted; `final_at` never falls from one day to the
     next, so the final days are those up to one boundary and the rest are the pending tail. The day
     before the first is an anchor: sums zero, always final. A removed day keeps its revision, in
     the low word, and the finality it had, in the high word. This module checks no facts and no
     signatures.
"""

from . import IHashpriceOracle

# metrics of which sums are kept, as numbers
HASHPRICE_SATS: constant(uint256) = 1
HASHPRICE_USD: constant(uint256) = 2
DIFFICULTY: constant(uint256) = 3

_HASHPRICE_SUM_MASK: constant(uint256) = 2**128 - 1
_USD_SUM_SHIFT: constant(uint256) = 128
_USD_SUM_MASK: constant(uint256) = 2**120 - 1
_REVISION_SHIFT: constant(uint256) = 248
# [count] vetoes and replacements of one day
MAX_REVISION: constant(uint256) = 2**8 - 1
_DIFFICULTY_SUM_MASK: constant(uint256) = 2**136 - 1
_PRICE_SHIFT: constant(uint256) = 136
_PRICE_MASK: constant(uint256) = 2**56 - 1
_FINAL_AT_SHIFT: constant(uint256) = 192
_TIME_MASK: constant(uint256) = 2**32 - 1
_HEIGHT_SHIFT: constant(uint256) = 224
_HEIGHT_MASK: constant(uint256) = 2**31 - 1
_RECOVERY_SHIFT: constant(uint256) = 255
# 2**32 days are searched in 32 halvings; 16 suffice for 179 years
_SEARCH_STEPS: constant(uint256) = 16


# [day] first day of the history
FIRST_DAY: public(immutable(uint256))


# [day] the day that has to be posted next
next_day: public(uint256)
# day -> low word and high word
_words: HashMap[uint256, uint256[2]]


@deploy
def __init__(_first_day: uint256, _first_height: uint256):
    """
    @notice Start the history with the anchor before its first day.
    @param _first_day [day] first day that can be posted
    @param _first_height [height] first block of that day
    """
    FIRST_DAY = _first_day
    self.next_day = _first_day
    self._words[_first_day - 1][1] = (_first_height - 1) << _HEIGHT_SHIFT


@internal
def _end_with(_day: uint256, _record: IHashpriceOracle.DayRecord, _is_recovery: bool):
    """
    @notice Store a day as the newest, refusing a value too wide for its field.
    @param _day [day] from `FIRST_DAY` to `next_day`; later days are cut off
    @param _record the day
    @param _is_recovery whether it does not follow the day before
    @custom:reverts "history: value too wide"
    """
    # heights and revisions have been bounded by whoever made them
    assert (
        _record.hashprice_sum_wad <= _HASHPRICE_SUM_MASK
        and _record.usd_sum_wad <= _USD_SUM_MASK
        and _record.difficulty_sum_wad <= _DIFFICULTY_SUM_MASK
        and _record.btc_usd_e8 <= _PRICE_MASK
        and _record.final_at <= _TIME_MASK
    ), "history: value too wide"
    self._words[_day] = [
        _record.hashprice_sum_wad
        | (_record.usd_sum_wad << _USD_SUM_SHIFT)
        | (_record.revision << _REVISION_SHIFT),
        _record.difficulty_sum_wad
        | (_record.btc_usd_e8 << _PRICE_SHIFT)
        | (_record.final_at << _FINAL_AT_SHIFT)
        | (_record.last_height << _HEIGHT_SHIFT)
        | (convert(_is_recovery, uint256) << _RECOVERY_SHIFT),
    ]
    self.next_day = _day + 1


@internal
def _remove_from(_day: uint256) -> uint256:
    """
    @notice Cut the history at a posted day, which then waits for a report of its next revision.
    @param _day [day] from `FIRST_DAY` to `next_day - 1`
    @return [count] the next revision
    @custom:reverts "history: too many revisions"
    """
    revision: uint256 = self._revision(_day) + 1
    assert revision <= MAX_REVISION, "history: too many revisions"
    self._words[_day][0] = revision << _REVISION_SHIFT
    self.next_day = _day
    return revision


@internal
@view
def _revision(_day: uint256) -> uint256:
    """
    @notice Revision of a day: how often it was vetoed or replaced.
    @param _day [day] any
    @return [count]
    """
    return self._words[_day][0] >> _REVISION_SHIFT


@internal
@view
def _read(_day: uint256) -> IHashpriceOracle.DayRecord:
    """
    @notice Read a day that is posted, or the anchor.
    @param _day [day] from `FIRST_DAY - 1` to `next_day - 1`
    @return the day
    """
    words: uint256[2] = self._words[_day]
    return IHashpriceOracle.DayRecord(
        hashprice_sum_wad=words[0] & _HASHPRICE_SUM_MASK,
        usd_sum_wad=(words[0] >> _USD_SUM_SHIFT) & _USD_SUM_MASK,
        difficulty_sum_wad=words[1] & _DIFFICULTY_SUM_MASK,
        btc_usd_e8=(words[1] >> _PRICE_SHIFT) & _PRICE_MASK,
        final_at=(words[1] >> _FINAL_AT_SHIFT) & _TIME_MASK,
        last_height=(words[1] >> _HEIGHT_SHIFT) & _HEIGHT_MASK,
        revision=words[0] >> _REVISION_SHIFT,
    )


@internal
@view
def _sum_through(_metric: uint256, _day: uint256) -> (uint256, uint256):
    """
    @notice One prefix sum of any day, and its finality.
    @param _metric the metric
    @param _day [day] any
    @return [18 decimals] the sum, [unix s] time of finality; zeros if the day is not posted,
        whatever the metric
    @custom:reverts "oracle: no such metric"
    """
    if not self._is_posted(_day):
        return 0, 0
    high: uint256 = self._words[_day][1]
    sum: uint256 = high & _DIFFICULTY_SUM_MASK
    if _metric != DIFFICULTY:
        sum = self._words[_day][0]
        if _metric == HASHPRICE_SATS:
            sum &= _HASHPRICE_SUM_MASK
        else:
            assert _metric == HASHPRICE_USD, "oracle: no such metric"
            sum = (sum >> _USD_SUM_SHIFT) & _USD_SUM_MASK
    return sum, (high >> _FINAL_AT_SHIFT) & _TIME_MASK


@internal
@view
def _price_and_finality(_day: uint256) -> (uint256, uint256):
    """
    @notice The two values of a posted day that stand in its high word alone.
    @param _day [day] from `FIRST_DAY - 1` to `next_day - 1`
    @return [USD per BTC, 1e8] closing price, [unix s] time of finality
    """
    high: uint256 = self._words[_day][1]
    return (high >> _PRICE_SHIFT) & _PRICE_MASK, (high >> _FINAL_AT_SHIFT) & _TIME_MASK


@internal
@view
def _is_recovery(_day: uint256) -> bool:
    """
    @notice Whether a posted day does not follow the day before.
    @param _day [day] from `FIRST_DAY` to `next_day - 1`
    @return True if so
    """
    return self._words[_day][1] >> _RECOVERY_SHIFT != 0


@internal
@view
def _final_at(_day: uint256) -> uint256:
    """
    @notice Finality of a day's last report, posted or removed.
    @param _day [day] any
    @return [unix s] zero if it never had one
    """
    return (self._words[_day][1] >> _FINAL_AT_SHIFT) & _TIME_MASK


@internal
@view
def _hashprice(_day: uint256) -> uint256:
    """
    @notice Hashprice of a posted day.
    @param _day [day] from `FIRST_DAY` to `next_day - 1`
    @return [sat per TH/s per day, 1e18]
    """
    return (self._words[_day][0] & _HASHPRICE_SUM_MASK) - (
        self._words[_day - 1][0] & _HASHPRICE_SUM_MASK
    )


@internal
@view
def _is_posted(_day: uint256) -> bool:
    """
    @notice Whether a day stands in the history, final or pending.
    @param _day [day] any
    @return True if so
    """
    return _day >= FIRST_DAY and _day < self.next_day


@internal
@view
def _is_final(_day: uint256) -> bool:
    """
    @notice Whether a posted day is final; the anchor is.
    @param _day [day] from `FIRST_DAY - 1` to `next_day - 1`
    @return True if so
    """
    return self._was_final(_day, block.timestamp)


@internal
@view
def _was_final(_day: uint256, _time: uint256) -> bool:
    """
    @notice Whether a posted day was final at a time; the anchor always was.
    @param _day [day] from `FIRST_DAY - 1` to `next_day - 1`
    @param _time [unix s] now, or before
    @return True if so
    """
    return self._final_at(_day) <= _time


@internal
@view
def _final_day_at(_time: uint256) -> uint256:
    """
    @notice The newest day that was final at a time. The tail after it is short in normal times, so
        the search gallops back from the tip before it halves.
    @param _time [unix s] now, or before
    @return [day] newest day final then; `FIRST_DAY - 1` if there was none
    """
    high: uint256 = self.next_day  # never final
    low: uint256 = FIRST_DAY - 1  # always final
    stride: uint256 = 1
    for _: uint256 in range(_SEARCH_STEPS):
        if high - low <= stride:
            break
        if self._was_final(high - stride, _time):
            low = high - stride
            break
        high -= stride
        stride *= 2
    for _: uint256 in range(_SEARCH_STEPS):
        if high - low <= 1:
            break
        middle: uint256 = (low + high) // 2
        if self._was_final(middle, _time):
            low = middle
        else:
            high = middle
    return low
