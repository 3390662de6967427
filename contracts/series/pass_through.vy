# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Pass-through
@license GNU Affero General Public License v3.0 only
@notice Passes the rewards of hashrate that a contract holds on to those who hold its shares, to the
        last base unit (docs/products.md): how far each account has claimed, what was collected for
        the contract, and money out.
@dev A claim is *of* something, named by an address of its user's choice: a tranche token, or a
     distributor where one share stands for several series. Money in hand is counted for each
     distributor by what one call of `claim` brought: two series may pay in one token, and a
     donation is nobody's.

     Nothing here opens claims at the distributor or sets a payout address: then a stranger could
     collect when it does not count. Who may claim for whom is the contract's to say.
"""

from ethereum.ercs import IERC20
from . import IRewardIndex

# [count] calls of the distributor in one claim, each of 128 touched days of the holding
MAX_PULLS: constant(uint256) = 4

_PRECISION: constant(uint256) = 2**128
_HAS_LEVEL_SHIFT: constant(uint256) = 224
_IS_OVER_SHIFT: constant(uint256) = 225


event Credited:
    token: indexed(address)
    account: indexed(address)
    amount: uint256


event CreditWithdrawn:
    token: indexed(address)
    account: indexed(address)
    receiver: indexed(address)
    amount: uint256


# distributor -> [base units] collected for the contract and not passed on yet
in_hand: public(HashMap[address, uint256])
# token -> account -> [base units] that could not be delivered to it
credit_of: public(HashMap[address, HashMap[address, uint256]])
# of what -> account -> fraction 128 | paid day 32 | paid index 16 | arrears day 32
#                       | arrears index 16 | has a level 1 | is over 1
_claim_words: HashMap[address, HashMap[address, uint256]]
# of what -> account -> [base units per TH·s, 2**128] arrears level claimed
_claimed_levels: HashMap[address, HashMap[address, uint256]]


@deploy
def __init__():
    """
    @notice Nothing to set: nobody has claimed.
    """
    pass


################################################################
#                           INTERNAL                           #
################################################################


@internal
def _begin_at(_of: address, _account: address, _day: uint256):
    """
    @notice Let an account that has not claimed begin at a day.
    @param _of what is claimed
    @param _account holder
    @param _day [day] first day that counts
    """
    self._claim_words[_of][_account] = (_day << 128) | (_day << 176)


@internal
def _store(_of: address, _account: address, _claim: IRewardIndex.Claim, _is_over: bool):
    """
    @notice Write how far an account has claimed.
    @param _of what is claimed
    @param _account holder
    @param _claim state; every field fits: days < 2**32, indices < 2**15, fraction < 2**128
    @param _is_over nothing can ever be added to it
    """
    self._claim_words[_of][_account] = (
        _claim.fraction
        | (_claim.paid.day << 128)
        | (_claim.paid.index << 160)
        | (_claim.arrears.day << 176)
        | (_claim.arrears.index << 208)
        | (convert(_claim.level != 0, uint256) << _HAS_LEVEL_SHIFT)
        | (convert(_is_over, uint256) << _IS_OVER_SHIFT)
    )
    if _claim.level != 0:
        self._claimed_levels[_of][_account] = _claim.level


@internal
def _collect(_distributor: address, _needed: uint256) -> bool:
    """
    @notice Claim for this contract until there is enough in hand, as far as one call may.
    @param _distributor series
    @param _needed [base units]
    @return whether there is enough
    """
    for _: uint256 in range(MAX_PULLS):
        if self.in_hand[_distributor] >= _needed:
            return True
        if not self._pull(_distributor):
            break
    return self.in_hand[_distributor] >= _needed


@internal
def _pull(_distributor: address) -> bool:
    """
    @notice Claim for this contract once. Days that earned nothing are walked all the same.
    @param _distributor series
    @return False if it has nothing to claim, or cannot pay
    """
    token: IERC20 = IERC20(staticcall IRewardIndex(_distributor).REWARD_TOKEN())
    is_done: bool = False
    answer: Bytes[32] = b""
    # a token that has broken down cannot pay: that must not hold up another series
    is_done, answer = raw_call(
        token.address,
        abi_encode(self, method_id=method_id("balanceOf(address)")),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not is_done or len(answer) != 32:
        return False
    before: uint256 = convert(answer, uint256)
    is_done = raw_call(
        _distributor,
        abi_encode(self, method_id=method_id("claim(address)")),
        revert_on_failure=False,
    )
    if is_done:
        # a failure here undoes the claim: what came would be counted for nobody
        self.in_hand[_distributor] += staticcall token.balanceOf(self) - before
    return is_done


@internal
def _push(_token: address, _account: address, _amount: uint256):
    """
    @notice Pay tokens out, or keep them for the account if the token does not deliver them.
    @param _token token
    @param _account who is paid
    @param _amount [base units]
    @custom:emits Credited
    """
    if _amount == 0 or self._is_sent(_token, _account, _amount):
        return
    self.credit_of[_token][_account] += _amount
    log Credited(token=_token, account=_account, amount=_amount)


@internal
def _withdraw(_token: address, _account: address, _receiver: address) -> uint256:
    """
    @notice Pay an account's credit out.
    @param _token token
    @param _account whose credit
    @param _receiver who is paid
    @return [base units]
    @custom:reverts "pass: nothing waits", "pass: transfer out failed"
    @custom:emits CreditWithdrawn
    """
    amount: uint256 = self.credit_of[_token][_account]
    assert amount != 0, "pass: nothing waits"
    self.credit_of[_token][_account] = 0
    log CreditWithdrawn(token=_token, account=_account, receiver=_receiver, amount=amount)
    assert self._is_sent(_token, _receiver, amount), "pass: transfer out failed"
    return amount


@internal
def _is_sent(_token: address, _account: address, _amount: uint256) -> bool:
    """
    @notice Transfer tokens, if their contract will.
    @param _token token
    @param _account who is paid
    @param _amount [base units]
    @return False if it reverted or answered false
    """
    is_done: bool = False
    answer: Bytes[32] = b""
    is_done, answer = raw_call(
        _token,
        abi_encode(_account, _amount, method_id=method_id("transfer(address,uint256)")),
        max_outsize=32,
        revert_on_failure=False,
    )
    # no answer is that of an early token
    return is_done and (len(answer) == 0 or convert(answer, uint256) != 0)


@internal
@view
def _walk(
    _distributor: address,
    _meter: address,
    _of: address,
    _account: address,
    _weight: uint256,
    _end_day: uint256,
    _span: IRewardIndex.Span,
) -> (IRewardIndex.Claim, uint256, bool):
    """
    @notice Walk an account from where it last claimed, as far as one call may.
    @param _distributor series
    @param _meter who held how many shares for how long
    @param _of what is claimed
    @param _account holder
    @param _weight [TH/s per share] below 2**94: a share that stands for no hashrate cannot exist
    @param _end_day [day] first day not walked
    @param _span part of the index
    @return the state after it, [base units] amount that became claimable (rounds down, fraction
        kept), whether nothing is left to walk
    """
    claim: IRewardIndex.Claim = self._claim_of(_of, _account)
    carried: uint256 = claim.fraction
    claim.fraction = 0
    amount: uint256 = 0
    is_whole: bool = False
    claim, amount, is_whole = staticcall IRewardIndex(_distributor).accrue(
        _meter, _account, claim, _end_day, _span
    )
    # the walk comes to amount + fraction / 2**128 exactly, and so does its multiple
    low: uint256 = _weight * claim.fraction + carried
    claim.fraction = low % _PRECISION
    # rounds down, in favour of nobody: the fraction is kept
    return claim, _weight * amount + low // _PRECISION, is_whole


@internal
@view
def _claim_of(_of: address, _account: address) -> IRewardIndex.Claim:
    """
    @notice Read how far an account has claimed.
    @param _of what is claimed
    @param _account holder
    @return the state, empty for a new account
    """
    word: uint256 = self._claim_words[_of][_account]
    level: uint256 = 0
    if (word >> _HAS_LEVEL_SHIFT) & 1 != 0:
        level = self._claimed_levels[_of][_account]
    return IRewardIndex.Claim(
        fraction=word & (2**128 - 1),
        paid=IRewardIndex.Cursor(
            day=(word >> 128) & (2**32 - 1), index=(word >> 160) & (2**16 - 1)
        ),
        arrears=IRewardIndex.Cursor(
            day=(word >> 176) & (2**32 - 1), index=(word >> 208) & (2**16 - 1)
        ),
        level=level,
        has_instructions=False,
    )


@internal
@view
def _is_over(_of: address, _account: address) -> bool:
    """
    @notice Whether nothing can ever be added to an account's claim.
    @param _of what is claimed
    @param _account holder
    @return as it was stored
    """
    return self._claim_words[_of][_account] >> _IS_OVER_SHIFT != 0
