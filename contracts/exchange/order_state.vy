# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Order state
@license GNU Affero General Public License v3.0 only
@notice What is left of each order: fills, cancellations, and the epochs of each maker. It knows no
        product: an order is its digest, and what it is on is a number, its subject.
@dev A maker has one counter, its epoch; an order carries the epoch it was signed in. Raising it
     kills all orders before, or those on one subject before. An order of the present epoch needs
     no further look: only older ones ask what was cancelled since.

     Who may change what is left is for the caller to check.
"""

from . import IExchange

# instead of a number of units: larger than any order
_CANCELLED: constant(uint256) = max_value(uint256)
_EPOCH_MASK: constant(uint256) = 2**128 - 1
_LEAST_SHIFT: constant(uint256) = 128


# digest -> [units] filled; the largest number if cancelled
filled_of: public(HashMap[bytes32, uint256])
# maker -> [count] present epoch 128 | least epoch that lives 128
_epochs: HashMap[address, uint256]
# maker -> subject -> [count] least epoch in which an order on it lives
_least_on: HashMap[address, HashMap[uint256, uint256]]


@deploy
def __init__():
    """
    @notice Start with no order filled.
    """
    pass


@internal
@view
def _epoch(_maker: address) -> uint256:
    """
    @notice The epoch new orders of a maker carry.
    @param _maker maker
    @return [count]
    """
    return self._epochs[_maker] & _EPOCH_MASK


@internal
@view
def _remaining(
    _digest: bytes32, _maker: address, _quantity: uint256, _epoch: uint256, _deadline: uint256
) -> uint256:
    """
    @notice Refuse an order that is over, whatever it is on.
    @param _digest its digest
    @param _maker its maker
    @param _quantity [units] all of it
    @param _epoch [count] it was signed in
    @param _deadline [unix s] last second at which it can be filled
    @return [units] what is left
    @custom:reverts "order: deadline is over", "order: other epoch", "order: nothing left"
    """
    assert block.timestamp <= _deadline, "order: deadline is over"
    epochs: uint256 = self._epochs[_maker]
    assert (
        _epoch <= epochs & _EPOCH_MASK and _epoch >= epochs >> _LEAST_SHIFT
    ), "order: other epoch"
    filled: uint256 = self.filled_of[_digest]
    assert filled < _quantity, "order: nothing left"
    return _quantity - filled


@internal
@view
def _lives_on(_maker: address, _subject: uint256, _epoch: uint256) -> bool:
    """
    @notice Whether orders of an epoch on a subject live; asked only of older epochs.
    @param _maker maker
    @param _subject subject
    @param _epoch [count]
    @return True if so
    """
    return _epoch >= self._least_on[_maker][_subject]


@internal
def _fill(
    _digest: bytes32,
    _maker: address,
    _whole: uint256,
    _remaining: uint256,
    _quantity: uint256,
    _minimum: uint256,
):
    """
    @notice Take some of an order.
    @param _digest its digest
    @param _maker its maker
    @param _whole [units] all of it
    @param _remaining [units] what is left of it
    @param _quantity [units] at most that
    @param _minimum [units] least its maker trades at once, unless less is left
    @custom:reverts "order: below its minimum"
    @custom:emits OrderFilled
    """
    assert (_quantity != 0 and _quantity >= min(_minimum, _remaining)), "order: below its minimum"
    self.filled_of[_digest] = _whole - _remaining + _quantity
    log IExchange.OrderFilled(order_hash=_digest, maker=_maker, quantity=_quantity)


@internal
def _cancel(_digest: bytes32, _maker: address):
    """
    @notice Make sure an order is never filled again.
    @param _digest its digest
    @param _maker its maker
    @custom:emits OrderCancelled
    """
    self.filled_of[_digest] = _CANCELLED
    log IExchange.OrderCancelled(order_hash=_digest, maker=_maker)


@internal
def _cancel_all(_maker: address):
    """
    @notice Kill all orders of a maker so far.
    @param _maker the maker
    @custom:emits EpochRaised
    """
    epoch: uint256 = self._epoch(_maker) + 1
    self._epochs[_maker] = epoch | (epoch << _LEAST_SHIFT)
    log IExchange.EpochRaised(maker=_maker, subject=0, new_epoch=epoch)


@internal
def _cancel_on(_maker: address, _subject: uint256):
    """
    @notice Kill all orders of a maker so far on one subject.
    @param _maker the maker
    @param _subject not zero
    @custom:emits EpochRaised
    """
    # one more: epochs never reach the width of their half
    self._epochs[_maker] += 1
    epoch: uint256 = self._epoch(_maker)
    self._least_on[_maker][_subject] = epoch
    log IExchange.EpochRaised(maker=_maker, subject=_subject, new_epoch=epoch)
