# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Hashrate fund
@license GNU Affero General Public License v3.0 only
@notice A basket of series in one ERC-20 (18 decimals): 1 share is a fixed number of whole TH/s of
        each series, for ever. Anyone creates shares by bringing the basket and redeems them for it.
        The rewards of every series go to whoever held the shares on the day, each in its own coin.
        docs/fund.md is the law.
@dev Invariants (numbers as in the stateful tests):
     F1. of each series the tokens held, less those donated, are its weight times the supply;
     F2. what an account claims of a series is the floor of the exact sum over its days, whoever
         claims when and together with which others;
     F3. no more goes out than came in: in the end less than one base unit for each account and
         series is left;
     F4. a series or coin that refuses holds up its own rewards and nobody else's;
     F5. nobody has a role; there is no fee, no manager, no net asset value, no oracle, no pause.

     Creating and redeeming are whole multiples: nothing is rounded. Money is counted for each
     series by what arrived. Trust: the series, which are looked up in the registry, and each reward
     token for being a plain token.
@custom:security Ended series stay in the basket as tokens that earn nothing any more. Contracts
                 that hold shares claim for themselves.
@custom:kill Cannot be stopped.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from ..series import IMeter
from ..series import IRewardDistributor
from ..series import IRewardIndex

implements: IERC20
implements: IERC20Detailed
implements: IMeter

from snekmate.auth import ownable
from snekmate.tokens import erc20
from ..series import metered_token
from ..series import pass_through

initializes: ownable
initializes: erc20[ownable := ownable]
initializes: metered_token
initializes: pass_through

exports: (
    # not exported: snekmate's balances, transfers, minters and ownership
    erc20.approve,
    erc20.allowance,
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
    erc20.decimals,
    metered_token.balanceOf,
    metered_token.totalSupply,
    metered_token.meter_words,
    metered_token.ths_on,
    pass_through.in_hand,
    pass_through.credit_of,
)


interface SeriesRegistry:
    def fleet_of(_series: address) -> bytes32: view


# a series in the basket
struct Part:
    distributor: address
    token: address  # of the series
    reward_token: address
    weight: uint256  # [TH/s] of it for each share


event FundShareCreated:
    creator: indexed(address)
    receiver: indexed(address)
    amount: uint256


event FundShareRedeemed:
    holder: indexed(address)
    receiver: indexed(address)
    amount: uint256


event FundRewardClaimed:
    account: indexed(address)
    distributor: indexed(address)
    receiver: address
    amount: uint256


# [count] series in a basket at most
MAX_PARTS: constant(uint256) = 8
# [TH/s] below it, so that a supply of baskets fits the series' tokens
MAX_WEIGHT: constant(uint256) = 2**32
_NEVER: constant(uint256) = 2**32 - 1

name: public(immutable(String[50]))
symbol: public(immutable(String[16]))
_PARTS: immutable(DynArray[Part, MAX_PARTS])


@deploy
def __init__(
    _registry: address,
    _series: DynArray[address, MAX_PARTS],
    _weights: DynArray[uint256, MAX_PARTS],
    _name: String[50],
    _symbol: String[16],
):
    """
    @notice Set the basket, immutable.
    @param _registry series registry
    @param _series distributors, ascending by address
    @param _weights [TH/s] whole TH/s of each series for one share
    @param _name token name, also the EIP-712 domain name
    @param _symbol token symbol
    """
    assert len(_series) != 0 and len(_series) == len(_weights), "fund: no basket"
    parts: DynArray[Part, MAX_PARTS] = []
    last: uint256 = 0
    for place: uint256 in range(len(_series), bound=MAX_PARTS):
        series: address = _series[place]
        assert convert(series, uint256) > last, "fund: series not ascending"
        last = convert(series, uint256)
        assert staticcall SeriesRegistry(_registry).fleet_of(series) != empty(
            bytes32
        ), "fund: unknown series"
        assert _weights[place] != 0 and _weights[place] < MAX_WEIGHT, "fund: weight out of range"
        distributor: IRewardDistributor = IRewardDistributor(series)
        parts.append(
            Part(
                distributor=series,
                token=staticcall distributor.TOKEN(),
                reward_token=staticcall distributor.REWARD_TOKEN(),
                weight=_weights[place],
            )
        )
    _PARTS = parts
    name = _name
    symbol = _symbol
    ownable.__init__()
    ownable._transfer_ownership(empty(address))
    # snekmate's own name and symbol fields are too short for ours and are not exported
    erc20.__init__("", "", 18, _name, "1")
    metered_token.__init__(self, False)
    pass_through.__init__()


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def create(_amount: uint256, _receiver: address = msg.sender):
    """
    @notice Bring the basket, get shares.
    @param _amount [shares, 18 dec] whole multiples of 1e-18 of the basket are pulled
    @param _receiver who gets the shares
    @custom:reverts "fund: nothing to create", "token: …",
        "meter: …"
    @custom:emits FundShareCreated
    """
    assert _amount != 0, "fund: nothing to create"
    log FundShareCreated(creator=msg.sender, receiver=_receiver, amount=_amount)
    metered_token._mint(_receiver, _amount, block.timestamp)
    for part: Part in _PARTS:
        # the series' token moves what it is asked to, or reverts
        extcall IERC20(part.token).transferFrom(msg.sender, self, part.weight * _amount)


@external
def redeem(_amount: uint256, _receiver: address = msg.sender):
    """
    @notice Turn shares back into the basket. What they earned until now stays claimable.
    @param _amount [shares, 18 dec] the caller's
    @param _receiver who gets the basket
    @custom:reverts "meter: balance too low", "token: …"
    @custom:emits FundShareRedeemed
    """
    log FundShareRedeemed(holder=msg.sender, receiver=_receiver, amount=_amount)
    metered_token._burn(msg.sender, _amount, block.timestamp)
    for part: Part in _PARTS:
        extcall IERC20(part.token).transfer(_receiver, part.weight * _amount)


@external
def claim(
    _account: address = msg.sender,
    _places: DynArray[uint256, MAX_PARTS] = [],
    _receiver: address = empty(address),
) -> DynArray[uint256, MAX_PARTS]:
    """
    @notice Pay an account what its shares have earned on settled days, of each series in its coin.
        After very many touched days, repeat it. A series that cannot pay now is passed over; a coin
        that is not delivered waits as a credit.
    @param _account holder, the caller by default; for one with code only it itself may
    @param _places [places] which series of the basket, from 0; none for all
    @param _receiver who is paid; the account by default, another one only for the caller's own
    @return [base units] amount of each series of the basket, in its own coin
    @custom:reverts "fund: contract claims itself", "fund: not your claim",
        "fund: nothing to claim", "fund: no such series"
    @custom:emits FundRewardClaimed, Credited
    """
    receiver: address = _account
    if msg.sender != _account:
        assert _account.codesize == 0, "fund: contract claims itself"
        assert _receiver == empty(address), "fund: not your claim"
    elif _receiver != empty(address):
        receiver = _receiver
    parts: DynArray[Part, MAX_PARTS] = _PARTS
    is_done: bool = False
    amounts: DynArray[uint256, MAX_PARTS] = []
    for place: uint256 in range(len(parts), bound=MAX_PARTS):
        amounts.append(0)
        if len(_places) == 0 or place in _places:
            is_claimed: bool = False
            is_claimed, amounts[place] = self._claim_part(parts[place], _account, receiver)
            is_done = is_done or is_claimed
    for place: uint256 in _places:
        assert place < len(parts), "fund: no such series"
    assert is_done, "fund: nothing to claim"
    return amounts


@external
def pull(_place: uint256):
    """
    @notice Collect what the tokens of one series have earned. Claims do it themselves, unless very
        many days were touched.
    @param _place place in the basket, from 0
    @custom:reverts "fund: nothing collected"
    """
    parts: DynArray[Part, MAX_PARTS] = _PARTS
    assert pass_through._pull(parts[_place].distributor), "fund: nothing collected"


@external
def withdraw_credit(_token: address, _receiver: address = msg.sender) -> uint256:
    """
    @notice Pay out a coin that could not be delivered to the caller.
    @param _token reward token
    @param _receiver who is paid
    @return [base units]
    @custom:reverts "pass: nothing waits", "pass: transfer out failed"
    @custom:emits CreditWithdrawn
    """
    return pass_through._withdraw(_token, msg.sender, _receiver)


################################################################
#                            HOLDER                            #
################################################################


@external
def transfer(_to: address, _amount: uint256) -> bool:
    """
    @notice Move shares to another account; from this second on they earn there.
    @param _to receiver; not zero, not this fund
    @param _amount [shares, 18 dec] amount
    @return True; a failure reverts
    @custom:reverts "token: zero receiver", "token: receiver cannot hold", "token: balance too low",
        "meter: balance too low"
    """
    metered_token._transfer(msg.sender, _to, _amount, block.timestamp)
    return True


@external
def transferFrom(_from: address, _to: address, _amount: uint256) -> bool:
    """
    @notice Move shares of an account that approved the caller.
    @param _from present holder
    @param _to receiver; not zero, not this fund
    @param _amount [shares, 18 dec] amount
    @return True; a failure reverts
    @custom:reverts "erc20: insufficient allowance", "erc20: approve from the zero address",
        `transfer`
    """
    erc20._spend_allowance(_from, msg.sender, _amount)
    metered_token._transfer(_from, _to, _amount, block.timestamp)
    return True


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def basket() -> DynArray[Part, MAX_PARTS]:
    """
    @notice What one share stands for.
    @return the series in their order, with token, coin and weight
    """
    return _PARTS


@external
@view
def preview_claim(_account: address, _place: uint256) -> (uint256, bool):
    """
    @notice What `claim` would pay of one series now.
    @param _account holder
    @param _place place in the basket, from 0
    @return [base units] amount, whether it is all there is (else claim again)
    """
    parts: DynArray[Part, MAX_PARTS] = _PARTS
    claim: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    claim, amount, is_whole = self._earned(parts[_place], _account)
    return amount, is_whole


@external
@view
def is_over(_account: address, _place: uint256) -> bool:
    """
    @notice Whether claims pass over a series because nothing of it can ever come any more.
    @param _account holder
    @param _place place in the basket, from 0
    @return True if so
    """
    parts: DynArray[Part, MAX_PARTS] = _PARTS
    return pass_through._is_over(parts[_place].distributor, _account)


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _claim_part(_part: Part, _account: address, _receiver: address) -> (bool, uint256):
    """
    @notice Claim one series for an account.
    @param _part the series
    @param _account holder
    @param _receiver who is paid
    @return whether the claim went on, [base units] amount
    @custom:emits FundRewardClaimed, Credited
    """
    if pass_through._is_over(_part.distributor, _account):
        return False, 0
    claim: IRewardIndex.Claim = empty(IRewardIndex.Claim)
    amount: uint256 = 0
    is_whole: bool = False
    claim, amount, is_whole = self._earned(_part, _account)
    is_over: bool = is_whole and self._is_complete(_part.distributor, claim)
    if amount == 0 and is_whole and not is_over:
        return False, 0
    if not pass_through._collect(_part.distributor, amount):
        return False, 0
    pass_through._store(_part.distributor, _account, claim, is_over)
    if amount != 0:
        pass_through.in_hand[_part.distributor] -= amount
        log FundRewardClaimed(
            account=_account,
            distributor=_part.distributor,
            receiver=_receiver,
            amount=amount,
        )
        pass_through._push(_part.reward_token, _receiver, amount)
    return True, amount


@internal
@view
def _earned(_part: Part, _account: address) -> (IRewardIndex.Claim, uint256, bool):
    """
    @notice Walk an account over one series, its work times the weight.
    @param _part the series
    @param _account holder
    @return its state after it, [base units] amount, whether nothing is left to walk
    """
    return pass_through._walk(
        _part.distributor,
        self,
        _part.distributor,
        _account,
        _part.weight,
        _NEVER,
        IRewardIndex.Span(
            paid_low=0,
            paid_high=max_value(uint256),
            arrears_low=0,
            arrears_high=max_value(uint256),
        ),
    )


@internal
@view
def _is_complete(_distributor: address, _claim: IRewardIndex.Claim) -> bool:
    """
    @notice Whether a claim that walked all there is has all there will ever be: every day of the
        series is settled and walked, and every short day of it is repaid.
    @param _distributor series
    @param _claim state after the walk
    @return True if so
    """
    progress: IRewardDistributor.Progress = staticcall IRewardDistributor(_distributor).progress()
    if progress.next_day < progress.end_day or _claim.paid.day < progress.next_day:
        return False
    day: uint256 = 0
    paid: uint256 = 0
    arrears: uint256 = 0
    day, paid, arrears = staticcall IRewardIndex(_distributor).levels_at(progress.next_day)
    return _claim.level >= arrears
