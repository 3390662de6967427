# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Price of an offering
@license GNU Affero General Public License v3.0 only
@notice What a TH/s costs in a round now: by the clock, or by the hashprice oracle's final days.
@dev Every rounding is up, in favour of the seller: less than one base unit each.
"""

from ..oracle import IHashpriceOracle
from . import IHashrateOffering

# [days] whose mean a hashprice price is made of
MEAN_DAYS: constant(uint256) = 7
# [days] the newest of them may be old, at most
MAX_INDEX_AGE_DAYS: constant(uint256) = 3

# members of `Pricing`, as numbers
FALLING: constant(uint256) = 1
SATOSHI: constant(uint256) = 2
USD: constant(uint256) = 4

_DAY_SECONDS: constant(uint256) = 86_400
_WAD: constant(uint256) = 10**18
# [decimals] of a satoshi in a bitcoin
_SAT_DECIMALS: constant(uint256) = 8


@internal
@pure
def _check(_terms: IHashrateOffering.Terms, _decimals: uint256):
    """
    @notice Refuse a price that means nothing.
    @param _terms terms of a round
    @param _decimals [decimals] of its money
    @custom:reverts "offering: not one pricing", "offering: price upside down",
        "offering: price days", "offering: money decimals"
    """
    pricing: uint256 = convert(_terms.pricing, uint256)
    assert (pricing == FALLING or pricing == SATOSHI or pricing == USD), "offering: not one pricing"
    assert (
        _terms.low_price != 0 and _terms.low_price <= _terms.high_price
    ), "offering: price upside down"
    # a price by the clock has no days, one by hashprice has some
    assert ((_terms.price_days == 0) == (pricing == FALLING)), "offering: price days"
    assert _decimals <= 18 and (
        pricing != SATOSHI or _decimals >= _SAT_DECIMALS
    ), "offering: money decimals"


@internal
@view
def _price(_round: IHashrateOffering.Round, _oracle: address, _decimals: uint256) -> uint256:
    """
    @notice What a TH/s costs now.
    @param _round the round
    @param _oracle hashprice oracle
    @param _decimals [decimals] of the money
    @return [money base units per TH/s] between the low and the high price
    @custom:reverts "offering: too few final days", "offering: index too old"
    """
    pricing: uint256 = convert(_round.pricing, uint256)
    if pricing == FALLING:
        # what it has fallen rounds down
        fallen: uint256 = (
            (_round.high_price - _round.low_price)
            * (min(block.timestamp, _round.closes_at) - _round.opened_at) // (
                _round.closes_at - _round.opened_at
            )
        )
        return _round.high_price - fallen
    sum_wad: uint256 = self._sum_of_last(IHashpriceOracle(_oracle), pricing == USD)
    base_units: uint256 = 10**_decimals
    if pricing == SATOSHI:
        base_units = 10**(_decimals - _SAT_DECIMALS)
    price: uint256 = self._ceil_div(sum_wad * _round.price_days * base_units, MEAN_DAYS * _WAD)
    return min(max(price, _round.low_price), _round.high_price)


@internal
@pure
def _cost(_amount_ths: uint256, _price: uint256) -> uint256:
    """
    @notice What an amount costs.
    @param _amount_ths [TH/s, 18 dec] below 2**128
    @param _price [money base units per TH/s] below 2**128
    @return [money base units] rounds up
    """
    return self._ceil_div(_amount_ths * _price, _WAD)


@internal
@view
def _sum_of_last(_oracle: IHashpriceOracle, _is_usd: bool) -> uint256:
    """
    @notice Hashprice of the last `MEAN_DAYS` final days together.
    @param _oracle hashprice oracle
    @param _is_usd whether in USD, else in satoshi
    @return [sat or USD per TH/s per day, 1e18]
    @custom:reverts "offering: too few final days", "offering: index too old"
    """
    newest: uint256 = staticcall _oracle.last_final_day()
    assert (
        newest + 1 >= staticcall _oracle.FIRST_DAY() + MEAN_DAYS
    ), "offering: too few final days"
    assert (
        block.timestamp // _DAY_SECONDS <= newest + MAX_INDEX_AGE_DAYS
    ), "offering: index too old"
    last: IHashpriceOracle.DayRecord = staticcall _oracle.day_record(newest)
    before: IHashpriceOracle.DayRecord = staticcall _oracle.day_record(newest - MEAN_DAYS)
    if _is_usd:
        return last.usd_sum_wad - before.usd_sum_wad
    return last.hashprice_sum_wad - before.hashprice_sum_wad


@internal
@pure
def _ceil_div(_numerator: uint256, _denominator: uint256) -> uint256:
    """
    @notice A quotient, rounded up.
    @param _numerator any
    @param _denominator not zero
    @return the quotient
    """
    return (_numerator + _denominator - 1) // _denominator
