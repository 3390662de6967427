# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a fee-on-transfer token
@license GNU Affero General Public License v3.0 only
@notice One percent of every transfer never arrives.
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
    @return True
    """
    self._transfer(msg.sender, _to, _amount)
    return True


@external
def transferFrom(_from: address, _to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens of an account that approved the caller.
    @param _from holder
    @param _to receiver
    @param _amount [base units] amount
    @return True
    """
    erc20._spend_allowance(_from, msg.sender, _amount)
    self._transfer(_from, _to, _amount)
    return True


@internal
def _transfer(_from: address, _to: address, _amount: uint256):
    """
    @notice Move tokens and burn the fee.
    @param _from holder
    @param _to receiver
    @param _amount [base units] amount that leaves
    """
    # rounds down, in favour of the receiver
    fee: uint256 = _amount // 100
    erc20._burn(_from, fee)
    erc20._transfer(_from, _to, _amount - fee)
