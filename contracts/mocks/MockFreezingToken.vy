# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a token that freezes accounts
@license GNU Affero General Public License v3.0 only
@notice Transfers to a frozen account revert, as those of some dollar tokens do.
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


# whether an account can receive nothing
is_frozen: public(HashMap[address, bool])


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


@external
def transfer(_to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens.
    @param _to receiver
    @param _amount [base units] amount
    @return True
    """
    assert not self.is_frozen[_to], "mock: account is frozen"
    erc20._transfer(msg.sender, _to, _amount)
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
    assert not self.is_frozen[_to], "mock: receiver is frozen"
    erc20._spend_allowance(_from, msg.sender, _amount)
    erc20._transfer(_from, _to, _amount)
    return True


@external
def set_frozen(_account: address, _is_frozen: bool):
    """
    @notice Freeze an account, or not.
    @param _account account
    @param _is_frozen whether it can receive nothing
    """
    self.is_frozen[_account] = _is_frozen
