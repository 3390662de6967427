# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Token with permits for tests
@license GNU Affero General Public License v3.0 only
@notice A plain ERC-20 with EIP-2612 that anyone can mint.
"""

from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]

exports: (
    erc20.DOMAIN_SEPARATOR,
    erc20.allowance,
    erc20.approve,
    erc20.balanceOf,
    erc20.decimals,
    erc20.nonces,
    erc20.permit,
    erc20.transfer,
    erc20.transferFrom,
)


@deploy
def __init__():
    """
    @notice Start with no supply.
    """
    ownable.__init__()
    erc20.__init__("Permit bitcoin", "pBTC", 8, "Permit bitcoin", "1")


@external
def mint(_receiver: address, _amount: uint256):
    """
    @notice Create tokens out of nothing, for anyone.
    @param _receiver receiver
    @param _amount [base units] amount
    """
    erc20._mint(_receiver, _amount)
