# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Positions
@license GNU Affero General Public License v3.0 only
@notice LONG and SHORT of every series as ERC-1155 tokens: LONG under the series, SHORT under the
        next number.
@dev Balances and approvals are snekmate's. What moves them is written here, because a receiver is
     only asked once everything else of a call is done. Nothing counts what is in existence
     (`series` counts pairs). There is no owner and no minter. Who may mint what is for the caller
     to check.
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
)

# [count] positions in one transfer, at most
MAX_BATCH: constant(uint256) = 32
# [bytes] data passed on to a receiver, at most
MAX_DATA: constant(uint256) = 1_024
# [bytes] a call that asks for a whole batch
_MAX_QUESTION: constant(uint256) = 4 + 32 * (5 + 3 + 2 * MAX_BATCH) + MAX_DATA

_ERC165: constant(bytes4) = 0x01FFC9A7
_ERC1155: constant(bytes4) = 0xD9B67A26
_ERC1155_METADATA_URI: constant(bytes4) = 0x0E89341C
# what a receiver answers to being asked for one position, and for several
_TAKES_ONE: constant(bytes4) = 0xF23A6E61
_TAKES_BATCH: constant(bytes4) = 0xBC197C81


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
    return _interface in [_ERC165, _ERC1155, _ERC1155_METADATA_URI]


@internal
@view
def _balance(_account: address, _id: uint256) -> uint256:
    """
    @notice Size of a position.
    @param _account holder
    @param _id position
    @return [contracts]
    """
    return erc1155.balanceOf[_account][_id]


@internal
def _mint(_account: address, _id: uint256, _amount: uint256):
    """
    @notice Create a position; the receiver is not asked.
    @param _account holder
    @param _id position
    @param _amount [contracts]
    """
    if _amount == 0:
        return
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
    log IERC1155.TransferSingle(
        _operator=msg.sender, _from=_account, _to=empty(address), _id=_id, _value=_amount
    )


@internal
def _swap(_from: address, _given: uint256, _to: address, _received: uint256, _id: uint256):
    """
    @notice One account gives a position up and another receives it: what both do is moved, the
        rest is burned or minted.
    @param _from who gives
    @param _given [contracts]
    @param _to who receives, another account; it is not asked
    @param _received [contracts]
    @param _id position
    @custom:reverts "position: too small"
    """
    moved: uint256 = min(_given, _received)
    if moved != 0:
        self._move(_from, _to, _id, moved)
        log IERC1155.TransferSingle(
            _operator=msg.sender, _from=_from, _to=_to, _id=_id, _value=moved
        )
    self._burn(_from, _id, _given - moved)
    self._mint(_to, _id, _received - moved)


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
def _ask(_account: address, _id: uint256, _amount: uint256):
    """
    @notice Ask a receiver that is a contract to take a position it was given. The account that sent
        this transaction signed it with its own key, whatever code it lends itself: it is not asked.
    @param _account holder
    @param _id position
    @param _amount [contracts]
    @custom:reverts "position: receiver takes none"
    """
    if _amount != 0 and _account != tx.origin:
        self._ask_one(empty(address), _account, _id, _amount, b"")


@internal
def _transfer(
    _owner: address, _receiver: address, _id: uint256, _amount: uint256, _data: Bytes[MAX_DATA]
):
    """
    @notice Move a position and ask its receiver.
    @param _owner holder
    @param _receiver receiver
    @param _id position
    @param _amount [contracts]
    @param _data passed on
    @custom:reverts "position: …"
    """
    self._check_approved(_owner)
    self._move(_owner, _receiver, _id, _amount)
    log IERC1155.TransferSingle(
        _operator=msg.sender, _from=_owner, _to=_receiver, _id=_id, _value=_amount
    )
    self._ask_one(_owner, _receiver, _id, _amount, _data)


@internal
def _transfer_batch(
    _owner: address,
    _receiver: address,
    _ids: DynArray[uint256, MAX_BATCH],
    _amounts: DynArray[uint256, MAX_BATCH],
    _data: Bytes[MAX_DATA],
):
    """
    @notice Move several positions and ask their receiver.
    @param _owner holder
    @param _receiver receiver
    @param _ids positions
    @param _amounts [contracts] of each
    @param _data passed on
    @custom:reverts "position: …"
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
    if _receiver.is_contract:
        self._check_answer(
            _receiver,
            abi_encode(msg.sender, _owner, _ids, _amounts, _data, method_id=_TAKES_BATCH),
            _TAKES_BATCH,
        )


@internal
def _ask_one(
    _owner: address, _receiver: address, _id: uint256, _amount: uint256, _data: Bytes[MAX_DATA]
):
    """
    @notice Ask a receiver that is a contract to take a position.
    @param _owner whose it was; zero if nobody's
    @param _receiver whose it is now
    @param _id position
    @param _amount [contracts]
    @param _data passed on
    @custom:reverts "position: receiver takes none"
    """
    if _receiver.is_contract:
        self._check_answer(
            _receiver,
            abi_encode(msg.sender, _owner, _id, _amount, _data, method_id=_TAKES_ONE),
            _TAKES_ONE,
        )


@internal
def _check_answer(_receiver: address, _question: Bytes[_MAX_QUESTION], _yes: bytes4):
    """
    @notice Refuse a receiver that does not say that it takes positions, whatever else it does.
    @param _receiver receiver
    @param _question call
    @param _yes the only answer that will do
    @custom:reverts "position: receiver takes none"
    """
    is_done: bool = False
    answer: Bytes[32] = b""
    is_done, answer = raw_call(_receiver, _question, max_outsize=32, revert_on_failure=False)
    assert (
        is_done and len(answer) == 32 and convert(slice(answer, 0, 4), bytes4) == _yes
    ), "position: receiver takes none"


@internal
def _move(_owner: address, _receiver: address, _id: uint256, _amount: uint256):
    """
    @notice Move a position; nobody is asked.
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
