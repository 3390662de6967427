# SPDX-License-Identifier: AGPL-3.0-only
"""Compute posted days again from this operator's own sources: anyone can audit the oracle."""

import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hashrate.core.errors import MissingFileError
from hashrate.core.types import BlockHeight, DayFacts, DayIndex, UsdE8
from hashrate.core.units import day_from_iso, iso_from_day
from hashrate.evm.errors import WrongChainError
from hashrate.service.clock import SystemClock
from hashrate.service.errors import SettingsError
from hashrate.service.logging import Redactor
from oracles.chain.contracts import OracleContract
from oracles.chain.headers import HeadersContract
from oracles.commands.headers import CONTRADICTED, proof_of
from oracles.daemon.runtime import open_nodes, oracle_of, require_oracle
from oracles.daemon.settings import load_settings
from oracles.daemon.wiring import Readers, open_readers
from oracles.journal.evidence import DayEvidence, read_evidence

_BPS = 10_000
_NOT_POSTED = "not posted"
_NOT_COMPARED = "not given"


_WRONG = {_NOT_POSTED: "[red]MISSING[/]", _NOT_COMPARED: "[yellow]NOT COMPARED[/]"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value of a posted day beside our own; what the node does not give agrees with nothing."""

    day: str
    field: str
    posted: str
    ours: str
    agrees: bool


def show(config: Path | None, first: str, last: str, *, as_json: bool) -> bool:
    """Compare a range of days and print the result.

    Returns:
        Whether anything differs, is missing or could not be compared.

    Raises:
        HashrateError: a source or the chain does not answer, or the range is empty.
    """
    days = range(day_from_iso(first), day_from_iso(last) + 1)
    if not days:
        raise SettingsError(f"{last} is before {first}")
    settings = load_settings(config)
    redactor, clock = Redactor(), SystemClock()
    rows: list[Comparison] = []
    with ExitStack() as stack:
        rpc = stack.enter_context(open_nodes(settings, redactor))
        rpc.choose(clock.now())
        readers = stack.enter_context(open_readers(settings, redactor, clock))
        oracle = oracle_of(settings, rpc)
        require_oracle(oracle, rpc, readers)
        headers = oracle.bitcoin_headers()
        contract = HeadersContract(rpc, headers) if headers else None
        for day in days:
            rows += compare_day(oracle, readers, DayIndex(day))
            if contract is not None:
                rows.append(compare_proof(oracle, contract, DayIndex(day)))
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        _print(rows)
    return not all(row.agrees for row in rows)


def show_evidence(config: Path | None, path: Path, *, as_json: bool) -> bool:
    """Compare a posted day with a reporter's evidence of it, and print the result.

    Returns:
        Whether anything differs, is missing or could not be compared.

    Raises:
        HashrateError: the file is no evidence, or the chain does not answer.
    """
    try:
        found = read_evidence(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MissingFileError(f"cannot read {path}") from error
    settings = load_settings(config)
    redactor = Redactor()
    with open_nodes(settings, redactor) as rpc:
        rpc.choose(SystemClock().now())
        rows = compare_evidence(oracle_of(settings, rpc), found)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        _print(rows)
    return not all(row.agrees for row in rows)


def compare_evidence(oracle: OracleContract, found: DayEvidence) -> list[Comparison]:
    """Compare a posted day with a reporter's evidence: who signed, what it says, what it was told.

    Raises:
        WrongChainError: it is about another oracle.
        HashrateError: the chain does not answer.
    """
    signed = found.signed
    if signed.domain != oracle.domain:
        raise WrongChainError(f"the evidence is about {signed.domain.verifying_contract}")
    facts, (signature,) = signed.report.facts, signed.signatures
    iso, names = iso_from_day(facts.day), [field.name for field in fields(facts)]
    is_member = signature.signer in oracle.state().reporters
    rows = [Comparison(iso, "signer", signature.signer, "a reporter of now", is_member)]
    for source, told in found.said.items():
        differ = [name for name in names if getattr(told, name) != getattr(facts, name)]
        rows.append(Comparison(iso, f"told by {source}", "", ", ".join(differ), not differ))
    return rows + _compared(oracle, facts, signature.btc_usd_e8)


def compare_day(oracle: OracleContract, readers: Readers, day: DayIndex) -> list[Comparison]:
    """Compare one posted day with our own sources, value by value.

    The price agrees if it lies within the contract's spread of ours: each reporter has its own.

    Raises:
        HashrateError: a source or the chain does not answer.
    """
    if oracle.posted_day(day) is None:
        return [Comparison(iso_from_day(day), "report", _NOT_POSTED, "", agrees=False)]
    first = BlockHeight(oracle.last_height_before(day) + 1)
    facts = readers.facts.read(day, first).facts
    return _compared(oracle, facts, readers.prices.close(day).btc_usd_e8)


def _compared(oracle: OracleContract, facts: DayFacts, price: UsdE8) -> list[Comparison]:
    """Compare a posted day with facts and a price, value by value."""
    iso = iso_from_day(facts.day)
    posted = oracle.posted_values(facts.day)
    if posted is None:
        return [Comparison(iso, "report", _NOT_POSTED, "", agrees=False)]
    rows = [
        Comparison(
            iso, name, str(posted.get(name, _NOT_COMPARED)), str(value), posted.get(name) == value
        )
        for name, value in asdict(facts).items()
    ]
    theirs = posted["btc_usd_e8"]
    is_near = abs(theirs - price) * _BPS <= oracle.spread_bps() * min(theirs, price)
    return [*rows, Comparison(iso, "btc_usd_e8", str(theirs), str(price), is_near)]


def compare_proof(oracle: OracleContract, contract: HeadersContract, day: DayIndex) -> Comparison:
    """Hold a posted day against what proof-of-work proves of it on chain.

    A day of which nothing is proven agrees with it.

    Raises:
        RetryableError: the chain does not answer.
    """
    posted, proven = oracle.posted_day(day), contract.proven_day(day)
    said = proof_of(posted, proven)
    fees = "" if proven is None else f"fees of {proven.fee_blocks} of {proven.blocks} blocks"
    return Comparison(iso_from_day(day), "proof-of-work", said, fees, said != CONTRADICTED)


def _print(rows: list[Comparison]) -> None:
    table = Table(title="Posted days beside our own sources")
    for name in ("day", "value", "posted", "ours", ""):
        table.add_column(name, no_wrap=True)
    for row in rows:
        wrong = _WRONG.get(row.posted, "[red]DIFFERS[/]")
        mark = "[green]agrees[/]" if row.agrees else wrong
        table.add_row(row.day, row.field, row.posted, row.ours, mark)
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)
