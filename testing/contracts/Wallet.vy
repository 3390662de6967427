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

owner: public(address)
is_willing: public(bool)


@deploy
def __init__(_owner: address):
    """
    @notice Start willing.
    @param _owner whose address signatures begin with
    """
    self.owner = _owner
    self.is_willing = True


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
