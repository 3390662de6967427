# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Positions
@license GNU Affero General Public License v3.0 only
@notice LONG and SHORT of every series as ERC-1155 tokens: LONG under the series, SHORT under the
        next number.
@dev Balances, supplies, approvals and the questions to receivers are snekmate's. What moves them is
     written here, because a receiver is only told once everything else of a call is done. There is
     no owner and no minter. Who may mint what is for the caller to check.
"""

from snekmate.auth import ownable
from snekmate.tokens import erc1155
from snekmate.tokens.interfaces import IERC1155

initializes: ownable
initializes: erc1155[ownable := ownable]

exports: (
    # the owner and the minters that snekmate knows are nobody; their functions are not exported
    erc1155.balanceOf,
    erc1155.balanceOfBatch,
    erc1155.isApprovedForAll,
    erc1155.setApprovalForAll,
    erc1155.total_supply,
)

# [count] positions in one transfer, at most
MAX_BATCH: constant(uint256) = 32
# [bytes] data passed on to a receiver, at most
MAX_DATA: constant(uint256) = 1_024

# a token of ERC-1155 alone: there is no metadata address
_ERC165: constant(bytes4) = 0x01FFC9A7
_ERC1155: constant(bytes4) = 0xD9B67A26


@deploy
def __init__():
    """
    @notice Start without positions, and take the rights snekmate gives the deployer.
    """
    ownable.__init__()
    erc1155.__init__("")
    ownable._transfer_ownership(empty(address))
    erc1155.is_minter[msg.sender] = False


@internal
@pure
def _supports(_interface: bytes4) -> bool:
    """
    @notice ERC-165.
    @param _interface interface id
    @return whether it is offered
    """
    return _interface == _ERC165 or _interface == _ERC1155


@internal
def _mint(_account: address, _id: uint256, _amount: uint256):
    """
    @notice Create a position; the receiver is not told.
    @param _account holder
    @param _id position
    @param _amount [contracts]
    """
    if _amount == 0:
        return
    erc1155.total_supply[_id] += _amount
    erc1155.balanceOf[_account][_id] += _amount
    log IERC1155.TransferSingle(
        _operator=msg.sender, _from=empty(address), _to=_account, _id=_id, _value=_amount
    )


@internal
def _burn(_account: address, _id: uint256, _amount: uint256):
    """
    @notice End a position.
    @param _account holder
    @param _id position
    @param _amount [contracts]
    @custom:reverts "position: too small"
    """
    if _amount == 0:
        return
    self._take(_account, _id, _amount)
    erc1155.total_supply[_id] -= _amount
    log IERC1155.TransferSingle(
        _operator=msg.sender, _from=_account, _to=empty(address), _id=_id, _value=_amount
    )


@internal
def _exchange(_account: address, _closed: uint256, _opened: uint256, _amount: uint256) -> uint256:
    """
    @notice Close a position as far as it goes, and open the opposite one with the rest.
    @param _account holder
    @param _closed position to close
    @param _opened position to open
    @param _amount [contracts] of both together
    @return [contracts] closed
    """
    count: uint256 = min(_amount, erc1155.balanceOf[_account][_closed])
    if count != 0:
        self._burn(_account, _closed, count)
    if count != _amount:
        self._mint(_account, _opened, _amount - count)
    return count


@internal
def _burn_all(_account: address, _id: uint256) -> uint256:
    """
    @notice End a whole position.
    @param _account holder
    @param _id position
    @return [contracts] how much it was
    """
    amount: uint256 = erc1155.balanceOf[_account][_id]
    self._burn(_account, _id, amount)
    return amount


@internal
def _tell(_account: address, _id: uint256, _amount: uint256):
    """
    @notice Call a receiver that is a contract about a position it was sent; it may refuse.
    @param _account holder
    @param _id position
    @param _amount [contracts]
    """
    if _amount != 0:
        erc1155._check_on_erc1155_received(empty(address), _account, _id, _amount, b"")


@internal
def _transfer(
    _owner: address, _receiver: address, _id: uint256, _amount: uint256, _data: Bytes[MAX_DATA]
):
    """
    @notice Move a position and tell its receiver.
    @param _owner holder
    @param _receiver receiver
    @param _id position
    @param _amount [contracts]
    @param _data passed on
    @custom:reverts "position: …", "erc1155: transfer to non-IERC1155Receiver implementer"
    """
    self._check_approved(_owner)
    self._move(_owner, _receiver, _id, _amount)
    log IERC1155.TransferSingle(
        _operator=msg.sender, _from=_owner, _to=_receiver, _id=_id, _value=_amount
    )
    erc1155._check_on_erc1155_received(_owner, _receiver, _id, _amount, _data)


@internal
def _transfer_batch(
    _owner: address,
    _receiver: address,
    _ids: DynArray[uint256, MAX_BATCH],
    _amounts: DynArray[uint256, MAX_BATCH],
    _data: Bytes[MAX_DATA],
):
    """
    @notice Move several positions and tell their receiver.
    @param _owner holder
    @param _receiver receiver
    @param _ids positions
    @param _amounts [contracts] of each
    @param _data passed on
    @custom:reverts "position: …", "erc1155: transfer to non-IERC1155Receiver implementer"
    """
    self._check_approved(_owner)
    assert len(_ids) == len(_amounts), "position: lengths differ"
    place: uint256 = 0
    for id: uint256 in _ids:
        self._move(_owner, _receiver, id, _amounts[place])
        place += 1
    log IERC1155.TransferBatch(
        _operator=msg.sender, _from=_owner, _to=_receiver, _ids=_ids, _values=_amounts
    )
    erc1155._check_on_erc1155_batch_received(_owner, _receiver, _ids, _amounts, _data)


@internal
def _move(_owner: address, _receiver: address, _id: uint256, _amount: uint256):
    """
    @notice Move a position; nobody is told.
    @param _owner holder
    @param _receiver receiver
    @param _id position
    @param _amount [contracts]
    @custom:reverts "position: too small"
    """
    self._take(_owner, _id, _amount)
    erc1155.balanceOf[_receiver][_id] += _amount


@internal
def _take(_owner: address, _id: uint256, _amount: uint256):
    """
    @notice Lower a balance.
    @param _owner holder
    @param _id position
    @param _amount [contracts]
    """
    balance: uint256 = erc1155.balanceOf[_owner][_id]
    assert balance >= _amount, "position: too small"
    erc1155.balanceOf[_owner][_id] = balance - _amount


@internal
@view
def _check_approved(_owner: address):
    """
    @notice Refuse a transfer by a stranger.
    @param _owner holder
    """
    assert (
        _owner == msg.sender or erc1155.isApprovedForAll[_owner][msg.sender]
    ), "position: not approved"
