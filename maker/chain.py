# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker reads of the chain: index, series, positions, trades, money. Nothing is believed
of a relay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.evm.abi import Event, Function
from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError, WrongChainError
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.orders.order import BookDomain
from hashrate.products.forwards.terms import ForwardTerms

_BATCH = 100
_REORG_BLOCKS = 64
_RECORD_HEIGHT = 5  # place of `last_height` in a day's record
_DECIMALS = Function("decimals", (), ("uint8",))
_BALANCE = Function("balanceOf", ("address",), ("uint256",))
_ALLOWANCE = Function("allowance", ("address", "address"), ("uint256",))
Ask = tuple[ChecksumAddress, Function, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of the maker; `block` and `place` name its event.

    Attributes:
        series: of the leg.
        is_buy: whether the maker got LONG.
        price_ticks: [tick].
        quantity: [contracts].
    """

    block: int
    place: int
    series: int
    is_buy: bool
    price_ticks: int
    quantity: int


class MarketReader:
    """Reads one book, its vault and one oracle for one maker.

    `vault` and `halving_blocks` are known once `require` was called.
    """

    vault: ChecksumAddress
    halving_blocks: int
    first_day: DayIndex

    def __init__(self, rpc: EvmRpc, domain: BookDomain, oracle: ChecksumAddress) -> None:
        """Name the contracts; nothing is read yet."""
        self.rpc = rpc
        self.domain = domain
        self.oracle = oracle
        self._sums: dict[tuple[int, int], int] = {}
        self._trades: dict[tuple[int, int, bool], Trade] = {}
        self._next_block: int | None = None

    def require(self) -> None:
        """Check chain and contracts.

        Raises:
            WrongChainError: they are others.
            RpcUnavailableError: the node does not answer.
        """
        if (chain_id := self.rpc.chain_id()) != self.domain.chain_id:
            raise WrongChainError(f"the node is on chain {chain_id}, not {self.domain.chain_id}")
        try:
            answers = self.ask(
                [
                    (self.domain.book, ForwardsBook.VAULT, ()),
                    (self.oracle, HashpriceOracle.HALVING_BLOCKS, ()),
                    (self.oracle, HashpriceOracle.FIRST_DAY, ()),
                ]
            )
        except RpcUnavailableError as error:
            raise WrongChainError("book or oracle is another contract, or none") from error
        self.vault, self.halving_blocks, first = answers
        self.vault = to_checksum_address(self.vault)
        self.first_day = DayIndex(first)

    def ask(self, calls: Sequence[Ask]) -> list[Any]:
        """Make calls, in batches.

        Raises:
            RpcRefusedError: a contract refuses one.
            RpcUnavailableError: the node does not answer.
        """
        results: list[Any] = []
        for begin in range(0, len(calls), _BATCH):
            part = calls[begin : begin + _BATCH]
            sent = [
                ("eth_call", [{"to": to, "data": function.encode(*given)}, "latest"])
                for to, function, given in part
            ]
            for (_, function, _), result in zip(part, self.rpc.batch(sent), strict=True):
                if isinstance(result, RpcRefusedError):
                    raise result
                results.append(function.decode(_bytes(result)))
        return results

    def head(self) -> tuple[int, int]:
        """Return the newest block's number and time [unix s]."""
        block = self.rpc.block()
        return number_from_hex(block.get("number")), number_from_hex(block.get("timestamp"))

    def newest_day(self) -> tuple[DayIndex, int]:
        """Return the newest final day and the height of its last block."""
        (day,) = self.ask([(self.oracle, HashpriceOracle.last_final_day, ())])
        (record,) = self.ask([(self.oracle, HashpriceOracle.day_record, (day,))])
        return DayIndex(day), int(record[_RECORD_HEIGHT])

    def values(self, metric: int, newest: DayIndex, days: int) -> list[int]:
        """Return a metric of the newest final days, oldest first [1e18 fixed point].

        The sum before the index's first day is zero.
        """
        first = max(self.first_day - 1, newest - days)
        wanted = [day for day in range(first, newest + 1) if (metric, day) not in self._sums]
        asked: list[Ask] = [
            (self.oracle, HashpriceOracle.sum_through, (metric, day)) for day in wanted
        ]
        for day, (total, _) in zip(wanted, self.ask(asked), strict=True):
            self._sums[metric, day] = total
        sums = [self._sums[metric, day] for day in range(first, newest + 1)]
        return [later - earlier for earlier, later in zip(sums, sums[1:], strict=False)]

    def realised(self, terms: ForwardTerms, newest: DayIndex) -> tuple[int, int]:
        """Return the sum of a window's final days [1e18 fixed point], and how many they are."""
        count = max(0, min(newest + 1, terms.end_day) - terms.first_day)
        if count == 0:
            return 0, 0
        days = (terms.first_day - 1, terms.first_day + count - 1)
        (before, _), (after, _) = self.ask(
            [(self.oracle, HashpriceOracle.sum_through, (terms.metric, day)) for day in days]
        )
        return after - before, count

    def terms(self, series: int) -> ForwardTerms:
        """Return the terms of a series.

        Raises:
            RpcRefusedError: there is no such series.
        """
        (found,) = self.ask([(self.vault, ForwardsVault.terms_of, (series,))])
        index, metric, first, end, floor, cap, value, token = found
        days = DayIndex(first), DayIndex(end)
        return ForwardTerms(
            to_checksum_address(index), metric, *days, floor, cap, value, to_checksum_address(token)
        )

    def decimals(self, token: ChecksumAddress) -> int:
        """Return a token's decimals."""
        (decimals,) = self.ask([(token, _DECIMALS, ())])
        return int(decimals)

    def money(self, token: ChecksumAddress, owner: ChecksumAddress) -> tuple[int, int]:
        """Return what an account has of a token, and what the vault may take [base units]."""
        balance, allowed = self.ask(
            [(token, _BALANCE, (owner,)), (token, _ALLOWANCE, (owner, self.vault))]
        )
        return int(balance), int(allowed)

    def epoch(self, maker: ChecksumAddress) -> int:
        """Return the epoch that new orders carry."""
        (epoch,) = self.ask([(self.domain.book, ForwardsBook.epoch_of, (maker,))])
        return int(epoch)

    def filled(self, hashes: Sequence[bytes]) -> list[int]:
        """Return how much of each order is gone [units]; 2^256 - 1 of a cancelled one."""
        calls: list[Ask] = [(self.domain.book, ForwardsBook.filled_of, (each,)) for each in hashes]
        return [int(each) for each in self.ask(calls)]

    def trades(
        self, maker: ChecksumAddress, first: int, head: int, step: int
    ) -> dict[int, list[Trade]]:
        """Return all trades of the maker by series, oldest first.

        Each look reads on from where the last one ended, and the last blocks again: a
        reorganisation may have replaced them.

        Args:
            maker: buyer or seller.
            first: a block at or before its first trade.
            head: the newest block.
            step: blocks asked for at once.
        """
        begin = first if self._next_block is None else max(first, self._next_block - _REORG_BLOCKS)
        self._trades = {key: each for key, each in self._trades.items() if each.block < begin}
        word = "0x" + maker.lower().removeprefix("0x").rjust(64, "0")
        event: Event = ForwardsVault.Traded
        for low in range(begin, head + 1, step):
            high = min(head, low + step - 1)
            for is_buy, topics in ((True, [None, word]), (False, [None, None, word])):
                self._read_trades(event, [event.topic, *topics], (low, high), is_buy=is_buy)
        self._next_block = head + 1
        by_series: dict[int, list[Trade]] = {}
        for key in sorted(self._trades):
            trade = self._trades[key]
            by_series.setdefault(trade.series, []).append(trade)
        return by_series

    def _read_trades(
        self, event: Event, topics: list[str | None], span: tuple[int, int], *, is_buy: bool
    ) -> None:
        where = {
            "address": self.vault,
            "topics": topics,
            "fromBlock": hex(span[0]),
            "toBlock": hex(span[1]),
        }
        logs = self.rpc.request("eth_getLogs", where)
        try:
            for log in logs:
                block, place = int(log["blockNumber"], 16), int(log["logIndex"], 16)
                data = event.decode(log["data"])
                price, quantity = data["price_ticks"], data["quantity"]
                series = int(log["topics"][1], 16)
                self._trades[block, place, is_buy] = Trade(
                    block, place, series, is_buy, price, quantity
                )
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise RpcUnavailableError("evm node: eth_getLogs: not a list of logs") from error


def _bytes(result: object) -> bytes:
    try:
        return bytes.fromhex(str(result).removeprefix("0x"))
    except ValueError as error:
        raise RpcUnavailableError("evm node: eth_call: not hexadecimal") from error
