# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a contract wallet
@license GNU Affero General Public License v3.0 only
@notice Holds forwards and signs as its owner does (ERC-1271). Whenever it is given a position it
        makes one call that was prepared, and remembers how it went.
"""


event PositionTaken:
    operator: indexed(address)
    giver: indexed(address)
    position: uint256
    quantity: uint256
    data: Bytes[1_024]


_MAGIC: constant(bytes4) = 0x1626BA7E


# whose signatures count
OWNER: public(immutable(address))


# contract that is called; zero for none
target: public(address)
# calldata of that call
data: public(Bytes[4_096])
# [count] calls made since it was prepared
calls: public(uint256)
# whether the first of them succeeded
has_succeeded: public(bool)
# what the first of them returned, or why it failed
answer: public(Bytes[1_024])


@deploy
def __init__(_owner: address):
    """
    @notice Belong to an account for ever.
    @param _owner whose signatures count
    """
    OWNER = _owner


@external
def prepare(_target: address, _data: Bytes[4_096]):
    """
    @notice Set the call to make when a position comes in.
    @param _target contract to call; zero for none
    @param _data calldata
    """
    self.target = _target
    self.data = _data
    self.calls = 0
    self.has_succeeded = False
    self.answer = b""


@external
def call(_target: address, _data: Bytes[16_384]) -> Bytes[16_384]:
    """
    @notice Make a call as this contract; its failure is passed on.
    @param _target contract to call
    @param _data calldata
    @return what the call returned
    """
    return raw_call(_target, _data, max_outsize=16_384)


@external
@view
def isValidSignature(_hash: bytes32, _signature: Bytes[65]) -> bytes4:
    """
    @notice Return the magic value if the owner signed.
    @param _hash what was signed
    @param _signature r, s, v
    @return the magic value if so
    """
    r: uint256 = extract32(_signature, 0, output_type=uint256)
    s: uint256 = extract32(_signature, 32, output_type=uint256)
    v: uint256 = convert(slice(_signature, 64, 1), uint256)
    if ecrecover(_hash, v, r, s) == OWNER:
        return _MAGIC
    return empty(bytes4)


@external
def onERC1155Received(
    _operator: address, _from: address, _id: uint256, _amount: uint256, _data: Bytes[1_024]
) -> bytes4:
    """
    @notice Take a position.
    @param _operator who moved it
    @param _from from whom
    @param _id position
    @param _amount [contracts] amount
    @param _data anything
    @return the magic value
    """
    log PositionTaken(operator=_operator, giver=_from, position=_id, quantity=_amount, data=_data)
    if self.target != empty(address):
        has_succeeded: bool = False
        answer: Bytes[1_024] = b""
        has_succeeded, answer = raw_call(
            self.target, self.data, max_outsize=1_024, revert_on_failure=False
        )
        if self.calls == 0:
            self.has_succeeded = has_succeeded
            self.answer = answer
        self.calls += 1
    return 0xF23A6E61
