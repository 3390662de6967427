# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Metric feed
@license GNU Affero General Public License v3.0 only
@notice One metric of the hashprice oracle in the shape of Chainlink's AggregatorV3Interface, for
        every final day. The round is the day.
@dev Only final days answer. `updatedAt` is the end of the day observed, not the time of posting, so
     a day posted late looks as old as it is. Recommended heartbeat: 2 days plus the challenge
     window. Answers round down to the feed's decimals.
@custom:security A consumer must compare `updatedAt` with its heartbeat; this feed never goes back,
        but it can stand still.
@custom:kill Cannot be stopped. It reads the oracle and holds nothing.
"""

from . import IAggregatorV3
from . import IHashpriceOracle

implements: IAggregatorV3


# which metric a feed answers with
flag Metric:
    HASHPRICE_SATS  # [sat per PH/s per day], 8 decimals
    HASHPRICE_USD  # [USD per PH/s per day], 8 decimals
    DIFFICULTY  # [difficulty], 0 decimals

_DAY_SECONDS: constant(uint256) = 86_400
# 1e18 of the oracle's values over 1e8 of the feed's and 1e3 TH per PH
_HASHPRICE_DIVISOR: constant(uint256) = 10**7
_WAD: constant(uint256) = 10**18

ORACLE: public(immutable(address))
METRIC: public(immutable(Metric))


@deploy
def __init__(_oracle: address, _metric: Metric):
    """
    @notice Set the oracle and the metric.
    @param _oracle hashprice oracle
    @param _metric 1 hashprice in satoshi, 2 hashprice in USD, 4 difficulty
    @custom:reverts "feed: no oracle", "feed: unknown metric"
    """
    assert _oracle.is_contract, "feed: no oracle"
    assert (
        _metric == Metric.HASHPRICE_SATS
        or _metric == Metric.HASHPRICE_USD
        or _metric == Metric.DIFFICULTY
    ), "feed: unknown metric"
    ORACLE = _oracle
    METRIC = _metric


@external
@view
def decimals() -> uint8:
    """
    @notice Decimals of the answer.
    @return 8 for hashprice, 0 for difficulty
    """
    return 0 if METRIC == Metric.DIFFICULTY else 8


@external
@view
def description() -> String[64]:
    """
    @notice What the feed answers with.
    @return name and unit
    """
    if METRIC == Metric.HASHPRICE_SATS:
        return "Bitcoin hashprice, sat per PH/s per day"
    if METRIC == Metric.HASHPRICE_USD:
        return "Bitcoin hashprice, USD per PH/s per day"
    return "Bitcoin difficulty, mean of the day"


@external
@pure
def version() -> uint256:
    """
    @notice Version of this feed.
    @return 1
    """
    return 1


@external
@view
def getRoundData(_round_id: uint80) -> (uint80, int256, uint256, uint256, uint80):
    """
    @notice The answer of a final day.
    @param _round_id [day] UTC day index
    @return [day] round, answer, [unix s] start of the day, [unix s] end of the day, [day] round
    @custom:reverts "feed: no data"
    """
    return self._round(
        convert(_round_id, uint256), staticcall IHashpriceOracle(ORACLE).last_final_day()
    )


@external
@view
def latestRoundData() -> (uint80, int256, uint256, uint256, uint80):
    """
    @notice The answer of the last final day.
    @return [day] round, answer, [unix s] start of the day, [unix s] end of the day, [day] round
    @custom:reverts "feed: no data"
    """
    newest: uint256 = staticcall IHashpriceOracle(ORACLE).last_final_day()
    return self._round(newest, newest)


@internal
@view
def _round(_day: uint256, _newest: uint256) -> (uint80, int256, uint256, uint256, uint80):
    """
    @notice Read a final day and bring it to the feed's decimals.
    @param _day [day] UTC day index
    @param _newest [day] the last final day
    @return as `getRoundData`
    """
    oracle: IHashpriceOracle = IHashpriceOracle(ORACLE)
    assert _day >= staticcall oracle.FIRST_DAY() and _day <= _newest, "feed: no data"
    hashprice_wad: uint256 = 0
    usd_wad: uint256 = 0
    difficulty_wad: uint256 = 0
    hashprice_wad, usd_wad, difficulty_wad = staticcall oracle.final_values(_day)
    # rounds down, in favour of nobody: eight decimals of a satoshi, of a dollar, one of difficulty
    answer: uint256 = difficulty_wad // _WAD
    if METRIC == Metric.HASHPRICE_SATS:
        answer = hashprice_wad // _HASHPRICE_DIVISOR
    elif METRIC == Metric.HASHPRICE_USD:
        answer = usd_wad // _HASHPRICE_DIVISOR
    return (
        convert(_day, uint80),
        convert(answer, int256),
        _day * _DAY_SECONDS,
        (_day + 1) * _DAY_SECONDS,
        convert(_day, uint80),
    )
