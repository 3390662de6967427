# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Coinbase
@license GNU Affero General Public License v3.0 only
@notice What a block's miner paid itself: the outputs of its first transaction, whose place in the
        block a merkle branch proves.
@dev The transaction is hashed without its witness, so it is parsed without it:

         version 4 | inputs 1 = 01 | previous hash 32 = 00 | index 4 = ff | script length 1 | script
         sequence 4 | outputs 1 or 3 | each: value 8, script length 1 or 3, script | locktime 4

     A transaction of 64 bytes could be an inner node of the tree: more are asked for, and a branch
     leads from the leftmost leaf. This module does not protect against a block that is invalid for
     other reasons than its proof-of-work: nodes reject it, miners do not build on it.
@custom:source Bitcoin Core, `CTransaction`, `ComputeMerkleRoot`, `CheckTransaction`
"""

MAX_COINBASE: constant(uint256) = 16_384
MAX_BRANCH: constant(uint256) = 16

# a 64-byte transaction looks like two hashes
_LONGEST_NODE: constant(uint256) = 64
# outputs of nine bytes or more
_MAX_OUTPUTS: constant(uint256) = MAX_COINBASE // 9
# [bytes] up to and including the length of the input's script
_HEAD: constant(uint256) = 42
_SEQUENCE: constant(uint256) = 4
_VALUE: constant(uint256) = 8
_LENGTH: constant(uint256) = 3
_LOCKTIME: constant(uint256) = 4
_WORD: constant(uint256) = 32
_BYTE: constant(uint256) = 2**8 - 1
# every second byte, and pair of bytes, of eight; half of them
_ODD_1: constant(uint256) = (2**64 - 1) // (2**8 + 1)
_ODD_2: constant(uint256) = (2**64 - 1) // (2**16 + 1)
_HALF: constant(uint256) = 2**32 - 1
_TWO_BYTES_FOLLOW: constant(uint256) = 253


@internal
@pure
def _root(_coinbase: Bytes[MAX_COINBASE], _branch: DynArray[bytes32, MAX_BRANCH]) -> bytes32:
    """
    @notice Merkle root of a tree whose leftmost leaf is a transaction.
    @param _coinbase the transaction without witness
    @param _branch [hash] siblings, from the leaves up, all on the right
    @return [hash]
    """
    node: bytes32 = sha256(sha256(_coinbase))
    for sibling: bytes32 in _branch:
        node = sha256(sha256(concat(node, sibling)))
    return node


@internal
@pure
def _outputs_sats(_coinbase: Bytes[MAX_COINBASE]) -> uint256:
    """
    @notice Sum of the outputs of a coinbase transaction.
    @param _coinbase the transaction without witness
    @return [sat]
    @custom:reverts "coinbase: too short", "coinbase: not one input", "coinbase: spends an output",
        "coinbase: input script too long", "coinbase: cut off", "coinbase: too many outputs",
        "coinbase: output cut off", "coinbase: length too wide", "coinbase: wrong length"
    """
    size: uint256 = len(_coinbase)
    assert size > _LONGEST_NODE, "coinbase: too short"
    # one input: its hash is zero and its index all ones; both words are read with what surrounds
    # them: 01 | hash, and hash | index | length
    assert extract32(_coinbase, 4, output_type=uint256) == 1 << 248, "coinbase: not one input"
    head: uint256 = extract32(_coinbase, _HEAD - _WORD, output_type=uint256)
    assert head >> 8 == 2**32 - 1, "coinbase: spends an output"
    # consensus allows a script of 100 bytes; a length from 0xFD on would be no length of one byte
    assert head & _BYTE < _TWO_BYTES_FOLLOW, "coinbase: input script too long"
    # a length of one or three bytes is read as three: at least a locktime follows it
    end: uint256 = _HEAD + (head & _BYTE) + _SEQUENCE + _LENGTH
    assert end <= size, "coinbase: cut off"
    count: uint256 = 0
    width: uint256 = 0
    count, width = self._length(extract32(_coinbase, end - _WORD, output_type=uint256))
    assert count <= _MAX_OUTPUTS, "coinbase: too many outputs"
    at: uint256 = end - _LENGTH + width
    total: uint256 = 0
    for _: uint256 in range(count, bound=_MAX_OUTPUTS):
        end = at + _VALUE + _LENGTH
        assert end <= size, "coinbase: output cut off"
        output: uint256 = extract32(_coinbase, end - _WORD, output_type=uint256)
        total += self._swap64((output >> (8 * _LENGTH)) & (2**64 - 1))
        length: uint256 = 0
        length, width = self._length(output)
        at += _VALUE + width + length
    # the locktime is all that is left
    assert at + _LOCKTIME == size, "coinbase: wrong length"
    return total


@internal
@pure
def _length(_word: uint256) -> (uint256, uint256):
    """
    @notice A count or a length of one or three bytes; the longest coinbase needs no longer one.
    @param _word three bytes, in the low bytes, of which the first one or all say it
    @return [count] what they say, [bytes] how many say it
    @custom:reverts "coinbase: length too wide"
    """
    first: uint256 = (_word >> 16) & _BYTE
    if first < _TWO_BYTES_FOLLOW:
        return first, 1
    assert first == _TWO_BYTES_FOLLOW, "coinbase: length too wide"
    return ((_word & _BYTE) << 8) | ((_word >> 8) & _BYTE), 3


@internal
@pure
def _swap64(_number: uint256) -> uint256:
    """
    @notice A 64-bit number with its bytes the other way round.
    @param _number any 64-bit number
    @return the number
    """
    # neighbouring bytes first, then pairs, then the two halves
    x: uint256 = ((_number >> 8) & _ODD_1) | ((_number & _ODD_1) << 8)
    x = ((x >> 16) & _ODD_2) | ((x & _ODD_2) << 16)
    return (x >> 32) | ((x & _HALF) << 32)
