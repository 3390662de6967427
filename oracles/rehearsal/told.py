# SPDX-License-Identifier: AGPL-3.0-only
"""What became of rehearsed days: who signed, who posted, when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from hashrate.core.types import DayFacts, DayIndex
from hashrate.evm.abi import Function
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.rpc import number_from_hex
from hashrate.reports.report import SignedDayReport, SignedOutputReport
from hashrate.service.ports import LOOPBACK, free_port
from oracles.chain.contracts import OracleContract
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind
from oracles.journal.records import Held
from oracles.rehearsal.chain import LocalChain
from oracles.rehearsal.errors import RehearsalError


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature: the reporter's place from 1, when [unix s], its price of a day [USD, 1e8]."""

    reporter: int
    at: int
    btc_usd_e8: int | None


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction.

    Attributes:
        reporter: whose it was, from 1.
        at: [unix s].
        signers: the reporters whose signatures it carried.
        btc_usd_e8: of a day, the price that stands [USD, 1e8].
        gas: it used.
        final_at: when the report is final [unix s].
    """

    reporter: int
    at: int
    signers: tuple[int, ...]
    btc_usd_e8: int | None
    gas: int
    final_at: int


@dataclass(frozen=True, slots=True)
class RehearsedOutput:
    """What became of a series' output of a day.

    Attributes:
        series: its distributor.
        credited_sats: by the pool [sat]; None where nobody signed.
        delivered_ths: over the day [TH/s, 1e18]; None where nobody signed.
        signed: the signatures.
        posted: None where it was not posted.
    """

    series: ChecksumAddress
    credited_sats: int | None
    delivered_ths: int | None
    signed: tuple[Signed, ...]
    posted: Posted | None


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a day; no facts where nobody signed, no posting where it was not posted."""

    day: DayIndex
    facts: DayFacts | None
    signed: tuple[Signed, ...]
    posted: Posted | None
    outputs: tuple[RehearsedOutput, ...] = ()


@dataclass
class Actor:
    """One reporter, and what it leaves behind."""

    number: int
    signer: LocalAccount
    payer: LocalAccount
    port: int = field(default_factory=free_port)
    held: dict[Subject, Held] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def url(self) -> str:
        """Return where its peers ask it."""
        return f"http://{LOOPBACK}:{self.port}"


def subjects_of(day: DayIndex, series: Sequence[ChecksumAddress]) -> list[Subject]:
    """Name the reports of a day, the day's own first."""
    outputs = [Subject(ReportKind.OUTPUT, day, each) for each in series]
    return [Subject(ReportKind.DAY, day), *outputs]


class Memory:
    """Puts together what became of the days, from journals and the chain."""

    def __init__(self, actors: Sequence[Actor], oracle: OracleContract, chain: LocalChain) -> None:
        self._actors, self._oracle, self._chain = actors, oracle, chain
        self._senders = {actor.payer.address.lower(): actor.number for actor in actors}

    def told(self, day: DayIndex, series: Sequence[ChecksumAddress]) -> Rehearsed:
        """Return what became of a day and its outputs."""
        held = self._held(Subject(ReportKind.DAY, day))
        reports = [each.signed for each in held.values()]
        facts = next((r.report.facts for r in reports if isinstance(r, SignedDayReport)), None)
        told = tuple(self._output(day, each) for each in series)
        return Rehearsed(day, facts, _signed(held), self._posted_day(day, held), told)

    def _output(self, day: DayIndex, series: ChecksumAddress) -> RehearsedOutput:
        held = self._held(Subject(ReportKind.OUTPUT, day, series))
        reports = [each.signed for each in held.values()]
        report = next((r.report for r in reports if isinstance(r, SignedOutputReport)), None)
        return RehearsedOutput(
            series=series,
            credited_sats=report.credited_sats if report else None,
            delivered_ths=report.delivered_ths if report else None,
            signed=_signed(held),
            posted=self._posted_output(day, series, held),
        )

    def _held(self, subject: Subject) -> dict[int, Held]:
        """Return what the reporters signed about something, by reporter."""
        found = {actor.number: actor.held.get(subject) for actor in self._actors}
        return {number: held for number, held in found.items() if held is not None}

    def _posted_day(self, day: DayIndex, held: Mapping[int, Held]) -> Posted | None:
        stored, events = self._oracle.posted_day(day), self._oracle.day_events(day)
        if stored is None or not events:
            return None
        event = events[-1]
        posted = self._posted(HashpriceOracle.report_day, event.tx_hash, event.block, held)
        return replace(posted, btc_usd_e8=event.btc_usd_e8, final_at=stored.final_at)

    def _posted_output(
        self, day: DayIndex, series: ChecksumAddress, held: Mapping[int, Held]
    ) -> Posted | None:
        stored = self._oracle.posted_output(series, day)
        if stored.final_at == 0:
            return None
        places = f"0x{int(series, 16):064x}", f"0x{day:064x}"
        topics = [HashpriceOracle.OutputReported.topic, *places]
        log = self._chain.rpc.logs(self._oracle.address, topics, 0)[-1]
        block = number_from_hex(log["blockNumber"])
        call = HashpriceOracle.report_output
        posted = self._posted(call, str(log["transactionHash"]), block, held)
        return replace(posted, final_at=stored.final_at)

    def _posted(self, call: Function, tx_hash: str, block: int, held: Mapping[int, Held]) -> Posted:
        """Read who sent a report, when, and whose signatures were in it."""
        rpc = self._chain.rpc
        sent = rpc.request("eth_getTransactionByHash", tx_hash)
        arguments = call.arguments_of(str(sent["input"]))
        if arguments is None:
            raise RehearsalError(f"{tx_hash} does not call {call.name}")
        places = {
            (signature.r, signature.s): number
            for number, each in held.items()
            for signature in each.signed.signatures
        }
        receipt = rpc.receipt(tx_hash) or {}
        return Posted(
            reporter=self._senders[str(sent["from"]).lower()],
            at=number_from_hex(rpc.block(block).get("timestamp")),
            signers=tuple(sorted(places[tuple(each[-2:])] for each in arguments[-1])),
            btc_usd_e8=None,
            gas=number_from_hex(receipt.get("gasUsed")),
            final_at=0,
        )


def _signed(held: Mapping[int, Held]) -> tuple[Signed, ...]:
    return tuple(
        Signed(number, each.created_at, getattr(each.signed.signatures[0], "btc_usd_e8", None))
        for number, each in held.items()
    )
