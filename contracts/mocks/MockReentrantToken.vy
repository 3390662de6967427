# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a token that calls back
@license GNU Affero General Public License v3.0 only
@notice Every transfer first makes one call that was prepared, and remembers how it went.
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


# contract that transfers call; zero for none
target: public(address)
# calldata of that call
data: public(Bytes[4096])
# [count] calls made since it was prepared
calls: public(uint256)
# whether the last call succeeded
has_succeeded: public(bool)
# what the last call returned, or why it failed
answer: public(Bytes[1024])


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
    self._call_back()
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
    self._call_back()
    erc20._spend_allowance(_from, msg.sender, _amount)
    erc20._transfer(_from, _to, _amount)
    return True


@external
def prepare(_target: address, _data: Bytes[4096]):
    """
    @notice Set the call that the next transfers make.
    @param _target contract to call; zero for none
    @param _data calldata
    """
    self.target = _target
    self.data = _data
    self.calls = 0
    self.has_succeeded = False
    self.answer = b""


@internal
def _call_back():
    """
    @notice Make the prepared call; its failure is remembered, not passed on.
    """
    if self.target == empty(address):
        return
    self.calls += 1
    self.has_succeeded, self.answer = raw_call(
        self.target, self.data, max_outsize=1024, revert_on_failure=False
    )
