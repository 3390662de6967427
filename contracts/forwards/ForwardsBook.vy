# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Forwards book
@license GNU Affero General Public License v3.0 only
@notice Orders on forwards that makers sign and others fill or match: one series or several legs as
        one, at fixed prices or at prices that follow the index. It holds no money and no positions:
        the vault moves them, for those who trust this book.
@dev * An order is filled at its own price or a better one, no further than its quantity, and pulls
        no more from its maker than the filled part of its `max_collateral`.
     * A taker pays no more and receives no less than it said.
     * What is left of an order is written before the vault is called; one lock covers fills.
     Rounding: a middle price down, in favour of the buyer; the filled part of `max_collateral` and
     a mean down, in favour of the maker's bound and by less than a tick. Trust: the vault, and the
     index of the series where an order follows it.
@custom:security Whoever names this book for the vault lets orders it signed move its cash and
                 positions, nothing else does.
@custom:kill Cannot be paused. Anyone can stop trusting it: `disown_book` of the vault.
"""

from . import IForwardsBook

implements: IForwardsBook

from snekmate.utils import eip712_domain_separator
from ..exchange import IExchange
from ..exchange import order_state
from ..exchange import permits
from ..exchange import signatures
from . import IForwardsVault
from . import orders
from . import terms

initializes: eip712_domain_separator
initializes: order_state

exports: (
    eip712_domain_separator.eip712Domain,
    order_state.filled_of,
)

# [count] orders in one `fill_many`, and legs of all of them, at most
MAX_FILLS: constant(uint256) = 16
MAX_FILLED_LEGS: constant(uint256) = 96
# [count] permits in one call, at most
MAX_PERMITS: constant(uint256) = 2
# [gas] least for an order of `fill_many`, for each of its legs, and for a maker with code: somewhat
# more than a fill between parties that are new to everything
FILL_GAS: constant(uint256) = 130_000
LEG_GAS: constant(uint256) = 70_000
CODED_GAS: constant(uint256) = signatures.WALLET_GAS
# [gas] of it to prepare an order and to tell that it was skipped
SKIP_GAS: constant(uint256) = 12_000

_DAY_SECONDS: constant(uint256) = 86_400


# an order that can be filled
struct Offer:
    digest: bytes32  # its name
    remaining: uint256  # [units] what is left of it
    is_by_key: bool  # whether its maker signed with its own key


# holds the money and the positions
VAULT: public(immutable(address))


@deploy
def __init__(_vault: address):
    """
    @notice Set the vault. Its own constructor deploys the official book; any other is a book that
        parties may name.
    @param _vault the vault
    """
    assert _vault != empty(address), "book: no vault"
    VAULT = _vault
    eip712_domain_separator.__init__("HashrateForwards", "1")
    order_state.__init__()


################################################################
#                            TRADING                           #
################################################################


@external
def fill(
    _order: IForwardsBook.Order,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _take: IForwardsBook.Take,
) -> uint256:
    """
    @notice Take the other side of an order at its prices, all legs or nothing.
    @param _order the order
    @param _signature its maker's signature
    @param _take how much, and at what cost
    @return [units] taken
    @custom:reverts "order: …", "book: …", "vault: …", "series: …", "terms: …", "cash: …",
        "position: …", "index: …"
    @custom:emits OrderFilled, and the vault's Traded, Credited
    """
    return self._fill(msg.sender, _order, _signature, _take)


@external
def fill_with_permits(
    _permits: DynArray[IExchange.Permit, MAX_PERMITS],
    _order: IForwardsBook.Order,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _take: IForwardsBook.Take,
) -> uint256:
    """
    @notice As `fill`, trying permits first. Any address may be called as a token here: this
        contract has no right that a permit's call could use.
    @param _permits EIP-2612 permits of either party for the vault, each ignored if it fails
    @param _order the order
    @param _signature its maker's signature
    @param _take how much, and at what cost
    @return [units] taken
    @custom:reverts `fill`
    @custom:emits as `fill`
    """
    for permit: IExchange.Permit in _permits:
        permits._try(permit, VAULT)
    return self._fill(msg.sender, _order, _signature, _take)


@external
@reentrant
def fill_many(
    _fills: DynArray[IForwardsBook.Fill, MAX_FILLS],
) -> DynArray[uint256, MAX_FILLS]:
    """
    @notice Take several orders, each as `fill` would or not at all, but one at least.
    @dev Each call to `fill_for` takes the lock. The gas that is left is shared by what each order
         may need, so a wallet that burns its share takes nothing from the rest. Too little gas is
         refused as a whole: an estimate would otherwise end where orders are skipped.
    @param _fills orders, signatures and what to take of each
    @return [units] taken of each, zero for one that was skipped
    @custom:reverts "book: too many legs", "book: too little gas", "book: nothing taken"
    @custom:emits FillSkipped and those of `fill`
    """
    gas: uint256 = msg.gas
    legs: uint256 = 0
    needed: uint256 = 0
    # said once: what is filled can give the maker of a later order code
    shares: DynArray[uint256, MAX_FILLS] = []
    for each: IForwardsBook.Fill in _fills:
        legs += len(each.order.legs)
        own: uint256 = self._gas_for(each.order)
        shares.append(own)
        needed += own
    assert legs <= MAX_FILLED_LEGS, "book: too many legs"
    assert gas >= needed, "book: too little gas"
    taken: DynArray[uint256, MAX_FILLS] = []
    total: uint256 = 0
    place: uint256 = 0
    for each: IForwardsBook.Fill in _fills:
        own: uint256 = shares[place]
        is_done: bool = False
        answer: Bytes[132] = b""
        is_done, answer = raw_call(
            self,
            abi_encode(
                msg.sender,
                each,
                method_id=method_id(
                    "fill_for(address,((address,address,uint256,uint256,uint256,uint256,bool,uint256,uint256,(uint256,bool,uint256,uint256)[],(uint256,uint256,int256,uint256,uint256)[]),bytes,(uint256,uint256,uint256,uint256)))"
                ),
            ),
            max_outsize=132,
            # rounds down, in favour of those that follow
            gas=msg.gas * own // needed - SKIP_GAS,
            revert_on_failure=False,
        )
        needed -= own
        if is_done:
            quantity: uint256 = extract32(answer, 0, output_type=uint256)
            taken.append(quantity)
            total += quantity
        else:
            taken.append(0)
            log IForwardsBook.FillSkipped(place=place, reason=answer)
        place += 1
    assert total != 0, "book: nothing taken"
    return taken


@external
def fill_for(_taker: address, _fill: IForwardsBook.Fill) -> uint256:
    """
    @notice One order of `fill_many`: nobody else can call this.
    @param _taker who called `fill_many`
    @param _fill order, signature and what to take
    @return [units] taken
    @custom:reverts "book: not for others", `fill`
    @custom:emits those of `fill`
    """
    assert msg.sender == self, "book: not for others"
    return self._fill(_taker, _fill.order, _fill.signature, _fill.take)


@external
def match(
    _one: IForwardsBook.Order,
    _one_signature: Bytes[signatures.MAX_SIGNATURE],
    _other: IForwardsBook.Order,
    _other_signature: Bytes[signatures.MAX_SIGNATURE],
    _quantity: uint256,
) -> uint256:
    """
    @notice Fill two opposite orders that cross in every leg with each other, half way between their
        prices, by anyone.
    @param _one an order
    @param _one_signature its maker's signature
    @param _other an order with the same legs the other way
    @param _other_signature its maker's signature
    @param _quantity [units] most to trade
    @return [units] traded
    @custom:reverts "order: …", "vault: …", "series: …", "terms: …", "cash: …", "position: …",
        "index: …"
    @custom:emits OrderFilled, and the vault's Traded, Credited
    """
    one: Offer = self._accept(_one, _one_signature, _other.maker, True)
    other: Offer = self._accept(_other, _other_signature, _one.maker, True)
    quantity: uint256 = min(_quantity, min(one.remaining, other.remaining))
    order_state._fill(
        one.digest, _one.maker, _one.quantity, one.remaining, quantity, _one.minimum_quantity
    )
    order_state._fill(
        other.digest,
        _other.maker,
        _other.quantity,
        other.remaining,
        quantity,
        _other.minimum_quantity,
    )
    extcall IForwardsVault(VAULT).trade(
        IForwardsVault.Trade(
            maker=_one.maker,
            taker=_other.maker,
            quantity=quantity,
            may_trade_in_window=_one.may_trade_in_window and _other.may_trade_in_window,
            maker_cap=self._cap(_one.max_collateral, _one.quantity, quantity),
            taker_cap=self._cap(_other.max_collateral, _other.quantity, quantity),
            is_maker_asked=not one.is_by_key,
            is_taker_asked=not other.is_by_key,
            legs=orders._meet(self._priced(_one), self._priced(_other)),
        )
    )
    return quantity


################################################################
#                            MAKERS                            #
################################################################


@external
def cancel(_order: IForwardsBook.Order):
    """
    @notice Make sure an order of the caller's is never filled again.
    @param _order the order
    @custom:reverts "book: not the maker"
    @custom:emits OrderCancelled
    """
    assert msg.sender == _order.maker, "book: not the maker"
    order_state._cancel(self._digest(_order), msg.sender)


@external
def cancel_series(_series: uint256):
    """
    @notice Make sure no order the caller has signed so far with a leg in a series is filled again.
    @param _series series
    @custom:reverts "book: no series"
    @custom:emits EpochRaised
    """
    assert _series != 0, "book: no series"
    order_state._cancel_on(msg.sender, _series)


@external
def cancel_all():
    """
    @notice Make sure no order the caller has signed so far is filled again.
    @custom:emits EpochRaised
    """
    order_state._cancel_all(msg.sender)


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def check_order(
    _order: IForwardsBook.Order,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _other: address,
) -> uint256:
    """
    @notice Whether an order can be filled now, money and positions apart.
    @param _order the order
    @param _signature its maker's signature
    @param _other the other party; this contract for `match`
    @return [units] what is left of it
    @custom:reverts "order: …", "vault: …", "series: …", "terms: …", "index: …"
    """
    offer: Offer = self._accept(_order, _signature, _other, _other == self)
    self._collateral_of(self._priced(_order), _order.may_trade_in_window)
    return offer.remaining


@external
@view
def priced_legs(_order: IForwardsBook.Order) -> DynArray[IForwardsVault.Leg, terms.MAX_LEGS]:
    """
    @notice Legs of an order at the prices it would be filled at now, whether it can be or not.
    @param _order the order
    @return legs
    @custom:reverts "order: …", "series: …", "index: …"
    """
    return self._priced(_order)


@external
@view
def hash_of(_order: IForwardsBook.Order) -> bytes32:
    """
    @notice What the maker signs, and the name of the order in events.
    @param _order the order
    @return EIP-712 digest
    """
    return self._digest(_order)


@external
@view
def epoch_of(_maker: address) -> uint256:
    """
    @notice The epoch that new orders of a maker carry.
    @param _maker maker
    @return [count]
    """
    return order_state._epoch(_maker)


@external
@view
@reentrant
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain separator that orders are signed under.
    @return hash
    """
    return eip712_domain_separator._domain_separator_v4()


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _fill(
    _taker: address,
    _order: IForwardsBook.Order,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _take: IForwardsBook.Take,
) -> uint256:
    """
    @notice Let an account take the other side of an order.
    @param _taker the account
    @param _order the order
    @param _signature its maker's signature
    @param _take how much, and at what cost
    @return [units] taken
    """
    offer: Offer = self._accept(_order, _signature, _taker, False)
    quantity: uint256 = min(_take.quantity, offer.remaining)
    assert quantity >= _take.minimum_quantity, "book: less than asked for"
    order_state._fill(
        offer.digest,
        _order.maker,
        _order.quantity,
        offer.remaining,
        quantity,
        _order.minimum_quantity,
    )
    legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS] = _order.legs
    if len(_order.pegs) != 0:
        legs = self._priced(_order)
    made: int256 = 0
    paid: int256 = 0
    made, paid = extcall IForwardsVault(VAULT).trade(
        IForwardsVault.Trade(
            maker=_order.maker,
            taker=_taker,
            quantity=quantity,
            may_trade_in_window=_order.may_trade_in_window,
            maker_cap=self._cap(_order.max_collateral, _order.quantity, quantity),
            taker_cap=_take.max_pay,
            is_maker_asked=not offer.is_by_key,
            is_taker_asked=True,
            legs=legs,
        )
    )
    if _take.min_receive != 0:
        assert (
            paid < 0 and convert(-paid, uint256) >= _take.min_receive
        ), "book: receives too little"
    return quantity


@internal
@view
def _accept(
    _order: IForwardsBook.Order,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _other: address,
    _is_match: bool,
) -> Offer:
    """
    @notice Refuse an order that cannot be filled now, as far as the vault does not.
    @param _order the order
    @param _signature its maker's signature
    @param _other the other party
    @param _is_match whether another order takes it
    @return what can be filled
    """
    orders._check_form(_order.legs)
    assert _order.quantity <= terms.MAX_QUANTITY, "order: quantity too large"
    digest: bytes32 = orders._digest(eip712_domain_separator._domain_separator_v4(), _order)
    remaining: uint256 = order_state._remaining(
        digest, _order.maker, _order.quantity, _order.epoch, _order.deadline
    )
    if _order.epoch != order_state._epoch(_order.maker):
        for leg: IForwardsVault.Leg in _order.legs:
            assert order_state._lives_on(
                _order.maker, leg.series, _order.epoch
            ), "order: other epoch"
    assert _other != _order.maker, "order: with itself"
    assert (
        _order.taker == empty(address)
        or _order.taker == _other
        or (_is_match and _order.taker == self)
    ), "order: for another taker"
    is_by_key: bool = signatures._is_by_key(_order.maker, digest, _signature)
    if not is_by_key:
        assert signatures._is_by_contract(_order.maker, digest, _signature), "order: not signed"
    if len(_order.pegs) != 0:
        self._check_bounds(_order)
    return Offer(digest=digest, remaining=remaining, is_by_key=is_by_key)


@internal
@view
def _check_bounds(_order: IForwardsBook.Order):
    """
    @notice Refuse a pegged order that could cost its maker too much at the worst price of its peg.
    @param _order the order
    @custom:reverts "order: too much collateral", "vault: …", "series: …", "terms: …"
    """
    legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS] = _order.legs
    for i: uint256 in range(len(_order.legs), bound=terms.MAX_LEGS):
        legs[i].price_ticks = (
            _order.pegs[0].high_ticks if legs[i].is_buy else _order.pegs[0].low_ticks
        )
    each: uint256 = self._collateral_of(legs, _order.may_trade_in_window)
    assert _order.quantity * each <= _order.max_collateral, "order: too much collateral"


@internal
@view
def _collateral_of(
    _legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS], _may_trade_in_window: bool
) -> uint256:
    """
    @notice What legs cost a maker that closes nothing.
    @param _legs legs
    @param _may_trade_in_window whether a series may trade once its window has begun
    @return [base units per unit]
    """
    token: address = empty(address)
    maker: uint256 = 0
    taker: uint256 = 0
    token, maker, taker = staticcall IForwardsVault(VAULT).collateral_of(
        _legs, _may_trade_in_window
    )
    return maker


@internal
@view
def _priced(
    _order: IForwardsBook.Order,
) -> DynArray[IForwardsVault.Leg, terms.MAX_LEGS]:
    """
    @notice Legs of an order at the prices it is filled at now.
    @param _order the order
    @return legs
    """
    legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS] = _order.legs
    if len(_order.pegs) == 0:
        return legs
    peg: IForwardsBook.Peg = _order.pegs[0]
    for i: uint256 in range(len(_order.legs), bound=terms.MAX_LEGS):
        assert legs[i].price_ticks == 0, "order: a peg and a price"
        mean: uint256 = 0
        newest: uint256 = 0
        mean, newest = staticcall IForwardsVault(VAULT).mean_of_last(legs[i].series, peg.mean_days)
        assert (
            newest >= block.timestamp // _DAY_SECONDS
            or block.timestamp // _DAY_SECONDS - newest <= peg.max_age_days
        ), "order: peg too old"
        legs[i].price_ticks = orders._pegged_price(peg, mean)
    return legs


@internal
@pure
def _cap(_max_collateral: uint256, _whole: uint256, _quantity: uint256) -> uint256:
    """
    @notice Most that a part of an order may pull from its maker.
    @param _max_collateral [base units] of the whole order
    @param _whole [units] the whole order
    @param _quantity [units] the part
    @return [base units] the same part of `max_collateral`
    """
    # rounds down: all parts together stay within the whole. In two terms, so that no product leaves
    # a word: quantities are below 2**120
    return (_max_collateral // _whole * _quantity + _max_collateral % _whole * _quantity // _whole)


@internal
@view
def _gas_for(_order: IForwardsBook.Order) -> uint256:
    """
    @notice What an order of `fill_many` may need.
    @param _order the order
    @return [gas]
    """
    return (FILL_GAS + LEG_GAS * len(_order.legs) + (CODED_GAS if _order.maker.is_contract else 0))


@internal
@view
def _digest(_order: IForwardsBook.Order) -> bytes32:
    """
    @notice What the maker of an order signs.
    @param _order the order
    @return digest
    """
    return orders._digest(eip712_domain_separator._domain_separator_v4(), _order)
