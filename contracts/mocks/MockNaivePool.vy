# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# pragma evm-version cancun
"""
@title Mock of a naive pool of forwards, BROKEN ON PURPOSE
@license GNU Affero General Public License v3.0 only
@notice The flaws that other contracts of this kind were exploited for or reported with, in as few
        lines as they take. Tests make each attack work here before they show that it fails on the
        forwards vault. Never deploy it.
"""

from ethereum.ercs import IERC20

# [base units] what a pair costs
COST: constant(uint256) = 100
_MASK: constant(uint256) = 2**128 - 1


# settlement token
TOKEN: public(immutable(address))
# whoever deployed it
OWNER: public(immutable(address))


# [index] what settlement reads, set by whoever likes
index: public(uint256)
# [index] what it was in the beginning
initial_index: public(uint256)
# [contracts] recorded number of pairs
pairs: public(uint256)
# [base units] recorded collateral
collateral: public(uint256)
# account -> [contracts] of each side
longs: public(HashMap[address, uint256])
shorts: public(HashMap[address, uint256])
# account -> [contracts] it offers to sell, and [base units] for how much each
offered: public(HashMap[address, uint256])
price: public(HashMap[address, uint256])
# whether trading is paused
is_paused: public(bool)
# whether it is settled, and [base units] what LONG gets
is_settled: public(bool)
long_payout: public(uint256)


@deploy
def __init__(_token: address, _index: uint256):
    """
    @notice Start with no pairs.
    @param _token settlement token
    @param _index [index] present value
    """
    TOKEN = _token
    OWNER = msg.sender
    self.index = _index
    self.initial_index = _index


@external
def set_index(_index: uint256):
    """
    @notice Let the market move.
    @param _index [index] new value
    """
    self.index = _index


@external
def pause():
    """
    @notice Pause: but only `fill` looks.
    """
    assert msg.sender == OWNER, "mock: not the owner"
    self.is_paused = True


@external
def mint(_quantity: uint256):
    """
    @notice Pay for pairs. The count is cut to 128 bits while the positions are not, and what
            arrived is not looked at.
    @param _quantity [contracts]
    """
    count: uint256 = _quantity & _MASK
    self.pairs += count
    self.collateral += count * COST
    self.longs[msg.sender] += _quantity
    self.shorts[msg.sender] += _quantity
    assert extcall IERC20(TOKEN).transferFrom(
        msg.sender, self, count * COST, default_return_value=True
    ), "mock: pair not paid"


@external
def offer(_quantity: uint256, _price: uint256):
    """
    @notice Offer LONG: without an end, and without a count of what was taken.
    @param _quantity [contracts]
    @param _price [base units] of each
    """
    self.offered[msg.sender] = _quantity
    self.price[msg.sender] = _price


@external
def fill(_maker: address, _quantity: uint256):
    """
    @notice Take what is offered, again and again, until settlement.
    @param _maker who offers
    @param _quantity [contracts]
    """
    assert not self.is_paused, "mock: paused"
    assert not self.is_settled, "mock: settled"
    assert _quantity <= self.offered[_maker], "mock: not offered"
    self.longs[_maker] -= _quantity
    self.longs[msg.sender] += _quantity
    assert extcall IERC20(TOKEN).transferFrom(
        msg.sender, _maker, _quantity * self.price[_maker], default_return_value=True
    ), "mock: fill not paid"


@external
def settle():
    """
    @notice Settle at the value of this very moment, if it has not fallen.
    """
    assert not self.is_settled, "mock: settled before"
    assert self.index >= self.initial_index, "mock: index fell"
    self.is_settled = True
    self.long_payout = min(self.index - self.initial_index, COST)


@external
def redeem():
    """
    @notice Burn both sides for their part of the recorded collateral.
    """
    assert self.is_settled, "mock: not settled"
    shares: uint256 = (
        self.longs[msg.sender] * self.long_payout
        + self.shorts[msg.sender] * (COST - self.long_payout)
    )
    self.longs[msg.sender] = 0
    self.shorts[msg.sender] = 0
    # rounds down, in favour of the pool; never more than there is, whoever it belongs to
    amount: uint256 = min(self.collateral * shares // (self.pairs * COST), self.collateral)
    assert extcall IERC20(TOKEN).transfer(
        msg.sender, amount, default_return_value=True
    ), "mock: not paid"
