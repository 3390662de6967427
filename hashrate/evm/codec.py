# SPDX-License-Identifier: AGPL-3.0-only
"""The contract functions the daemon calls, by signature. A test compares them with the build."""

from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from hashrate.core.errors import RpcUnavailableError

_DAY = "(uint256,uint256,uint256,uint256,uint256,uint256,uint256)"
_PRICED = "(uint256,uint256,uint256,uint256)[]"
_PLAIN = "(uint256,uint256,uint256)[]"
_U = "uint256"
_WORD_BYTES = 32

Types = tuple[str, ...]
ORACLE_FUNCTIONS: dict[str, tuple[Types, Types]] = {
    "report_day": ((_DAY, _PRICED), ()),
    "report_output": (("address", _U, _U, _U, _PLAIN), ()),
    "next_day": ((), (_U,)),
    "FIRST_DAY": ((), (_U,)),
    "HALVING_BLOCKS": ((), (_U,)),
    "UNIT_HASHES": ((), (_U,)),
    "SPREAD_BPS": ((), (_U,)),
    "revision_of": ((_U,), (_U,)),
    "threshold": ((), (_U,)),
    "membership_version": ((), (_U,)),
    "reporters": ((), ("address[]",)),
    "last_final_day": ((), (_U,)),
    "DOMAIN_SEPARATOR": ((), ("bytes32",)),
    "day_record": ((_U,), (_U,) * 7),
    "output_record": (("address", _U), (_U,) * 5),
}
SERIES_FUNCTIONS: dict[str, tuple[Types, Types]] = {
    "settle": ((_U,), (_U,)),
    "ORACLE": ((), ("address",)),
    "progress": ((), (_U,) * 6 + ("bool",)),
    "terms": ((), ("bytes32",) + (_U,) * 12),
}
DAY_REPORTED_EVENT = (
    "DayReported(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)"
)
DAY_REPORTED_FIELDS = (
    "revision",
    "first_height",
    "last_height",
    "subsidy_sats",
    "fees_sats",
    "hashprice_wad",
    "difficulty_wad",
    "btc_usd_e8",
    "final_at",
)
DAY_REPORTED_TOPIC = "0x" + keccak(text=DAY_REPORTED_EVENT).hex()

_FUNCTIONS = ORACLE_FUNCTIONS | SERIES_FUNCTIONS


def signature(name: str) -> str:
    """Return the canonical signature of one of the functions above."""
    return f"{name}({','.join(_FUNCTIONS[name][0])})"


def encode_call(name: str, *arguments: Any) -> str:
    """Encode a call of one of the functions above."""
    return "0x" + (keccak(text=signature(name))[:4] + encode(_FUNCTIONS[name][0], arguments)).hex()


def decode_result(name: str, data: bytes) -> Any:
    """Decode what a function gave back: one value alone, several as a tuple.

    Raises:
        RpcUnavailableError: the contract does not have the function, or another type.
    """
    values = decode_words(_FUNCTIONS[name][1], data, name)
    return values[0] if len(values) == 1 else values


def decode_words(types: Types, data: bytes, what: str) -> tuple[Any, ...]:
    """Decode values of some types.

    Raises:
        RpcUnavailableError: the data is not that.
    """
    wrong = f"evm node: {what}: unexpected data of the contract"
    if len(data) < _WORD_BYTES * len(types):
        raise RpcUnavailableError(wrong)
    try:
        return decode(types, data)
    except DecodingError as error:
        raise RpcUnavailableError(wrong) from error
