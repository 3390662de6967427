# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Named books
@license GNU Affero General Public License v3.0 only
@notice Which books may trade for an account, and how far: the official one without limit until the
        account disowns it, any other as far as the account said.
@dev One word for an account, a book and a token
            cash limit 128 | until 64 | times disowned 56 | may close 8

     A word counts only while the account has disowned the book as often as it says: disowning ends
     what was allowed for all tokens at once. This is no ERC-1155 approval on purpose: one that was
     given to some marketplace must never reach a person's cash.
"""

from . import IForwardsVault

_LIMIT_MASK: constant(uint256) = 2**128 - 1
_UNTIL_SHIFT: constant(uint256) = 128
_UNTIL_MASK: constant(uint256) = 2**64 - 1
_DISOWNED_SHIFT: constant(uint256) = 192
_DISOWNED_MASK: constant(uint256) = 2**56 - 1
_MAY_CLOSE: constant(uint256) = 2**248
# marks a word that was written: a naming of nothing is one too
_IS_SET: constant(uint256) = 2**249


# the official book
BOOK: public(immutable(address))


# account -> book -> [count] how often the account disowned it
_disowned: HashMap[address, HashMap[address, uint256]]
# account -> book -> token -> word
_words: HashMap[address, HashMap[address, HashMap[address, uint256]]]


@deploy
def __init__(_book: address):
    """
    @notice Set the official book.
    @param _book book that knows this vault
    """
    BOOK = _book


@internal
@view
def _naming(_account: address, _book: address, _token: address) -> IForwardsVault.Naming:
    """
    @notice How far a book may trade for an account now.
    @param _account account
    @param _book book
    @param _token settlement token
    @return the naming
    """
    times: uint256 = self._disowned[_account][_book]
    if times == 0 and _book == BOOK:
        return IForwardsVault.Naming(
            is_named=True,
            is_limited=False,
            cash_limit=max_value(uint256),
            may_close=True,
            until=max_value(uint256),
        )
    word: uint256 = self._words[_account][_book][_token]
    until: uint256 = (word >> _UNTIL_SHIFT) & _UNTIL_MASK
    if (
        word & _IS_SET == 0
        or (word >> _DISOWNED_SHIFT) & _DISOWNED_MASK != times
        or block.timestamp > until
    ):
        return empty(IForwardsVault.Naming)
    return IForwardsVault.Naming(
        is_named=True,
        is_limited=True,
        cash_limit=word & _LIMIT_MASK,
        may_close=word & _MAY_CLOSE != 0,
        until=until,
    )


@internal
def _spend(_account: address, _token: address, _naming: IForwardsVault.Naming, _amount: uint256):
    """
    @notice Count what a calling book takes from an account against what it was allowed.
    @param _account account
    @param _token settlement token
    @param _naming how far the caller may trade for it
    @param _amount [base units]
    @custom:reverts "vault: above the book's limit"
    """
    if not _naming.is_limited:
        return
    assert _amount <= _naming.cash_limit, "vault: above the book's limit"
    # the limit fills the lowest bits and is at least the amount
    self._words[_account][msg.sender][_token] -= _amount


@internal
def _name(
    _account: address,
    _book: address,
    _token: address,
    _cash_limit: uint256,
    _may_close: bool,
    _until: uint256,
):
    """
    @notice Let a book trade for an account, instead of what it was allowed for that token before.
    @param _account account
    @param _book any address
    @param _token settlement token
    @param _cash_limit [base units] most it takes, in all
    @param _may_close whether it closes positions
    @param _until [unix s] last second
    @custom:reverts "vault: limit too large", "vault: until too far"
    @custom:emits BookNamed
    """
    assert _cash_limit <= _LIMIT_MASK, "vault: limit too large"
    assert _until <= _UNTIL_MASK, "vault: until too far"
    word: uint256 = (
        _cash_limit
        | (_until << _UNTIL_SHIFT)
        | (self._disowned[_account][_book] << _DISOWNED_SHIFT)
        | _IS_SET
    )
    if _may_close:
        word |= _MAY_CLOSE
    self._words[_account][_book][_token] = word
    log IForwardsVault.BookNamed(
        account=_account,
        book=_book,
        token=_token,
        cash_limit=_cash_limit,
        may_close=_may_close,
        until=_until,
    )


@internal
def _disown(_account: address, _book: address):
    """
    @notice End all that a book may do for an account, the official one too.
    @param _account account
    @param _book any address
    @custom:emits BookDisowned
    """
    # one at a time: the count stays far from the width of its field
    self._disowned[_account][_book] += 1
    log IForwardsVault.BookDisowned(account=_account, book=_book)
