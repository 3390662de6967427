# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a dollar token
@license GNU Affero General Public License v3.0 only
@notice An ERC-20 with EIP-2612 permits, of any decimals, that anyone can mint: for tests and local
        networks.
"""

from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]

exports: (
    erc20.approve,
    erc20.allowance,
    erc20.balanceOf,
    erc20.decimals,
    erc20.name,
    erc20.nonces,
    erc20.permit,
    erc20.symbol,
    erc20.totalSupply,
    erc20.transfer,
    erc20.transferFrom,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
)


@deploy
def __init__(_decimals: uint8):
    """
    @notice Start with no supply.
    @param _decimals [decimals] of the token
    """
    ownable.__init__()
    erc20.__init__("Mock dollar", "xUSD", _decimals, "Mock dollar", "1")


@external
def mint(_receiver: address, _amount: uint256):
    """
    @notice Create tokens out of nothing, for anyone.
    @param _receiver receiver
    @param _amount [base units] amount
    """
    erc20._mint(_receiver, _amount)
