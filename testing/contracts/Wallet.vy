# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Contract wallet for tests
@license GNU Affero General Public License v3.0 only
@notice Takes any signature that begins with its owner's address, until it is told not to.
"""

_MAGIC: constant(bytes4) = 0x1626BA7E
_TAKES_ONE: constant(bytes4) = 0xF23A6E61

owner: public(address)
is_willing: public(bool)
takes_positions: public(bool)


@deploy
def __init__(_owner: address):
    """
    @notice Start willing.
    @param _owner whose address signatures begin with
    """
    self.owner = _owner
    self.is_willing = True
    self.takes_positions = True


@external
def take_no_positions():
    """
    @notice Take no position any more.
    """
    self.takes_positions = False


@external
def refuse():
    """
    @notice Take no signature any more.
    """
    self.is_willing = False


@external
def call(_target: address, _data: Bytes[4096]):
    """
    @notice Make a call as this contract.
    @param _target contract to call
    @param _data calldata
    """
    raw_call(_target, _data)


@external
@view
def isValidSignature(_hash: bytes32, _signature: Bytes[1024]) -> bytes4:
    """
    @notice ERC-1271.
    @param _hash what was signed
    @param _signature anything that begins with the owner's address
    @return the magic value if it is taken
    """
    if self.is_willing and slice(_signature, 0, 20) == slice(convert(self.owner, bytes32), 12, 20):
        return _MAGIC
    return empty(bytes4)


@external
@view
def onERC1155Received(
    _operator: address, _from: address, _id: uint256, _value: uint256, _data: Bytes[1024]
) -> bytes4:
    """
    @notice ERC-1155: takes positions, until it is told not to.
    @param _operator who moves it
    @param _from whose it was
    @param _id position
    @param _value [contracts]
    @param _data anything
    @return the answer that means yes, or another
    """
    if self.takes_positions:
        return _TAKES_ONE
    return empty(bytes4)
