# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Forwards vault
@license GNU Affero General Public License v3.0 only
@notice All money and positions of forwards, and no orders. LONG and SHORT of a contract for some
        days are worth what they cost together, whatever happens. Anyone creates a series on any
        index; books that the parties trust say who trades what; after the window the index says
        what each side gets, once and for ever.
@dev Invariants (`docs/forwards.md`, numbers as in the stateful tests):
     1. LONG and SHORT of a series are equal in number until it is settled;
     2. the tokens inside are what is held for all series and all credits, and donations;
     3. nobody changes what another's holding redeems to;
     4. all holders of a series together get what was put in, to the unit;
     5. a series that is due settles if its index is honest; a pair can always be merged;
     6. nobody has a role;
     7. a book moves the cash and positions only of those who named it, and no further than they
        said.

     None of them depends on what a book does: band, window, collateral and each party's cap are
     checked here. Every entry point checks and writes all positions, fills and payouts, then pulls,
     then pushes, then asks receivers; one lock covers them all. Rounding: one floor, once per
     series (`settlement`). Trust: each series its index, the settlement tokens for being plain.
@custom:security A settlement token that rebases or charges fees is refused on the way in, but one
                 that begins later, or freezes this contract, hurts its own series. A false index
                 hurts the series that name it.
@custom:kill Cannot be paused. A series whose index falls silent settles 60 days after its window.
"""

from . import IForwardsVault

implements: IForwardsVault

from ..exchange import IExchange
from ..exchange import cash
from ..exchange import permits
from . import IForwardsMetadata
from . import named_books
from . import positions
from . import series
from . import terms

initializes: positions
initializes: named_books
initializes: cash
initializes: series

exports: (
    positions.balanceOf,
    positions.balanceOfBatch,
    positions.isApprovedForAll,
    positions.setApprovalForAll,
    named_books.BOOK,
    cash.credit_of,
    cash.is_token,
)


# writes the text of `uri`
METADATA: public(immutable(address))


@deploy
def __init__(
    _book_blueprint: address, _metadata: address, _tokens: DynArray[address, cash.MAX_TOKENS]
):
    """
    @notice Set what all series share and deploy the official book; the deployer keeps no right.
    @param _book_blueprint creation code of `ForwardsBook` (ERC-5202)
    @param _metadata what writes the text of `uri`
    @param _tokens settlement tokens: plain ones that neither rebase nor take fees
    """
    assert _metadata.is_contract, "vault: no metadata"
    METADATA = _metadata
    positions.__init__()
    named_books.__init__(create_from_blueprint(_book_blueprint, self))
    cash.__init__(_tokens)
    series.__init__()


################################################################
#                        SERIES AND PAIRS                      #
################################################################


@external
def create_series(_terms: IForwardsVault.Terms) -> uint256:
    """
    @notice Create the series of some terms, by anyone; nothing happens if it exists.
    @param _terms the terms; the index may be any contract (`IIndex`), good or bad
    @return series, the id of LONG; SHORT has the next
    @custom:reverts "cash: token not listed", "series: …", "terms: …", "index: …"
    @custom:emits SeriesCreated
    """
    id: uint256 = terms._series_of(_terms)
    if not series._exists(id):
        cash._check_listed(_terms.token)
        series._create(id, _terms)
    return id


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
    @custom:reverts "vault: quantity out of range", "vault: no recipient", "series: …", "cash: …",
        "position: receiver takes none"
    @custom:emits PairsMinted
    """
    self._mint_pair(_series, _quantity, _long_recipient, _short_recipient)


@external
def mint_pair_with_permit(
    _permit: IExchange.Permit,
    _series: uint256,
    _quantity: uint256,
    _long_recipient: address,
    _short_recipient: address,
):
    """
    @notice As `mint_pair`, trying a permit first.
    @param _permit EIP-2612 permit for this contract, ignored if it fails
    @param _series series whose window is not over
    @param _quantity [contracts]
    @param _long_recipient who gets LONG
    @param _short_recipient who gets SHORT
    @custom:reverts `mint_pair`
    @custom:emits PairsMinted
    """
    # only tokens of the list are ever called, since this contract spends what others approved
    if cash.is_token[_permit.token]:
        permits._try(_permit, self)
    self._mint_pair(_series, _quantity, _long_recipient, _short_recipient)


@external
def merge_pair(_series: uint256, _quantity: uint256, _recipient: address):
    """
    @notice Return LONG and SHORT for what they cost together, at any time, whatever the index.
    @param _series series
    @param _quantity [contracts] of both sides, the caller's
    @param _recipient who is paid
    @custom:reverts "vault: no recipient", "series: …", "position: too small"
    @custom:emits PairsMerged, Credited
    """
    self._check_recipient(_recipient)
    band: terms.Band = series._band(_series)
    positions._burn(msg.sender, _series, _quantity)
    positions._burn(msg.sender, _series + 1, _quantity)
    series._count(_series, 0, _quantity)
    log IForwardsVault.PairsMerged(
        series=_series, holder=msg.sender, recipient=_recipient, quantity=_quantity
    )
    cash._push(band.token, _recipient, _quantity * terms._pair_cost(band))


################################################################
#                             BOOKS                            #
################################################################


@external
def approve_book(
    _book: address, _token: address, _cash_limit: uint256, _may_close: bool, _until: uint256
):
    """
    @notice Let a book trade for the caller in one token, instead of what it could before. A book
            can trade at any price inside the band: name one only for what it may lose.
    @param _book any address; the official book needs this only after it was disowned
    @param _token settlement token
    @param _cash_limit [base units] most that its trades pull from the caller in all, net of each
    @param _may_close whether its trades may close positions of the caller
    @param _until [unix s] last second
    @custom:reverts "vault: limit too large", "vault: until too far"
    @custom:emits BookNamed
    """
    named_books._name(msg.sender, _book, _token, _cash_limit, _may_close, _until)


@external
def disown_book(_book: address):
    """
    @notice End all that a book may do for the caller; the official book too.
    @param _book any address
    @custom:emits BookDisowned
    """
    named_books._disown(msg.sender, _book)


@external
def trade(_trade: IForwardsVault.Trade) -> (int256, int256):
    """
    @notice Let two parties trade legs, closing what they hold on the other side before they open;
            one net amount moves from or to each. By a book that both have named.
    @dev Every sum stays below 2**252: twelve legs of 2**120 contracts, each below 2**127.
    @param _trade parties, quantity, legs and caps
    @return [base units] what the maker paid, what the taker paid; below zero what it received
    @custom:reverts "vault: …", "series: …", "terms: price out of range", "cash: …",
        "position: …"
    @custom:emits Traded, Credited
    """
    assert _trade.maker != _trade.taker, "vault: with itself"
    token: address = self._token_of(_trade.legs)
    # of each pair the maker's comes first, the taker's next
    parties: address[2] = [_trade.maker, _trade.taker]
    namings: IForwardsVault.Naming[2] = [
        self._check_named(_trade.maker, token), self._check_named(_trade.taker, token)
    ]
    pays: uint256[2] = [0, 0]  # for what each opens
    gets: uint256[2] = [0, 0]  # for what each closes
    opened: uint256[2][terms.MAX_LEGS] = empty(uint256[2][terms.MAX_LEGS])
    for i: uint256 in range(len(_trade.legs), bound=terms.MAX_LEGS):
        leg: IForwardsVault.Leg = _trade.legs[i]
        band: terms.Band = series._open_band(leg.series, _trade.may_trade_in_window)
        self._check_token(band.token, token)
        count: uint256 = self._contracts(_trade.quantity, leg.ratio)
        b: uint256 = 0 if leg.is_buy else 1  # who buys
        s: uint256 = 1 - b  # who sells
        shorts: uint256 = 0  # that the buyer closes
        if namings[b].may_close:
            shorts = min(count, positions._balance(parties[b], leg.series + 1))
        longs: uint256 = 0  # that the seller closes
        if namings[s].may_close:
            longs = min(count, positions._balance(parties[s], leg.series))
        positions._swap(parties[s], longs, parties[b], count - shorts, leg.series)
        positions._swap(parties[b], shorts, parties[s], count - longs, leg.series + 1)
        series._count(leg.series, count, longs + shorts)
        opened[i][b] = count - shorts
        opened[i][s] = count - longs
        long_cost: uint256 = 0
        short_cost: uint256 = 0
        long_cost, short_cost = terms._costs(band, leg.price_ticks)
        pays[b] += (count - shorts) * long_cost
        gets[b] += shorts * short_cost
        pays[s] += (count - longs) * short_cost
        gets[s] += longs * long_cost
        log IForwardsVault.Traded(
            series=leg.series,
            buyer=parties[b],
            seller=parties[s],
            price_ticks=leg.price_ticks,
            quantity=count,
        )
    pulled: uint256[2] = [
        max(pays[0], gets[0]) - gets[0],  # what it owes beyond what it earned
        max(pays[1], gets[1]) - gets[1],
    ]
    assert (pulled[0] <= _trade.maker_cap and pulled[1] <= _trade.taker_cap), "vault: above the cap"
    named_books._spend(parties[0], token, namings[0], pulled[0])
    named_books._spend(parties[1], token, namings[1], pulled[1])
    cash._pull_from_two(token, parties[0], pulled[0], parties[1], pulled[1])
    cash._push(token, parties[0], max(pays[0], gets[0]) - pays[0])
    cash._push(token, parties[1], max(pays[1], gets[1]) - pays[1])
    asked: bool[2] = [
        _trade.is_maker_asked and parties[0].is_contract,
        _trade.is_taker_asked and parties[1].is_contract,
    ]
    if asked[0] or asked[1]:
        for i: uint256 in range(len(_trade.legs), bound=terms.MAX_LEGS):
            for party: uint256 in range(2):
                if asked[party]:
                    is_buyer: bool = (party == 0) == _trade.legs[i].is_buy
                    positions._ask(
                        parties[party],
                        _trade.legs[i].series + (0 if is_buyer else 1),
                        opened[i][party],
                    )
    return (
        convert(pays[0], int256) - convert(gets[0], int256),
        convert(pays[1], int256) - convert(gets[1], int256),
    )


################################################################
#                          AFTERWARDS                          #
################################################################


@external
def settle(_series: uint256) -> IForwardsVault.Outcome:
    """
    @notice Store what a series pays, once it is due; a second call changes nothing.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown", "series: not due", "index: …"
    @custom:emits SeriesSettled
    """
    return series._settle(_series)


@external
def redeem(_series: uint256, _recipient: address) -> uint256:
    """
    @notice Return all LONG and SHORT of the caller for what they pay, settling if need be.
    @param _series series
    @param _recipient who is paid
    @return [base units] paid
    @custom:reverts "vault: no recipient", "series: unknown", "series: not due", "index: …",
        "position: too small"
    @custom:emits SeriesSettled, Redeemed, Credited
    """
    self._check_recipient(_recipient)
    outcome: IForwardsVault.Outcome = series._settle(_series)
    longs: uint256 = positions._burn_all(msg.sender, _series)
    shorts: uint256 = positions._burn_all(msg.sender, _series + 1)
    amount: uint256 = longs * outcome.long_payout + shorts * outcome.short_payout
    log IForwardsVault.Redeemed(
        series=_series,
        holder=msg.sender,
        recipient=_recipient,
        long_quantity=longs,
        short_quantity=shorts,
        amount=amount,
    )
    cash._push(series._token(_series), _recipient, amount)
    return amount


@external
def withdraw(_token: address, _recipient: address) -> uint256:
    """
    @notice Get what could not be delivered to the caller.
    @param _token settlement token
    @param _recipient who is paid
    @return [base units] paid
    @custom:reverts "vault: no recipient", "cash: nothing waits", "cash: transfer out failed"
    @custom:emits Withdrawn
    """
    self._check_recipient(_recipient)
    return cash._withdraw(_token, msg.sender, _recipient)


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
    @custom:reverts "vault: no recipient", "position: …"
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
    @custom:reverts "vault: no recipient", "position: …"
    """
    self._check_recipient(_to)
    positions._transfer_batch(_from, _to, _ids, _values, _data)


################################################################
#                            VIEWS                             #
################################################################
# What never changes can be asked at any time, by a receiver too. What moves is not `reentrant`
# where it is written here; exported getters are: while a token is called they show positions of a
# trade whose money still moves.


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
def series_of(_terms: IForwardsVault.Terms) -> uint256:
    """
    @notice The series that terms make, whether it exists or not.
    @param _terms the terms
    @return series
    """
    return terms._series_of(_terms)


@external
@view
@reentrant
def terms_of(_series: uint256) -> IForwardsVault.Terms:
    """
    @notice Terms of a series.
    @param _series series
    @return the terms
    @custom:reverts "series: unknown"
    """
    return series._terms(_series)


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
    return terms._pair_cost(series._band(_series))


@external
@view
def outcome_of(_series: uint256) -> IForwardsVault.Outcome:
    """
    @notice What a series pays, as stored, or as `settle` would store it now.
    @param _series series
    @return the outcome
    @custom:reverts "series: unknown", "index: …"
    """
    return series._outcome(_series)


@external
@view
def open_interest(_series: uint256) -> uint256:
    """
    @notice How many contracts are open.
    @param _series series
    @return [contracts] LONG, and as many SHORT; zero for a series that is settled or unknown
    """
    return series._pairs(_series)


@external
@view
@reentrant
def collateral_of(
    _legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS], _may_trade_in_window: bool
) -> (address, uint256, uint256):
    """
    @notice What legs cost the two parties if neither closes anything.
    @param _legs legs
    @param _may_trade_in_window whether a series may trade once its window has begun
    @return settlement token, [base units per unit of quantity] of the maker, of the taker
    @custom:reverts "vault: …", "series: …", "terms: price out of range"
    """
    token: address = self._token_of(_legs)
    makers: uint256 = 0
    takers: uint256 = 0
    for leg: IForwardsVault.Leg in _legs:
        band: terms.Band = series._open_band(leg.series, _may_trade_in_window)
        self._check_token(band.token, token)
        count: uint256 = self._contracts(1, leg.ratio)
        long_cost: uint256 = 0
        short_cost: uint256 = 0
        long_cost, short_cost = terms._costs(band, leg.price_ticks)
        makers += count * (long_cost if leg.is_buy else short_cost)
        takers += count * (short_cost if leg.is_buy else long_cost)
    return token, makers, takers


@external
@view
@reentrant
def mean_of_last(_series: uint256, _days: uint256) -> (uint256, uint256):
    """
    @notice Mean of a series' index over its newest final days: what pegged orders follow.
    @param _series series
    @param _days [days] 1 to 7
    @return [tick] mean, rounded down; [day] the newest of them
    @custom:reverts "series: …", "index: …"
    """
    return series._mean_of_last(_series, _days)


@external
@view
def naming_of(_account: address, _book: address, _token: address) -> IForwardsVault.Naming:
    """
    @notice How far a book may trade for an account now.
    @param _account account
    @param _book any address
    @param _token settlement token
    @return the naming
    """
    return named_books._naming(_account, _book, _token)


@external
@pure
@reentrant
def name() -> String[17]:
    """
    @notice Name of the collection.
    @return name
    """
    return "Hashrate forwards"


@external
@pure
@reentrant
def contractURI() -> String[55]:
    """
    @notice JSON of the collection (ERC-7572).
    @return data URI
    """
    return 'data:application/json;utf8,{"name":"Hashrate forwards"}'


@external
@view
def uri(_id: uint256) -> String[1_536]:
    """
    @notice JSON of a position; numbers and hex only. The index is not asked.
    @param _id position
    @return data URI
    @custom:reverts "series: unknown", "index: …"
    """
    id: uint256 = _id >> 1 << 1
    return staticcall IForwardsMetadata(METADATA).uri(
        series._terms(id), _id != id, series._stored_outcome(id)
    )


################################################################
#                           INTERNAL                           #
################################################################


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
    count: uint256 = self._contracts(_quantity, 1)
    self._check_recipient(_long_recipient)
    self._check_recipient(_short_recipient)
    band: terms.Band = series._open_band(_series, True)
    positions._mint(_long_recipient, _series, count)
    positions._mint(_short_recipient, _series + 1, count)
    series._count(_series, count, 0)
    log IForwardsVault.PairsMinted(series=_series, payer=msg.sender, quantity=count)
    cash._pull(band.token, msg.sender, count * terms._pair_cost(band))
    positions._ask(_long_recipient, _series, count)
    positions._ask(_short_recipient, _series + 1, count)


@internal
@view
def _check_recipient(_recipient: address):
    """
    @notice Refuse a recipient that could never use what it gets.
    @param _recipient recipient
    @custom:reverts "vault: no recipient"
    """
    assert _recipient != empty(address) and _recipient != self, "vault: no recipient"


@internal
@view
def _token_of(_legs: DynArray[IForwardsVault.Leg, terms.MAX_LEGS]) -> address:
    """
    @notice Settlement token of the first leg, which is that of all.
    @param _legs legs
    @return token
    @custom:reverts "vault: no legs", "series: unknown"
    """
    assert len(_legs) != 0, "vault: no legs"
    return series._token(_legs[0].series)


@internal
@pure
def _check_token(_token: address, _first: address):
    """
    @notice Refuse a leg that settles in another token than the first.
    @param _token its token
    @param _first token of the first
    @custom:reverts "vault: more than one token"
    """
    assert _token == _first, "vault: more than one token"


@internal
@view
def _check_named(_account: address, _token: address) -> IForwardsVault.Naming:
    """
    @notice Refuse a caller that an account has not named.
    @param _account account
    @param _token settlement token
    @return how far the caller may trade for it
    @custom:reverts "vault: book not named"
    """
    naming: IForwardsVault.Naming = named_books._naming(_account, msg.sender, _token)
    assert naming.is_named, "vault: book not named"
    return naming


@internal
@pure
def _contracts(_quantity: uint256, _ratio: uint256) -> uint256:
    """
    @notice How many contracts of a leg, refusing none and what could leave a word.
    @param _quantity [units]
    @param _ratio [contracts per unit]
    @return [contracts]
    @custom:reverts "vault: quantity out of range"
    """
    # the product of the first two fits a word
    assert (
        _quantity <= terms.MAX_QUANTITY
        and _ratio <= terms.MAX_QUANTITY
        and _quantity * _ratio != 0
        and _quantity * _ratio <= terms.MAX_QUANTITY
    ), "vault: quantity out of range"
    return _quantity * _ratio
