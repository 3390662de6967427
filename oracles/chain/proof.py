# SPDX-License-Identifier: AGPL-3.0-only
"""Who signed what is posted: read out of the transaction that posted it."""

from dataclasses import dataclass

from eth_account import Account
from eth_keys.exceptions import BadSignature
from eth_typing import ChecksumAddress
from eth_utils.exceptions import ValidationError

from hashrate.core.types import UsdE8
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.errors import NodeRefusedError, RpcRefusedError, RpcUnavailableError
from hashrate.evm.rpc import EvmRpc
from hashrate.reports.report import DayReport, day_message
from oracles.chain.contracts import DayEvent, OracleContract


@dataclass(frozen=True, slots=True)
class ProvenPrice:
    """A reporter that signed a posted day, and its price [USD per BTC, 1e8]."""

    signer: ChecksumAddress
    btc_usd_e8: UsdE8


def signers_of(rpc: EvmRpc, oracle: OracleContract, event: DayEvent) -> tuple[ProvenPrice, ...]:
    """Recover who signed a posted day; nothing where the node cannot tell.

    A node without old state, or a report that came through another contract, gives nothing.

    Raises:
        RpcUnavailableError: the node does not answer.
    """
    transaction = rpc.request("eth_getTransactionByHash", event.tx_hash)
    data = str(transaction.get("input", "")) if isinstance(transaction, dict) else ""
    try:
        arguments = HashpriceOracle.report_day.arguments_of(data)
    except RpcUnavailableError:  # the call of a contract that passed it on
        return ()
    if arguments is None:
        return ()
    try:
        version = oracle.membership_version(event.block - 1)
    except (RpcRefusedError, NodeRefusedError):
        return ()
    _, signatures = arguments
    report = DayReport(event.facts, event.revision, version)
    return tuple(_proven(oracle, report, signature) for signature in signatures)


def _proven(
    oracle: OracleContract, report: DayReport, signature: tuple[int, int, int, int]
) -> ProvenPrice:
    price, v, r, s = signature
    message = day_message(oracle.domain, report, UsdE8(price))
    try:
        signer = Account.recover_message(message, vrs=(v, r, s))
    except (BadSignature, ValidationError) as error:
        raise RpcUnavailableError("evm node: report_day: no signature of this day") from error
    return ProvenPrice(signer, UsdE8(price))
