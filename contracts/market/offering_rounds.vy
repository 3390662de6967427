# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Rounds of an offering
@license GNU Affero General Public License v3.0 only
@notice Terms, money and purchases of each round. It moves no tokens and checks no roles.
@dev What `buy` reads of a round is six words:

         series 160 | closes at 40 | delivery days 16 | refunds early end 1
         token 160  | opened at 40 | pricing 8
         money 160  | price days 16 | decimals 8
         shelf 160
         low price 128 | high price 128
         paid 128 | unsold 128             written by `buy`, a refund and `take_back`

     and two more are for the seller: who it is, and released 128 | kept 128.
"""

from . import IHashrateOffering

_DAY_SECONDS: constant(uint256) = 86_400
_ADDRESS_MASK: constant(uint256) = 2**160 - 1
_LOW_MASK: constant(uint256) = 2**128 - 1
_TIME_MASK: constant(uint256) = 2**40 - 1
_DAYS_MASK: constant(uint256) = 2**16 - 1


# a round as stored
struct Words:
    series: uint256
    token: uint256
    money: uint256
    shelf: address
    prices: uint256
    sale: uint256
    seller: address
    payout: uint256


# what a buyer paid and has not handed back
struct Purchase:
    paid: uint256  # [money base units]
    bought_ths: uint256  # [TH/s, 18 dec]


# [count] rounds opened; their numbers are 1 to that
round_count: public(uint256)
# number -> words
_rounds: HashMap[uint256, Words]
# number -> buyer -> paid 128 | bought 128
_purchases: HashMap[uint256, HashMap[address, uint256]]


@internal
def _add(_round: IHashrateOffering.Round, _decimals: uint256) -> uint256:
    """
    @notice Write a new round.
    @param _round the round; nothing of it sold
    @param _decimals [decimals] of its money
    @return its number
    @custom:reverts "offering: time too late", "offering: days out of range",
        "offering: amount too large"
    """
    assert _round.closes_at <= _TIME_MASK, "offering: time too late"
    assert (
        _round.delivery_days <= _DAYS_MASK and _round.price_days <= _DAYS_MASK
    ), "offering: days out of range"
    assert (
        _round.high_price <= _LOW_MASK and _round.unsold_ths <= _LOW_MASK
    ), "offering: amount too large"
    self.round_count += 1
    self._rounds[self.round_count] = Words(
        series=(
            convert(_round.series, uint256)
            | (_round.closes_at << 160)
            | (_round.delivery_days << 200)
            | (convert(_round.refunds_early_end, uint256) << 216)
        ),
        token=(
            convert(_round.token, uint256)
            | (_round.opened_at << 160)
            | (convert(_round.pricing, uint256) << 200)
        ),
        money=(convert(_round.money, uint256) | (_round.price_days << 160) | (_decimals << 176)),
        shelf=_round.shelf,
        prices=_round.low_price | (_round.high_price << 128),
        sale=_round.unsold_ths << 128,
        seller=_round.seller,
        payout=0,
    )
    return self.round_count


@internal
def _sell(_number: uint256, _buyer: address, _amount_ths: uint256, _cost: uint256):
    """
    @notice Write a sale.
    @param _number round
    @param _buyer who buys
    @param _amount_ths [TH/s, 18 dec] at most what is unsold
    @param _cost [money base units] it pays
    @custom:reverts "offering: cost too large"
    """
    sale: uint256 = self._rounds[_number].sale
    paid: uint256 = (sale & _LOW_MASK) + _cost
    # what each buyer paid and bought is no more than that
    assert paid <= _LOW_MASK, "offering: cost too large"
    self._rounds[_number].sale = paid | (((sale >> 128) - _amount_ths) << 128)
    purchase: Purchase = self._purchase(_number, _buyer)
    purchase.paid += _cost
    purchase.bought_ths += _amount_ths
    self._write_purchase(_number, _buyer, purchase)


@internal
def _clear_unsold(_number: uint256) -> uint256:
    """
    @notice Take what is unsold out of a round.
    @param _number round
    @return [TH/s, 18 dec] what was unsold
    """
    sale: uint256 = self._rounds[_number].sale
    self._rounds[_number].sale = sale & _LOW_MASK
    return sale >> 128


@internal
def _release(_number: uint256, _amount: uint256):
    """
    @notice Write that money went to the seller.
    @param _number round
    @param _amount [money base units]
    """
    # released is never more than was ever paid: both fit
    self._rounds[_number].payout += _amount


@internal
def _hand_back(
    _number: uint256, _buyer: address, _amount_ths: uint256, _part: uint256, _amount: uint256
):
    """
    @notice Write that a buyer handed hashrate back.
    @param _number round
    @param _buyer who hands it back
    @param _amount_ths [TH/s, 18 dec] how much, at most what it bought
    @param _part [money base units] what it had paid for that
    @param _amount [money base units] what it gets of that; the rest is the seller's from now on
    """
    self._rounds[_number].sale -= _part
    self._rounds[_number].payout += (_part - _amount) << 128
    purchase: Purchase = self._purchase(_number, _buyer)
    purchase.paid -= _part
    purchase.bought_ths -= _amount_ths
    self._write_purchase(_number, _buyer, purchase)


@internal
def _write_purchase(_number: uint256, _buyer: address, _purchase: Purchase):
    """
    @notice Store what a buyer has.
    @param _number round
    @param _buyer the buyer
    @param _purchase both below 2**128
    """
    self._purchases[_number][_buyer] = _purchase.paid | (_purchase.bought_ths << 128)


@internal
@view
def _purchase(_number: uint256, _buyer: address) -> Purchase:
    """
    @notice What a buyer paid and has not handed back.
    @param _number round
    @param _buyer the buyer
    @return the purchase
    """
    word: uint256 = self._purchases[_number][_buyer]
    return Purchase(paid=word & _LOW_MASK, bought_ths=word >> 128)


@internal
@view
def _decimals(_number: uint256) -> uint256:
    """
    @notice Decimals of a round's money, as they were when it was opened.
    @param _number round
    @return [decimals]
    """
    return self._rounds[_number].money >> 176


@internal
@view
def _for_sale(_number: uint256) -> IHashrateOffering.Round:
    """
    @notice A round as far as a buyer needs it: without seller, released and kept.
    @param _number round
    @return the round
    @custom:reverts "offering: no such round"
    """
    series: uint256 = self._rounds[_number].series
    assert series != 0, "offering: no such round"
    token: uint256 = self._rounds[_number].token
    money: uint256 = self._rounds[_number].money
    prices: uint256 = self._rounds[_number].prices
    sale: uint256 = self._rounds[_number].sale
    closes_at: uint256 = (series >> 160) & _TIME_MASK
    return IHashrateOffering.Round(
        seller=empty(address),
        series=convert(series & _ADDRESS_MASK, address),
        token=convert(token & _ADDRESS_MASK, address),
        shelf=self._rounds[_number].shelf,
        money=convert(money & _ADDRESS_MASK, address),
        opened_at=(token >> 160) & _TIME_MASK,
        closes_at=closes_at,
        first_day=self._first_day(closes_at),
        delivery_days=(series >> 200) & _DAYS_MASK,
        refunds_early_end=series >> 216 != 0,
        pricing=convert(token >> 200, IHashrateOffering.Pricing),
        price_days=(money >> 160) & _DAYS_MASK,
        low_price=prices & _LOW_MASK,
        high_price=prices >> 128,
        unsold_ths=sale >> 128,
        paid=sale & _LOW_MASK,
        released=0,
        kept=0,
    )


@internal
@view
def _round(_number: uint256) -> IHashrateOffering.Round:
    """
    @notice All of a round.
    @param _number round
    @return the round
    @custom:reverts "offering: no such round"
    """
    round: IHashrateOffering.Round = self._for_sale(_number)
    payout: uint256 = self._rounds[_number].payout
    round.seller = self._rounds[_number].seller
    round.released = payout & _LOW_MASK
    round.kept = payout >> 128
    return round


@internal
@pure
def _first_day(_closes_at: uint256) -> uint256:
    """
    @notice The day after the one in which a round closes.
    @param _closes_at [unix s]
    @return [day] first day whose delivery counts
    """
    return _closes_at // _DAY_SECONDS + 1
