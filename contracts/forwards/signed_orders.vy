# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Signed orders
@license GNU Affero General Public License v3.0 only
@notice What the maker of an order signs (EIP-712), and whether it did: as an account with a key, or
        as a contract (ERC-1271).
@dev Every digest is bound to chain and contract. No storage. A contract's answer is taken from a
     static call with bounded gas, and no more than one word of it is read.
"""

from snekmate.utils import message_hash_utils
from . import IForwardsEngine

# [count] months in one strip, at most
MAX_STRIP: constant(uint256) = 12
# [bytes] longest signature of a contract wallet
MAX_SIGNATURE: constant(uint256) = 1_024
# [gas] for a contract to check its signature
WALLET_GAS: constant(uint256) = 200_000

# half the order of secp256k1, rounded down: a larger s is the same signature twice
_MAX_S: constant(bytes32) = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_MAGIC: constant(bytes4) = 0x1626BA7E
_ORDER_TYPE_HASH: constant(bytes32) = keccak256(
    "Order(address maker,address taker,bool is_buy,uint256 price_ticks,uint256 quantity,uint256 minimum_quantity,uint256 max_collateral,uint256 deadline,bool may_trade_in_window,uint256 epoch,uint256 salt,uint256[] series)"
)
_ELEMENTS_START: constant(uint256) = 32


@internal
@pure
def _series_hash(_series: DynArray[uint256, MAX_STRIP]) -> bytes32:
    """
    @notice EIP-712 hash of an array: of its elements alone.
    @param _series the months
    @return hash
    """
    encoded: Bytes[32 * (MAX_STRIP + 1)] = abi_encode(_series, ensure_tuple=False)
    return keccak256(slice(encoded, _ELEMENTS_START, 32 * len(_series)))


@internal
@pure
def _digest(_domain: bytes32, _order: IForwardsEngine.Order) -> bytes32:
    """
    @notice What the maker signs, and the name of the order.
    @param _domain EIP-712 domain separator of the engine
    @param _order the order
    @return digest
    """
    return message_hash_utils._to_typed_data_hash(
        _domain,
        keccak256(
            abi_encode(
                _ORDER_TYPE_HASH,
                _order.maker,
                _order.taker,
                _order.is_buy,
                _order.price_ticks,
                _order.quantity,
                _order.minimum_quantity,
                _order.max_collateral,
                _order.deadline,
                _order.may_trade_in_window,
                _order.epoch,
                _order.salt,
                self._series_hash(_order.series),
            )
        ),
    )


@internal
@view
def _is_signed(_maker: address, _digest: bytes32, _signature: Bytes[MAX_SIGNATURE]) -> bool:
    """
    @notice Whether an account signed a digest: with its key, or as a contract.
    @param _maker the account
    @param _digest the digest
    @param _signature 65 bytes r, s, v; or whatever the contract understands
    @return True if so
    """
    if len(_signature) == 65 and self._recovered(_digest, _signature) == _maker:
        # nobody signs for the zero address, which recovering gives for no signature at all
        return _maker != empty(address)
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
