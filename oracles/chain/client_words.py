# SPDX-License-Identifier: AGPL-3.0-only
"""What EVM clients say of a transaction that is handed to them, in one table.

The interface has no codes for it: clients differ in words and in what they add to them. Each row
says whose words they are; a client that took geth's words over stands in no row of its own. The
first row that fits decides, so what contains other words stands above them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from hashrate.evm.fees import Floor


class Verdict(StrEnum):
    """What a node made of a transaction."""

    TAKEN = "taken"  # it has it now, and may have had it before
    NONCE_USED = "nonce used"  # a transaction with this nonce is mined
    NONCE_AHEAD = "nonce ahead"  # an earlier one of the account is missing there
    OUTBID = "outbid"  # another one waits at this nonce and pays as much
    UNDERPRICED = "underpriced"  # below what the node takes at all
    NO_FUNDS = "no funds"  # the account cannot pay
    BUSY = "busy"  # the node cannot take anything now
    WRONG = "wrong"  # no node will ever take these bytes
    UNKNOWN = "unknown"  # words that stand in no row


@dataclass(frozen=True, slots=True)
class Row:
    """Words of some clients; `words` is a regular expression over lower-case text."""

    clients: str
    words: str
    verdict: Verdict


TABLE = (
    # It has these very bytes.
    Row("geth reth op polygon moonbeam nethermind", r"already known", Verdict.TAKEN),
    Row("nethermind before 1.32", r"alreadyknown", Verdict.TAKEN),
    Row("besu zksync geth before 1.9", r"\bknown transaction", Verdict.TAKEN),
    Row("anvil openethereum", r"already (was )?imported", Verdict.TAKEN),
    Row("openethereum", r"same hash was already", Verdict.TAKEN),
    Row("substrate", r"alreadyimported", Verdict.TAKEN),
    Row("erigon", r"existing txn? with same hash", Verdict.TAKEN),
    Row("gateways", r"(already exists|already in (the )?mempool)", Verdict.TAKEN),
    # Another one of ours, or of somebody with our key, is there.
    Row("geth reth besu op polygon moonbeam", r"replacement transaction under", Verdict.OUTBID),
    Row("erigon", r"could not replace existing tx", Verdict.OUTBID),
    Row("nethermind before 1.32", r"replacementnotallowed", Verdict.OUTBID),
    Row("nethermind before 1.32", r"ownnoncealreadyused", Verdict.OUTBID),
    Row("openethereum", r"another transaction with same nonce", Verdict.OUTBID),
    Row("ethers", r"replacement fee too low", Verdict.OUTBID),
    Row("reth", r"insufficient gas price to replace", Verdict.OUTBID),
    Row("geth", r"future transaction tries to replace pending", Verdict.OUTBID),
    # The nonce.
    Row("nethermind", r"nonce ?too ?far ?in ?(the )?future", Verdict.NONCE_AHEAD),
    Row("geth arbitrum zksync nethermind", r"nonce (is )?too high", Verdict.NONCE_AHEAD),
    Row("nethermind before 1.32", r"nonce ?gap", Verdict.NONCE_AHEAD),
    Row("geth reth besu op arbitrum zksync moonbeam", r"nonce (is )?too low", Verdict.NONCE_USED),
    Row("nethermind before 1.32", r"oldnonce", Verdict.NONCE_USED),
    Row("arbitrum classic", r"invalid transaction nonce", Verdict.NONCE_USED),
    Row("substrate", r"pool\(stale\)", Verdict.NONCE_USED),
    Row("harmony", r"already finalized", Verdict.NONCE_USED),
    # Money.
    Row("geth reth op polygon moonbeam arbitrum zksync", r"insufficient funds", Verdict.NO_FUNDS),
    Row("nethermind before 1.32", r"insufficientfunds", Verdict.NO_FUNDS),
    Row("geth zksync openethereum", r"insufficient balance", Verdict.NO_FUNDS),
    Row("besu", r"upfront cost exceeds account balance", Verdict.NO_FUNDS),
    Row("arbitrum classic", r"not enough funds for gas", Verdict.NO_FUNDS),
    Row("geth", r"transaction would cause overdraft", Verdict.NO_FUNDS),
    Row("geth, of an estimate", r"gas required exceeds allowance", Verdict.NO_FUNDS),
    # What is paid.
    Row("geth reth polygon nethermind", r"transaction underpriced", Verdict.UNDERPRICED),
    Row("nethermind before 1.32", r"feetoolow", Verdict.UNDERPRICED),
    Row("geth", r"gas price too low", Verdict.UNDERPRICED),
    Row("geth reth arbitrum zksync", r"less than block base fee", Verdict.UNDERPRICED),
    Row("polygon", r"gas price below minimum", Verdict.UNDERPRICED),
    Row("besu", r"below configured minimum", Verdict.UNDERPRICED),
    Row("besu", r"below current base fee", Verdict.UNDERPRICED),
    Row("openethereum", r"minimal gas price", Verdict.UNDERPRICED),
    Row("zksync", r"unacceptable gas price", Verdict.UNDERPRICED),
    Row("geth", r"gas tip cap \d+, minimum needed", Verdict.UNDERPRICED),
    Row("celo", r"gas price minimum floor", Verdict.UNDERPRICED),
    Row("erigon", r"\b(underpriced|fee too low)\b", Verdict.UNDERPRICED),
    # The node itself.
    Row("geth reth arbitrum erigon", r"(pool|queue)( is)? full", Verdict.BUSY),
    Row("openethereum", r"too many transactions in the queue", Verdict.BUSY),
    Row("geth", r"account limit exceeded", Verdict.BUSY),
    Row("geth", r"in-flight transaction limit", Verdict.BUSY),
    Row("erigon", r"\bspammer\b", Verdict.BUSY),
    Row("nethermind besu", r"(is syncing|sync is still in progress)", Verdict.BUSY),
    Row("providers", r"(rate limit|rate.limited|too many requests)", Verdict.BUSY),
    Row("providers", r"(capacity|request count|compute units)", Verdict.BUSY),
    Row("providers", r"(try again|timed? ?out|unavailable|bad gateway)", Verdict.BUSY),
    # Never.
    Row("geth reth op polygon moonbeam", r"intrinsic ?gas", Verdict.WRONG),
    Row("zksync", r"not enough gas for transaction validation", Verdict.WRONG),
    Row("zksync", r"failed to pay the fee to the operator", Verdict.WRONG),
    Row("geth reth besu moonbeam", r"exceeds block gas limit", Verdict.WRONG),
    Row("nethermind before 1.32", r"gaslimitexceeded", Verdict.WRONG),
    Row("erigon geth", r"gas limit (is )?too high", Verdict.WRONG),
    Row("geth reth", r"exceeds the configured cap", Verdict.WRONG),
    Row("besu", r"transaction fee cap exceeded", Verdict.WRONG),
    Row("geth reth moonbeam", r"invalid (sender|signature|chain ?id)", Verdict.WRONG),
    Row("besu", r"(wrong chain ?id|chainid (is|not))", Verdict.WRONG),
    Row("geth reth", r"(transaction type not supported|oversized data)", Verdict.WRONG),
    Row("arbitrum", r"execution reverted", Verdict.WRONG),
)

_COMPILED = tuple((re.compile(row.words), row.verdict) for row in TABLE)


_TIP_FLOORS = tuple(
    re.compile(text)
    for text in (
        r"gas tip cap \d+, minimum needed (\d+)",  # geth, op, polygon
        r"effectivepriorityfeepergas too low \d+ < (\d+)",  # nethermind
    )
)
_FEE_FLOORS = tuple(
    re.compile(text)
    for text in (
        r"gas fee cap \d+, minimum needed (\d+)",  # geth's heirs with a least base fee
        r"basefee: (\d+)",  # geth, reth, arbitrum, nethermind
        r"base fee: (\d+)",
        r"needs to be higher than (\d+)",  # nethermind
        r"minimal: (\d+)",  # openethereum
        r"use at least tx\.gasprice = (\d+)",  # metis
    )
)


def verdict_of(message: str) -> Verdict:
    """Read a node's refusal of a transaction."""
    words = message.lower()
    for pattern, verdict in _COMPILED:
        if pattern.search(words):
            return verdict
    return Verdict.UNKNOWN


def floor_in(message: str) -> Floor:
    """Read the least fees that a refusal names."""
    words = message.lower()
    return Floor(_first_number(_FEE_FLOORS, words), _first_number(_TIP_FLOORS, words))


def _first_number(patterns: tuple[re.Pattern[str], ...], words: str) -> int:
    for pattern in patterns:
        if (found := pattern.search(words)) is not None:
            return int(found[1])
    return 0
