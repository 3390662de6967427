# SPDX-License-Identifier: AGPL-3.0-only
"""What the relay reads of the chain: in batches, all of one order at one block."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError, WrongChainError
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.orders.order import BookDomain
from hashrate.products.forwards.terms import ForwardTerms
from relay.events import ACCOUNT_TOPICS, ORDER_TOPICS, accounts_of
from relay.inquiry import Call, Inquiry, make_call, revert_reason, words
from relay.rules import OrderFacts

BATCH_CALLS = 100
UNKNOWN_SERIES = "series: unknown"
_MOST_TERMS = 10_000
_ADDRESS_BYTES = 20


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block; `timestamp` is its time [unix s]."""

    number: int
    hash: str
    timestamp: int


@dataclass(slots=True)
class Touched:
    """What events of some blocks may have changed.

    Attributes:
        orders: hashes of orders, hexadecimal with 0x.
        accounts: accounts whose epoch, money or positions moved, lower case.
    """

    orders: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)


class Chain:
    """Reads one book, its vault and the tokens its series settle in. Waits; any thread may use it.

    `indices` are those whose series are listed, `vault` is known once `require_book` was called.
    """

    vault: ChecksumAddress

    def __init__(
        self, rpc: EvmRpc, domain: BookDomain, indices: Collection[ChecksumAddress]
    ) -> None:
        """Name the book and the indices; nothing is read yet."""
        self._rpc = rpc
        self.domain = domain
        self.indices = frozenset(indices)
        self._terms: dict[int, ForwardTerms] = {}

    def require_book(self) -> None:
        """Check that the node is on the right chain and the book there is ours; find its vault.

        Raises:
            WrongChainError: it is another.
            RpcUnavailableError: the node does not answer.
        """
        chain_id = self._rpc.chain_id()
        if chain_id != self.domain.chain_id:
            raise WrongChainError(f"the node is on chain {chain_id}, not {self.domain.chain_id}")
        book = self.domain.book
        data = ForwardsBook.DOMAIN_SEPARATOR.encode()
        if self._rpc.call(book, data) != self.domain.typed().separator():
            raise WrongChainError(f"{book} does not check orders under our domain")
        word = self._rpc.call(book, ForwardsBook.VAULT.encode())
        self.vault = to_checksum_address(word[-_ADDRESS_BYTES:])

    def head(self) -> Head:
        """Read the newest block."""
        return _head(self._rpc.block())

    def block_hash(self, number: int) -> str:
        """Read the hash of a block of the present chain, empty if it is not that long."""
        block = self._rpc.request("eth_getBlockByNumber", hex(number), False)
        return str(block.get("hash")) if isinstance(block, dict) else ""

    def terms(self, series: Sequence[int], block: int | None = None) -> list[ForwardTerms | None]:
        """Read the terms of series at a block, None for one that does not exist.

        What was read is remembered: terms never change. See `forget_terms`.
        """
        new = [each for each in series if each not in self._terms]
        calls = [make_call(self.vault, ForwardsVault.terms_of, each) for each in new]
        read = dict(zip(new, map(_terms, self._results(calls, block)), strict=True))
        if len(self._terms) > _MOST_TERMS:
            self._terms = {}
        self._terms.update((each, terms) for each, terms in read.items() if terms is not None)
        return [read[each] if each in read else self._terms.get(each) for each in series]

    def forget_terms(self) -> None:
        """Read terms again: in a reorganisation a series may go."""
        self._terms = {}

    def newest_facts(self, inquiry: Inquiry) -> tuple[Head, OrderFacts | None]:
        """Read the newest block, and what decides about an order, in one request.

        Raises:
            RpcUnavailableError: the node does not answer.
        """
        requests = [_eth_call(call, None) for call in inquiry.calls]
        block, *results = self._rpc.batch([("eth_getBlockByNumber", ["latest", False]), *requests])
        if not isinstance(block, dict):
            raise RpcUnavailableError("evm node: no newest block")
        return _head(block), inquiry.facts(results)

    def facts(self, inquiries: Sequence[Inquiry], block: int) -> list[OrderFacts | None]:
        """Read what decides whether orders can be filled, at a block; equal calls are made once.

        Returns:
            The facts in order; None for an order that the node did not answer for.

        Raises:
            RpcUnavailableError: the node does not answer.
        """
        calls = list(dict.fromkeys(call for inquiry in inquiries for call in inquiry.calls))
        results = dict(zip(calls, self._results(calls, block), strict=True))
        return [inquiry.facts([results[call] for call in inquiry.calls]) for inquiry in inquiries]

    def newest_days(self) -> tuple[int, ...]:
        """Read the newest final day of each index [day]: where prices that follow it come from."""
        calls = [make_call(each, HashpriceOracle.last_final_day) for each in sorted(self.indices)]
        return tuple(words(result)[0] for result in self._results(calls, None))

    def touched(self, first: int, last: int, tokens: Iterable[ChecksumAddress]) -> Touched:
        """Find which orders and accounts the events of some blocks name, both included."""
        where = {
            "address": [self.domain.book, self.vault, *sorted(tokens)],
            "topics": [[*ORDER_TOPICS, *ACCOUNT_TOPICS]],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        logs = self._rpc.request("eth_getLogs", where)
        touched = Touched()
        try:
            for log in logs:
                topics = [str(each) for each in log["topics"]]
                if topics[0] in ORDER_TOPICS:
                    touched.orders.add(topics[1].lower())
                touched.accounts.update(accounts_of(topics))
        except (KeyError, TypeError, IndexError) as error:
            raise RpcUnavailableError("evm node: eth_getLogs: not a list of logs") from error
        return touched

    def _results(self, calls: Sequence[Call], block: int | None) -> list[Any]:
        """Make calls; in place of one that was refused there is its RpcRefusedError."""
        results: list[Any] = []
        for start in range(0, len(calls), BATCH_CALLS):
            part = calls[start : start + BATCH_CALLS]
            results += self._rpc.batch([_eth_call(call, block) for call in part])
        return results


def _eth_call(call: Call, block: int | None) -> tuple[str, list[Any]]:
    return "eth_call", [dict(call), "latest" if block is None else hex(block)]


def _head(block: dict[str, Any]) -> Head:
    return Head(
        number_from_hex(block.get("number")),
        str(block.get("hash")),
        number_from_hex(block.get("timestamp")),
    )


def _terms(result: Any) -> ForwardTerms | None:
    if isinstance(result, RpcRefusedError):
        if revert_reason(result) == UNKNOWN_SERIES:
            return None
        raise RpcUnavailableError("evm node: terms_of: refused") from result
    try:
        index, metric, first_day, end_day, floor, cap, tick_value, token = words(result)
        index_address, token_address = (
            to_checksum_address(each.to_bytes(_ADDRESS_BYTES, "big")) for each in (index, token)
        )
    except (ValueError, OverflowError) as error:
        raise RpcUnavailableError("evm node: terms_of: no terms") from error
    days = DayIndex(first_day), DayIndex(end_day)
    return ForwardTerms(index_address, metric, *days, floor, cap, tick_value, token_address)
