# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a token with a blocklist
@license GNU Affero General Public License v3.0 only
@notice Blocked accounts can neither pay nor be paid: their transfers revert, or answer False.
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


# account -> whether its transfers revert
is_blocked: public(HashMap[address, bool])
# account -> whether its transfers answer False
is_refused: public(HashMap[address, bool])


@deploy
def __init__(_decimals: uint8):
    """
    @notice Start with no supply.
    @param _decimals [decimals] of the token
    """
    ownable.__init__()
    erc20.__init__("Mock coin", "mCOIN", _decimals, "Mock coin", "1")


@external
def mint(_receiver: address, _amount: uint256):
    """
    @notice Create tokens out of nothing, for anyone.
    @param _receiver receiver
    @param _amount [base units] amount
    """
    erc20._mint(_receiver, _amount)


@external
def block(_account: address, _is_blocked: bool, _is_refused: bool):
    """
    @notice Block an account or let it go.
    @param _account account
    @param _is_blocked whether its transfers revert
    @param _is_refused whether its transfers answer False
    """
    self.is_blocked[_account] = _is_blocked
    self.is_refused[_account] = _is_refused


@external
def transfer(_to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens.
    @param _to receiver
    @param _amount [base units] amount
    @return whether it moved
    """
    return self._move(msg.sender, _to, _amount)


@external
def transferFrom(_from: address, _to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens of an account that approved the caller.
    @param _from holder
    @param _to receiver
    @param _amount [base units] amount
    @return whether it moved
    """
    erc20._spend_allowance(_from, msg.sender, _amount)
    return self._move(_from, _to, _amount)


@internal
def _move(_from: address, _to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens unless one of the two is blocked.
    @param _from holder
    @param _to receiver
    @param _amount [base units] amount
    @return whether it moved
    """
    assert not (self.is_blocked[_from] or self.is_blocked[_to]), "mock: blocked"
    if self.is_refused[_from] or self.is_refused[_to]:
        return False
    erc20._transfer(_from, _to, _amount)
    return True
