# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a token that pays itself down
@license GNU Affero General Public License v3.0 only
@notice A plain ERC-20 that says of each 1e18 what it was told remains, or answers as it should not.
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
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
)


# [base units per 1e18] what remains
amount: public(uint256)
# [day] first day that is not settled
next_day: public(uint256)
# whether it says nothing at all, or burns all gas it is given
is_mute: public(bool)
is_greedy: public(bool)


@deploy
def __init__():
    """
    @notice Start with no supply, of which nothing remains.
    """
    ownable.__init__()
    erc20.__init__("Mock note", "mNOTE", 18, "Mock note", "1")


@external
def mint(_receiver: address, _amount: uint256):
    """
    @notice Create tokens out of nothing, for anyone.
    @param _receiver receiver
    @param _amount [base units] amount
    """
    erc20._mint(_receiver, _amount)


@external
def set_remaining(_amount: uint256, _next_day: uint256):
    """
    @notice Set what it says.
    @param _amount [base units per 1e18] what remains
    @param _next_day [day] first day that is not settled
    """
    self.amount = _amount
    self.next_day = _next_day


@external
def set_manners(_is_mute: bool, _is_greedy: bool):
    """
    @notice Set how it answers.
    @param _is_mute whether it says nothing
    @param _is_greedy whether it burns all gas
    """
    self.is_mute = _is_mute
    self.is_greedy = _is_greedy


@external
@view
@raw_return
def remaining() -> Bytes[64]:
    """
    @notice Answer what remains, or not.
    @return [base units per 1e18] what remains, [day] first day that is not settled
    """
    if self.is_mute:
        return b""
    if self.is_greedy:
        for _: uint256 in range(max_value(uint256)):
            pass
    return concat(convert(self.amount, bytes32), convert(self.next_day, bytes32))


@external
def transfer(_to: address, _amount: uint256) -> bool:
    """
    @notice Move tokens.
    @param _to receiver
    @param _amount [base units] amount
    @return True
    """
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
    erc20._spend_allowance(_from, msg.sender, _amount)
    erc20._transfer(_from, _to, _amount)
    return True
