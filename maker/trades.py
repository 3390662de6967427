# SPDX-License-Identifier: AGPL-3.0-only
"""A maker's trades as a contract logged them: vault and spot market name them alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress

from hashrate.evm.abi import Event
from hashrate.evm.errors import RpcUnavailableError
from hashrate.evm.rpc import EvmRpc

_REORG_BLOCKS = 64


@dataclass(frozen=True, slots=True)
class LoggedTrade:
    """A trade of the maker.

    Attributes:
        subject: what was traded: a series, or a token's address as a number.
        is_buy: whether the maker bought.
        data: the event's other fields.
    """

    subject: int
    is_buy: bool
    data: Mapping[str, Any]


class TradeLog:
    """Reads the trades of one maker from one contract, each look on from where the last ended.

    The last blocks are read again: a reorganisation may have replaced them.
    """

    def __init__(self, rpc: EvmRpc, address: ChecksumAddress, event: Event) -> None:
        """Name the event, whose topics are subject, buyer and seller; nothing is read yet."""
        self._rpc, self._address, self._event = rpc, address, event
        self._trades: dict[tuple[int, int, bool], LoggedTrade] = {}
        self._next_block: int | None = None

    def read(self, maker: ChecksumAddress, first: int, head: int, step: int) -> list[LoggedTrade]:
        """Return all trades of the maker, oldest first.

        Args:
            maker: buyer or seller.
            first: a block at or before its first trade.
            head: the newest block.
            step: blocks asked for at once.

        Raises:
            RpcUnavailableError: the node does not answer, or with something else.
        """
        begin = first if self._next_block is None else max(first, self._next_block - _REORG_BLOCKS)
        self._trades = {key: each for key, each in self._trades.items() if key[0] < begin}
        word = "0x" + maker.lower().removeprefix("0x").rjust(64, "0")
        for low in range(begin, head + 1, step):
            high = min(head, low + step - 1)
            for is_buy, topics in ((True, [None, word]), (False, [None, None, word])):
                self._read([self._event.topic, *topics], (low, high), is_buy=is_buy)
        self._next_block = head + 1
        return [self._trades[key] for key in sorted(self._trades)]

    def _read(self, topics: list[str | None], span: tuple[int, int], *, is_buy: bool) -> None:
        where = {
            "address": self._address,
            "topics": topics,
            "fromBlock": hex(span[0]),
            "toBlock": hex(span[1]),
        }
        logs = self._rpc.request("eth_getLogs", where)
        try:
            for log in logs:
                place = int(log["blockNumber"], 16), int(log["logIndex"], 16), is_buy
                subject, data = int(log["topics"][1], 16), self._event.decode(log["data"])
                self._trades[place] = LoggedTrade(subject, is_buy, data)
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise RpcUnavailableError("evm node: eth_getLogs: not a list of logs") from error
