# SPDX-License-Identifier: AGPL-3.0-only
"""What the relay reads of the chain: in batches, all of one order at one block."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_typing import ChecksumAddress

from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.errors import RpcUnavailableError
from relay.events import ACCOUNT_TOPICS, MONEY_TOPICS, ORDER_TOPICS, givers_of, takers_of
from relay.facts import OrderFacts
from relay.inquiry import Call, Inquiry, Purse, PurseInquiry, make_call, words
from relay.kind import Kind
from relay.node import Head, Node


@dataclass(slots=True)
class Touched:
    """What events of some blocks may have changed.

    Attributes:
        orders: hashes of orders, hexadecimal with 0x.
        makers: accounts whose epoch or books moved, so that their orders may be dead, lower case.
        givers: accounts that have less now, or allow another amount, lower case.
        takers: accounts that were given something, lower case.
    """

    orders: set[str] = field(default_factory=set)
    makers: set[str] = field(default_factory=set)
    givers: set[str] = field(default_factory=set)
    takers: set[str] = field(default_factory=set)


class Chain:
    """Asks a node what matters to the orders of some kinds. Waits; any thread may use it."""

    def __init__(self, node: Node, kinds: Mapping[str, Kind]) -> None:
        """Take the node and the kinds; nothing is read yet."""
        self.node = node
        self.kinds = kinds

    def prepare(self) -> None:
        """Check that the node is on the right chain and the contracts there are ours.

        Raises:
            WrongChainError: it is another.
            RpcUnavailableError: the node does not answer.
        """
        self.node.require_chain()
        for kind in self.kinds.values():
            kind.prepare(self.node)

    def head(self) -> Head:
        """Read the newest block, see `Node.head`."""
        return self.node.head()

    def block_hash(self, number: int) -> str:
        """Read the hash of a block, see `Node.block_hash`."""
        return self.node.block_hash(number)

    def forget(self) -> None:
        """Read again what does not change unless blocks are replaced."""
        for kind in self.kinds.values():
            kind.forget()

    def newest_facts(self, inquiry: Inquiry) -> tuple[Head, OrderFacts | None]:
        """Read the newest block, and what decides about an order, in one request.

        Raises:
            RpcUnavailableError: the node does not answer.
        """
        head, results = self.node.newest(inquiry.calls)
        return head, inquiry.facts(results)

    def facts(self, inquiries: Sequence[Inquiry], block: int) -> list[OrderFacts | None]:
        """Read what decides whether orders can be filled, at a block; equal calls are made once.

        Returns:
            The facts in order; None for an order that the node did not answer for.

        Raises:
            RpcUnavailableError: the node does not answer.
        """
        results = self._once([call for inquiry in inquiries for call in inquiry.calls], block)
        return [inquiry.facts([results[call] for call in inquiry.calls]) for inquiry in inquiries]

    def purses(self, inquiries: Sequence[PurseInquiry], block: int) -> list[Purse | None]:
        """Read what makers have for their orders at a block, and nothing else; see `facts`."""
        results = self._once([call for inquiry in inquiries for call in inquiry.calls], block)
        return [inquiry.read([results[call] for call in inquiry.calls]) for inquiry in inquiries]

    def newest_days(self) -> tuple[int, ...]:
        """Read the newest final day of each index [day]: where prices that follow it come from."""
        indices = sorted({each for kind in self.kinds.values() for each in kind.moving()})
        calls = [make_call(each, HashpriceOracle.last_final_day) for each in indices]
        return tuple(words(result)[0] for result in self.node.results(calls, None))

    def sources(self) -> list[ChecksumAddress]:
        """Return the contracts whose events are followed."""
        return [each for kind in self.kinds.values() for each in kind.sources()]

    def touched(self, first: int, last: int, tokens: Iterable[ChecksumAddress]) -> Touched:
        """Find which orders and accounts the events of some blocks name, both included."""
        where = [*self.sources(), *sorted(tokens)]
        topics = [*ORDER_TOPICS, *ACCOUNT_TOPICS, *MONEY_TOPICS]
        touched = Touched()
        try:
            for log in self.node.logs(where, topics, first, last):
                named = [str(each) for each in log["topics"]]
                if named[0] in ORDER_TOPICS:
                    touched.orders.add(named[1].lower())
                elif named[0] in ACCOUNT_TOPICS:
                    touched.makers.update(givers_of(named))
                else:
                    touched.givers.update(givers_of(named))
                    touched.takers.update(takers_of(named))
        except (KeyError, TypeError, IndexError) as error:
            raise RpcUnavailableError("evm node: eth_getLogs: not a list of logs") from error
        return touched

    def _once(self, calls: Sequence[Call], block: int) -> dict[Call, Any]:
        asked = list(dict.fromkeys(calls))
        return dict(zip(asked, self.node.results(asked, block), strict=True))
