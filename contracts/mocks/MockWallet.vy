# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a contract wallet
@license GNU Affero General Public License v3.0 only
@notice Signs (ERC-1271) with any answer it was given, may burn gas on the way, and receives
        ERC-1155 tokens, making one prepared call when it does.
"""

_RECEIVED: constant(bytes4) = 0xF23A6E61
_BATCH_RECEIVED: constant(bytes4) = 0xBC197C81
_STEPS: constant(uint256) = 2**64


# what a question about a signature is answered with
answer: Bytes[8_192]
# the only question that is answered: hash of the hash and of the signature's hash; zero for any
question: public(bytes32)
# whether the wallet burns all its gas when it is asked about a signature
is_burning: public(bool)
# whether tokens are accepted
is_refusing: public(bool)
# contract called when tokens arrive; zero for none
target: public(address)
# calldata of that call
data: public(Bytes[4_096])
# [count] tokens that arrived
arrivals: public(uint256)
# what the last arrival said: operator, owner before, id and amount
last_operator: public(address)
last_from: public(address)
last_id: public(uint256)
last_amount: public(uint256)
last_data: public(Bytes[1_024])
# whether the prepared call succeeded, and what it returned
has_succeeded: public(bool)
response: public(Bytes[1_024])


@external
def set_answer(_answer: Bytes[8_192]):
    """
    @notice Choose what questions about signatures are answered with, byte by byte.
    @param _answer the answer
    """
    self.answer = _answer


@external
def expect(_hash: bytes32, _signature: Bytes[1_024]):
    """
    @notice Answer no other question.
    @param _hash what is signed
    @param _signature the signature
    """
    self.question = keccak256(concat(_hash, keccak256(_signature)))


@external
def set_burning(_is_burning: bool):
    """
    @notice Burn all gas when asked about a signature, or not.
    @param _is_burning whether to
    """
    self.is_burning = _is_burning


@external
def set_refusing(_is_refusing: bool):
    """
    @notice Refuse tokens, or not.
    @param _is_refusing whether to
    """
    self.is_refusing = _is_refusing


@external
def prepare(_target: address, _data: Bytes[4_096]):
    """
    @notice Set the call that is made when tokens arrive.
    @param _target contract to call; zero for none
    @param _data calldata
    """
    self.target = _target
    self.data = _data


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
@raw_return
def isValidSignature(_hash: bytes32, _signature: Bytes[1_024]) -> Bytes[8_192]:
    """
    @notice ERC-1271.
    @param _hash what was signed
    @param _signature the signature
    @return the answer that was chosen, or nothing if another question was expected
    """
    question: bytes32 = keccak256(concat(_hash, keccak256(_signature)))
    if self.question != empty(bytes32) and self.question != question:
        return b""
    if self.is_burning:
        for _: uint256 in range(_STEPS):
            question = keccak256(question)
    return self.answer


@external
def onERC1155Received(
    _operator: address, _from: address, _id: uint256, _value: uint256, _data: Bytes[1_024]
) -> bytes4:
    """
    @notice ERC-1155.
    @param _operator who moved it
    @param _from who had it
    @param _id token
    @param _value amount
    @param _data anything
    @return the magic value, or nothing like it
    """
    self.arrivals += 1
    self.last_operator = _operator
    self.last_from = _from
    self.last_id = _id
    self.last_amount = _value
    self.last_data = _data
    if self.target != empty(address):
        self.has_succeeded, self.response = raw_call(
            self.target, self.data, max_outsize=1_024, revert_on_failure=False
        )
    if self.is_refusing:
        return 0x00000000
    return _RECEIVED


@external
def onERC1155BatchReceived(
    _operator: address,
    _from: address,
    _ids: DynArray[uint256, 32],
    _values: DynArray[uint256, 32],
    _data: Bytes[1_024],
) -> bytes4:
    """
    @notice ERC-1155.
    @param _operator who moved them
    @param _from who had them
    @param _ids tokens
    @param _values amounts
    @param _data anything
    @return the magic value, or nothing like it
    """
    self.arrivals += len(_ids)
    self.last_operator = _operator
    self.last_from = _from
    self.last_amount = 0
    for amount: uint256 in _values:
        self.last_amount += amount
    self.last_data = _data
    if self.is_refusing:
        return 0x00000000
    return _BATCH_RECEIVED


@external
@view
def supportsInterface(_interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    @param _interface_id interface id
    @return whether it is ERC-165 or the receiver of ERC-1155
    """
    return _interface_id == 0x01FFC9A7 or _interface_id == 0x4E2312E0
