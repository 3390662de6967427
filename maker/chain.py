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
from hashrate.evm.abi import Function
from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError, WrongChainError
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.orders.order import BookDomain
from hashrate.products.forwards.terms import ForwardTerms
from maker.trades import TradeLog

_BATCH = 100
_RECORD_HEIGHT = 5  # place of `last_height` in a day's record
_IS_DUE, _IS_SETTLED = 0, 1  # places in a series' outcome
_DECIMALS = Function("decimals", (), ("uint8",))
_SYMBOL = Function("symbol", (), ("string",))
_MOST_SYMBOL = 32
_BALANCE = Function("balanceOf", ("address",), ("uint256",))
_ALLOWANCE = Function("allowance", ("address", "address"), ("uint256",))
REMAINING = Function("remaining", (), ("uint256", "uint256"))
"""Of a token that pays itself down: what remains of 1e18, and the first day not settled."""
Ask = tuple[ChecksumAddress, Function, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of the maker.

    Attributes:
        series: of the leg.
        is_buy: whether the maker got LONG.
        price_ticks: [tick].
        quantity: [contracts].
    """

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
        self._log: TradeLog | None = None

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
                    (self.domain.contract, ForwardsBook.VAULT, ()),
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

    def symbol(self, token: ChecksumAddress) -> str:
        """Return a token's symbol, which may be anything that its maker chose."""
        (symbol,) = self.ask([(token, _SYMBOL, ())])
        return "".join(each if each.isprintable() else "?" for each in str(symbol)[:_MOST_SYMBOL])

    def money(
        self, token: ChecksumAddress, owner: ChecksumAddress, spender: ChecksumAddress
    ) -> tuple[int, int]:
        """Return what an account has of a token, and what another may take [base units]."""
        balance, allowed = self.ask(
            [(token, _BALANCE, (owner,)), (token, _ALLOWANCE, (owner, spender))]
        )
        return int(balance), int(allowed)

    def epoch(self, book: ChecksumAddress, maker: ChecksumAddress) -> int:
        """Return the epoch that new orders for a book carry; the spot market's is told alike."""
        (epoch,) = self.ask([(book, ForwardsBook.epoch_of, (maker,))])
        return int(epoch)

    def filled(self, orders: Sequence[tuple[ChecksumAddress, bytes]]) -> list[int]:
        """Return how much of each order is gone [units]; 2^256 - 1 of a cancelled one.

        Args:
            orders: book, or spot market, and hash of each.
        """
        calls: list[Ask] = [(book, ForwardsBook.filled_of, (each,)) for book, each in orders]
        return [int(each) for each in self.ask(calls)]

    def trades(
        self, maker: ChecksumAddress, first: int, head: int, step: int
    ) -> dict[int, list[Trade]]:
        """Return all trades of the maker by series, oldest first; see `TradeLog.read`."""
        if self._log is None:
            self._log = TradeLog(self.rpc, self.vault, ForwardsVault.Traded)
        by_series: dict[int, list[Trade]] = {}
        for each in self._log.read(maker, first, head, step):
            price, quantity = int(each.data["price_ticks"]), int(each.data["quantity"])
            trade = Trade(each.subject, each.is_buy, price, quantity)
            by_series.setdefault(each.subject, []).append(trade)
        return by_series

    def held(self, owner: ChecksumAddress, series: int) -> tuple[int, int]:
        """Return LONG and SHORT that an account holds of a series [contracts]."""
        balance = ForwardsVault.balanceOf
        longs, shorts = self.ask(
            [(self.vault, balance, (owner, side)) for side in (series, series + 1)]
        )
        return int(longs), int(shorts)

    def is_over(self, series: int) -> bool:
        """Return whether what a series pays is known for ever."""
        (outcome,) = self.ask([(self.vault, ForwardsVault.outcome_of, (series,))])
        return bool(outcome[_IS_DUE] or outcome[_IS_SETTLED])


def _bytes(result: object) -> bytes:
    try:
        return bytes.fromhex(str(result).removeprefix("0x"))
    except ValueError as error:
        raise RpcUnavailableError("evm node: eth_call: not hexadecimal") from error
