# SPDX-License-Identifier: AGPL-3.0-only
"""Everything a reporter depends on, checked one by one; what fails does not hide the rest."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from hashrate.core.errors import HashrateError
from hashrate.core.units import iso_from_day
from hashrate.evm.errors import WrongChainError
from hashrate.evm.nodes import EvmNodes
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.service.clock import Clock, SystemClock
from hashrate.service.database import version_in
from hashrate.service.errors import NoAnswerError, SettingsError
from hashrate.service.fetch import BlockingFetcher, Bounds, Request
from hashrate.service.logging import Redactor
from oracles.chain.budget import LEAST_REPORTS, report_cost, reports_left
from oracles.chain.contracts import OracleContract, SeriesContract
from oracles.daemon.runtime import (
    Keys,
    open_keys,
    open_nodes,
    oracle_of,
    require_oracle,
    series_of,
)
from oracles.daemon.settings import Settings, load_settings
from oracles.daemon.wiring import Readers, open_readers
from oracles.journal.errors import JournalError
from oracles.journal.journal import Journal
from oracles.journal.store import JOURNAL, open_store
from oracles.sources.errors import ClockSkewError

_MAX_SKEW_SECONDS = 120
_GWEI = 10**9
_PEER = Bounds(timeout_seconds=5.0, total_seconds=5.0, max_bytes=64 * 1024)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    is_good: bool
    line: str


def show(config: Path | None) -> bool:
    """Run every check and print what it found.

    Returns:
        Whether all is well.

    Raises:
        SettingsError: the settings cannot be read.
    """
    console = Console()
    settings = load_settings(config)
    findings = run_checks(settings, SystemClock())
    for finding in findings:
        mark = "[green]ok  [/]" if finding.is_good else "[red]FAIL[/]"
        console.print(f"{mark} {finding.name}: {finding.line}", highlight=False, soft_wrap=True)
    return all(finding.is_good for finding in findings)


def run_checks(settings: Settings, clock: Clock) -> list[Finding]:
    """Run every check."""
    redactor = Redactor()
    findings: list[Finding] = []

    def note(name: str, check: Callable[[], str]) -> None:
        try:
            findings.append(Finding(name, True, check()))
        except HashrateError as error:
            findings.append(Finding(name, False, redactor.cleaned(str(error))))

    with ExitStack() as stack:
        note("journal", lambda: _journal(settings))
        try:
            keys = open_keys(settings, redactor)
        except HashrateError as error:
            findings.append(Finding("keys", False, str(error)))
            keys = Keys(None, None)
        try:
            rpc = stack.enter_context(open_nodes(settings, redactor))
            readers = stack.enter_context(open_readers(settings, redactor, clock))
        except HashrateError as error:
            return [*findings, Finding("wiring", False, redactor.cleaned(str(error)))]
        oracle = oracle_of(settings, rpc)
        note("evm nodes", lambda: _nodes(rpc, clock))
        note("bitcoin", readers.facts.probe)
        note("prices", readers.prices.probe)
        note("oracle", lambda: _oracle(oracle, rpc, readers))
        note("clock", lambda: _clock(rpc, clock))
        for series in series_of(settings, rpc):
            note(f"series {series.address}", partial(_series, series, oracle))
        note("reporter key", lambda: _reporter(keys, oracle))
        note("transmitter key", lambda: _transmitter(keys, rpc, settings, clock))
        for url in settings.peers:
            note(f"peer {url}", partial(_peer, url))
    return findings


def _journal(settings: Settings) -> str:
    if not settings.journal.exists():
        place = next(folder for folder in settings.journal.absolute().parents if folder.exists())
        if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
            raise JournalError(f"{settings.journal} cannot be made: {place} is not writable")
        return f"{settings.journal} will be made"
    version = version_in(JOURNAL, settings.journal)
    if version < JOURNAL.version:
        return f"{settings.journal} is readable and older: the start copies and migrates it"
    return f"{settings.journal} is readable and of this version"


def _nodes(rpc: EvmNodes, clock: Clock) -> str:
    nodes = rpc.choose(clock.now())
    line = "; ".join(f"{node.name} {node.trouble or f'at block {node.height}'}" for node in nodes)
    if any(node.trouble for node in nodes):
        raise WrongChainError(line)
    return line


def _oracle(oracle: OracleContract, rpc: EvmRpc, readers: Readers) -> str:
    require_oracle(oracle, rpc, readers)
    state = oracle.state()
    return (
        f"chain {oracle.domain.chain_id}, next day {iso_from_day(state.next_day)}, "
        f"{state.threshold} of {len(state.reporters)} reporters, "
        f"membership version {state.membership_version}"
    )


def _clock(rpc: EvmRpc, clock: Clock) -> str:
    age = clock.now() - number_from_hex(rpc.block().get("timestamp"))
    if age < -_MAX_SKEW_SECONDS:
        raise ClockSkewError(f"this clock is {-age} s behind the EVM chain")
    if age > 10 * _MAX_SKEW_SECONDS:
        raise ClockSkewError(f"the EVM chain's newest block is {age} s old, or this clock ahead")
    return f"{age} s after the EVM chain's newest block"


def _series(series: SeriesContract, oracle: OracleContract) -> str:
    if series.oracle() != oracle.address:
        raise WrongChainError(f"believes another oracle, {series.oracle()}")
    return f"next day to settle {iso_from_day(series.next_day())}"


def _reporter(keys: Keys, oracle: OracleContract) -> str:
    if keys.signer is None:
        return "none: a dry run"
    if keys.signer.address not in oracle.state().reporters:
        raise WrongChainError(f"{keys.signer.address} is no reporter of the oracle")
    return f"{keys.signer.address} is a reporter"


def _transmitter(keys: Keys, rpc: EvmRpc, settings: Settings, clock: Clock) -> str:
    if keys.payer is None:
        return "none: nothing is sent"
    balance = rpc.balance(keys.payer.address)
    cap = settings.max_fee_gwei * _GWEI
    with ExitStack() as stack:
        journal = None
        if settings.journal.exists() and version_in(JOURNAL, settings.journal) == JOURNAL.version:
            store = open_store(settings.journal, writes=False)
            stack.callback(store.close)
            journal = Journal(store, clock)
        left, needed = reports_left(balance, journal, cap), report_cost(journal, cap)
    line = f"{keys.payer.address} has {balance} wei, {left} reports at the fee cap"
    if left < LEAST_REPORTS:
        raise SettingsError(f"{line}; {LEAST_REPORTS} need {LEAST_REPORTS * needed}")
    return line


def _peer(url: str) -> str:
    fetcher = BlockingFetcher(_PEER)
    try:
        answer = fetcher.fetch(Request("GET", f"{url}/v1/reports/1970-01-01"))
    except NoAnswerError as error:
        raise SettingsError(f"does not answer: {error}") from error
    finally:
        fetcher.close()
    if answer.status not in (200, 404):
        raise SettingsError(f"answers with status {answer.status}")
    return "answers"
