# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Fund factory
@license GNU Affero General Public License v3.0 only
@notice Creates funds over series of one registry, so that what is listed here is known to be one.
@dev No owner.
@custom:security Listing is no endorsement, and names are their creator's: look at the basket.
@custom:kill Cannot be stopped.
"""

# [count] series in a basket at most
MAX_PARTS: constant(uint256) = 8


event FundCreated:
    fund: indexed(address)
    creator: indexed(address)


# series are looked up here
REGISTRY: public(immutable(address))
# ERC-5202 blueprint of `HashrateFund`
FUND_BLUEPRINT: public(immutable(address))


# place in order, from 0 -> fund
fund_at: public(HashMap[uint256, address])
# [count] funds created
fund_count: public(uint256)
# fund -> whether it was created here
is_fund: public(HashMap[address, bool])
# creator -> [count] funds it created
count_of_creator: public(HashMap[address, uint256])


@deploy
def __init__(_registry: address, _fund_blueprint: address):
    """
    @notice Set what every fund is made of.
    @param _registry series registry
    @param _fund_blueprint ERC-5202 blueprint of `HashrateFund`
    """
    assert _registry.is_contract, "fund: no registry"
    assert _fund_blueprint.is_contract, "fund: no blueprint"
    REGISTRY = _registry
    FUND_BLUEPRINT = _fund_blueprint


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def create_fund(
    _series: DynArray[address, MAX_PARTS],
    _weights: DynArray[uint256, MAX_PARTS],
    _name: String[50],
    _symbol: String[16],
) -> address:
    """
    @notice Create a fund; whoever does has no right in it.
    @param _series distributors, ascending by address
    @param _weights [TH/s] whole TH/s of each series for one share
    @param _name token name
    @param _symbol token symbol
    @return the fund
    @custom:reverts "fund: …"
    @custom:emits FundCreated
    """
    # the address says who created it and what it is: in a reorganised chain nobody else's can
    # stand where this one stood
    place: uint256 = self.count_of_creator[msg.sender]
    fund: address = create_from_blueprint(
        FUND_BLUEPRINT,
        REGISTRY,
        _series,
        _weights,
        _name,
        _symbol,
        salt=keccak256(abi_encode(msg.sender, place)),
    )
    self.count_of_creator[msg.sender] = place + 1
    self.fund_at[self.fund_count] = fund
    self.fund_count += 1
    self.is_fund[fund] = True
    log FundCreated(fund=fund, creator=msg.sender)
    return fund
