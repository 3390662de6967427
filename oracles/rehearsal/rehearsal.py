# SPDX-License-Identifier: AGPL-3.0-only
"""Whole reporters replay past days: their own loops, journals, peers and transmitters."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from hashrate.core.types import DayFacts, DayIndex
from hashrate.core.units import DAY_SECONDS, day_start, iso_from_day
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.rpc import number_from_hex
from hashrate.reports.report import OracleDomain, SignedDayReport
from hashrate.service.clock import Clock
from hashrate.service.logging import Redactor
from hashrate.service.ports import LOOPBACK, free_port
from oracles.chain.contracts import OracleContract
from oracles.daemon.parts import WatchMode
from oracles.daemon.runtime import Keys, open_parts, serve_and_run
from oracles.daemon.settings import Settings
from oracles.daemon.wiring import Readers
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind
from oracles.journal.records import Held
from oracles.rehearsal.chain import Code, LocalChain
from oracles.rehearsal.errors import RehearsalError
from oracles.rehearsal.stage import Stage, StageClock

_QUIET_CYCLES = 3  # after a day is posted, in which everybody learns of it

OpenReaders = Callable[[Clock], AbstractContextManager[Readers]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed.

    Attributes:
        settings: an operator's; keys, nodes, peers, series and files in it are not used.
        days: the days.
        reporters: how many; more than half of them sign.
        folder: for journals.
    """

    settings: Settings
    days: range
    reporters: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature: the reporter's place from 1, when [unix s], its price [USD, 1e8]."""

    reporter: int
    at: int
    btc_usd_e8: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction.

    Attributes:
        reporter: whose it was, from 1.
        at: [unix s].
        signers: the reporters whose signatures it carried.
        btc_usd_e8: the price that stands [USD, 1e8].
        gas: it used.
        final_at: when the day is final [unix s].
    """

    reporter: int
    at: int
    signers: tuple[int, ...]
    btc_usd_e8: int
    gas: int
    final_at: int


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a day; no facts where nobody signed, no posting where it was not posted."""

    day: DayIndex
    facts: DayFacts | None
    signed: tuple[Signed, ...]
    posted: Posted | None


@dataclass
class _Actor:
    """One reporter, and what it leaves behind."""

    number: int
    signer: LocalAccount
    payer: LocalAccount
    port: int = field(default_factory=free_port)
    held: dict[int, Held] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def url(self) -> str:
        """Return where its peers ask it."""
        return f"http://{LOOPBACK}:{self.port}"


class _ShownTime:
    """The clock of the sources; who tells it changes once."""

    def __init__(self, time: int) -> None:
        self.tell: Callable[[], int] = lambda: time

    def now(self) -> int:
        """Return the time [unix s]."""
        return self.tell()

    def sleep(self, seconds: float) -> None:
        """Do nothing: whoever asks a source sleeps on the stage."""


def rehearse(
    plan: Plan, chain: LocalChain, code: Code, open_readers: OpenReaders
) -> list[Rehearsed]:
    """Let reporters work until every day is posted, or one is later than `late_seconds`.

    Args:
        plan: see there.
        chain: at a time before the end of the first day.
        code: of the oracle.
        open_readers: opens what they all read, on the rehearsal's clock.

    Returns:
        What became of each day, in order.

    Raises:
        HashrateError: the first day cannot be read, or a reporter cannot start.
        RehearsalError: a reporter gave up.
    """
    first = DayIndex(plan.days.start)
    end = day_start(DayIndex(first + 1))
    clock = _ShownTime(end + DAY_SECONDS)
    with open_readers(clock) as readers:
        begins = readers.facts.read(first, None).facts.first_height
        actors = _cast(plan.reporters)
        for actor in actors:
            chain.give(actor.payer.address)
        signers = [actor.signer.address for actor in actors]
        start = day_start(first)
        chain.move(start)
        address = chain.deploy_oracle(
            code, readers.facts.network, (first, begins), signers, len(actors) // 2 + 1
        )
        oracle = OracleContract(chain.rpc, OracleDomain(chain.chain_id, address))
        director = _Director(plan, chain, oracle)
        stage = Stage(start, len(actors), director.move)
        clock.tell = stage.now
        settings = [_settings_of(actor, actors, plan, oracle, chain) for actor in actors]
        play = _Play(plan, stage, replace(readers, outputs=()), director.stop)
        threads = [
            threading.Thread(target=play.run, args=each, name=f"reporter-{each[0].number}")
            for each in zip(actors, settings, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for actor in actors:
        if actor.error is not None:
            raise actor.error
    return [_told(DayIndex(day), actors, oracle, chain) for day in plan.days]


class _Director:
    """Takes the chain along in time, skips hours in which nothing is due, and ends it all."""

    def __init__(self, plan: Plan, chain: LocalChain, oracle: OracleContract) -> None:
        self.stop = threading.Event()
        self._days, self._chain, self._oracle = plan.days, chain, oracle
        self._quiet_seconds = _QUIET_CYCLES * plan.settings.cycle_seconds
        self._late_seconds = plan.settings.late_seconds
        self._next_day, self._since = DayIndex(plan.days.start), 0

    def move(self, time: int) -> int:
        """Go on to a moment [unix s], or past it; see `Stage`."""
        next_day = self._oracle.next_day()
        if next_day != self._next_day:
            self._next_day, self._since = next_day, time
        is_quiet = time > self._since + self._quiet_seconds
        end = day_start(DayIndex(next_day + 1))
        if next_day in self._days:
            if time > end + self._late_seconds:
                self.stop.set()
            elif is_quiet:
                time = max(time, end)
        elif is_quiet:
            self.stop.set()
        self._chain.move(time)
        return time


class _Play:
    """What every reporter's thread does."""

    def __init__(self, plan: Plan, stage: Stage, readers: Readers, stop: threading.Event) -> None:
        self._plan, self._stage, self._readers, self._stop = plan, stage, readers, stop

    def run(self, actor: _Actor, settings: Settings) -> None:
        """Be a reporter until the end, and keep what it signed."""
        structlog.contextvars.bind_contextvars(reporter=actor.number)
        place = actor.number - 1
        clock = StageClock(self._stage, place)
        keys = Keys(actor.signer, actor.payer)
        try:
            with open_parts(settings, keys, Redactor(), clock, self._readers) as parts:
                if serve_and_run(settings, parts, self._stop) != 0:
                    raise RehearsalError(f"reporter {actor.number} gave up; its log says why")
                for day in self._plan.days:
                    held = parts.journal.held_report(Subject(ReportKind.DAY, DayIndex(day)))
                    if held is not None:
                        actor.held[day] = held
        except Exception as error:  # it is raised where the threads are joined
            actor.error = error
            self._stop.set()
        finally:
            self._stage.leave(place)


def _cast(count: int) -> list[_Actor]:
    """Make reporters in the order of the contract's list, with keys of no worth."""
    signers = sorted(
        (_key(f"reporter {number}") for number in range(count)),
        key=lambda account: int(account.address, 16),
    )
    return [
        _Actor(number, signer, _key(f"transmitter {number}"))
        for number, signer in enumerate(signers, start=1)
    ]


def _key(role: str) -> LocalAccount:
    account: LocalAccount = Account.from_key(keccak(text=f"rehearsal: {role}"))
    return account


def _settings_of(
    actor: _Actor,
    actors: Sequence[_Actor],
    plan: Plan,
    oracle: OracleContract,
    chain: LocalChain,
) -> Settings:
    """Return the operator's settings for a reporter on the local chain."""
    return plan.settings.model_copy(
        update={
            "chain_id": chain.chain_id,
            "rpc_url": chain.url,
            "rpc_url_file": None,
            "rpc_fallback_urls": (),
            "rpc_fallback_url_files": (),
            "oracle": oracle.address,
            "oracle_block": 0,
            "series": (),
            "outputs": (),
            "journal": plan.folder / f"journal-{actor.number}.sqlite3",
            "peers": tuple(each.url for each in actors if each is not actor),
            "listen_host": LOOPBACK,
            "listen_port": actor.port,
            "operator_host": LOOPBACK,
            "operator_port": 0,
            "evm_confirmations": 1,
            "watch": WatchMode.OFF,
        }
    )


def _told(
    day: DayIndex, actors: Sequence[_Actor], oracle: OracleContract, chain: LocalChain
) -> Rehearsed:
    """Put together what became of a day."""
    signed, facts = [], None
    places: dict[tuple[int, int], int] = {}
    for actor in actors:
        held = actor.held.get(day)
        if held is None or not isinstance(held.signed, SignedDayReport):
            continue
        facts = held.signed.report.facts
        (signature,) = held.signed.signatures
        places[signature.r, signature.s] = actor.number
        signed.append(Signed(actor.number, held.created_at, signature.btc_usd_e8))
    return Rehearsed(day, facts, tuple(signed), _posted(day, actors, places, oracle, chain))


def _posted(
    day: DayIndex,
    actors: Sequence[_Actor],
    places: dict[tuple[int, int], int],
    oracle: OracleContract,
    chain: LocalChain,
) -> Posted | None:
    """Read a day's posting from the chain."""
    stored, events = oracle.posted_day(day), oracle.day_events(day)
    if stored is None or not events:
        return None
    event = events[-1]
    sent = chain.rpc.request("eth_getTransactionByHash", event.tx_hash)
    receipt = chain.rpc.receipt(event.tx_hash) or {}
    arguments = HashpriceOracle.report_day.arguments_of(str(sent["input"]))
    if arguments is None:
        raise RehearsalError(f"{iso_from_day(day)} was posted by another call")
    senders = {actor.payer.address.lower(): actor.number for actor in actors}
    return Posted(
        reporter=senders[str(sent["from"]).lower()],
        at=number_from_hex(chain.rpc.block(event.block).get("timestamp")),
        signers=tuple(sorted(places[r, s] for _, _, r, s in arguments[1])),
        btc_usd_e8=event.btc_usd_e8,
        gas=number_from_hex(receipt.get("gasUsed")),
        final_at=stored.final_at,
    )
