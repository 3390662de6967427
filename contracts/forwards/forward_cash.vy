# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Forward cash
@license GNU Affero General Public License v3.0 only
@notice Settlement tokens in and out, and what could not be delivered.
@dev The list of tokens never changes. What is pulled must arrive in full; what cannot be pushed is
     credited to the account it was for. Donations change nothing.
"""

from ethereum.ercs import IERC20
from . import IForwardsEngine

# settlement tokens at most
MAX_TOKENS: constant(uint256) = 16


# token -> whether series can be created with it; written by the constructor alone
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
def _permit(_permit: IForwardsEngine.Permit) -> bool:
    """
    @notice Try a permit; nothing follows from its failure, because anybody could have sent it
        before.
    @param _permit EIP-2612 permit whose spender is this contract
    @return whether the token took it
    """
    if not self.is_token[_permit.token]:
        return False
    return raw_call(
        _permit.token,
        abi_encode(
            _permit.owner,
            self,
            _permit.value,
            _permit.deadline,
            _permit.v,
            _permit.r,
            _permit.s,
            method_id=method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
        ),
        revert_on_failure=False,
    )


@internal
def _pull(_token: address, _payer: address, _amount: uint256):
    """
    @notice Take tokens that were approved.
    @param _token settlement token
    @param _payer who pays
    @param _amount [base units] that must arrive
    @custom:reverts "cash: transfer in failed", "cash: other amount arrived"
    """
    if _amount == 0:
        return
    token: IERC20 = IERC20(_token)
    before: uint256 = staticcall token.balanceOf(self)
    assert extcall token.transferFrom(
        _payer, self, _amount, default_return_value=True
    ), "cash: transfer in failed"
    assert staticcall token.balanceOf(self) == before + _amount, "cash: other amount arrived"


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
    log IForwardsEngine.Credited(token=_token, account=_account, amount=_amount)


@internal
def _pull_net(_token: address, _account: address, _owed: uint256, _earned: uint256):
    """
    @notice Take what an account owes beyond what it has earned.
    @param _token settlement token
    @param _account the account
    @param _owed [base units]
    @param _earned [base units]
    """
    if _owed > _earned:
        self._pull(_token, _account, _owed - _earned)


@internal
def _push_net(_token: address, _account: address, _owed: uint256, _earned: uint256):
    """
    @notice Pay what an account has earned beyond what it owes.
    @param _token settlement token
    @param _account the account
    @param _owed [base units]
    @param _earned [base units]
    """
    if _earned > _owed:
        self._push(_token, _account, _earned - _owed)


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
    log IForwardsEngine.Withdrawn(
        token=_token, account=_account, recipient=_recipient, amount=amount
    )
    assert self._is_sent(_token, _recipient, amount), "cash: transfer out failed"
    return amount


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
