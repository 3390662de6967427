# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Series registry
@license GNU Affero General Public License v3.0 only
@notice Issues series: anyone creates one and becomes its issuer, its token and distributor have
        immutable terms, and it is listed here for good. A fleet is bound to one live series by its
        first mint, which needs the quorum's attestation: a name alone reserves nothing.
@dev No owner. The guardian is the oracle's; all it can do here is pause one series' minting for 7
        days at a time.
@custom:security Listing is no endorsement: anyone can list. Read the terms, the reward token and
        the issuer before buying.
@custom:kill Cannot be stopped. Existing series do not depend on it except for minting.
"""

from ..oracle import IHashpriceOracle
from . import IRewardDistributor
from . import ISeriesRegistry

implements: ISeriesRegistry


# [count] series listed by one call
MAX_LISTED: constant(uint256) = 100
# [s] one pause of minting
PAUSE_SECONDS: constant(uint256) = 7 * 86_400

ORACLE: public(immutable(address))
# ERC-5202 blueprints of `RewardDistributor` and `HashrateToken`
DISTRIBUTOR_BLUEPRINT: public(immutable(address))
TOKEN_BLUEPRINT: public(immutable(address))


# [count] series created
series_count: public(uint256)
# place in order, from 0 -> distributor of the series
series_at: public(HashMap[uint256, address])
# issuer -> [count] series it created
count_of_issuer: public(HashMap[address, uint256])
# distributor -> fleet it may be bound to; zero if it is not a series of this registry
fleet_of: public(HashMap[address, bytes32])
# fleet -> the series it is bound to; zero for none
series_of_fleet: public(HashMap[bytes32, address])
# distributor -> [unix s] minting is refused before this time
minting_paused_until: public(HashMap[address, uint256])


@deploy
def __init__(_oracle: address, _distributor_blueprint: address, _token_blueprint: address):
    """
    @notice Set what every series is made of.
    @param _oracle hashprice oracle
    @param _distributor_blueprint ERC-5202 blueprint of `RewardDistributor`
    @param _token_blueprint ERC-5202 blueprint of `HashrateToken`
    """
    assert _oracle.is_contract, "registry: no oracle"
    assert _distributor_blueprint.is_contract, "registry: no distributor"
    assert _token_blueprint.is_contract, "registry: no token"
    ORACLE = _oracle
    DISTRIBUTOR_BLUEPRINT = _distributor_blueprint
    TOKEN_BLUEPRINT = _token_blueprint


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def create_series(
    _reward_token: address,
    _terms: IRewardDistributor.Terms,
    _name: String[50],
    _symbol: String[16],
    _site: String[64],
) -> address:
    """
    @notice Create a series; the caller is its issuer. Nothing can be minted before the quorum
        attests its fleet.
    @param _reward_token BTC-pegged token, 8 to 18 decimals
    @param _terms terms, immutable
    @param _name token name
    @param _symbol token symbol
    @param _site site or region of the fleet
    @return distributor of the series; its `TOKEN` is the hashrate token
    @custom:reverts "dist: …"
    @custom:emits SeriesCreated
    """
    # the address says who issues and on what terms: in a reorganised chain nobody else's series can
    # stand where this one stood
    place: uint256 = self.count_of_issuer[msg.sender]
    series: address = create_from_blueprint(
        DISTRIBUTOR_BLUEPRINT,
        msg.sender,
        ORACLE,
        _reward_token,
        TOKEN_BLUEPRINT,
        _terms,
        _name,
        _symbol,
        _site,
        salt=convert(place, bytes32),
    )
    self.count_of_issuer[msg.sender] = place + 1
    self.series_at[self.series_count] = series
    self.series_count += 1
    self.fleet_of[series] = _terms.fleet_id
    log ISeriesRegistry.SeriesCreated(
        series=series,
        issuer=msg.sender,
        fleet_id=_terms.fleet_id,
        token=staticcall IRewardDistributor(series).TOKEN(),
        reward_token=_reward_token,
    )
    return series


################################################################
#                            SERIES                            #
################################################################


@external
def authorize_mint():
    """
    @notice Called by a series before it mints: refuses while minting is paused and binds the fleet
        at the first mint.
    @custom:reverts "registry: not a series", "registry: minting is paused", "registry: fleet has a
        series"
    @custom:emits FleetBound
    """
    fleet_id: bytes32 = self.fleet_of[msg.sender]
    assert fleet_id != empty(bytes32), "registry: not a series"
    assert block.timestamp >= self.minting_paused_until[msg.sender], "registry: minting is paused"
    bound: address = self.series_of_fleet[fleet_id]
    if bound == msg.sender:
        return
    if bound != empty(address):
        assert staticcall IRewardDistributor(bound).is_closed(), "registry: fleet has a series"
    self.series_of_fleet[fleet_id] = msg.sender
    log ISeriesRegistry.FleetBound(fleet_id=fleet_id, old_series=bound, new_series=msg.sender)


################################################################
#                           GUARDIAN                           #
################################################################


@external
def pause_minting(_series: address):
    """
    @notice Refuse minting in one series for 7 days from now. Everything else goes on.
    @param _series distributor of the series
    @custom:reverts "registry: not the guardian", "registry: unknown series"
    @custom:emits MintingPaused
    """
    assert (
        msg.sender == staticcall IHashpriceOracle(ORACLE).guardian()
    ), "registry: not the guardian"
    assert self.fleet_of[_series] != empty(bytes32), "registry: unknown series"
    until: uint256 = block.timestamp + PAUSE_SECONDS
    self.minting_paused_until[_series] = until
    log ISeriesRegistry.MintingPaused(series=_series, paused_until=until)


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def list_series(
    _first: uint256, _count: uint256 = MAX_LISTED
) -> DynArray[ISeriesRegistry.Listing, MAX_LISTED]:
    """
    @notice Series in the order of their creation, with token, terms and state.
    @param _first [count] place of the first one wanted, from 0
    @param _count [count] how many, at most 100
    @return the series there are at these places; none beyond the last
    """
    listings: DynArray[ISeriesRegistry.Listing, MAX_LISTED] = []
    first: uint256 = min(_first, self.series_count)
    count: uint256 = min(min(_count, MAX_LISTED), self.series_count - first)
    for index: uint256 in range(count, bound=MAX_LISTED):
        series: address = self.series_at[first + index]
        distributor: IRewardDistributor = IRewardDistributor(series)
        listings.append(
            ISeriesRegistry.Listing(
                series=series,
                token=staticcall distributor.TOKEN(),
                reward_token=staticcall distributor.REWARD_TOKEN(),
                minting_paused_until=self.minting_paused_until[series],
                terms=staticcall distributor.terms(),
                progress=staticcall distributor.progress(),
            )
        )
    return listings
