# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Day reward
@license GNU Affero General Public License v3.0 only
@notice What a day owes its holders, from the day's facts and the terms of the series. Pure
        mathematics, one function for each rule.
@dev Work is in TH·s (18 decimals), money in base units of the reward token. Rewards round down and
     fees round up, once each, on the day's aggregate. Total: no input that the oracle or the terms
     admit makes it revert, because a revert would stop a day for ever. Bounds used below: work <
     2**111, hashprice < 2**112, price < 2**56, credit < 2**64, base units per satoshi <= 10**10 <
     2**34, efficiency and power price <= 10**7, service fee < 2**100.
"""

from snekmate.utils import math
from ..oracle import IHashpriceOracle
from . import IRewardDistributor

_DAY_SECONDS: constant(uint256) = 86_400
_MAX_BPS: constant(uint256) = 10_000
# [TH·s, 18 dec, per TH/s per day, times 1e18]: divides (hashprice wad x work) to satoshi
_DAY_WAD: constant(uint256) = 86_400 * 10**36
# [bps] a pool may credit this much less than its fee says before the hashrate claimed is
# disbelieved
_TOLERANCE_BPS: constant(uint256) = 200
# a day's reward per unit of work is at most this many hashprices
_MAX_HASHPRICES: constant(uint256) = 16
# reward <= work / 2**16 keeps the day's rate at 2**128 precision within 2**112
_MAX_RATE_SHIFT: constant(uint256) = 16
# [sat per BTC times 1e8 of the price]
_PRICE_SCALE: constant(uint256) = 10**8
# 3 decimals of efficiency, 6 of the power price, J per kWh
_POWER_SCALE: constant(uint256) = 10**9 * 3_600_000
_WAD: constant(uint256) = 10**18


@internal
@pure
def _reported(
    _terms: IRewardDistributor.Terms,
    _facts: IHashpriceOracle.SettlementFacts,
    _held_work: uint256,
    _base_per_sat: uint256,
) -> (uint256, uint256):
    """
    @notice Work paid for and its gross reward on a day with an output report.
    @dev Over-reported hashrate cannot dilute: it counts only as far as the pool's credit bears it
        out. The guarantee is paid at the same rate.
    @param _terms terms of the series
    @param _facts hashprice, credit and delivered hashrate of the day
    @param _held_work [TH·s, 18 dec] held that day
    @param _base_per_sat [base units per sat]
    @return [TH·s, 18 dec] work paid for, [base units] gross reward
    @custom:source docs/rules.md 3
    """
    # rounds down: less work behind the same credit, in favour of holders
    credible_work: uint256 = (
        _facts.credited_sats
        * _MAX_BPS
        * _DAY_WAD // ((_MAX_BPS - _terms.pool_fee_bps - _TOLERANCE_BPS) * _facts.hashprice_wad)
    )
    delivered_work: uint256 = min(_DAY_SECONDS * _facts.delivered_ths, credible_work)
    # rounds down, in favour of the issuer: one 1e-18 TH·s
    guaranteed_work: uint256 = _terms.guaranteed_uptime_bps * _held_work // _MAX_BPS
    work: uint256 = max(min(_held_work, delivered_work), guaranteed_work)
    if delivered_work == 0:
        return work, self._at_hashprice(_terms, _facts.hashprice_wad, work, _base_per_sat)
    # both round down, in favour of the issuer: one base unit
    gross: uint256 = _facts.credited_sats * _base_per_sat * work // delivered_work
    ceiling: uint256 = math._mul_div(
        _MAX_HASHPRICES * _facts.hashprice_wad * _base_per_sat, work, _DAY_WAD, False
    )
    return work, min(gross, ceiling)


@internal
@pure
def _at_hashprice(
    _terms: IRewardDistributor.Terms,
    _hashprice_wad: uint256,
    _work: uint256,
    _base_per_sat: uint256,
) -> uint256:
    """
    @notice Gross reward of work at the day's hashprice less the pool fee.
    @param _terms terms of the series
    @param _hashprice_wad [sat per TH/s per day, 1e18]
    @param _work [TH·s, 18 dec]
    @param _base_per_sat [base units per sat]
    @return [base units]
    """
    # rounds down, in favour of the issuer: one base unit
    return math._mul_div(
        _hashprice_wad * (_MAX_BPS - _terms.pool_fee_bps) * _base_per_sat,
        _work,
        _MAX_BPS * _DAY_WAD,
        False,
    )


@internal
@pure
def _fee(
    _terms: IRewardDistributor.Terms, _btc_usd_e8: uint256, _work: uint256, _base_per_sat: uint256
) -> uint256:
    """
    @notice Power and service of the work that ran.
    @param _terms terms of the series
    @param _btc_usd_e8 [USD per BTC, 1e8], not zero
    @param _work [TH·s, 18 dec]
    @param _base_per_sat [base units per sat]
    @return [base units]
    """
    # both round up, in favour of the issuer: one base unit
    power: uint256 = math._mul_div(
        _terms.efficiency_mj_per_th
        * _terms.power_price_usd_e6
        * _base_per_sat
        * 10**8
        * _PRICE_SCALE,
        _work,
        _WAD * _POWER_SCALE * _btc_usd_e8,
        True,
    )
    service: uint256 = math._mul_div(_terms.service_fee_wad * _base_per_sat, _work, _DAY_WAD, True)
    return power + service


@internal
@pure
def _net(_gross: uint256, _fee: uint256, _held_work: uint256) -> uint256:
    """
    @notice Reward of the day: never negative, nothing carried, and never more than a rate can hold.
    @param _gross [base units]
    @param _fee [base units]
    @param _held_work [TH·s, 18 dec] held that day
    @return [base units]
    """
    if _gross <= _fee:
        return 0
    # rounds down: 1.3e10 BTC per TH/s a day with 8 decimals, 1.3 BTC with 18
    return min(_gross - _fee, _held_work >> _MAX_RATE_SHIFT)


@internal
@pure
def _is_unprofitable(
    _terms: IRewardDistributor.Terms, _hashprice_wad: uint256, _btc_usd_e8: uint256
) -> bool:
    """
    @notice Whether the market paid a TH/s no more than its power and service that day, whatever the
        fleet delivered. Exact.
    @param _terms terms of the series
    @param _hashprice_wad [sat per TH/s per day, 1e18]
    @param _btc_usd_e8 [USD per BTC, 1e8]
    @return True if so
    """
    income: uint256 = _hashprice_wad * (_MAX_BPS - _terms.pool_fee_bps)
    service: uint256 = _terms.service_fee_wad * _MAX_BPS
    if income <= service:
        return True
    power: uint256 = (
        _terms.efficiency_mj_per_th
        * _terms.power_price_usd_e6
        * 10**8
        * _PRICE_SCALE
        * _DAY_SECONDS
    )
    return (income - service) * _POWER_SCALE * _btc_usd_e8 <= power * _WAD * _MAX_BPS
