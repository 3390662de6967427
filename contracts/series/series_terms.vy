# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Series terms
@license GNU Affero General Public License v3.0 only
@notice What the terms of a series may be.
@dev The bounds keep every day's mathematics within its fields (see `day_reward`). They say nothing
     about whether the terms are good.
"""

from . import IRewardDistributor

# [day] no end day, no silence
NEVER: constant(uint256) = 2**32 - 1
# [days] loops over days are this long at most
MAX_ATTESTATION_DAYS: constant(uint256) = 64
MAX_TERMINATION_DAYS: constant(uint256) = 64

_DAY_SECONDS: constant(uint256) = 86_400
_MAX_BPS: constant(uint256) = 10_000


@internal
@view
def _check(_terms: IRewardDistributor.Terms, _window_seconds: uint256):
    """
    @notice Refuse terms that make no sense or could make a day's mathematics overflow.
    @param _terms the terms
    @param _window_seconds [s] challenge window of an output
    """
    assert _terms.fleet_id != empty(bytes32), "dist: zero fleet"
    assert _terms.start_day > block.timestamp // _DAY_SECONDS, "dist: start not in the future"
    assert _terms.end_day > _terms.start_day, "dist: end before start"
    assert _terms.end_day <= NEVER, "dist: end too late"
    assert _terms.efficiency_mj_per_th <= 10**7, "dist: efficiency too high"
    assert _terms.power_price_usd_e6 <= 10**7, "dist: power price too high"
    assert _terms.service_fee_wad < 2**100, "dist: service fee too high"
    assert _terms.pool_fee_bps <= 5_000, "dist: pool fee too high"
    assert _terms.guaranteed_uptime_bps <= _MAX_BPS, "dist: uptime above 100 %"
    assert _terms.bond_per_ths < 2**96, "dist: bond per hashrate too high"
    assert _terms.attestation_days != 0, "dist: no attestation days"
    assert _terms.attestation_days <= MAX_ATTESTATION_DAYS, "dist: attestation too long"
    assert _terms.grace_seconds <= 30 * _DAY_SECONDS, "dist: grace too long"
    # room for two vetoes, so that the guardian cannot make a day deemed
    assert (
        _terms.output_deadline_seconds >= 3 * _window_seconds + _DAY_SECONDS
    ), "dist: output deadline too short"
    assert _terms.output_deadline_seconds <= 30 * _DAY_SECONDS, "dist: output deadline too long"
    assert _terms.termination_days >= 7, "dist: termination too short"
    assert _terms.termination_days <= MAX_TERMINATION_DAYS, "dist: termination too long"
