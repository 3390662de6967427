# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Forwards engine
@license GNU Affero General Public License v3.0 only
@notice Forwards on hashprice and difficulty, both sides paid in full: LONG and SHORT of a contract
        of 1 PH/s for some days are worth what they cost together, whatever happens. Anyone creates
        a series, makers sign orders that others fill or match, and after the window the oracle's
        days say what each side gets, once and for ever.
@dev Invariants (`docs/forwards.md`, numbers as in the stateful tests):
     1. LONG and SHORT of a series are equal in number until it is settled;
     2. the tokens inside are what is held for all series and all credits, and donations;
     3. nobody changes what another's holding redeems to;
     4. all holders of a series together get what was put in, to the unit;
     5. a series that is due settles; a holder can always merge or redeem;
     6. nobody has a role.

     Every entry point checks, then writes all positions, fills and payouts, then pulls, then
     pushes, then tells receivers; one lock covers them all. Rounding: one floor, once per series
     (`forward_settlement`). Trust: the oracle's quorum for facts, the settlement tokens for being
     plain.
@custom:security A settlement token that rebases or charges fees is refused on the way in, but one
                 that begins later, or freezes this contract, hurts its own series.
@custom:kill Cannot be paused. Without the oracle every series settles 45 days after its window.
"""

from . import IForwardsEngine

implements: IForwardsEngine

from snekmate.utils import eip712_domain_separator
from . import forward_cash
from . import forward_series
from . import forward_terms
from . import order_book
from . import positions
from . import signed_orders

initializes: eip712_domain_separator
initializes: positions
initializes: order_book
initializes: forward_cash
initializes: forward_series

exports: (
    positions.balanceOf,
    positions.balanceOfBatch,
    positions.isApprovedForAll,
    positions.setApprovalForAll,
    positions.total_supply,
    eip712_domain_separator.eip712Domain,
    order_book.epoch_of,
    order_book.filled_of,
    forward_cash.credit_of,
    forward_cash.is_token,
    forward_series.ORACLE,
)

# [count] orders in one `fill_many`, at most
MAX_FILLS: constant(uint256) = 16
# [count] permits in one call, at most
MAX_PERMITS: constant(uint256) = 2
# [gas] least for an order of `fill_many`, and for each of its months: somewhat more than a fill
# between parties that are new to everything
FILL_GAS: constant(uint256) = 130_000
MONTH_GAS: constant(uint256) = 120_000
# [gas] of it to prepare an order and to tell that it was skipped
SKIP_GAS: constant(uint256) = 12_000


# an order that can be filled
struct Offer:
    digest: bytes32  # its name
    remaining: uint256  # [contracts] what is left of it
    token: address  # settlement token of all its months
    months: forward_terms.Month[signed_orders.MAX_STRIP]  # as many as series


# two parties and what they agreed on
struct Deal:
    buyer: address
    seller: address
    price_ticks: uint256  # [tick]
    quantity: uint256  # [contracts] of each month
    token: address  # settlement token of all months
    series: DynArray[uint256, signed_orders.MAX_STRIP]
    months: forward_terms.Month[signed_orders.MAX_STRIP]  # as many as series


@deploy
def __init__(_oracle: address, _tokens: DynArray[address, forward_cash.MAX_TOKENS]):
    """
    @notice Pin what all series share; the deployer keeps no right.
    @param _oracle hashprice oracle
    @param _tokens settlement tokens: plain ones that neither rebase nor take fees
    """
    positions.__init__()
    eip712_domain_separator.__init__("HashrateForwards", "1")
    order_book.__init__()
    forward_cash.__init__(_tokens)
    forward_series.__init__(_oracle)


################################################################
#                        SERIES AND PAIRS                      #
################################################################


@external
def create_series(_terms: IForwardsEngine.Terms) -> uint256:
    """
    @notice Create the series of some terms, by anyone; nothing happens if it exists.
    @param _terms the terms
    @return series, the id of LONG; SHORT has the next
    @custom:reverts "cash: token not listed", "series: …", "terms: …"
    @custom:emits SeriesCreated
    """
    series: uint256 = forward_terms._series_of(_terms, forward_series.ORACLE)
    if not forward_series._exists(series):
        forward_cash._check_listed(_terms.token)
        forward_series._create(series, _terms)
    return series


@external
def mint_pair(
    _series: uint256, _quantity: uint256, _long_recipient: address, _short_recipient: address
):
    """
    @notice Pay for contracts in full and give their two sides to whom one likes.
    @param _series series whose window is not over
    @param _quantity [contracts]
    @param _long_recipient who gets LONG
    @param _short_recipient who gets SHORT
    @custom:reverts "engine: quantity out of range", "engine: no recipient", "series: …", "cash: …",
        "erc1155: transfer to non-IERC1155Receiver implementer"
    @custom:emits PairsMinted
    """
    self._mint_pair(_series, _quantity, _long_recipient, _short_recipient)


@external
def mint_pair_with_permit(
    _permit: IForwardsEngine.Permit,
    _series: uint256,
    _quantity: uint256,
    _long_recipient: address,
    _short_recipient: address,
):
    """
    @notice As `mint_pair`, trying a permit first.
    @param _permit EIP-2612 permit, ignored if it fails
    @param _series series whose window is not over
    @param _quantity [contracts]
    @param _long_recipient who gets LONG
    @param _short_recipient who gets SHORT
    @custom:reverts `mint_pair`
    @custom:emits PairsMinted
    """
    forward_cash._permit(_permit)
    self._mint_pair(_series, _quantity, _long_recipient, _short_recipient)


@external
def merge_pair(_series: uint256, _quantity: uint256, _recipient: address):
    """
    @notice Burn LONG and SHORT for what they cost together, at any time.
    @param _series series
    @param _quantity [contracts] of both sides, the caller's
    @param _recipient who is paid
    @custom:reverts "engine: no recipient", "series: unknown", "position: too small"
    @custom:emits PairsMerged, Credited
    """
    self._check_recipient(_recipient)
    terms: IForwardsEngine.Terms = forward_series._terms(_series)
    positions._burn(msg.sender, _series, _quantity)
    positions._burn(msg.sender, _series + 1, _quantity)
    log IForwardsEngine.PairsMerged(
        series=_series, holder=msg.sender, recipient=_recipient, quantity=_quantity
    )
    cost: uint256 = forward_terms._pair_cost(forward_terms._month(terms))
    forward_cash._push(terms.token, _recipient, _quantity * cost)


################################################################
#                            TRADING                           #
################################################################


@external
def fill(
    _order: IForwardsEngine.Order,
    _signature: Bytes[signed_orders.MAX_SIGNATURE],
    _quantity: uint256,
    _minimum_quantity: uint256,
) -> uint256:
    """
    @notice Take the other side of an order at its price.
    @param _order the order
    @param _signature its maker's signature
    @param _quantity [contracts] most to take
    @param _minimum_quantity [contracts] least to take
    @return [contracts] taken
    @custom:reverts "engine: …", "order: …", "series: …", "position: too small", "cash: …",
        "erc1155: transfer to non-IERC1155Receiver implementer"
    @custom:emits Traded, OrderFilled, Credited
    """
    return self._fill(msg.sender, _order, _signature, _quantity, _minimum_quantity)


@external
def fill_with_permits(
    _permits: DynArray[IForwardsEngine.Permit, MAX_PERMITS],
    _order: IForwardsEngine.Order,
    _signature: Bytes[signed_orders.MAX_SIGNATURE],
    _quantity: uint256,
    _minimum_quantity: uint256,
) -> uint256:
    """
    @notice As `fill`, trying permits first.
    @param _permits EIP-2612 permits of either party, each ignored if it fails
    @param _order the order
    @param _signature its maker's signature
    @param _quantity [contracts] most to take
    @param _minimum_quantity [contracts] least to take
    @return [contracts] taken
    @custom:reverts `fill`
    @custom:emits Traded, OrderFilled, Credited
    """
    for permit: IForwardsEngine.Permit in _permits:
        forward_cash._permit(permit)
    return self._fill(msg.sender, _order, _signature, _quantity, _minimum_quantity)


@external
@reentrant
def fill_many(
    _fills: DynArray[IForwardsEngine.Fill, MAX_FILLS],
) -> DynArray[uint256, MAX_FILLS]:
    """
    @notice Take several orders, each as `fill` would or not at all.
    @dev Each call to `fill_for` takes the lock. Each has an equal share of the gas that is left, so
         a wallet that burns its share takes nothing from the rest. Too little gas is refused as a
         whole: an estimate would otherwise end where every order is skipped.
    @param _fills orders, signatures and quantities
    @return [contracts] taken of each, zero for one that was skipped
    @custom:reverts "engine: too little gas"
    @custom:emits FillSkipped and those of `fill`
    """
    gas: uint256 = msg.gas
    taken: DynArray[uint256, MAX_FILLS] = []
    place: uint256 = 0
    for each: IForwardsEngine.Fill in _fills:
        assert (
            gas >= len(_fills) * (FILL_GAS + len(each.order.series) * MONTH_GAS)
        ), "engine: too little gas"
        is_done: bool = False
        answer: Bytes[132] = b""
        is_done, answer = raw_call(
            self,
            abi_encode(
                msg.sender,
                each,
                method_id=method_id(
                    "fill_for(address,((address,address,bool,uint256,uint256,uint256,uint256,uint256,bool,uint256,uint256,uint256[]),bytes,uint256,uint256))"
                ),
            ),
            max_outsize=132,
            # rounds down, in favour of those that follow
            gas=msg.gas // (len(_fills) - place) - SKIP_GAS,
            revert_on_failure=False,
        )
        if is_done:
            taken.append(extract32(answer, 0, output_type=uint256))
        else:
            taken.append(0)
            log IForwardsEngine.FillSkipped(place=place, reason=answer)
        place += 1
    return taken


@external
def fill_for(_taker: address, _fill: IForwardsEngine.Fill) -> uint256:
    """
    @notice One order of `fill_many`: nobody else can call this.
    @param _taker who called `fill_many`
    @param _fill order, signature and quantities
    @return [contracts] taken
    @custom:reverts "engine: not for others", `fill`
    @custom:emits those of `fill`
    """
    assert msg.sender == self, "engine: not for others"
    return self._fill(_taker, _fill.order, _fill.signature, _fill.quantity, _fill.minimum_quantity)


@external
def match(
    _buy: IForwardsEngine.Order,
    _buy_signature: Bytes[signed_orders.MAX_SIGNATURE],
    _sell: IForwardsEngine.Order,
    _sell_signature: Bytes[signed_orders.MAX_SIGNATURE],
    _quantity: uint256,
) -> uint256:
    """
    @notice Fill two crossing orders with each other half way between their prices, by anyone.
    @param _buy order of the buyer
    @param _buy_signature its maker's signature
    @param _sell order of the seller, over the same series
    @param _sell_signature its maker's signature
    @param _quantity [contracts] most to trade
    @return [contracts] traded
    @custom:reverts "engine: …", "order: …", "series: …", "position: too small", "cash: …",
        "erc1155: transfer to non-IERC1155Receiver implementer"
    @custom:emits Traded, OrderFilled, Credited
    """
    assert (
        _buy.is_buy and not _sell.is_buy and _buy.price_ticks >= _sell.price_ticks
    ), "engine: orders do not cross"
    assert signed_orders._series_hash(_buy.series) == signed_orders._series_hash(
        _sell.series
    ), "engine: not the same series"
    buy: Offer = self._accept(_buy, _buy_signature, _sell.maker)
    sell: Offer = self._accept(_sell, _sell_signature, _buy.maker)
    quantity: uint256 = min(_quantity, min(buy.remaining, sell.remaining))
    order_book._fill(buy.digest, _buy, buy.remaining, quantity)
    order_book._fill(sell.digest, _sell, sell.remaining, quantity)
    self._trade(
        Deal(
            buyer=_buy.maker,
            seller=_sell.maker,
            # rounds down, in favour of the buyer by less than a tick
            price_ticks=(_buy.price_ticks + _sell.price_ticks) // 2,
            quantity=quantity,
            token=buy.token,
            series=_buy.series,
            months=buy.months,
        )
    )
    return quantity


@external
def cancel(_order: IForwardsEngine.Order):
    """
    @notice Make sure an order of the caller's is never filled again.
    @param _order the order
    @custom:reverts "engine: not the maker"
    @custom:emits OrderCancelled
    """
    assert msg.sender == _order.maker, "engine: not the maker"
    order_book._cancel(self._digest(_order), msg.sender)


@external
def cancel_all():
    """
    @notice Make sure no order the caller has signed for its present epoch is filled again.
    @custom:emits EpochRaised
    """
    order_book._cancel_all(msg.sender)


################################################################
#                          AFTERWARDS                          #
################################################################


@external
def settle(_series: uint256) -> IForwardsEngine.Outcome:
    """
    @notice Store what a series pays, once it is due; a second call changes nothing.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown", "series: not due"
    @custom:emits SeriesSettled
    """
    return forward_series._settle(_series)


@external
def redeem(_series: uint256, _recipient: address) -> uint256:
    """
    @notice Burn all LONG and SHORT of the caller for what they pay, settling if need be.
    @param _series series
    @param _recipient who is paid
    @return [base units] paid
    @custom:reverts "engine: no recipient", "series: unknown", "series: not due",
        "position: too small"
    @custom:emits SeriesSettled, Redeemed, Credited
    """
    self._check_recipient(_recipient)
    outcome: IForwardsEngine.Outcome = forward_series._settle(_series)
    longs: uint256 = positions._burn_all(msg.sender, _series)
    shorts: uint256 = positions._burn_all(msg.sender, _series + 1)
    amount: uint256 = longs * outcome.long_payout + shorts * outcome.short_payout
    log IForwardsEngine.Redeemed(
        series=_series,
        holder=msg.sender,
        recipient=_recipient,
        long_quantity=longs,
        short_quantity=shorts,
        amount=amount,
    )
    forward_cash._push(forward_series._terms(_series).token, _recipient, amount)
    return amount


@external
def withdraw(_token: address, _recipient: address) -> uint256:
    """
    @notice Get what could not be delivered to the caller.
    @param _token settlement token
    @param _recipient who is paid
    @return [base units] paid
    @custom:reverts "engine: no recipient", "cash: nothing waits", "cash: transfer out failed"
    @custom:emits Withdrawn
    """
    self._check_recipient(_recipient)
    return forward_cash._withdraw(_token, msg.sender, _recipient)


################################################################
#                           ERC-1155                           #
################################################################


@external
def safeTransferFrom(
    _from: address, _to: address, _id: uint256, _value: uint256, _data: Bytes[positions.MAX_DATA]
):
    """
    @notice Move a position.
    @param _from holder
    @param _to receiver; a contract has to accept it
    @param _id position
    @param _value [contracts]
    @param _data passed on to the receiver
    @custom:reverts "engine: no recipient", "position: …",
        "erc1155: transfer to non-IERC1155Receiver implementer"
    """
    self._check_recipient(_to)
    positions._transfer(_from, _to, _id, _value, _data)


@external
def safeBatchTransferFrom(
    _from: address,
    _to: address,
    _ids: DynArray[uint256, positions.MAX_BATCH],
    _values: DynArray[uint256, positions.MAX_BATCH],
    _data: Bytes[positions.MAX_DATA],
):
    """
    @notice Move several positions.
    @param _from holder
    @param _to receiver; a contract has to accept them
    @param _ids positions
    @param _values [contracts] of each
    @param _data passed on to the receiver
    @custom:reverts "engine: no recipient", "position: …",
        "erc1155: transfer to non-IERC1155Receiver implementer"
    """
    self._check_recipient(_to)
    positions._transfer_batch(_from, _to, _ids, _values, _data)


################################################################
#                            VIEWS                             #
################################################################
# What never changes can be asked at any time, by a receiver too; the rest is not `reentrant`: a
# token that calls back must not show half a trade to others.


@external
@view
@reentrant
def supportsInterface(_interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    @param _interface_id interface id
    @return whether it is offered
    """
    return positions._supports(_interface_id)


@external
@view
@reentrant
def series_of(_terms: IForwardsEngine.Terms) -> uint256:
    """
    @notice The series that terms make, whether it exists or not.
    @param _terms the terms
    @return series
    """
    return forward_terms._series_of(_terms, forward_series.ORACLE)


@external
@view
@reentrant
def terms_of(_series: uint256) -> IForwardsEngine.Terms:
    """
    @notice Terms of a series.
    @param _series series
    @return the terms
    @custom:reverts "series: unknown"
    """
    return forward_series._terms(_series)


@external
@view
@reentrant
def pair_cost(_series: uint256) -> uint256:
    """
    @notice What LONG and SHORT of one contract cost together.
    @param _series series
    @return [base units]
    @custom:reverts "series: unknown"
    """
    return forward_terms._pair_cost(forward_terms._month(forward_series._terms(_series)))


@external
@view
def outcome_of(_series: uint256) -> IForwardsEngine.Outcome:
    """
    @notice What a series pays, as stored, or as `settle` would store it now.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown"
    """
    return forward_series._outcome(_series)


@external
@view
def check_order(
    _order: IForwardsEngine.Order,
    _signature: Bytes[signed_orders.MAX_SIGNATURE],
    _other: address,
) -> uint256:
    """
    @notice Whether an order can be filled now, money apart.
    @param _order the order
    @param _signature its maker's signature
    @param _other the other party
    @return [contracts] what is left of it
    @custom:reverts "engine: …", "order: …", "series: …"
    """
    return self._accept(_order, _signature, _other).remaining


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
@view
def _digest(_order: IForwardsEngine.Order) -> bytes32:
    """
    @notice What the maker of an order signs.
    @param _order the order
    @return digest
    """
    return signed_orders._digest(eip712_domain_separator._domain_separator_v4(), _order)


@internal
@view
def _check_recipient(_recipient: address):
    """
    @notice Refuse a recipient that could never use what it gets.
    @param _recipient recipient
    """
    assert _recipient != empty(address) and _recipient != self, "engine: no recipient"


@internal
def _mint_pair(
    _series: uint256, _quantity: uint256, _long_recipient: address, _short_recipient: address
):
    """
    @notice Pull the cost of pairs from the caller and mint both sides.
    @param _series series
    @param _quantity [contracts]
    @param _long_recipient who gets LONG
    @param _short_recipient who gets SHORT
    """
    assert (
        _quantity != 0 and _quantity <= forward_terms.MAX_QUANTITY
    ), "engine: quantity out of range"
    self._check_recipient(_long_recipient)
    self._check_recipient(_short_recipient)
    terms: IForwardsEngine.Terms = forward_series._open_terms(_series, True)
    positions._mint(_long_recipient, _series, _quantity)
    positions._mint(_short_recipient, _series + 1, _quantity)
    log IForwardsEngine.PairsMinted(series=_series, payer=msg.sender, quantity=_quantity)
    cost: uint256 = forward_terms._pair_cost(forward_terms._month(terms))
    forward_cash._pull(terms.token, msg.sender, _quantity * cost)
    positions._tell(_long_recipient, _series, _quantity)
    positions._tell(_short_recipient, _series + 1, _quantity)


@internal
@view
def _accept(
    _order: IForwardsEngine.Order,
    _signature: Bytes[signed_orders.MAX_SIGNATURE],
    _other: address,
) -> Offer:
    """
    @notice Refuse an order that cannot be filled now, money apart.
    @param _order the order
    @param _signature its maker's signature
    @param _other the other party
    @return what can be filled
    """
    offer: Offer = empty(Offer)
    assert len(_order.series) != 0, "engine: no series"
    previous: uint256 = 0
    legs: uint256 = 0
    count: uint256 = 0
    for series: uint256 in _order.series:
        assert series > previous, "engine: series not ascending"
        previous = series
        terms: IForwardsEngine.Terms = forward_series._open_terms(
            series, _order.may_trade_in_window
        )
        assert count == 0 or offer.token == terms.token, "engine: more than one token"
        offer.token = terms.token
        assert (
            _order.price_ticks >= terms.floor_ticks and _order.price_ticks <= terms.cap_ticks
        ), "engine: price out of range"
        month: forward_terms.Month = forward_terms._month(terms)
        legs += forward_terms._leg(month, _order.price_ticks, _order.is_buy)
        offer.months[count] = month
        count += 1
    offer.digest = self._digest(_order)
    offer.remaining = order_book._check(offer.digest, _order, _signature, _other)
    assert _order.quantity * legs <= _order.max_collateral, "engine: too much collateral"
    return offer


@internal
def _fill(
    _taker: address,
    _order: IForwardsEngine.Order,
    _signature: Bytes[signed_orders.MAX_SIGNATURE],
    _quantity: uint256,
    _minimum_quantity: uint256,
) -> uint256:
    """
    @notice Let an account take the other side of an order.
    @param _taker the account
    @param _order the order
    @param _signature its maker's signature
    @param _quantity [contracts] most to take
    @param _minimum_quantity [contracts] least to take
    @return [contracts] taken
    """
    offer: Offer = self._accept(_order, _signature, _taker)
    quantity: uint256 = min(_quantity, offer.remaining)
    assert quantity >= _minimum_quantity, "engine: less than asked for"
    order_book._fill(offer.digest, _order, offer.remaining, quantity)
    self._trade(
        Deal(
            buyer=_order.maker if _order.is_buy else _taker,
            seller=_taker if _order.is_buy else _order.maker,
            price_ticks=_order.price_ticks,
            quantity=quantity,
            token=offer.token,
            series=_order.series,
            months=offer.months,
        )
    )
    return quantity


@internal
def _trade(_deal: Deal):
    """
    @notice Close what the parties hold on the other side, open the rest, and move one net amount
        from or to each.
    @param _deal parties, price, quantity and months
    """
    buyer_pays: uint256 = 0
    buyer_gets: uint256 = 0
    seller_pays: uint256 = 0
    seller_gets: uint256 = 0
    longs: uint256[signed_orders.MAX_STRIP] = empty(uint256[signed_orders.MAX_STRIP])
    shorts: uint256[signed_orders.MAX_STRIP] = empty(uint256[signed_orders.MAX_STRIP])
    for i: uint256 in range(len(_deal.series), bound=signed_orders.MAX_STRIP):
        series: uint256 = _deal.series[i]
        closed: uint256 = positions._exchange(_deal.buyer, series + 1, series, _deal.quantity)
        buyer_leg: uint256 = forward_terms._leg(_deal.months[i], _deal.price_ticks, True)
        seller_leg: uint256 = forward_terms._leg(_deal.months[i], _deal.price_ticks, False)
        longs[i] = _deal.quantity - closed
        buyer_pays += (_deal.quantity - closed) * buyer_leg
        buyer_gets += closed * seller_leg
        closed = positions._exchange(_deal.seller, series, series + 1, _deal.quantity)
        shorts[i] = _deal.quantity - closed
        seller_pays += (_deal.quantity - closed) * seller_leg
        seller_gets += closed * buyer_leg
        log IForwardsEngine.Traded(
            series=series,
            buyer=_deal.buyer,
            seller=_deal.seller,
            price_ticks=_deal.price_ticks,
            quantity=_deal.quantity,
        )
    forward_cash._pull_net(_deal.token, _deal.buyer, buyer_pays, buyer_gets)
    forward_cash._pull_net(_deal.token, _deal.seller, seller_pays, seller_gets)
    forward_cash._push_net(_deal.token, _deal.buyer, buyer_pays, buyer_gets)
    forward_cash._push_net(_deal.token, _deal.seller, seller_pays, seller_gets)
    if _deal.buyer.is_contract or _deal.seller.is_contract:
        for i: uint256 in range(len(_deal.series), bound=signed_orders.MAX_STRIP):
            positions._tell(_deal.buyer, _deal.series[i], longs[i])
            positions._tell(_deal.seller, _deal.series[i] + 1, shorts[i])
