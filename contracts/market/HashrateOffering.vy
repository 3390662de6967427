# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Hashrate offering
@license GNU Affero General Public License v3.0 only
@notice Where an issuer sells hashrate for the first time. Buyers get their tokens at once; their
        money waits here and goes to the seller day by day, as settled days prove delivery. Where
        the series stays owing, or ends early and the round says so, buyers hand tokens back for
        what was not delivered.
@dev Invariants (numbers as in the stateful test):
     1. what is inside for a round is what its buyers paid less what was released and refunded;
     2. it is never less than what the seller and all buyers together can ask for;
     3. delivered days never fall, and what is released never exceeds their part of what was paid;
     4. a refund burns what it pays for; nobody gets back more than its part of what it paid;
     5. tokens unsold are on the shelf, and what they earn is the seller's;
     6. once all is released and handed back, nothing is left inside.
     What a round takes rounds up, in favour of the seller; what is due and what is refunded rounds
     down and stays inside. Trust: the registry and its series, the hashprice oracle where a price
     follows it, the settlement tokens for being plain.
@custom:security Delivered means settled with nothing owed: what a day must pay is the series' own
                 terms. One without guaranteed uptime owes nothing for a day without output. Read
                 them before buying.
@custom:kill Cannot be paused. A round closes at its time.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ..exchange import IExchange
from ..exchange import cash
from ..exchange import permits
from ..series import IRewardDistributor
from . import IHashrateOffering
from . import delivery
from . import offering_price
from . import offering_rounds

initializes: cash
initializes: offering_rounds

exports: (
    cash.credit_of,
    cash.is_token,
    offering_rounds.round_count,
)


interface IListedSeries:
    def TOKEN() -> address: view
    def owner() -> address: view
    def progress() -> IRewardDistributor.Progress: view
    def terms() -> IRewardDistributor.Terms: view


interface IBurnable:
    def burn_from(_from: address, _amount_ths: uint256): nonpayable


interface IRegistry:
    def ORACLE() -> address: view
    def fleet_of(_series: address) -> bytes32: view


# registry whose series are sold
REGISTRY: public(immutable(address))
# its hashprice oracle
ORACLE: public(immutable(address))
# ERC-5202 blueprint of `Shelf`
SHELF_BLUEPRINT: public(immutable(address))


# distributor -> seller -> shelf; zero before its first round
shelf_of: public(HashMap[address, HashMap[address, address]])


@deploy
def __init__(
    _registry: address,
    _shelf_blueprint: address,
    _tokens: DynArray[address, cash.MAX_TOKENS],
):
    """
    @notice Set what can be sold and what is paid in.
    @param _registry registry of series
    @param _shelf_blueprint ERC-5202 blueprint of `Shelf`
    @param _tokens settlement tokens: plain ones that neither rebase nor take fees
    """
    assert _registry.is_contract, "offering: no registry"
    assert _shelf_blueprint.is_contract, "offering: no shelf"
    REGISTRY = _registry
    ORACLE = staticcall IRegistry(_registry).ORACLE()
    SHELF_BLUEPRINT = _shelf_blueprint
    cash.__init__(_tokens)


################################################################
#                            BUYERS                            #
################################################################


@external
def buy(
    _round: uint256, _amount_ths: uint256, _minimum_ths: uint256, _max_cost: uint256
) -> uint256:
    """
    @notice Buy hashrate, as much as is left of what is asked for. The right to a refund is the
        buyer's and does not move with the tokens.
    @param _round round
    @param _amount_ths [TH/s, 18 dec] most to buy
    @param _minimum_ths [TH/s, 18 dec] least to buy
    @param _max_cost [money base units] most to pay
    @return [TH/s, 18 dec] bought
    @custom:reverts "offering: no such round", "offering: round is closed",
        "offering: not enough left", "offering: arrears not repaid",
        "offering: series ends early", "offering: too few final days", "offering: index too old",
        "offering: costs too much", "offering: cost too large", "cash: …", "token: …"
    @custom:emits HashrateBought
    """
    return self._buy(_round, _amount_ths, _minimum_ths, _max_cost)


@external
def buy_with_permit(
    _permit: IExchange.Permit,
    _round: uint256,
    _amount_ths: uint256,
    _minimum_ths: uint256,
    _max_cost: uint256,
) -> uint256:
    """
    @notice As `buy`, trying a permit first. Any address may be called as a token here: no right of
        this contract can be used by a permit's call.
    @param _permit EIP-2612 permit of the money, ignored if it fails
    @param _round round
    @param _amount_ths [TH/s, 18 dec] most to buy
    @param _minimum_ths [TH/s, 18 dec] least to buy
    @param _max_cost [money base units] most to pay
    @return [TH/s, 18 dec] bought
    @custom:reverts `buy`
    @custom:emits as `buy`
    """
    permits._try(_permit, self)
    return self._buy(_round, _amount_ths, _minimum_ths, _max_cost)


@external
def refund(_round: uint256, _amount_ths: uint256, _minimum: uint256) -> uint256:
    """
    @notice Hand back hashrate that the caller bought, while the round is in default, for what was
        not delivered of it. Any tokens of the series will do; they are burned.
    @param _round round
    @param _amount_ths [TH/s, 18 dec] at most what it bought and has not handed back
    @param _minimum [money base units] least to get
    @return [money base units] paid
    @custom:reverts "offering: no such round", "offering: not in default",
        "offering: more than bought", "offering: too little back",
        "token: …", "meter: …"
    @custom:emits PurchaseRefunded, Credited
    """
    return self._hand_back(_round, _amount_ths, _minimum)


@external
def refund_with_permit(
    _permit: IExchange.Permit, _round: uint256, _amount_ths: uint256, _minimum: uint256
) -> uint256:
    """
    @notice As `refund`, trying a permit first.
    @param _permit EIP-2612 permit of the hashrate token, ignored if it fails
    @param _round round
    @param _amount_ths [TH/s, 18 dec] at most what it bought and has not handed back
    @param _minimum [money base units] least to get
    @return [money base units] paid
    @custom:reverts `refund`
    @custom:emits as `refund`
    """
    permits._try(_permit, self)
    return self._hand_back(_round, _amount_ths, _minimum)


@external
def withdraw(_token: address, _recipient: address) -> uint256:
    """
    @notice Fetch money that could not be delivered to the caller.
    @param _token settlement token
    @param _recipient who is paid; not zero, not this contract
    @return [base units]
    @custom:reverts "offering: cannot be paid", "cash: nothing waits", "cash: transfer out failed"
    @custom:emits Withdrawn
    """
    assert _recipient != empty(address) and _recipient != self, "offering: cannot be paid"
    return cash._withdraw(_token, msg.sender, _recipient)


################################################################
#                            SELLER                            #
################################################################


@external
def open_round(_terms: IHashrateOffering.Terms) -> uint256:
    """
    @notice Offer hashrate of a series, as its issuer. Nothing about a round can change.
    @param _terms terms; the tokens are pulled from the caller
    @return number of the round
    @custom:reverts "offering: unknown series", "offering: not the issuer",
        "cash: token not listed", "offering: nothing for sale", "offering: closes in the past",
        "offering: no delivery days", "offering: before the series", "offering: series ends early",
        "offering: arrears not repaid", "offering: not one pricing",
        "offering: price upside down", "offering: price days", "offering: money decimals",
        "offering: time too late", "offering: days out of range", "offering: amount too large",
        "token: …", "meter: …"
    @custom:emits RoundOpened
    """
    assert (
        staticcall IRegistry(REGISTRY).fleet_of(_terms.series) != empty(bytes32)
    ), "offering: unknown series"
    series: IListedSeries = IListedSeries(_terms.series)
    assert staticcall series.owner() == msg.sender, "offering: not the issuer"
    cash._check_listed(_terms.money)
    decimals: uint256 = convert(staticcall IERC20Detailed(_terms.money).decimals(), uint256)
    offering_price._check(_terms, decimals)
    assert _terms.amount_ths != 0, "offering: nothing for sale"
    assert _terms.closes_at > block.timestamp, "offering: closes in the past"
    assert _terms.delivery_days != 0, "offering: no delivery days"
    token: address = staticcall series.TOKEN()
    round: IHashrateOffering.Round = IHashrateOffering.Round(
        seller=msg.sender,
        series=_terms.series,
        token=token,
        shelf=self._shelf(_terms.series, token),
        money=_terms.money,
        opened_at=block.timestamp,
        closes_at=_terms.closes_at,
        first_day=offering_rounds._first_day(_terms.closes_at),
        delivery_days=_terms.delivery_days,
        refunds_early_end=_terms.refunds_early_end,
        pricing=_terms.pricing,
        price_days=_terms.price_days,
        low_price=_terms.low_price,
        high_price=_terms.high_price,
        unsold_ths=_terms.amount_ths,
        paid=0,
        released=0,
        kept=0,
    )
    # a series counts days from its own start: those before it would pass for delivered
    assert (round.first_day >= (staticcall series.terms()).start_day), "offering: before the series"
    delivery._check_for_sale(round)
    number: uint256 = offering_rounds._add(round, decimals)
    log IHashrateOffering.RoundOpened(
        round=number, series=_terms.series, seller=msg.sender, shelf=round.shelf, terms=_terms
    )
    # a token of the registry's moves them or reverts
    extcall IERC20(token).transferFrom(msg.sender, round.shelf, _terms.amount_ths)
    return number


@external
def release(_round: uint256) -> uint256:
    """
    @notice Pay the seller what delivered days have earned it, by anyone.
    @param _round round
    @return [money base units] paid
    @custom:reverts "offering: no such round", "offering: bond not refilled",
        "offering: nothing due"
    @custom:emits PaymentReleased, Credited
    """
    round: IHashrateOffering.Round = offering_rounds._round(_round)
    delivery._check_bond(round.series)
    days: uint256 = delivery._standing(round).delivered_days
    due: uint256 = delivery._due(round, days)
    assert due != 0, "offering: nothing due"
    offering_rounds._release(_round, due)
    log IHashrateOffering.PaymentReleased(
        round=_round, seller=round.seller, delivered_days=days, amount=due
    )
    cash._push(round.money, round.seller, due)
    return due


@external
def take_back(_round: uint256) -> uint256:
    """
    @notice Take what is unsold back, as the seller, at any time: nothing more is sold then.
    @param _round round
    @return [TH/s, 18 dec] taken back
    @custom:reverts "offering: no such round", "offering: not the seller",
        "offering: nothing unsold"
    @custom:emits HashrateTakenBack
    """
    round: IHashrateOffering.Round = offering_rounds._round(_round)
    assert msg.sender == round.seller, "offering: not the seller"
    amount_ths: uint256 = offering_rounds._clear_unsold(_round)
    assert amount_ths != 0, "offering: nothing unsold"
    log IHashrateOffering.HashrateTakenBack(round=_round, seller=msg.sender, amount_ths=amount_ths)
    self._take_from_shelf(round, msg.sender, amount_ths)
    return amount_ths


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def round_of(_round: uint256) -> IHashrateOffering.Round:
    """
    @notice A round as it stands.
    @param _round round
    @return terms, what is unsold, and the money
    @custom:reverts "offering: no such round"
    """
    return offering_rounds._round(_round)


@external
@view
def purchase_of(_round: uint256, _buyer: address) -> offering_rounds.Purchase:
    """
    @notice What a buyer paid and has not handed back.
    @param _round round
    @param _buyer buyer
    @return [money base units, and TH/s with 18 decimals]
    """
    return offering_rounds._purchase(_round, _buyer)


@external
@view
def price_of(_round: uint256) -> uint256:
    """
    @notice What a TH/s costs now, whether any is for sale or not.
    @param _round round
    @return [money base units per TH/s]
    @custom:reverts "offering: no such round", "offering: too few final days",
        "offering: index too old"
    """
    return self._price(_round, offering_rounds._for_sale(_round))


@external
@view
def cost_of(_round: uint256, _amount_ths: uint256) -> uint256:
    """
    @notice What an amount costs now, whether it is for sale or not.
    @param _round round
    @param _amount_ths [TH/s, 18 dec] amount
    @return [money base units]
    @custom:reverts "offering: no such round", "offering: too few final days",
        "offering: index too old"
    """
    price: uint256 = self._price(_round, offering_rounds._for_sale(_round))
    return offering_price._cost(_amount_ths, price)


@external
@view
def standing_of(_round: uint256) -> (uint256, bool, uint256):
    """
    @notice How far the delivery of a round has come.
    @param _round round
    @return [days] delivered, whether it is in default, [money base units] what `release` would pay
        if no bond is drawn
    @custom:reverts "offering: no such round"
    """
    round: IHashrateOffering.Round = offering_rounds._round(_round)
    standing: delivery.Standing = delivery._standing(round)
    return (
        standing.delivered_days,
        standing.is_in_default,
        delivery._due(round, standing.delivered_days),
    )


@external
@view
def preview_refund(_round: uint256, _buyer: address, _amount_ths: uint256) -> uint256:
    """
    @notice What `refund` would pay a buyer now.
    @param _round round
    @param _buyer buyer
    @param _amount_ths [TH/s, 18 dec] handed back; more than it bought counts as all
    @return [money base units]; 0 while the round is not in default
    @custom:reverts "offering: no such round"
    """
    round: IHashrateOffering.Round = offering_rounds._round(_round)
    standing: delivery.Standing = delivery._standing(round)
    purchase: offering_rounds.Purchase = offering_rounds._purchase(_round, _buyer)
    if not standing.is_in_default or purchase.bought_ths == 0:
        return 0
    part: uint256 = 0
    amount: uint256 = 0
    part, amount = delivery._refund(
        purchase.paid,
        purchase.bought_ths,
        min(_amount_ths, purchase.bought_ths),
        standing.delivered_days,
        round.delivery_days,
    )
    return amount


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _buy(
    _number: uint256, _amount_ths: uint256, _minimum_ths: uint256, _max_cost: uint256
) -> uint256:
    """
    @notice Sell to the caller.
    @param _number round
    @param _amount_ths [TH/s, 18 dec] most to buy
    @param _minimum_ths [TH/s, 18 dec] least to buy
    @param _max_cost [money base units] most to pay
    @return [TH/s, 18 dec] bought
    """
    round: IHashrateOffering.Round = offering_rounds._for_sale(_number)
    assert block.timestamp < round.closes_at, "offering: round is closed"
    amount_ths: uint256 = min(_amount_ths, round.unsold_ths)
    assert amount_ths != 0 and amount_ths >= _minimum_ths, "offering: not enough left"
    delivery._check_for_sale(round)
    cost: uint256 = offering_price._cost(amount_ths, self._price(_number, round))
    assert cost <= _max_cost, "offering: costs too much"
    offering_rounds._sell(_number, msg.sender, amount_ths, cost)
    log IHashrateOffering.HashrateBought(
        round=_number, buyer=msg.sender, amount_ths=amount_ths, cost=cost
    )
    cash._pull(round.money, msg.sender, cost)
    self._take_from_shelf(round, msg.sender, amount_ths)
    return amount_ths


@internal
def _hand_back(_number: uint256, _amount_ths: uint256, _minimum: uint256) -> uint256:
    """
    @notice Burn tokens of the caller for what was not delivered of them.
    @param _number round
    @param _amount_ths [TH/s, 18 dec] handed back
    @param _minimum [money base units] least to get
    @return [money base units] paid
    """
    round: IHashrateOffering.Round = offering_rounds._round(_number)
    standing: delivery.Standing = delivery._standing(round)
    assert standing.is_in_default, "offering: not in default"
    purchase: offering_rounds.Purchase = offering_rounds._purchase(_number, msg.sender)
    assert (_amount_ths != 0 and _amount_ths <= purchase.bought_ths), "offering: more than bought"
    part: uint256 = 0
    amount: uint256 = 0
    part, amount = delivery._refund(
        purchase.paid,
        purchase.bought_ths,
        _amount_ths,
        standing.delivered_days,
        round.delivery_days,
    )
    # nobody burns hashrate for nothing
    assert amount != 0 and amount >= _minimum, "offering: too little back"
    offering_rounds._hand_back(_number, msg.sender, _amount_ths, part, amount)
    log IHashrateOffering.PurchaseRefunded(
        round=_number,
        buyer=msg.sender,
        amount_ths=_amount_ths,
        delivered_days=standing.delivered_days,
        amount=amount,
    )
    extcall IBurnable(round.token).burn_from(msg.sender, _amount_ths)
    cash._push(round.money, msg.sender, amount)
    return amount


@internal
def _shelf(_series: address, _token: address) -> address:
    """
    @notice Shelf of the caller for a series, made for its first round.
    @param _series distributor of the series
    @param _token its hashrate token
    @return the shelf
    """
    shelf: address = self.shelf_of[_series][msg.sender]
    if shelf == empty(address):
        # the address says whose and of what it is, whatever else was made before
        shelf = create_from_blueprint(
            SHELF_BLUEPRINT, _token, _series, msg.sender, salt=empty(bytes32)
        )
        self.shelf_of[_series][msg.sender] = shelf
    return shelf


@internal
def _take_from_shelf(_round: IHashrateOffering.Round, _receiver: address, _amount_ths: uint256):
    """
    @notice Move tokens from the shelf.
    @param _round the round
    @param _receiver who gets them
    @param _amount_ths [TH/s, 18 dec] amount
    """
    # a token of the registry's moves them or reverts
    extcall IERC20(_round.token).transferFrom(_round.shelf, _receiver, _amount_ths)


@internal
@view
def _price(_number: uint256, _round: IHashrateOffering.Round) -> uint256:
    """
    @notice What a TH/s of a round costs now.
    @param _number its number
    @param _round the round
    @return [money base units per TH/s]
    """
    return offering_price._price(_round, ORACLE, offering_rounds._decimals(_number))
