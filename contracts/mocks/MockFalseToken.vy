# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a token that answers false
@license GNU Affero General Public License v3.0 only
@notice Transfers that are switched off move nothing and return False instead of reverting.
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
    erc20.symbol,
    erc20.totalSupply,
)


# whether transfers answer False
is_refusing: public(bool)


@deploy
def __init__(_decimals: uint8):
    """
    @notice Start with no supply.
    @param _decimals [decimals] of the token
    """
    ownable.__init__()
    erc20.__init__("Mock bitcoin", "xBTC", _decimals, "Mock bitcoin", "1")


@external
def mint(_receiver: address, _amount: uint256):
    """
    @notice Create tokens out of nothing, for anyone.
    @param _receiver receiver
    @param _amount [base units] amount
    """
    erc20._mint(_receiver, _amount)


@external
def transfer(_to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens.
    @param _to receiver
    @param _amount [base units] amount
    @return whether it moved
    """
    if self.is_refusing:
        return False
    erc20._transfer(msg.sender, _to, _amount)
    return True


@external
def transferFrom(_from: address, _to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens of an account that approved the caller.
    @param _from holder
    @param _to receiver
    @param _amount [base units] amount
    @return whether it moved
    """
    if self.is_refusing:
        return False
    erc20._spend_allowance(_from, msg.sender, _amount)
    erc20._transfer(_from, _to, _amount)
    return True


@external
def set_refusing(_is_refusing: bool):
    """
    @notice Switch transfers off or on.
    @param _is_refusing whether transfers answer False
    """
    self.is_refusing = _is_refusing
