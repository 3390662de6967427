# SPDX-License-Identifier: AGPL-3.0-only
"""The engine as the relay reads it: calls and events by signature. A test compares them with the
build."""

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

_U = "uint256"
Types = tuple[str, ...]
ORDER_TYPE = (
    "(address,address,bool,uint256,uint256,uint256,uint256,uint256,bool,uint256,uint256,uint256[])"
)
TERMS_TYPES: Types = (_U, _U, _U, _U, _U, _U, "address")
ENGINE_FUNCTIONS: dict[str, tuple[Types, Types]] = {
    "terms_of": ((_U,), TERMS_TYPES),
    "check_order": ((ORDER_TYPE, "bytes", "address"), (_U,)),
    "balanceOfBatch": (("address[]", "uint256[]"), ("uint256[]",)),
    "DOMAIN_SEPARATOR": ((), ("bytes32",)),
}
TOKEN_FUNCTIONS: dict[str, tuple[Types, Types]] = {
    "balanceOf": (("address",), (_U,)),
    "allowance": (("address", "address"), (_U,)),
    "permit": (("address", "address", _U, _U, "uint8", "bytes32", "bytes32"), ()),
}

Functions = dict[str, tuple[Types, Types]]


def topic(event: str) -> str:
    """Find an event's topic by its signature."""
    return "0x" + keccak(text=event).hex()


ORDER_FILLED = topic("OrderFilled(bytes32,address,uint256)")
ORDER_CANCELLED = topic("OrderCancelled(bytes32,address)")
EPOCH_RAISED = topic("EpochRaised(address,uint256,uint256)")
TRANSFER_SINGLE = topic("TransferSingle(address,address,address,uint256,uint256)")
TRANSFER_BATCH = topic("TransferBatch(address,address,address,uint256[],uint256[])")
TRANSFER = topic("Transfer(address,address,uint256)")
APPROVAL = topic("Approval(address,address,uint256)")

ORDER_TOPICS = (ORDER_FILLED, ORDER_CANCELLED)
ACCOUNT_TOPICS: dict[str, tuple[int, ...]] = {
    EPOCH_RAISED: (1,),
    TRANSFER_SINGLE: (2, 3),
    TRANSFER_BATCH: (2, 3),
    TRANSFER: (1, 2),
    APPROVAL: (1,),
}
"""Where an event names accounts whose orders it may change: places among its topics."""


def encode_call(functions: Functions, name: str, *arguments: Any) -> str:
    """Encode a call of one of the functions above."""
    types = functions[name][0]
    selector = keccak(text=f"{name}({','.join(types)})")[:4]
    return "0x" + (selector + encode(types, arguments)).hex()


def accounts_of(topics: Sequence[str]) -> list[str]:
    """Return the accounts an event names, lower case."""
    places = ACCOUNT_TOPICS.get(topics[0], ())
    return ["0x" + topics[place][-40:].lower() for place in places if place < len(topics)]
