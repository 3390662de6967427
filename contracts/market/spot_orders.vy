# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Spot orders
@license GNU Affero General Public License v3.0 only
@notice What the maker of a spot order signs (EIP-712), and what a part of it costs.
@dev No storage. What remains of a token is taken from a static call with bounded gas and exactly
     two words of answer; a call that fails is never taken for a price.
"""

from snekmate.utils import math
from snekmate.utils import message_hash_utils
from . import ISpotMarket

# [gas] for a token to say what remains of it
REMAINING_GAS: constant(uint256) = 200_000
# [token base units] and prices, below
MAX_WIDTH: constant(uint256) = 2**128

_ORDER_TYPE_HASH: constant(bytes32) = keccak256(
    "SpotOrder(address maker,address taker,bool is_buy,address token,address money,uint256 price,bool is_per_remaining,uint256 max_lag_days,uint256 quantity,uint256 minimum_quantity,uint256 deadline,uint256 epoch,uint256 salt)"
)
_DAY_SECONDS: constant(uint256) = 86_400
_WAD: constant(uint256) = 10**18


@internal
@pure
def _digest(_domain: bytes32, _order: ISpotMarket.SpotOrder) -> bytes32:
    """
    @notice What the maker signs, and the name of the order.
    @param _domain EIP-712 domain separator of the market
    @param _order the order
    @return digest
    """
    return message_hash_utils._to_typed_data_hash(
        _domain, keccak256(abi_encode(_ORDER_TYPE_HASH, _order))
    )


@internal
@view
def _cost(_order: ISpotMarket.SpotOrder, _quantity: uint256) -> uint256:
    """
    @notice What a part of an order costs now.
    @param _order the order; its price is below `MAX_WIDTH`
    @param _quantity [token base units] the part, below `MAX_WIDTH`
    @return [money base units] rounded once, in favour of the maker: up where it sells
    @custom:reverts "order: remaining unknown", "order: remaining too old", "order: costs nothing"
    """
    cost: uint256 = 0
    if _order.is_per_remaining:
        remaining: uint256 = self._remaining(_order.token, _order.max_lag_days)
        cost = math._mul_div(_quantity * _order.price, remaining, _WAD * _WAD, not _order.is_buy)
    else:
        rest: uint256 = 0 if _order.is_buy else _WAD - 1
        cost = (_quantity * _order.price + rest) // _WAD
    assert cost != 0, "order: costs nothing"
    return cost


@internal
@view
def _remaining(_token: address, _max_lag_days: uint256) -> uint256:
    """
    @notice What remains of a token that pays itself down.
    @param _token the token
    @param _max_lag_days [days] its first day that is not settled may be old, at most
    @return [money base units per 1e18 of the token]
    """
    is_done: bool = False
    answer: Bytes[64] = b""
    is_done, answer = raw_call(
        _token,
        method_id("remaining()"),
        max_outsize=64,
        gas=REMAINING_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert is_done and len(answer) == 64, "order: remaining unknown"
    amount: uint256 = convert(slice(answer, 0, 32), uint256)
    next_day: uint256 = convert(slice(answer, 32, 32), uint256)
    today: uint256 = block.timestamp // _DAY_SECONDS
    assert (next_day >= today or today - next_day <= _max_lag_days), "order: remaining too old"
    return amount
