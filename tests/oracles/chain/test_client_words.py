# SPDX-License-Identifier: AGPL-3.0-only
"""What real clients say of a transaction, as their own sources and logs spell it."""

import re

import pytest

from hashrate.evm.fees import Floor
from oracles.chain.client_words import TABLE, Verdict, floor_in, verdict_of

pytestmark = pytest.mark.unit

ADDRESS = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"

SAID = [
    ("geth", "already known", Verdict.TAKEN),
    ("geth", "nonce too low: next nonce 5, tx nonce 4", Verdict.NONCE_USED),
    ("geth", "nonce too high", Verdict.NONCE_AHEAD),
    ("geth", "replacement transaction underpriced", Verdict.OUTBID),
    (
        "geth",
        "replacement transaction underpriced: new tx gas fee cap 5 <= 5 queued",
        Verdict.OUTBID,
    ),
    ("geth", "future transaction tries to replace pending", Verdict.OUTBID),
    ("geth", "transaction underpriced", Verdict.UNDERPRICED),
    (
        "geth",
        "transaction underpriced: gas tip cap 1, minimum needed 1000000",
        Verdict.UNDERPRICED,
    ),
    (
        "geth",
        "transaction gas price too low: gas tip cap 1, minimum needed 25",
        Verdict.UNDERPRICED,
    ),
    (
        "geth",
        f"max fee per gas less than block base fee: address {ADDRESS}, maxFeePerGas: 7, baseFee: 9",
        Verdict.UNDERPRICED,
    ),
    (
        "geth",
        "insufficient funds for gas * price + value: balance 1, tx cost 2, overshot 1",
        Verdict.NO_FUNDS,
    ),
    ("geth", "gas required exceeds allowance (0)", Verdict.NO_FUNDS),
    ("geth", "transaction would cause overdraft", Verdict.NO_FUNDS),
    ("geth", "intrinsic gas too low: gas 21000, minimum needed 53000", Verdict.WRONG),
    ("geth", "exceeds block gas limit", Verdict.WRONG),
    ("geth", "transaction gas limit too high (cap: 16777216, tx: 30000000)", Verdict.WRONG),
    ("geth", "tx fee (1.20 ether) exceeds the configured cap (1.00 ether)", Verdict.WRONG),
    ("geth", "invalid chain id for signer: have 1 want 2", Verdict.WRONG),
    ("geth", "txpool is full", Verdict.BUSY),
    ("geth", "account limit exceeded: pooled 64 txs", Verdict.BUSY),
    ("erigon", "existing txn with same hash", Verdict.TAKEN),
    ("erigon", "INTERNAL_ERROR: existing tx with same hash", Verdict.TAKEN),
    ("erigon", "INTERNAL_ERROR: could not replace existing tx", Verdict.OUTBID),
    ("erigon", "underpriced", Verdict.UNDERPRICED),
    ("erigon", "fee too low", Verdict.UNDERPRICED),
    ("erigon", "baseFee sub-pool is full", Verdict.BUSY),
    ("erigon", "IntrinsicGas", Verdict.WRONG),
    ("erigon", "gas limit is too high", Verdict.WRONG),
    ("nethermind", "AlreadyKnown", Verdict.TAKEN),
    ("nethermind", "OldNonce, Current nonce: 22, nonce of rejected tx: 17", Verdict.NONCE_USED),
    ("nethermind", "NonceGap, Future nonce. Expected nonce: 10", Verdict.NONCE_AHEAD),
    ("nethermind", "NonceTooFarInFuture", Verdict.NONCE_AHEAD),
    ("nethermind", "ReplacementNotAllowed", Verdict.OUTBID),
    ("nethermind", "OwnNonceAlreadyUsed", Verdict.OUTBID),
    (
        "nethermind",
        "FeeTooLow, EffectivePriorityFeePerGas too low 10 < 20, BaseFee: 30",
        Verdict.UNDERPRICED,
    ),
    ("nethermind", "FeeTooLowToCompete", Verdict.UNDERPRICED),
    ("nethermind", "InsufficientFunds, Account balance: 4, cumulative cost: 9", Verdict.NO_FUNDS),
    ("nethermind", "GasLimitExceeded, Gas limit: 9, gas limit of rejected tx: 10", Verdict.WRONG),
    ("reth", "already known", Verdict.TAKEN),
    ("reth", "replacement transaction underpriced", Verdict.OUTBID),
    ("reth", "max fee per gas less than block base fee", Verdict.UNDERPRICED),
    ("reth", "txpool is full", Verdict.BUSY),
    ("reth", "intrinsic gas too low", Verdict.WRONG),
    ("besu", "Known transaction", Verdict.TAKEN),
    ("besu", "Nonce too low", Verdict.NONCE_USED),
    ("besu", "Replacement transaction underpriced", Verdict.OUTBID),
    ("besu", "Gas price below configured minimum gas price", Verdict.UNDERPRICED),
    ("besu", "Gas price below current base fee", Verdict.UNDERPRICED),
    ("besu", "Upfront cost exceeds account balance", Verdict.NO_FUNDS),
    ("besu", "Intrinsic gas exceeds gas limit", Verdict.WRONG),
    ("besu", "Transaction gas limit exceeds block gas limit", Verdict.WRONG),
    ("besu", "Transaction fee cap exceeded", Verdict.WRONG),
    ("besu", "Wrong chainId", Verdict.WRONG),
    ("besu", "Initial sync is still in progress", Verdict.BUSY),
    (
        "arbitrum",
        "nonce too low: address 0xa0 current nonce (5) > tx nonce (4)",
        Verdict.NONCE_USED,
    ),
    ("arbitrum", "invalid transaction nonce", Verdict.NONCE_USED),
    ("arbitrum", "gas price too low", Verdict.UNDERPRICED),
    ("arbitrum", "not enough funds for gas", Verdict.NO_FUNDS),
    ("arbitrum", "sequencer pending tx pool full, please try again", Verdict.BUSY),
    ("arbitrum", "queue full", Verdict.BUSY),
    ("arbitrum", "intrinsic gas too low", Verdict.WRONG),
    ("op", "already known", Verdict.TAKEN),
    ("op", "transaction underpriced: tip needed 1000000, tip permitted 1", Verdict.UNDERPRICED),
    ("op", "oversized data: transaction size 9, limit 8", Verdict.WRONG),
    (
        "zksync",
        "known transaction. transaction with hash 0x3f is already in the system",
        Verdict.TAKEN,
    ),
    (
        "zksync",
        "nonce too low. allowed nonce range: 5 - 55, actual: 4",
        Verdict.NONCE_USED,
    ),
    ("zksync", "nonce too high. allowed nonce range: 5 - 55, actual: 99", Verdict.NONCE_AHEAD),
    ("zksync", "max fee per gas less than block base fee", Verdict.UNDERPRICED),
    ("zksync", "insufficient balance for transfer", Verdict.NO_FUNDS),
    (
        "zksync",
        "insufficient funds for gas + value. balance: 1, fee: 2, value: 0",
        Verdict.NO_FUNDS,
    ),
    ("zksync", "Not enough gas for transaction validation", Verdict.WRONG),
    ("zksync", "Failed to pay the fee to the operator", Verdict.WRONG),
    (
        "polygon",
        "transaction gas price below minimum: gas tip cap 1, minimum needed 25000000000",
        Verdict.UNDERPRICED,
    ),
    ("polygon", "already known", Verdict.TAKEN),
    ("moonbeam", "already known", Verdict.TAKEN),
    ("moonbeam", "nonce too low", Verdict.NONCE_USED),
    ("moonbeam", "replacement transaction underpriced", Verdict.OUTBID),
    ("moonbeam", "gas price less than block base fee", Verdict.UNDERPRICED),
    ("moonbeam", "insufficient funds for gas * price + value", Verdict.NO_FUNDS),
    ("moonbeam", "exceeds block gas limit", Verdict.WRONG),
    ("moonriver", "submit transaction to pool failed: Pool(AlreadyImported)", Verdict.TAKEN),
    ("moonriver", "submit transaction to pool failed: Pool(Stale)", Verdict.NONCE_USED),
    ("anvil", "transaction already imported", Verdict.TAKEN),
    ("infura", "project ID request rate exceeded: daily request count exceeded", Verdict.BUSY),
    ("alchemy", "Your app has exceeded its compute units per second capacity", Verdict.BUSY),
    ("alchemy", "Too Many Requests", Verdict.BUSY),
    ("new", "the stars are not right", Verdict.UNKNOWN),
    ("new", "unknown transaction kind", Verdict.UNKNOWN),
]


@pytest.mark.parametrize(("client", "words", "verdict"), SAID)
def test_verdict_of__a_clients_words__is_what_they_mean(
    client: str, words: str, verdict: Verdict
) -> None:
    assert verdict_of(f"evm node: eth_sendRawTransaction: {words}") is verdict


def test_table__every_row__is_used_by_a_client() -> None:
    """A row that decides nothing above is dead: another one above it takes its words."""
    words = [said.lower() for _, said, _ in SAID] + [each.lower() for each in RARE]
    first = {
        next((row.words for row in TABLE if re.search(row.words, text)), None) for text in words
    }

    assert {row.words for row in TABLE} - first == set()


RARE = [
    "Transaction with the same hash was already imported.",
    "the same hash was already seen",
    "tx already exists in cache",
    "There is another transaction with same nonce in the queue",
    "replacement fee too low",
    "[0x00]: insufficient gas price to replace existing transaction.",
    "transaction already finalized",
    "It does not satisfy your node's minimal gas price (minimal: 9 got: 5)",
    "The operator included transaction with an unacceptable gas price",
    "gas tip cap 1, minimum needed 2",
    "gasprice is less than gas price minimum floor",
    "There are too many transactions in the queue.",
    "in-flight transaction limit reached for delegated accounts",
    "spammer",
    "502 Bad Gateway",
    "rate limit exceeded",
    "oversized data",
    "execution reverted: no",
]


@pytest.mark.parametrize(
    ("words", "floor"),
    [
        ("transaction underpriced: gas tip cap 1, minimum needed 25000000000", (0, 25 * 10**9)),
        ("gas fee cap 1, minimum needed 7", (7, 0)),
        ("max fee per gas less than block base fee: maxFeePerGas: 7, baseFee: 9", (9, 0)),
        ("FeeTooLow, EffectivePriorityFeePerGas too low 10 < 20, BaseFee: 30", (30, 20)),
        ("FeePerGas needs to be higher than 55 to be added to the TxPool.", (55, 0)),
        ("minimal gas price (minimal: 100 got: 50)", (100, 0)),
        ("gas price too low: 1 wei, use at least tx.gasPrice = 30 wei", (30, 0)),
        ("transaction underpriced", (0, 0)),
    ],
)
def test_floor_in__numbers_a_client_names__are_the_floor(
    words: str, floor: tuple[int, int]
) -> None:
    assert floor_in(words) == Floor(*floor)
