# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Signatures
@license GNU Affero General Public License v3.0 only
@notice Whether an account signed a digest: as an account with a key, or as a contract (ERC-1271).
@dev No storage. A contract's answer is taken from a static call with bounded gas, and no more than
     one word of it is read.
"""

# [bytes] longest signature of a contract wallet
MAX_SIGNATURE: constant(uint256) = 1_024
# [gas] for a contract to check its signature
WALLET_GAS: constant(uint256) = 200_000

# half the order of secp256k1, rounded down: a larger s is the same signature twice
_MAX_S: constant(bytes32) = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_MAGIC: constant(bytes4) = 0x1626BA7E


@internal
@view
def _is_by_key(_maker: address, _digest: bytes32, _signature: Bytes[MAX_SIGNATURE]) -> bool:
    """
    @notice Whether an account signed a digest with its own key.
    @param _maker the account
    @param _digest the digest
    @param _signature 65 bytes r, s, v; anything else is not from a key
    @return True if so
    """
    if len(_signature) != 65:
        return False
    # nobody signs for the zero address, which recovering gives for no signature at all
    return self._recovered(_digest, _signature) == _maker and _maker != empty(address)


@internal
@view
def _is_by_contract(_maker: address, _digest: bytes32, _signature: Bytes[MAX_SIGNATURE]) -> bool:
    """
    @notice Whether a contract says that it signed a digest (ERC-1271).
    @param _maker the contract
    @param _digest the digest
    @param _signature whatever the contract understands
    @return True if so
    """
    if not _maker.is_contract:
        return False
    is_done: bool = False
    answer: Bytes[32] = b""
    is_done, answer = raw_call(
        _maker,
        abi_encode(_digest, _signature, method_id=_MAGIC),
        max_outsize=32,
        gas=WALLET_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not is_done or len(answer) != 32:
        return False
    return convert(answer, bytes32) == convert(_MAGIC, bytes32)


@internal
@pure
def _recovered(_digest: bytes32, _signature: Bytes[MAX_SIGNATURE]) -> address:
    """
    @notice The account whose key made a signature.
    @param _digest the digest
    @param _signature 65 bytes r, s, v
    @return the account; zero if it is none, or not in its only accepted form
    """
    r: uint256 = convert(slice(_signature, 0, 32), uint256)
    s: uint256 = convert(slice(_signature, 32, 32), uint256)
    v: uint256 = convert(slice(_signature, 64, 1), uint256)
    if s > convert(_MAX_S, uint256):
        return empty(address)
    return ecrecover(_digest, v, r, s)
