# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Cash
@license GNU Affero General Public License v3.0 only
@notice Settlement tokens in and out, and what could not be delivered. It knows no product.
@dev The list of tokens never changes. What is pulled must arrive in full; what cannot be pushed is
     credited to the account it was for. Donations change nothing.
"""

from ethereum.ercs import IERC20
from . import IExchange

# settlement tokens at most
MAX_TOKENS: constant(uint256) = 16


# token -> whether it is on the list; written by the constructor alone
is_token: public(HashMap[address, bool])
# token -> account -> [base units] waiting for it
credit_of: public(HashMap[address, HashMap[address, uint256]])


@deploy
def __init__(_tokens: DynArray[address, MAX_TOKENS]):
    """
    @notice Set the list.
    @param _tokens settlement tokens: plain ones that neither rebase nor take fees
    """
    assert len(_tokens) != 0, "cash: no tokens"
    for token: address in _tokens:
        assert token.is_contract, "cash: token is no contract"
        self.is_token[token] = True


@internal
@view
def _check_listed(_token: address):
    """
    @notice Refuse a token that is not on the list.
    @param _token any address
    """
    assert self.is_token[_token], "cash: token not listed"


@internal
def _pull(_token: address, _payer: address, _amount: uint256):
    """
    @notice Take tokens that were approved.
    @param _token settlement token
    @param _payer who pays
    @param _amount [base units] that must arrive
    @custom:reverts "cash: transfer in failed", "cash: other amount arrived"
    """
    self._pull_from_two(_token, _payer, _amount, empty(address), 0)


@internal
def _pull_from_two(
    _token: address, _one: address, _of_one: uint256, _two: address, _of_two: uint256
):
    """
    @notice Take tokens that two accounts approved; what arrives is counted once for both.
    @param _token settlement token
    @param _one who pays first
    @param _of_one [base units] that must arrive from it
    @param _two who pays next
    @param _of_two [base units] that must arrive from it
    @custom:reverts "cash: transfer in failed", "cash: other amount arrived"
    """
    if _of_one == 0 and _of_two == 0:
        return
    before: uint256 = staticcall IERC20(_token).balanceOf(self)
    self._take(_token, _one, _of_one)
    self._take(_token, _two, _of_two)
    assert (
        staticcall IERC20(_token).balanceOf(self) == before + _of_one + _of_two
    ), "cash: other amount arrived"


@internal
def _push(_token: address, _account: address, _amount: uint256):
    """
    @notice Pay tokens out, or keep them for the account if the token does not deliver them.
    @param _token settlement token
    @param _account who is paid
    @param _amount [base units]
    @custom:emits Credited
    """
    if _amount == 0 or self._is_sent(_token, _account, _amount):
        return
    self.credit_of[_token][_account] += _amount
    log IExchange.Credited(token=_token, account=_account, amount=_amount)


@internal
def _withdraw(_token: address, _account: address, _recipient: address) -> uint256:
    """
    @notice Pay an account's credit out.
    @param _token settlement token
    @param _account whose credit
    @param _recipient who is paid
    @return [base units]
    @custom:reverts "cash: nothing waits", "cash: transfer out failed"
    @custom:emits Withdrawn
    """
    amount: uint256 = self.credit_of[_token][_account]
    assert amount != 0, "cash: nothing waits"
    self.credit_of[_token][_account] = 0
    log IExchange.Withdrawn(token=_token, account=_account, recipient=_recipient, amount=amount)
    assert self._is_sent(_token, _recipient, amount), "cash: transfer out failed"
    return amount


@internal
def _take(_token: address, _payer: address, _amount: uint256):
    """
    @notice Ask a token for what an account pays.
    @param _token settlement token
    @param _payer who pays
    @param _amount [base units]
    @custom:reverts "cash: transfer in failed"
    """
    if _amount != 0:
        assert extcall IERC20(_token).transferFrom(
            _payer, self, _amount, default_return_value=True
        ), "cash: transfer in failed"


@internal
def _is_sent(_token: address, _account: address, _amount: uint256) -> bool:
    """
    @notice Transfer tokens, if their contract will.
    @param _token settlement token
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
