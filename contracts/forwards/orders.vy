# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward orders
@license GNU Affero General Public License v3.0 only
@notice What the maker of an order signs (EIP-712), the one form an order has, and whether two are
        opposite. Pure: it reads nothing.
@dev One form, so that equal orders look equal: legs ascend, their ratios have no common divisor.
"""

from snekmate.utils import message_hash_utils
from . import IForwardsBook
from . import IForwardsVault
from . import terms

# [contracts] of one leg in a unit, at most
MAX_RATIO: constant(uint256) = 1_000
# steps of Euclid's algorithm on numbers up to that: Lamé's bound, five for each digit
_MAX_STEPS: constant(uint256) = 20

_ORDER_TYPE_HASH: constant(bytes32) = keccak256(
    "Order(address maker,address taker,uint256 quantity,uint256 minimum_quantity,uint256 max_collateral,uint256 deadline,bool may_trade_in_window,uint256 epoch,uint256 salt,Leg[] legs,Peg[] pegs)Leg(uint256 series,bool is_buy,uint256 price_ticks,uint256 ratio)Peg(uint256 mean_days,uint256 max_age_days,int256 offset_ticks,uint256 low_ticks,uint256 high_ticks)"
)
_LEG_TYPE_HASH: constant(bytes32) = keccak256(
    "Leg(uint256 series,bool is_buy,uint256 price_ticks,uint256 ratio)"
)
_PEG_TYPE_HASH: constant(bytes32) = keccak256(
    "Peg(uint256 mean_days,uint256 max_age_days,int256 offset_ticks,uint256 low_ticks,uint256 high_ticks)"
)
_WORD: constant(uint256) = 32


@internal
@pure
def _digest(_domain: bytes32, _order: IForwardsBook.Order) -> bytes32:
    """
    @notice What the maker signs, and the name of the order.
    @param _domain EIP-712 domain separator of the book
    @param _order the order
    @return digest
    """
    pegs: bytes32 = keccak256(b"")
    if len(_order.pegs) != 0:
        # an array of structs is hashed as its elements' hashes one after the other
        pegs = keccak256(keccak256(abi_encode(_PEG_TYPE_HASH, _order.pegs[0])))
    return message_hash_utils._to_typed_data_hash(
        _domain,
        keccak256(
            abi_encode(
                _ORDER_TYPE_HASH,
                _order.maker,
                _order.taker,
                _order.quantity,
                _order.minimum_quantity,
                _order.max_collateral,
                _order.deadline,
                _order.may_trade_in_window,
                _order.epoch,
                _order.salt,
                self._legs_hash(_order.legs),
                pegs,
            )
        ),
    )


@internal
@pure
def _legs_hash(_legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS]) -> bytes32:
    """
    @notice EIP-712 hash of an array of legs: of its elements' hashes one after the other.
    @param _legs legs
    @return hash
    """
    hashes: bytes32[terms.MAX_LEGS] = empty(bytes32[terms.MAX_LEGS])
    place: uint256 = 0
    for leg: IForwardsVault.Leg in _legs:
        hashes[place] = keccak256(abi_encode(_LEG_TYPE_HASH, leg))
        place += 1
    return keccak256(slice(abi_encode(hashes), 0, _WORD * place))


@internal
@pure
def _check_form(_legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS]):
    """
    @notice Refuse legs that are not in their one form.
    @param _legs legs
    @custom:reverts "order: no legs", "order: legs not ascending", "order: ratio out of range",
        "order: ratios have a divisor"
    """
    assert len(_legs) != 0, "order: no legs"
    previous: uint256 = 0
    divisor: uint256 = 0
    for leg: IForwardsVault.Leg in _legs:
        assert leg.series > previous, "order: legs not ascending"
        previous = leg.series
        assert leg.ratio != 0 and leg.ratio <= MAX_RATIO, "order: ratio out of range"
        if divisor != 1:
            divisor = self._common_divisor(divisor, leg.ratio)
    assert divisor == 1, "order: ratios have a divisor"


@internal
@pure
def _common_divisor(_one: uint256, _other: uint256) -> uint256:
    """
    @notice Greatest common divisor (Euclid).
    @param _one number; zero is divided by everything
    @param _other number up to `MAX_RATIO`
    @return the divisor
    """
    high: uint256 = _other
    low: uint256 = _one
    for _: uint256 in range(_MAX_STEPS):
        if low == 0:
            break
        rest: uint256 = high % low
        high = low
        low = rest
    return high


@internal
@pure
def _meet(
    _one: DynArray[IForwardsVault.Leg, terms.MAX_LEGS],
    _other: DynArray[IForwardsVault.Leg, terms.MAX_LEGS],
) -> DynArray[IForwardsVault.Leg, terms.MAX_LEGS]:
    """
    @notice Legs of two orders that trade with each other, half way between their prices.
    @param _one legs of one order, priced
    @param _other legs of the other
    @return legs as the first one's maker trades them
    @custom:reverts "order: not opposite", "order: prices do not cross"
    """
    legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS] = _one
    for i: uint256 in range(len(_one), bound=terms.MAX_LEGS):
        assert (
            len(_one) == len(_other)
            and _one[i].series == _other[i].series
            and _one[i].ratio == _other[i].ratio
            and _one[i].is_buy != _other[i].is_buy
        ), "order: not opposite"
        bid: uint256 = _one[i].price_ticks if _one[i].is_buy else _other[i].price_ticks
        ask: uint256 = _other[i].price_ticks if _one[i].is_buy else _one[i].price_ticks
        assert bid >= ask, "order: prices do not cross"
        # rounds down, in favour of the buyer by less than a tick
        legs[i].price_ticks = (bid + ask) // 2
    return legs


@internal
@pure
def _pegged_price(_peg: IForwardsBook.Peg, _mean_ticks: uint256) -> uint256:
    """
    @notice Price of a pegged leg.
    @param _peg the peg
    @param _mean_ticks [tick] mean of the index
    @return [tick] within low and high
    @custom:reverts "order: peg upside down"
    """
    assert _peg.low_ticks <= _peg.high_ticks, "order: peg upside down"
    # no band reaches 2**65: a mean or offset beyond is clamped, and the sum fits
    mean: int256 = convert(min(_mean_ticks, 2**128), int256)
    price: int256 = mean + min(max(_peg.offset_ticks, -(2**128)), 2**128)
    if price < 0:
        return _peg.low_ticks
    return min(max(convert(price, uint256), _peg.low_ticks), _peg.high_ticks)
