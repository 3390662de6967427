# SPDX-License-Identifier: AGPL-3.0-only
"""Typed readers of the HashpriceOracle and of a series' distributor."""

from dataclasses import asdict, dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats, UsdE8, Wad
from hashrate.core.units import day_start
from hashrate.evm.abi import Function
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.contracts.series import RewardDistributor
from hashrate.evm.errors import NodeRefusedError, RpcRefusedError
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.reports.report import (
    OracleDomain,
    SignedDayReport,
    SignedOutputReport,
)

_WINDOWS = (
    HashpriceOracle.SHORT_WINDOW_SECONDS,
    HashpriceOracle.LONG_WINDOW_SECONDS,
    HashpriceOracle.RECOVERY_WINDOW_SECONDS,
)
_SCAN_BLOCKS = 10_000
_MAX_WINDOW_SCANS, _MAX_SCANS = 24, 200  # requests; some nodes give ten blocks at once


@dataclass(frozen=True, slots=True)
class OracleState:
    """What a decision needs of the oracle, all read at one block.

    Attributes:
        block: the block it was read at.
        timestamp: that block's time [unix s].
        next_day: the day that is posted next.
        revision: that day's revision.
        threshold: signatures a report needs.
        membership_version: version of the list of reporters.
        reporters: who may sign, in on-chain order.
    """

    block: int
    timestamp: int
    next_day: DayIndex
    revision: int
    threshold: int
    membership_version: int
    reporters: tuple[ChecksumAddress, ...]


@dataclass(frozen=True, slots=True)
class PostedDay:
    """A posted day as its stored sums tell it.

    Attributes:
        day: the UTC day.
        last_height: height of its last block.
        hashprice_wad: sats per TH/s per day [1e18].
        difficulty_wad: mean difficulty [1e18].
        btc_usd_e8: closing price [USD, 1e8].
        final_at: final from this time on [unix s].
    """

    day: DayIndex
    last_height: BlockHeight
    hashprice_wad: Wad
    difficulty_wad: Wad
    btc_usd_e8: UsdE8
    final_at: int


@dataclass(frozen=True, slots=True)
class PostedOutput:
    """An output report as stored; `final_at` is 0 if none is posted [unix s]."""

    credited_sats: Sats
    delivered_ths: int
    final_at: int
    revision: int


@dataclass(frozen=True, slots=True)
class DayEvent:
    """The whole report of a day, from the event of its posting."""

    facts: DayFacts
    revision: int
    btc_usd_e8: UsdE8
    tx_hash: str
    block: int


class OracleContract:
    """Reads one HashpriceOracle."""

    def __init__(self, rpc: EvmRpc, domain: OracleDomain, first_block: int = 0) -> None:
        """Name the oracle and a block before its deployment; nothing is read yet."""
        self._rpc = rpc
        self._first_block = first_block
        self._first_day: DayIndex | None = None
        self.domain = domain
        self.address = domain.verifying_contract

    def state(self) -> OracleState:
        """Read what a decision needs, at the newest block."""
        header = self._rpc.block()
        block = number_from_hex(header.get("number"))
        next_day = self._read(HashpriceOracle.next_day, block=block)
        return OracleState(
            block=block,
            timestamp=number_from_hex(header.get("timestamp")),
            next_day=DayIndex(next_day),
            revision=self._read(HashpriceOracle.revision_of, next_day, block=block),
            threshold=self._read(HashpriceOracle.threshold, block=block),
            membership_version=self._read(HashpriceOracle.membership_version, block=block),
            reporters=tuple(
                to_checksum_address(a) for a in self._read(HashpriceOracle.reporters, block=block)
            ),
        )

    def next_day(self) -> DayIndex:
        """Read the day that is posted next."""
        return DayIndex(self._read(HashpriceOracle.next_day))

    def first_day(self) -> DayIndex:
        """Read the first day that can be reported; it never changes, and is asked for once."""
        if self._first_day is None:
            self._first_day = DayIndex(self._read(HashpriceOracle.FIRST_DAY))
        return self._first_day

    def last_final_day(self) -> DayIndex:
        """Read the newest final day, the day before the first if there is none."""
        return DayIndex(self._read(HashpriceOracle.last_final_day))

    def revision_of(self, day: DayIndex) -> int:
        """Read a day's revision."""
        return int(self._read(HashpriceOracle.revision_of, day))

    def membership_version(self, block: int | None = None) -> int:
        """Read the version of the list of reporters, now or at a block."""
        return int(self._read(HashpriceOracle.membership_version, block=block))

    def spread_bps(self) -> int:
        """Read the greatest spread of prices [1e-4]."""
        return int(self._read(HashpriceOracle.SPREAD_BPS))

    def consensus(self) -> tuple[int, int]:
        """Read blocks between halvings, and hashes per second of the unit."""
        return int(self._read(HashpriceOracle.HALVING_BLOCKS)), int(
            self._read(HashpriceOracle.UNIT_HASHES)
        )

    def bitcoin_headers(self) -> ChecksumAddress | None:
        """Read which header contract it reviews days by, None if none."""
        address = to_checksum_address(self._read(HashpriceOracle.BITCOIN_HEADERS))
        return None if int(address, 16) == 0 else address

    def disputes_end(self) -> int:
        """Read when the dispute that began last ends or ended [unix s]."""
        return int(self._read(HashpriceOracle.disputes_end))

    def has_our_domain(self) -> bool:
        """Return whether the contract checks signatures under the domain that we sign under."""
        separator: bytes = self._read(HashpriceOracle.DOMAIN_SEPARATOR)
        return separator == self.domain.typed().separator()

    def posted_day(self, day: DayIndex) -> PostedDay | None:
        """Read a day from the stored sums; None if it is not posted."""
        after, before = (
            self._read(HashpriceOracle.day_record, day),
            self._read(HashpriceOracle.day_record, day - 1),
        )
        if after[4] == 0:
            return None
        return PostedDay(
            day=day,
            last_height=BlockHeight(after[5]),
            hashprice_wad=Wad(after[0] - before[0]),
            difficulty_wad=Wad(after[2] - before[2]),
            btc_usd_e8=UsdE8(after[3]),
            final_at=after[4],
        )

    def posted_values(self, day: DayIndex) -> dict[str, int] | None:
        """Read a posted day by name: all of it from its event, or what is stored without logs.

        Values that only the event has are missing where the node gives it in no way.
        """
        stored = self.posted_day(day)
        if stored is None:
            return None
        values: dict[str, int] = asdict(stored)
        event = self.posting_of(stored)
        return values | asdict(event.facts) if event else values

    def posting_of(self, stored: PostedDay) -> DayEvent | None:
        """Find the event of a day's posting that stands; None where the node does not give it.

        A node that refuses all blocks at once is asked for the few in which it must be.
        """
        try:
            events = self.day_events(stored.day)
        except (RpcRefusedError, NodeRefusedError):
            return self._posting_near(stored)
        return events[-1] if events else None

    def _posting_near(self, stored: PostedDay) -> DayEvent | None:
        """Look where a day was posted by the time it becomes final: one window after its posting.

        It may become final later than that, with the day before it; then from the day's end on.
        """
        topics = [HashpriceOracle.DayReported.topic, f"0x{stored.day:064x}"]
        newest = number_from_hex(self._rpc.block().get("number"))
        windows = [int(self._read(function)) for function in _WINDOWS]
        for window in windows:
            posted_at = stored.final_at - window
            span = self._block_from(posted_at, newest), self._block_from(posted_at + 1, newest)
            event = self._scan(stored.day, topics, *span, requests=_MAX_WINDOW_SCANS)
            if event is not None:
                return event
        first = self._block_from(day_start(DayIndex(stored.day + 1)), newest)
        last = self._block_from(stored.final_at - min(windows) + 1, newest)
        return self._scan(stored.day, topics, first, last, requests=_MAX_SCANS)

    def _scan(
        self, day: DayIndex, topics: list[str], first: int, last: int, requests: int
    ) -> DayEvent | None:
        """Look for a day's newest posting in a range of blocks, from its end, some at a time.

        How many a node gives at once is found out.
        """
        size = _SCAN_BLOCKS
        for _ in range(requests):
            begin = max(first, last - size + 1)
            try:
                found = self._rpc.logs(self.address, topics, begin, last)
            except (RpcRefusedError, NodeRefusedError):
                if begin == last:
                    return None
                size = max(1, (last - begin + 1) // 2)
                continue
            if found:
                return _day_event(day, found[-1])
            if begin == first:
                break
            last = begin - 1
        return None

    def _block_from(self, time: int, newest: int) -> int:
        """Find the first block at a time or after it [unix s], or the newest if there is none."""
        low, high = self._first_block, newest
        while low < high:
            middle = (low + high) // 2
            if number_from_hex(self._rpc.block(middle).get("timestamp")) < time:
                low = middle + 1
            else:
                high = middle
        return low

    def last_height_before(self, day: DayIndex) -> BlockHeight:
        """Read the last height of the day before a day that is posted or next."""
        return BlockHeight(self._read(HashpriceOracle.day_record, day - 1)[5])

    def posted_output(self, series: ChecksumAddress, day: DayIndex) -> PostedOutput:
        """Read a series' output of a day."""
        credited, delivered, final_at, revision, _ = self._read(
            HashpriceOracle.output_record, series, day
        )
        return PostedOutput(Sats(credited), delivered, final_at, revision)

    def day_events(self, day: DayIndex) -> list[DayEvent]:
        """Read every posting of a day, the newest last; more than one after a removal."""
        topics = [HashpriceOracle.DayReported.topic, f"0x{day:064x}"]
        logs = self._rpc.logs(self.address, topics, self._first_block)
        return [_day_event(day, log) for log in logs]

    def _read(self, function: Function, *arguments: Any, block: int | None = None) -> Any:
        return function.decode(self._rpc.call(self.address, function.encode(*arguments), block))


class SeriesContract:
    """Reads one series' distributor."""

    def __init__(self, rpc: EvmRpc, address: ChecksumAddress) -> None:
        """Name the series; nothing is read yet."""
        self._rpc = rpc
        self.address = address

    def oracle(self) -> ChecksumAddress:
        """Read which oracle it believes."""
        return to_checksum_address(self._read(RewardDistributor.ORACLE))

    def next_day(self) -> DayIndex:
        """Read the day that is settled next."""
        return DayIndex(self._read(RewardDistributor.progress)[0])

    def paid_days(self) -> range:
        """Read which days it pays, as far as its end is known."""
        return range(
            self._read(RewardDistributor.terms)[1], self._read(RewardDistributor.progress)[1]
        )

    def _read(self, function: Function, *arguments: Any) -> Any:
        return function.decode(self._rpc.call(self.address, function.encode(*arguments)))


def report_day_call(signed: SignedDayReport) -> str:
    """Encode the transaction that posts a day."""
    facts = signed.report.facts.as_tuple()
    return HashpriceOracle.report_day.encode(facts, signed.signature_tuples())


def report_output_call(signed: SignedOutputReport) -> str:
    """Encode the transaction that posts an output."""
    report = signed.report
    numbers = (report.series, report.day, report.credited_sats, report.delivered_ths)
    return HashpriceOracle.report_output.encode(*numbers, signed.signature_tuples())


def settle_call(days: int) -> str:
    """Encode the transaction that settles up to some days."""
    return RewardDistributor.settle.encode(days)


def _day_event(day: DayIndex, log: dict[str, Any]) -> DayEvent:
    named = HashpriceOracle.DayReported.decode(str(log.get("data")))
    return DayEvent(
        facts=DayFacts(
            day,
            BlockHeight(named["first_height"]),
            BlockHeight(named["last_height"]),
            Sats(named["subsidy_sats"]),
            Sats(named["fees_sats"]),
            Wad(named["hashprice_wad"]),
            Wad(named["difficulty_wad"]),
        ),
        revision=named["revision"],
        btc_usd_e8=UsdE8(named["btc_usd_e8"]),
        tx_hash=str(log.get("transactionHash")),
        block=number_from_hex(log.get("blockNumber")),
    )
