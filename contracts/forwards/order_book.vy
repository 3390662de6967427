# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Order book
@license GNU Affero General Public License v3.0 only
@notice What is left of each order: fills, cancellations, and the epoch of each maker.
@dev An order lives under its digest. Who may change what is left is for the caller to check; prices
     and series are not looked at here.
"""

from . import IForwardsEngine
from . import forward_terms
from . import signed_orders

# instead of a number of contracts: larger than any order
_CANCELLED: constant(uint256) = max_value(uint256)


# maker -> [count] the epoch its orders must carry
epoch_of: public(HashMap[address, uint256])
# digest -> [contracts] filled; the largest number if cancelled
filled_of: public(HashMap[bytes32, uint256])


@deploy
def __init__():
    """
    @notice Nothing to set: no order is filled.
    """
    pass


@internal
@view
def _check(
    _digest: bytes32,
    _order: IForwardsEngine.Order,
    _signature: Bytes[signed_orders.MAX_SIGNATURE],
    _other: address,
) -> uint256:
    """
    @notice Refuse an order that cannot be filled now, for reasons other than its series and price.
    @param _digest digest of the order
    @param _order the order
    @param _signature its maker's signature
    @param _other the other party
    @return [contracts] what is left
    """
    assert _order.quantity <= forward_terms.MAX_QUANTITY, "order: quantity too large"
    assert block.timestamp <= _order.deadline, "order: deadline is over"
    assert self.epoch_of[_order.maker] == _order.epoch, "order: other epoch"
    filled: uint256 = self.filled_of[_digest]
    assert filled < _order.quantity, "order: nothing left"
    assert _other != _order.maker, "order: with itself"
    assert (_order.taker == empty(address) or _order.taker == _other), "order: for another taker"
    assert signed_orders._is_signed(_order.maker, _digest, _signature), "order: not signed"
    return _order.quantity - filled


@internal
def _fill(_digest: bytes32, _order: IForwardsEngine.Order, _remaining: uint256, _quantity: uint256):
    """
    @notice Take a quantity of an order.
    @param _digest digest of the order
    @param _order the order
    @param _remaining [contracts] what is left of it
    @param _quantity [contracts] at most that
    @custom:reverts "order: below its minimum"
    """
    assert (
        _quantity != 0 and _quantity >= min(_order.minimum_quantity, _remaining)
    ), "order: below its minimum"
    self.filled_of[_digest] = _order.quantity - _remaining + _quantity
    log IForwardsEngine.OrderFilled(order_hash=_digest, maker=_order.maker, quantity=_quantity)


@internal
def _cancel(_digest: bytes32, _maker: address):
    """
    @notice Make sure an order is never filled again.
    @param _digest digest of the order
    @param _maker its maker
    """
    self.filled_of[_digest] = _CANCELLED
    log IForwardsEngine.OrderCancelled(order_hash=_digest, maker=_maker)


@internal
def _cancel_all(_maker: address):
    """
    @notice Make sure no order a maker has signed for its present epoch is filled again.
    @param _maker the maker
    """
    epoch: uint256 = self.epoch_of[_maker]
    self.epoch_of[_maker] = epoch + 1
    log IForwardsEngine.EpochRaised(maker=_maker, old_epoch=epoch, new_epoch=epoch + 1)
