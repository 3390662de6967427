# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Tranche cut
@license GNU Affero General Public License v3.0 only
@notice Where the reward index is cut in two: SENIOR is what lies below, JUNIOR what lies above.
        Found once in settled days, noted, and never moved again.
@dev With P(d) and A(d) the paid and arrears level before day d, E = P + A and
     T = E(start) + ceil(face * 2**128 / (86_400 * 10**18)):

     * MET: some settled day k of the term has E(k+1) >= T, k the first. What lacked before k is
       taken from k's paid part first, the rest from its arrears.
     * UNMET: not MET, and every day that will ever be settled of the term is: cut there.

     The face counts what was *earned*, paid or owed: with paid money alone an issuer who sold
     SENIOR would let days go short, repay them later and collect them as JUNIOR. N4: cut and
     shortfall depend on settled days alone, not on who asks when; only the day of the note starts a
     clock.
@custom:source docs/tranches.md 2
"""

from ..series import IRewardDistributor
from ..series import IRewardIndex
from . import ITranches

# face of a strip, which goes by days and is never cut by level
NO_FACE: constant(uint256) = max_value(uint256)

_DAY_WORK: constant(uint256) = 86_400 * 10**18
_PRECISION: constant(uint256) = 2**128
# days are below 2**32
_MAX_HALVINGS: constant(uint256) = 32
_STATE_SHIFT: constant(uint256) = 160
_DAY_SHIFT: constant(uint256) = 128

_DISTRIBUTOR: immutable(address)
_START_DAY: immutable(uint256)
_MATURITY_DAY: immutable(uint256)
# [base units per TH·s, 2**128] what the face is of the index; 0 for a strip
_FACE_LEVEL: immutable(uint256)


# cut of the paid index 128 | cut of the arrears index 128; zero while OPEN
_cut_word: uint256
# while OPEN the target level, 0 if it is not known yet; then shortfall 128 | noted day 32 | state
_outcome_word: uint256


@deploy
def __init__(_terms: ITranches.Terms):
    """
    @notice Set the term.
    @param _terms terms that were checked
    """
    _DISTRIBUTOR = _terms.distributor
    _START_DAY = _terms.start_day
    _MATURITY_DAY = _terms.maturity_day
    # rounds up, in favour of SENIOR: by less than one part of the index
    _FACE_LEVEL = (
        0 if _terms.face == NO_FACE else (_terms.face * _PRECISION + _DAY_WORK - 1) // _DAY_WORK
    )


@internal
def _note(_needs_cut: bool) -> ITranches.Outcome:
    """
    @notice Find the outcome and write down what is new of it.
    @param _needs_cut whether a noted cut is read: a word of its own, which only claims need
    @return the outcome
    @custom:emits CutFound
    """
    known: uint256 = self._known()
    found: ITranches.Outcome = self._look(known, _needs_cut)
    if known >> _STATE_SHIFT != 0:
        return found
    if found.state == ITranches.State.OPEN:
        if found.target != known:
            self._outcome_word = found.target
        return found
    self._cut_word = found.cut_paid | (found.cut_arrears << 128)
    self._outcome_word = (
        found.shortfall
        | (found.noted_day << _DAY_SHIFT)
        | (convert(found.state, uint256) << _STATE_SHIFT)
    )
    log ITranches.CutFound(
        state=found.state,
        cut_paid=found.cut_paid,
        cut_arrears=found.cut_arrears,
        shortfall=found.shortfall,
        day=found.noted_day,
    )
    return found


@internal
@view
def _outcome() -> ITranches.Outcome:
    """
    @notice What `_note` would return now, with the cut.
    @return the outcome
    """
    return self._look(self._known(), True)


@internal
@view
def _known() -> uint256:
    """
    @notice What is noted; a strip is always open and not looked up.
    @return [word] the outcome word
    """
    return 0 if _FACE_LEVEL == 0 else self._outcome_word


@internal
@view
def _look(_known: uint256, _needs_cut: bool) -> ITranches.Outcome:
    """
    @notice The outcome, as noted or as settled days tell now.
    @param _known [word] what is noted
    @param _needs_cut whether a noted cut is read
    @return the outcome
    """
    result: ITranches.Outcome = empty(ITranches.Outcome)
    if _known >> _STATE_SHIFT != 0:
        if _needs_cut:
            cut: uint256 = self._cut_word
            result.cut_paid = cut & (_PRECISION - 1)
            result.cut_arrears = cut >> 128
        result.state = convert(_known >> _STATE_SHIFT, ITranches.State)
        result.shortfall = _known & (_PRECISION - 1)
        result.noted_day = (_known >> _DAY_SHIFT) & (2**32 - 1)
        return result
    result.state = ITranches.State.OPEN
    if _FACE_LEVEL == 0:
        return result
    day: uint256 = 0
    paid: uint256 = 0
    arrears: uint256 = 0
    day, paid, arrears = self._levels_at(_MATURITY_DAY)
    is_last: bool = day == _MATURITY_DAY or self._is_series_over()
    result.target = _known
    if result.target == 0:
        if day < _START_DAY and not is_last:
            return result
        # a series that ended before the start never moves again: its last level is the start's
        first_paid: uint256 = 0
        first_arrears: uint256 = 0
        day_of_start: uint256 = 0
        day_of_start, first_paid, first_arrears = self._levels_at(_START_DAY)
        result.target = first_paid + first_arrears + _FACE_LEVEL
    if paid + arrears >= result.target:
        result.state = ITranches.State.MET
        result.cut_paid, result.cut_arrears = self._crossing(day, paid, result.target)
    elif is_last:
        result.state = ITranches.State.UNMET
        result.cut_paid = paid
        result.cut_arrears = arrears
        result.shortfall = result.target - paid - arrears
        result.noted_day = block.timestamp // 86_400
    return result


@internal
@view
def _crossing(_day: uint256, _paid: uint256, _target: uint256) -> (uint256, uint256):
    """
    @notice Where the index reaches a target, by bisection: both levels never fall.
    @param _day [day] a day before which the target is reached
    @param _paid [base units per TH·s, 2**128] paid level before it
    @param _target [base units per TH·s, 2**128] level of both together, not reached at the start
    @return [base units per TH·s, 2**128] cut of the paid index, of the arrears index
    """
    low: uint256 = _START_DAY
    high: uint256 = _day
    day: uint256 = 0
    before_paid: uint256 = 0
    before_arrears: uint256 = 0
    day, before_paid, before_arrears = self._levels_at(low)
    after_paid: uint256 = _paid
    for _: uint256 in range(_MAX_HALVINGS):
        if high - low == 1:
            break
        middle: uint256 = (low + high) // 2
        paid: uint256 = 0
        arrears: uint256 = 0
        day, paid, arrears = self._levels_at(middle)
        if paid + arrears >= _target:
            high = middle
            after_paid = paid
        else:
            low = middle
            before_paid = paid
            before_arrears = arrears
    missing: uint256 = _target - before_paid - before_arrears
    # the crossing day's paid part first: SENIOR waits for as little as can be
    from_paid: uint256 = min(missing, after_paid - before_paid)
    return before_paid + from_paid, before_arrears + missing - from_paid


@internal
@view
def _levels_at(_day: uint256) -> (uint256, uint256, uint256):
    """
    @notice Both levels before a day.
    @param _day [day] UTC day index
    @return [day] the day, or the first one not settled, [base units per TH·s, 2**128] paid, arrears
    """
    return staticcall IRewardIndex(_DISTRIBUTOR).levels_at(_day)


@internal
@view
def _is_series_over() -> bool:
    """
    @notice Whether no day of the series will ever be settled any more.
    @return True if so
    """
    progress: IRewardDistributor.Progress = staticcall IRewardDistributor(_DISTRIBUTOR).progress()
    return progress.next_day >= progress.end_day
