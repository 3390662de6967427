# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands of `headers` do."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hashrate.bitcoin.headers import hash_as_shown
from hashrate.core.types import BlockHeight, DayIndex
from hashrate.core.units import day_from_iso, iso_from_day
from hashrate.evm.rpc import number_from_hex
from hashrate.service.clock import SystemClock
from hashrate.service.errors import SettingsError
from hashrate.service.logging import Redactor, configure_logging
from oracles.chain.contracts import OracleContract, PostedDay
from oracles.chain.headers import HeadersContract, ProvenDay, review_call
from oracles.chain.transmitter import Work
from oracles.daemon.errors import ProofError
from oracles.daemon.parts import Outcome, Parts
from oracles.daemon.posting import transmit
from oracles.daemon.prover_wiring import open_header_sources
from oracles.daemon.proving import DayProver, ProofCall
from oracles.daemon.runtime import open_keys, open_parts, without_keys
from oracles.daemon.settings import load_settings
from oracles.journal.models import WorkKind
from oracles.sources.anchor import agreed_anchor

PROVEN, NOT_PROVEN, CONTRADICTED = "proven", "not proven", "contradicted"


@dataclass(frozen=True, slots=True)
class ProofStatus:
    """What is proven of a day.

    Attributes:
        day: the day, YYYY-MM-DD.
        proof: `proven`, `not proven` or `contradicted`, as what is posted stands to it.
        heights: the proven last height, 0 if none.
        fees: blocks whose fees are proven, and blocks of the day.
        final_at: when the day is or becomes final [unix s]; None if it is not posted.
    """

    day: str
    proof: str
    heights: int
    fees: str
    final_at: int | None


def proof_of(posted: PostedDay | None, proven: ProvenDay | None) -> str:
    """Return how a posted day stands to what is proven of it."""
    if proven is None or posted is None:
        return NOT_PROVEN
    agrees = proven.agrees(posted.last_height, posted.difficulty_wad, posted.hashprice_wad)
    return PROVEN if agrees else CONTRADICTED


def show_anchor(config: Path | None, height: int) -> None:
    """Print the anchor at a height as a section of a parameter file.

    Raises:
        RetryableError: sources differ, or too few answer.
    """
    settings = load_settings(config)
    with open_header_sources(settings, Redactor(), SystemClock()) as (wire, sources):
        anchor = wire.run(agreed_anchor(sources, BlockHeight(height)))
    times = [anchor.times[each % len(anchor.times)] for each in range(height - 10, height + 1)]
    print(
        "[headers.anchor]\n"
        f'block_hash = "{hash_as_shown(anchor.block_hash)}"\n'
        f"height = {anchor.height}\n"
        f'work = "{anchor.work:#x}"\n'
        f"bits = {anchor.bits:#x}\n"
        f"epoch_start = {anchor.epoch_start}\n"
        f"times = {times}"
    )


def extend(config: Path | None, iso: str | None, *, is_dry: bool) -> None:
    """Send the headers that prove a day, or all up to the tip."""
    with _opened(config, is_dry=is_dry) as (parts, prover):
        if iso is None:
            _send(parts, prover.contract, prover.first_day, prover.tip_calls(), is_dry=is_dry)
            return
        truth = prover.truth(day_from_iso(iso))
        _send(parts, prover.contract, truth.day, prover.extend_calls(truth), is_dry=is_dry)


def prove_fees(config: Path | None, iso: str, *, is_dry: bool) -> None:
    """Send the coinbases that a proven day still lacks."""
    with _opened(config, is_dry=is_dry) as (parts, prover):
        truth = prover.truth(day_from_iso(iso))
        _send(parts, prover.contract, truth.day, prover.fee_calls(truth), is_dry=is_dry)


def review(config: Path | None, iso: str, *, is_dry: bool) -> None:
    """Have a day reviewed."""
    with _opened(config, is_dry=is_dry) as (parts, prover):
        day, oracle = day_from_iso(iso), parts.oracle
        before = oracle.posted_day(day)
        if before is None:
            raise ProofError(f"{iso} is not posted")
        final_at = before.final_at

        def is_done() -> bool:
            posted = oracle.posted_day(day)
            return posted is None or posted.final_at != final_at

        call = ProofCall(WorkKind.REVIEW, review_call(day), is_done)
        _send(parts, prover.contract, day, [call], is_dry=is_dry)


def show_status(config: Path | None, days: int, *, as_json: bool) -> None:
    """Print what is proven of the last posted days, and the dispute that began last."""
    with _opened(config, is_dry=True) as (parts, prover):
        next_day = parts.oracle.next_day()
        first = max(next_day - days, parts.oracle.first_day())
        rows = [_status(parts.oracle, prover, DayIndex(day)) for day in range(first, next_day)]
        newest = prover.newest()
        ends_at = parts.oracle.disputes_end()
        now = number_from_hex(parts.rpc.block().get("timestamp"))
    height = prover.anchor.height if newest is None else newest.height
    if as_json:
        shown = {"height": height, "dispute_ends_at": ends_at if ends_at > now else None}
        print(json.dumps({**shown, "days": [asdict(row) for row in rows]}, indent=2))
        return
    table = Table(title=f"Proven up to block {height}")
    for name in ("day", "proof", "last height", "fees", "final at"):
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(row.day, row.proof, str(row.heights), row.fees, str(row.final_at))
    console = Console()
    console.print(table)
    if ends_at > now:
        console.print(f"A dispute runs until {ends_at} at the latest.")


def _status(oracle: OracleContract, prover: DayProver, day: DayIndex) -> ProofStatus:
    posted, proven = oracle.posted_day(day), prover.contract.proven_day(day)
    return ProofStatus(
        iso_from_day(day),
        proof_of(posted, proven),
        0 if proven is None else proven.last_height,
        "" if proven is None else f"{proven.fee_blocks}/{proven.blocks}",
        None if posted is None else posted.final_at,
    )


@contextmanager
def _opened(config: Path | None, *, is_dry: bool) -> Iterator[tuple[Parts, DayProver]]:
    settings, redactor = load_settings(config), Redactor()
    configure_logging(settings.log_level, redactor)
    settings = without_keys(settings) if is_dry else settings
    keys = open_keys(settings, redactor)
    with open_parts(settings, keys, redactor, SystemClock()) as parts:
        if parts.prover is None:
            raise SettingsError("the oracle has no header contract, or no bitcoin source is set")
        yield parts, parts.prover


def _send(
    parts: Parts,
    contract: HeadersContract,
    day: DayIndex,
    calls: Iterable[ProofCall],
    *,
    is_dry: bool,
) -> None:
    """Send calls in order, or say how large they are.

    Raises:
        ProofError: one is not on chain in time; the rest is not sent.
    """
    sent = 0
    for call in calls:
        to = parts.oracle.address if call.kind is WorkKind.REVIEW else contract.address
        if is_dry:
            print(f"{call.kind}: {len(call.data) // 2 - 1:,} bytes to {to}")
            continue
        outcome = transmit(parts, Work(call.kind, day, to, call.data), call.is_done)
        if outcome is not Outcome.POSTED:
            raise ProofError(f"{call.kind} {iso_from_day(day)}: {outcome}")
        sent += 1
    if not is_dry:
        print(f"{iso_from_day(day)}: {sent} transactions")
