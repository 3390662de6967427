# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Spot market
@license GNU Affero General Public License v3.0 only
@notice Orders on tokens against money that makers sign and others fill or match: hashrate, and
        whatever else is an ERC-20 of this system. Money and tokens go from wallet to wallet;
        nothing rests here.
@dev Invariants (numbers as in the stateful test):
     1. an order is filled at its own price or a better one, and no further than its quantity,
        whatever signature comes with it;
     2. a trade moves exactly its cost one way and its quantity the other, and nothing else;
     3. a taker pays no more and receives no less than it said;
     4. nobody but a maker cancels, and nothing revives what is cancelled;
     5. nothing is ever inside.
     A cost rounds once, in favour of the maker; half way between two makers it rounds down, in
     favour of the buyer, by less than one base unit and never past either one's own price. Trust:
     the token and the money, each chosen by maker and taker, and where an order is priced by what
     remains of a token, that token's word.
@custom:security An order names its token and its money: look at both. Who approved this contract
                 trades only by orders it signed or takes itself.
@custom:kill Cannot be paused. A maker cancels; anyone takes its approvals back.
"""

from ethereum.ercs import IERC20
from snekmate.utils import eip712_domain_separator
from ..exchange import IExchange
from ..exchange import order_state
from ..exchange import permits
from ..exchange import signatures
from . import ISpotMarket
from . import spot_orders

initializes: eip712_domain_separator
initializes: order_state

exports: (
    eip712_domain_separator.eip712Domain,
    order_state.filled_of,
)

# [count] orders in one `fill_many`, at most
MAX_FILLS: constant(uint256) = 16
# [count] permits in one call, at most
MAX_PERMITS: constant(uint256) = 2
# [gas] least for an order of `fill_many`, for a maker with code, and for a token that says what
# remains of it: somewhat more than a fill between parties that are new to everything
FILL_GAS: constant(uint256) = 180_000
CODED_GAS: constant(uint256) = signatures.WALLET_GAS
REMAINING_GAS: constant(uint256) = spot_orders.REMAINING_GAS
# [gas] of it to prepare an order and to tell that it was skipped
SKIP_GAS: constant(uint256) = 12_000


# an order that can be filled
struct Offer:
    digest: bytes32  # its name
    remaining: uint256  # [token base units] what is left of it


@deploy
def __init__():
    """
    @notice Start with no order filled.
    """
    eip712_domain_separator.__init__("HashrateSpot", "1")
    order_state.__init__()


################################################################
#                            TRADING                           #
################################################################


@external
def fill(
    _order: ISpotMarket.SpotOrder,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _take: ISpotMarket.Take,
) -> uint256:
    """
    @notice Take the other side of an order at its price.
    @param _order the order
    @param _signature its maker's signature
    @param _take how much, and at what cost
    @return [token base units] taken
    @custom:reverts "order: …", "spot: less than asked for", "spot: costs too much",
        "spot: receives too little", "spot: money did not move", "spot: other amount arrived",
        "spot: token did not move"
    @custom:emits OrderFilled, Traded
    """
    return self._fill(msg.sender, _order, _signature, _take)


@external
def fill_with_permits(
    _permits: DynArray[IExchange.Permit, MAX_PERMITS],
    _order: ISpotMarket.SpotOrder,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _take: ISpotMarket.Take,
) -> uint256:
    """
    @notice As `fill`, trying permits first. Any address may be called as a token here: no right of
        this contract can be used by a permit's call.
    @param _permits EIP-2612 permits of either party for this contract, each ignored if it fails
    @param _order the order
    @param _signature its maker's signature
    @param _take how much, and at what cost
    @return [token base units] taken
    @custom:reverts `fill`
    @custom:emits as `fill`
    """
    for permit: IExchange.Permit in _permits:
        permits._try(permit, self)
    return self._fill(msg.sender, _order, _signature, _take)


@external
@reentrant
def fill_many(_fills: DynArray[ISpotMarket.Fill, MAX_FILLS]) -> DynArray[uint256, MAX_FILLS]:
    """
    @notice Take several orders, each as `fill` would or not at all, but one at least.
    @dev Each call to `fill_for` takes the lock. The gas that is left is shared by what each order
         may need, so a wallet that burns its share takes nothing from the rest. Too little gas is
         refused as a whole: an estimate would otherwise end where orders are skipped.
    @param _fills orders, signatures and what to take of each
    @return [token base units] taken of each, zero for one that was skipped
    @custom:reverts "spot: too little gas", "spot: nothing taken"
    @custom:emits FillSkipped and those of `fill`
    """
    gas: uint256 = msg.gas
    needed: uint256 = 0
    # said once: what is filled can give the maker of a later order code
    shares: DynArray[uint256, MAX_FILLS] = []
    for each: ISpotMarket.Fill in _fills:
        own: uint256 = self._gas_for(each.order)
        shares.append(own)
        needed += own
    assert gas >= needed, "spot: too little gas"
    taken: DynArray[uint256, MAX_FILLS] = []
    total: uint256 = 0
    place: uint256 = 0
    for each: ISpotMarket.Fill in _fills:
        own: uint256 = shares[place]
        is_done: bool = False
        answer: Bytes[132] = b""
        is_done, answer = raw_call(
            self,
            abi_encode(
                msg.sender,
                each,
                method_id=method_id(
                    "fill_for(address,((address,address,bool,address,address,uint256,bool,uint256,uint256,uint256,uint256,uint256,uint256),bytes,(uint256,uint256,uint256,uint256)))"
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
            log ISpotMarket.FillSkipped(place=place, reason=answer)
        place += 1
    assert total != 0, "spot: nothing taken"
    return taken


@external
def fill_for(_taker: address, _fill: ISpotMarket.Fill) -> uint256:
    """
    @notice One order of `fill_many`: nobody else can call this.
    @param _taker who called `fill_many`
    @param _fill order, signature and what to take
    @return [token base units] taken
    @custom:reverts "spot: not for others", `fill`
    @custom:emits those of `fill`
    """
    assert msg.sender == self, "spot: not for others"
    return self._fill(_taker, _fill.order, _fill.signature, _fill.take)


@external
def match(
    _one: ISpotMarket.SpotOrder,
    _one_signature: Bytes[signatures.MAX_SIGNATURE],
    _other: ISpotMarket.SpotOrder,
    _other_signature: Bytes[signatures.MAX_SIGNATURE],
    _quantity: uint256,
) -> uint256:
    """
    @notice Fill two opposite orders that cross with each other, half way between what they would
        cost, by anyone.
    @param _one an order
    @param _one_signature its maker's signature
    @param _other an order on the same token and money, the other way
    @param _other_signature its maker's signature
    @param _quantity [token base units] most to trade
    @return [token base units] traded
    @custom:reverts "order: …", "spot: money did not move", "spot: other amount arrived",
        "spot: token did not move"
    @custom:emits OrderFilled, Traded
    """
    assert (
        _one.token == _other.token and _one.money == _other.money and _one.is_buy != _other.is_buy
    ), "order: not opposite"
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
    bid: uint256 = spot_orders._cost(_one if _one.is_buy else _other, quantity)
    ask: uint256 = spot_orders._cost(_other if _one.is_buy else _one, quantity)
    assert bid >= ask, "order: prices do not cross"
    # rounds down, in favour of the buyer
    self._trade(
        _one.token,
        _one.money,
        _one.maker if _one.is_buy else _other.maker,
        _other.maker if _one.is_buy else _one.maker,
        quantity,
        (bid + ask) // 2,
    )
    return quantity


################################################################
#                            MAKERS                            #
################################################################


@external
def cancel(_order: ISpotMarket.SpotOrder):
    """
    @notice Make sure an order of the caller's is never filled again.
    @param _order the order
    @custom:reverts "spot: not the maker"
    @custom:emits OrderCancelled
    """
    assert msg.sender == _order.maker, "spot: not the maker"
    order_state._cancel(self._digest(_order), msg.sender)


@external
def cancel_token(_token: address):
    """
    @notice Make sure no order the caller has signed so far on a token is filled again.
    @param _token token
    @custom:reverts "spot: no token"
    @custom:emits EpochRaised
    """
    assert _token != empty(address), "spot: no token"
    order_state._cancel_on(msg.sender, convert(_token, uint256))


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
    _order: ISpotMarket.SpotOrder,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _other: address,
) -> (uint256, uint256):
    """
    @notice Whether an order can be filled now, balances and approvals apart.
    @param _order the order
    @param _signature its maker's signature
    @param _other the other party; this contract for `match`
    @return [token base units] what is left of it, [money base units] what that costs now
    @custom:reverts "order: …"
    """
    offer: Offer = self._accept(_order, _signature, _other, _other == self)
    return offer.remaining, spot_orders._cost(_order, offer.remaining)


@external
@view
def cost_of(_order: ISpotMarket.SpotOrder, _quantity: uint256) -> uint256:
    """
    @notice What a part of an order costs now, whether it can be filled or not.
    @param _order the order
    @param _quantity [token base units] the part
    @return [money base units]
    @custom:reverts "order: …"
    """
    self._check_width(_quantity, _order.price)
    return spot_orders._cost(_order, _quantity)


@external
@view
def hash_of(_order: ISpotMarket.SpotOrder) -> bytes32:
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
    _order: ISpotMarket.SpotOrder,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _take: ISpotMarket.Take,
) -> uint256:
    """
    @notice Let an account take the other side of an order.
    @param _taker the account
    @param _order the order
    @param _signature its maker's signature
    @param _take how much, and at what cost
    @return [token base units] taken
    """
    offer: Offer = self._accept(_order, _signature, _taker, False)
    quantity: uint256 = min(_take.quantity, offer.remaining)
    assert quantity >= _take.minimum_quantity, "spot: less than asked for"
    order_state._fill(
        offer.digest,
        _order.maker,
        _order.quantity,
        offer.remaining,
        quantity,
        _order.minimum_quantity,
    )
    cost: uint256 = spot_orders._cost(_order, quantity)
    if _order.is_buy:
        assert cost >= _take.min_receive, "spot: receives too little"
        self._trade(_order.token, _order.money, _order.maker, _taker, quantity, cost)
    else:
        assert cost <= _take.max_pay, "spot: costs too much"
        self._trade(_order.token, _order.money, _taker, _order.maker, quantity, cost)
    return quantity


@internal
def _trade(
    _token: address,
    _money: address,
    _buyer: address,
    _seller: address,
    _quantity: uint256,
    _cost: uint256,
):
    """
    @notice Move money one way and the token the other. Whatever the order says is written before.
    @param _token what is delivered
    @param _money what is paid
    @param _buyer who pays
    @param _seller who delivers
    @param _quantity [token base units]
    @param _cost [money base units]
    """
    log ISpotMarket.Traded(
        token=_token,
        buyer=_buyer,
        seller=_seller,
        money=_money,
        quantity=_quantity,
        cost=_cost,
    )
    money: IERC20 = IERC20(_money)
    before: uint256 = staticcall money.balanceOf(_seller)
    assert extcall money.transferFrom(
        _buyer, _seller, _cost, default_return_value=True
    ), "spot: money did not move"
    # money that takes a fee would pay less than the price
    assert staticcall money.balanceOf(_seller) == before + _cost, "spot: other amount arrived"
    assert extcall IERC20(_token).transferFrom(
        _seller, _buyer, _quantity, default_return_value=True
    ), "spot: token did not move"


@internal
@view
def _accept(
    _order: ISpotMarket.SpotOrder,
    _signature: Bytes[signatures.MAX_SIGNATURE],
    _other: address,
    _is_match: bool,
) -> Offer:
    """
    @notice Refuse an order that cannot be filled now, its cost apart.
    @param _order the order
    @param _signature its maker's signature
    @param _other the other party
    @param _is_match whether another order takes it
    @return what can be filled
    """
    self._check_width(_order.quantity, _order.price)
    digest: bytes32 = self._digest(_order)
    remaining: uint256 = order_state._remaining(
        digest, _order.maker, _order.quantity, _order.epoch, _order.deadline
    )
    if _order.epoch != order_state._epoch(_order.maker):
        assert order_state._lives_on(
            _order.maker, convert(_order.token, uint256), _order.epoch
        ), "order: other epoch"
    assert _other != _order.maker, "order: with itself"
    assert (
        _order.taker == empty(address)
        or _order.taker == _other
        or (_is_match and _order.taker == self)
    ), "order: for another taker"
    if not signatures._is_by_key(_order.maker, digest, _signature):
        assert signatures._is_by_contract(_order.maker, digest, _signature), "order: not signed"
    return Offer(digest=digest, remaining=remaining)


@internal
@pure
def _check_width(_quantity: uint256, _price: uint256):
    """
    @notice Refuse numbers whose product leaves a word.
    @param _quantity [token base units]
    @param _price price of an order
    """
    assert _quantity < spot_orders.MAX_WIDTH, "order: quantity too large"
    assert _price < spot_orders.MAX_WIDTH, "order: price too large"


@internal
@view
def _gas_for(_order: ISpotMarket.SpotOrder) -> uint256:
    """
    @notice What an order of `fill_many` may need.
    @param _order the order
    @return [gas]
    """
    gas: uint256 = FILL_GAS
    if _order.is_per_remaining:
        gas += REMAINING_GAS
    if _order.maker.is_contract:
        gas += CODED_GAS
    return gas


@internal
@view
def _digest(_order: ISpotMarket.SpotOrder) -> bytes32:
    """
    @notice What the maker of an order signs.
    @param _order the order
    @return digest
    """
    return spot_orders._digest(eip712_domain_separator._domain_separator_v4(), _order)
