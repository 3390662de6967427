# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Plain ERC-20
@license GNU Affero General Public License v3.0 only
@notice snekmate's ERC-20 as it is: the peer of a transfer, and the reward token of the gas table.
"""

from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]

exports: erc20.__interface__


@deploy
def __init__(_name: String[25], _symbol: String[5], _decimals: uint8):
    """
    @notice The deployer may mint.
    @param _name token name
    @param _symbol token symbol
    @param _decimals token decimals
    """
    ownable.__init__()
    erc20.__init__(_name, _symbol, _decimals, _name, "1")
