# SPDX-License-Identifier: AGPL-3.0-only
"""Whole reporters replay past days: their own loops, journals, peers and transmitters."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import structlog
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, day_start
from hashrate.reports.report import OracleDomain
from hashrate.service.clock import Clock
from hashrate.service.logging import Redactor
from hashrate.service.ports import LOOPBACK
from oracles.chain.contracts import OracleContract
from oracles.daemon.parts import WatchMode
from oracles.daemon.runtime import Keys, open_parts, serve_and_run
from oracles.daemon.settings import Settings
from oracles.daemon.wiring import Readers
from oracles.journal.journal import Subject
from oracles.rehearsal.chain import Code, LocalChain
from oracles.rehearsal.errors import RehearsalError
from oracles.rehearsal.stage import Stage, StageClock
from oracles.rehearsal.told import Actor, Memory, Rehearsed, subjects_of

_QUIET_CYCLES = 3  # after a day is posted, in which everybody learns of it

OpenReaders = Callable[[Clock], AbstractContextManager[Readers]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed.

    Attributes:
        settings: an operator's; keys, EVM nodes, peers and series in it are not used.
        days: the days.
        reporters: how many; more than half of them sign.
        folder: for journals.
    """

    settings: Settings
    days: range
    reporters: int
    folder: Path


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
        series = tuple(each.series for each in readers.outputs)
        director = _Director(plan, chain, oracle, series)
        stage = Stage(start, len(actors), director.move)
        clock.tell = stage.now
        settings = [_settings_of(actor, actors, plan, oracle, chain) for actor in actors]
        subjects = [each for day in plan.days for each in subjects_of(DayIndex(day), series)]
        play = _Play(subjects, stage, readers, director.stop)
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
    memory = Memory(actors, oracle, chain)
    return [memory.told(DayIndex(day), series) for day in plan.days]


class _Director:
    """Takes the chain along in time, skips hours in which nothing is due, and ends it all."""

    def __init__(
        self,
        plan: Plan,
        chain: LocalChain,
        oracle: OracleContract,
        series: Sequence[ChecksumAddress],
    ) -> None:
        self.stop = threading.Event()
        self._missing = {(each, DayIndex(day)) for each in series for day in plan.days}
        self._days, self._chain, self._oracle = plan.days, chain, oracle
        self._quiet_seconds = _QUIET_CYCLES * plan.settings.cycle_seconds
        self._late_seconds = plan.settings.late_seconds
        self._next_day, self._since = DayIndex(plan.days.start), 0

    def move(self, time: int) -> int:
        """Go on to a moment [unix s], or past it; see `Stage`."""
        next_day = self._oracle.next_day()
        has_news = next_day != self._next_day
        has_news |= self._note_outputs(time)
        if has_news:
            self._next_day, self._since = next_day, time
        is_quiet = time > self._since + self._quiet_seconds and not self._is_output_due(time)
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

    def _note_outputs(self, time: int) -> bool:
        """Strike out the outputs that are posted; gives whether one is new."""
        posted = {
            (series, day)
            for series, day in self._missing
            if day_start(DayIndex(day + 1)) <= time
            and self._oracle.posted_output(series, day).final_at != 0
        }
        self._missing -= posted
        return bool(posted)

    def _is_output_due(self, time: int) -> bool:
        """Return whether an output of a day that is over may still come in time."""
        return any(
            0 <= time - day_start(DayIndex(day + 1)) <= self._late_seconds
            for _, day in self._missing
        )


class _Play:
    """What every reporter's thread does."""

    def __init__(
        self, subjects: Sequence[Subject], stage: Stage, readers: Readers, stop: threading.Event
    ) -> None:
        self._subjects, self._stage, self._readers, self._stop = subjects, stage, readers, stop

    def run(self, actor: Actor, settings: Settings) -> None:
        """Be a reporter until the end, and keep what it signed."""
        structlog.contextvars.bind_contextvars(reporter=actor.number)
        place = actor.number - 1
        clock = StageClock(self._stage, place)
        keys = Keys(actor.signer, actor.payer)
        try:
            with open_parts(settings, keys, Redactor(), clock, self._readers) as parts:
                if serve_and_run(settings, parts, self._stop) != 0:
                    raise RehearsalError(f"reporter {actor.number} gave up; its log says why")
                for subject in self._subjects:
                    held = parts.journal.held_report(subject)
                    if held is not None:
                        actor.held[subject] = held
        except Exception as error:  # it is raised where the threads are joined
            actor.error = error
            self._stop.set()
        finally:
            self._stage.leave(place)


def _cast(count: int) -> list[Actor]:
    """Make reporters in the order of the contract's list, with keys of no worth."""
    signers = sorted(
        (_key(f"reporter {number}") for number in range(count)),
        key=lambda account: int(account.address, 16),
    )
    return [
        Actor(number, signer, _key(f"transmitter {number}"))
        for number, signer in enumerate(signers, start=1)
    ]


def _key(role: str) -> LocalAccount:
    account: LocalAccount = Account.from_key(keccak(text=f"rehearsal: {role}"))
    return account


def _settings_of(
    actor: Actor,
    actors: Sequence[Actor],
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
