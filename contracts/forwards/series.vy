# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward series
@license GNU Affero General Public License v3.0 only
@notice The series of the vault: their terms, how many contracts are open, and what they paid once
        that is known for ever.
@dev Four words each, three with the terms (`terms`), and the state
            long payout 128 | missing days 16 | settled 1 | created 1 | ... | terms 40

     A series settles after its window, when it trades no more: what is counted as open from then on
     is no longer asked for. What it pays depends on final days and their `final_at` alone, so it is
     the same whoever asks and whenever. This module holds no money.
"""

from . import IForwardsVault
from . import index_reader
from . import settlement
from . import terms

# [s] after its window a series settles without the days that are not final by then
SETTLEMENT_SECONDS: constant(uint256) = 60 * 86_400

_DAY_SECONDS: constant(uint256) = 86_400
_AMOUNT_MASK: constant(uint256) = 2**128 - 1
_MISSING_SHIFT: constant(uint256) = 128
_MISSING_MASK: constant(uint256) = 2**16 - 1
_SETTLED: constant(uint256) = 2**144
_CREATED: constant(uint256) = 2**145
# places of the words
_MONEY: constant(uint256) = 0
_MARKET: constant(uint256) = 1
_INDEX: constant(uint256) = 2
_STATE: constant(uint256) = 3


# series -> money word, market word, index word, state word
_words: HashMap[uint256, uint256[4]]


@deploy
def __init__():
    """
    @notice Start without series.
    """
    pass


@internal
@view
def _exists(_series: uint256) -> bool:
    """
    @notice Whether a series was created.
    @param _series series
    @return True if so
    """
    return self._words[_series][_STATE] != 0


@internal
def _create(_series: uint256, _terms: IForwardsVault.Terms):
    """
    @notice Store a new series; its index is asked for what it will never be asked again.
    @param _series what the terms make
    @param _terms terms, their token listed
    @custom:reverts "terms: …", "index: …", "series: before the index", "series: index too young",
        "series: no scale"
    """
    terms._check(_terms)
    index_day: uint256 = index_reader._first_day(_terms.index)
    assert _terms.first_day >= index_day, "series: before the index"
    newest: uint256 = index_reader._last_final_day(_terms.index)
    assert newest + 1 >= index_day + settlement.MEAN_DAYS, "series: index too young"
    scale: uint256 = index_reader._units_per_tick(_terms.index, _terms.metric)
    assert scale != 0 and scale < 2**96, "series: no scale"
    words: uint256[4] = terms._packed(_terms, index_day, scale)
    words[_STATE] |= _CREATED
    self._words[_series] = words
    log IForwardsVault.SeriesCreated(
        series=_series,
        index=_terms.index,
        metric=_terms.metric,
        first_day=_terms.first_day,
        end_day=_terms.end_day,
        floor_ticks=_terms.floor_ticks,
        cap_ticks=_terms.cap_ticks,
        tick_value=_terms.tick_value,
        token=_terms.token,
    )


@internal
@view
def _terms(_series: uint256) -> IForwardsVault.Terms:
    """
    @notice Terms of a series.
    @param _series series
    @return the terms
    @custom:reverts "series: unknown"
    """
    return terms._unpacked(self._read(_series))


@internal
@view
def _token(_series: uint256) -> address:
    """
    @notice Settlement token of a series.
    @param _series series
    @return token
    @custom:reverts "series: unknown"
    """
    return terms._token(self._money(_series))


@internal
@view
def _band(_series: uint256) -> terms.Band:
    """
    @notice What trading needs of a series, whether it still trades or not.
    @param _series series
    @return token, floor, cap and unit
    @custom:reverts "series: unknown"
    """
    return terms._band(self._money(_series), self._words[_series][_MARKET])


@internal
@view
def _open_band(_series: uint256, _is_open_in_window: bool) -> terms.Band:
    """
    @notice What trading needs of a series that still trades.
    @param _series series
    @param _is_open_in_window whether it may, once its window has begun
    @return token, floor, cap and unit
    @custom:reverts "series: unknown", "series: window is over", "series: window has begun"
    """
    money: uint256 = self._money(_series)
    market: uint256 = self._words[_series][_MARKET]
    first_day: uint256 = 0
    end_day: uint256 = 0
    first_day, end_day = terms._window(market)
    assert block.timestamp < end_day * _DAY_SECONDS, "series: window is over"
    if not _is_open_in_window:
        assert block.timestamp < first_day * _DAY_SECONDS, "series: window has begun"
    return terms._band(money, market)


@internal
@view
def _pairs(_series: uint256) -> uint256:
    """
    @notice Contracts that are open.
    @param _series series
    @return [contracts] LONG, and as many SHORT; zero once it is settled
    """
    if self._words[_series][_STATE] & _SETTLED != 0:
        return 0
    return terms._pairs(self._words[_series][_MARKET])


@internal
def _count(_series: uint256, _opened: uint256, _closed: uint256):
    """
    @notice Count pairs that come into being or cease to be. What is redeemed after settlement is
        not counted, so the count is at least what is left.
    @param _series series
    @param _opened [contracts] below 2**121
    @param _closed [contracts] below 2**121; SHORT and LONG of as many are burned by the caller
    @custom:reverts "series: too many contracts"
    """
    if _opened == _closed:
        return
    market: uint256 = self._words[_series][_MARKET]
    self._words[_series][_MARKET] = terms._with_pairs(
        market, terms._pairs(market) + _opened - _closed
    )


@internal
@view
def _mean_of_last(_series: uint256, _days: uint256) -> (uint256, uint256):
    """
    @notice Mean of the series' index over its newest final days.
    @param _series series
    @param _days [days] 1 to 7
    @return [tick] mean, rounded down; [day] the newest of them
    @custom:reverts "series: unknown", "series: not 1 to 7 days", "series: too few final days",
        "index: …"
    """
    words: uint256[4] = self._read(_series)
    asked: IForwardsVault.Terms = terms._unpacked(words)
    assert _days != 0 and _days <= settlement.MEAN_DAYS, "series: not 1 to 7 days"
    newest: uint256 = index_reader._last_final_day(asked.index)
    assert newest + 1 >= terms._index_day(words[_STATE]) + _days, "series: too few final days"
    last: uint256 = 0
    final_at: uint256 = 0
    last, final_at = index_reader._sum_through(asked.index, asked.metric, newest)
    # asked twice, because it is the one answer a price hangs on
    assert final_at != 0 and final_at <= block.timestamp, "index: not final"
    before: uint256 = index_reader._sum_through(asked.index, asked.metric, newest - _days)[0]
    # rounds down, by less than a tick; the offset of an order is relative to that
    return (
        index_reader._rise(before, last) // (_days * terms._units_per_tick(words[_INDEX])),
        newest,
    )


@internal
@view
def _outcome(_series: uint256) -> IForwardsVault.Outcome:
    """
    @notice What a series pays, as stored or as it would be stored now.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown", "index: …"
    """
    words: uint256[4] = self._read(_series)
    outcome: IForwardsVault.Outcome = empty(IForwardsVault.Outcome)
    if words[_STATE] & _SETTLED != 0:
        outcome = IForwardsVault.Outcome(
            is_due=True,
            is_settled=True,
            long_payout=words[_STATE] & _AMOUNT_MASK,
            short_payout=0,
            missing_days=(words[_STATE] >> _MISSING_SHIFT) & _MISSING_MASK,
        )
    else:
        outcome = self._assess(
            terms._unpacked(words),
            terms._units_per_tick(words[_INDEX]),
            terms._index_day(words[_STATE]),
        )
    if outcome.is_due:
        outcome.short_payout = (
            terms._pair_cost(terms._band(words[_MONEY], words[_MARKET])) - outcome.long_payout
        )
    return outcome


@internal
@view
def _stored_outcome(_series: uint256) -> IForwardsVault.Outcome:
    """
    @notice What a series pays, if that is stored; its index is not asked.
    @param _series series
    @return the outcome, all zero before
    """
    if self._words[_series][_STATE] & _SETTLED == 0:
        return empty(IForwardsVault.Outcome)
    return self._outcome(_series)


@internal
def _settle(_series: uint256) -> IForwardsVault.Outcome:
    """
    @notice Store what a series pays, once.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown", "series: not due", "index: …"
    """
    outcome: IForwardsVault.Outcome = self._outcome(_series)
    assert outcome.is_due, "series: not due"
    if outcome.is_settled:
        return outcome
    outcome.is_settled = True
    self._words[_series][_STATE] |= (
        outcome.long_payout | (outcome.missing_days << _MISSING_SHIFT) | _SETTLED
    )
    log IForwardsVault.SeriesSettled(
        series=_series, long_payout=outcome.long_payout, missing_days=outcome.missing_days
    )
    return outcome


@internal
@view
def _assess(
    _terms: IForwardsVault.Terms, _units_per_tick: uint256, _index_day: uint256
) -> IForwardsVault.Outcome:
    """
    @notice What terms pay: the true sum if the last day was final in time, else missing days count
        as the mean of the last days that were.
    @dev It reverts for no history of an honest index, because a series is only created when the
         days of the mean are final.
    @param _terms terms of a series
    @param _units_per_tick [index units] in one tick
    @param _index_day [day] the index's first
    @return the outcome without what SHORT gets; all zero while it is not due
    """
    last: uint256 = _terms.end_day - 1
    before: uint256 = _terms.first_day - 1
    # an index that calls a day final before it is over does not end trading
    if block.timestamp < _terms.end_day * _DAY_SECONDS:
        return empty(IForwardsVault.Outcome)
    deadline: uint256 = _terms.end_day * _DAY_SECONDS + SETTLEMENT_SECONDS
    sum: uint256 = 0
    final_at: uint256 = 0
    sum, final_at = index_reader._sum_through(_terms.index, _terms.metric, last)
    missing_days: uint256 = 0
    mean_sum: uint256 = 0
    if final_at == 0 or final_at > min(block.timestamp, deadline):
        if block.timestamp < deadline:
            return empty(IForwardsVault.Outcome)
        newest: uint256 = index_reader._final_day_at(_terms.index, deadline)
        assert (
            newest < last and newest + 1 >= _index_day + settlement.MEAN_DAYS
        ), "index: contradicts itself"
        sum = index_reader._sum_through(_terms.index, _terms.metric, newest)[0]
        mean_sum = index_reader._rise(
            index_reader._sum_through(_terms.index, _terms.metric, newest - settlement.MEAN_DAYS)[
                0
            ],
            sum,
        )
        # a window that the newest day lies before contributes nothing of its own
        before = min(before, newest)
        missing_days = min(last - newest, _terms.end_day - _terms.first_day)
    sum = index_reader._rise(index_reader._sum_through(_terms.index, _terms.metric, before)[0], sum)
    return IForwardsVault.Outcome(
        is_due=True,
        is_settled=False,
        long_payout=settlement._long_payout(_terms, _units_per_tick, sum, missing_days, mean_sum),
        short_payout=0,
        missing_days=missing_days,
    )


@internal
@view
def _money(_series: uint256) -> uint256:
    """
    @notice Money word of a series.
    @param _series series
    @return the word
    @custom:reverts "series: unknown"
    """
    money: uint256 = self._words[_series][_MONEY]
    # no token has the address zero
    assert money != 0, "series: unknown"
    return money


@internal
@view
def _read(_series: uint256) -> uint256[4]:
    """
    @notice All words of a series.
    @param _series series
    @return money word, market word, index word, state word
    @custom:reverts "series: unknown"
    """
    words: uint256[4] = self._words[_series]
    words[_MONEY] = self._money(_series)
    return words
