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
     2**111, hashprice < 2**112, price < 2**56, credit < 2**64, base units per satoshi a power of
     ten <= 10**10 < 2**34, efficiency and power price <= 10**7, service fee < 2**100. So every
     product fits a word, the widest in less than 2**246 (docs/proofs.md).
"""

from ..oracle import IHashpriceOracle
from . import IRewardDistributor

_DAY_SECONDS: constant(uint256) = 86_400
_MAX_BPS: constant(uint256) = 10_000
# [TH·s, 18 dec, per TH/s per day, times 1e18]: divides (hashprice wad x work) to satoshi, and what
# it is of base units per satoshi, without a remainder, to base units
_DAY_WAD: constant(uint256) = 86_400 * 10**36
# [bps] a pool may credit this much less than its fee says before the hashrate claimed is
# disbelieved
_TOLERANCE_BPS: constant(uint256) = 200
# what was mined is paid up to this many hashprices: a pool that credits each share paid 2.25 of
# them on the best of 4,098 days
_MAX_HASHPRICES: constant(uint256) = 4
# what is guaranteed, up to five quarters of the hashprice less the pool fee
_MAX_TOPPED_QUARTERS: constant(uint256) = 5
# reward <= work / 2**16 keeps the day's rate at 2**128 precision within 2**112
_MAX_RATE_SHIFT: constant(uint256) = 16
# [sat per BTC times 1e8 of the price]
_PRICE_SCALE: constant(uint256) = 10**8
# 3 decimals of efficiency, 6 of the power price, J per kWh
_POWER_SCALE: constant(uint256) = 10**9 * 3_600_000
_WAD: constant(uint256) = 10**18


# what a day comes to
struct Reward:
    work: uint256  # [TH·s, 18 dec] paid for
    fee: uint256  # [base units] power and service of that work
    net: uint256  # [base units] what the holders get


@internal
@pure
def _reported(
    _terms: IRewardDistributor.Terms,
    _facts: IHashpriceOracle.SettlementFacts,
    _held_work: uint256,
    _base_per_sat: uint256,
) -> Reward:
    """
    @notice Reward of a day with an output report: what was mined, or what is guaranteed, whichever
        leaves more.
    @dev Over-reported hashrate cannot dilute: it counts only as far as the pool's credit bears it
        out. The guarantee is paid at the day's own rate, bounded by what the market paid: hashrate
        reported too low cannot multiply it.
    @param _terms terms of the series
    @param _facts hashprice, price, credit and delivered hashrate of the day
    @param _held_work [TH·s, 18 dec] held that day
    @param _base_per_sat [base units per sat]
    @return work paid for, its fee and what is left
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
    if delivered_work == 0:
        return self._deemed(_terms, _facts, guaranteed_work, _held_work, _base_per_sat)
    mined_work: uint256 = min(_held_work, delivered_work)
    mined: Reward = self._at_own_rate(
        _terms,
        _facts,
        mined_work,
        delivered_work,
        _MAX_HASHPRICES * _facts.hashprice_wad,
        _DAY_WAD,
        _held_work,
        _base_per_sat,
    )
    if guaranteed_work <= mined_work:
        return mined
    topped: Reward = self._at_own_rate(
        _terms,
        _facts,
        guaranteed_work,
        delivered_work,
        _MAX_TOPPED_QUARTERS * _facts.hashprice_wad * (_MAX_BPS - _terms.pool_fee_bps),
        4 * _MAX_BPS * _DAY_WAD,
        _held_work,
        _base_per_sat,
    )
    return topped if topped.net > mined.net else mined


@internal
@pure
def _at_own_rate(
    _terms: IRewardDistributor.Terms,
    _facts: IHashpriceOracle.SettlementFacts,
    _work: uint256,
    _delivered_work: uint256,
    _ceiling: uint256,
    _ceiling_work: uint256,
    _held_work: uint256,
    _base_per_sat: uint256,
) -> Reward:
    """
    @notice Reward of work at what the day's delivered work was credited, up to a ceiling.
    @param _terms terms of the series
    @param _facts price and credit of the day
    @param _work [TH·s, 18 dec] paid for
    @param _delivered_work [TH·s, 18 dec] behind the credit, not zero
    @param _ceiling [sat, times the next] at most
    @param _ceiling_work [TH·s, 18 dec, times what `_ceiling` is times] for so much work
    @param _held_work [TH·s, 18 dec] held that day
    @param _base_per_sat [base units per sat]
    @return work paid for, its fee and what is left
    """
    # both round down, in favour of the issuer: one base unit
    gross: uint256 = min(
        _facts.credited_sats * _base_per_sat * _work // _delivered_work,
        _ceiling * _work // (_ceiling_work // _base_per_sat),
    )
    return self._net(_terms, _facts.btc_usd_e8, gross, _work, _held_work, _base_per_sat)


@internal
@pure
def _deemed(
    _terms: IRewardDistributor.Terms,
    _facts: IHashpriceOracle.SettlementFacts,
    _work: uint256,
    _held_work: uint256,
    _base_per_sat: uint256,
) -> Reward:
    """
    @notice Reward of work at the day's hashprice less the pool fee.
    @param _terms terms of the series
    @param _facts hashprice and price of the day
    @param _work [TH·s, 18 dec] paid for
    @param _held_work [TH·s, 18 dec] held that day
    @param _base_per_sat [base units per sat]
    @return work paid for, its fee and what is left
    """
    # rounds down, in favour of the issuer: one base unit
    gross: uint256 = (
        _facts.hashprice_wad
        * (_MAX_BPS - _terms.pool_fee_bps)
        * _work // (_MAX_BPS * _DAY_WAD // _base_per_sat)
    )
    return self._net(_terms, _facts.btc_usd_e8, gross, _work, _held_work, _base_per_sat)


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
    power: uint256 = self._ceil_div(
        _terms.efficiency_mj_per_th
        * _terms.power_price_usd_e6
        * _base_per_sat
        * 10**8
        * _PRICE_SCALE
        * _work,
        _WAD * _POWER_SCALE * _btc_usd_e8,
    )
    return power + self._ceil_div(_terms.service_fee_wad * _work, _DAY_WAD // _base_per_sat)


@internal
@pure
def _net(
    _terms: IRewardDistributor.Terms,
    _btc_usd_e8: uint256,
    _gross: uint256,
    _work: uint256,
    _held_work: uint256,
    _base_per_sat: uint256,
) -> Reward:
    """
    @notice What work leaves after its fee: never negative, nothing carried, and never more than a
        rate can hold.
    @param _terms terms of the series
    @param _btc_usd_e8 [USD per BTC, 1e8]; zero only where there is no reward either
    @param _gross [base units]
    @param _work [TH·s, 18 dec] paid for
    @param _held_work [TH·s, 18 dec] held that day
    @param _base_per_sat [base units per sat]
    @return work, fee and what is left
    """
    result: Reward = Reward(work=_work, fee=0, net=0)
    # the oracle refuses a zero price; only silence without any final day has none
    if _btc_usd_e8 != 0:
        result.fee = self._fee(_terms, _btc_usd_e8, _work, _base_per_sat)
    if _gross > result.fee:
        # rounds down: 1.3e10 BTC per TH/s a day with 8 decimals, 1.3 BTC with 18
        result.net = min(_gross - result.fee, _held_work >> _MAX_RATE_SHIFT)
    return result


@internal
@pure
def _ceil_div(_amount: uint256, _divisor: uint256) -> uint256:
    """
    @notice Divide, rounding up.
    @param _amount dividend
    @param _divisor divisor, not zero
    @return quotient
    """
    return (_amount + _divisor - 1) // _divisor


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
