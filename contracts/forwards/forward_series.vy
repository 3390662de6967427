# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward series
@license GNU Affero General Public License v3.0 only
@notice The series of the engine: their terms, and what they paid once that is known for ever.
@dev Three words each: the terms (`forward_terms`) and the outcome
            long payout 128 | missing days 16 | settled 1 | created 1

     The outcome is written at creation already, so that settling is not the first store. What a
     series pays depends on final days and their `final_at` alone, so it is the same whoever asks
     and whenever. This module holds no money.
"""

from . import IForwardsEngine
from ..oracle import IHashpriceOracle
from . import forward_settlement
from . import forward_terms

# [s] after its window a series settles without the days that are not final by then
SETTLEMENT_SECONDS: constant(uint256) = 45 * 86_400

_DAY_SECONDS: constant(uint256) = 86_400
_PAYOUT_MASK: constant(uint256) = 2**128 - 1
_MISSING_SHIFT: constant(uint256) = 128
_MISSING_MASK: constant(uint256) = 2**16 - 1
_SETTLED: constant(uint256) = 2**144
_CREATED: constant(uint256) = 2**145


# hashprice oracle all series settle on
ORACLE: public(immutable(address))


# series -> low word and high word of its terms, outcome
_words: HashMap[uint256, uint256[3]]


@deploy
def __init__(_oracle: address):
    """
    @notice Start without series.
    @param _oracle hashprice oracle
    """
    assert _oracle.is_contract, "series: no oracle"
    ORACLE = _oracle


@internal
@view
def _exists(_series: uint256) -> bool:
    """
    @notice Whether a series was created.
    @param _series series
    @return True if so
    """
    return self._words[_series][2] != 0


@internal
def _create(_series: uint256, _terms: IForwardsEngine.Terms):
    """
    @notice Store a new series.
    @param _series what the terms make
    @param _terms terms, their token listed
    """
    forward_terms._check(_terms)
    oracle: IHashpriceOracle = IHashpriceOracle(ORACLE)
    first_day: uint256 = staticcall oracle.FIRST_DAY()
    assert _terms.first_day >= first_day, "series: before the oracle"
    newest: uint256 = staticcall oracle.last_final_day()
    assert newest + 1 >= first_day + forward_settlement.MEAN_DAYS, "series: oracle too young"
    low: uint256 = 0
    high: uint256 = 0
    low, high = forward_terms._packed(_terms)
    self._words[_series] = [low, high, _CREATED]
    log IForwardsEngine.SeriesCreated(
        series=_series,
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
def _terms(_series: uint256) -> IForwardsEngine.Terms:
    """
    @notice Terms of a series.
    @param _series series
    @return the terms
    @custom:reverts "series: unknown"
    """
    low: uint256 = self._words[_series][0]
    # no token has the address zero
    assert low != 0, "series: unknown"
    return forward_terms._unpacked(low, self._words[_series][1])


@internal
@view
def _open_terms(_series: uint256, _is_open_in_window: bool) -> IForwardsEngine.Terms:
    """
    @notice Terms of a series that still trades.
    @param _series series
    @param _is_open_in_window whether it may, once its window has begun
    @return the terms
    @custom:reverts "series: unknown", "series: window is over", "series: window has begun"
    """
    terms: IForwardsEngine.Terms = self._terms(_series)
    assert block.timestamp < terms.end_day * _DAY_SECONDS, "series: window is over"
    if not _is_open_in_window:
        assert block.timestamp < terms.first_day * _DAY_SECONDS, "series: window has begun"
    return terms


@internal
@view
def _outcome(_series: uint256) -> IForwardsEngine.Outcome:
    """
    @notice What a series pays, as stored or as it would be stored now.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown"
    """
    terms: IForwardsEngine.Terms = self._terms(_series)
    word: uint256 = self._words[_series][2]
    if word & _SETTLED == 0:
        return self._assess(terms)
    payout: uint256 = word & _PAYOUT_MASK
    return IForwardsEngine.Outcome(
        is_due=True,
        is_settled=True,
        long_payout=payout,
        short_payout=forward_terms._pair_cost(forward_terms._month(terms)) - payout,
        missing_days=(word >> _MISSING_SHIFT) & _MISSING_MASK,
    )


@internal
def _settle(_series: uint256) -> IForwardsEngine.Outcome:
    """
    @notice Store what a series pays, once.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown", "series: not due"
    """
    outcome: IForwardsEngine.Outcome = self._outcome(_series)
    assert outcome.is_due, "series: not due"
    if outcome.is_settled:
        return outcome
    outcome.is_settled = True
    self._words[_series][2] = (
        outcome.long_payout | (outcome.missing_days << _MISSING_SHIFT) | _SETTLED | _CREATED
    )
    log IForwardsEngine.SeriesSettled(
        series=_series, long_payout=outcome.long_payout, missing_days=outcome.missing_days
    )
    return outcome


@internal
@view
def _assess(_terms: IForwardsEngine.Terms) -> IForwardsEngine.Outcome:
    """
    @notice What terms pay: the true sum if the last day was final in time, else missing days count
        as the mean of the last days that were.
    @dev Total: it reverts for no history of the oracle, because a series is only created when the
         days of the mean are final.
    @param _terms terms of a series
    @return the outcome, all zero while it is not due
    """
    oracle: IHashpriceOracle = IHashpriceOracle(ORACLE)
    last: uint256 = _terms.end_day - 1
    before: uint256 = _terms.first_day - 1
    deadline: uint256 = _terms.end_day * _DAY_SECONDS + SETTLEMENT_SECONDS
    record: IHashpriceOracle.DayRecord = staticcall oracle.day_record(last)
    missing_days: uint256 = 0
    mean_sum: uint256 = 0
    if record.final_at == 0 or record.final_at > min(block.timestamp, deadline):
        if block.timestamp < deadline:
            return empty(IForwardsEngine.Outcome)
        newest: uint256 = staticcall oracle.final_day_at(deadline)
        mean_sum = self._sum_between(
            _terms.metric,
            staticcall oracle.day_record(newest - forward_settlement.MEAN_DAYS),
            staticcall oracle.day_record(newest),
        )
        # a window that the newest day lies before contributes nothing of its own
        last = max(newest, before)
        missing_days = _terms.end_day - 1 - last
        record = staticcall oracle.day_record(last)
    sum: uint256 = self._sum_between(_terms.metric, staticcall oracle.day_record(before), record)
    payout: uint256 = forward_settlement._long_payout(_terms, sum, missing_days, mean_sum)
    return IForwardsEngine.Outcome(
        is_due=True,
        is_settled=False,
        long_payout=payout,
        short_payout=forward_terms._pair_cost(forward_terms._month(_terms)) - payout,
        missing_days=missing_days,
    )


@internal
@pure
def _sum_between(
    _metric: IForwardsEngine.Metric,
    _before: IHashpriceOracle.DayRecord,
    _last: IHashpriceOracle.DayRecord,
) -> uint256:
    """
    @notice Sum of a metric over the days after one up to another.
    @param _metric the metric
    @param _before the day before the first
    @param _last the last day
    @return [oracle units]
    """
    return forward_settlement._sum_of(_metric, _last) - forward_settlement._sum_of(_metric, _before)
