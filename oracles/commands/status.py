# SPDX-License-Identifier: AGPL-3.0-only
"""How far each day is: observed, signed, transmitted, final, settled; and how late."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_time, iso_from_day
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.service.clock import SystemClock
from hashrate.service.logging import Redactor
from oracles.chain.contracts import OracleContract, PostedDay, SeriesContract
from oracles.chain.proof import signers_of
from oracles.daemon.runtime import open_nodes, oracle_of, series_of
from oracles.daemon.settings import load_settings
from oracles.journal.history import DayHistory, History, Waiting
from oracles.journal.store import open_store

_HOUR = 3_600
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class DayStatus:
    """One day's way.

    Attributes:
        day: the day, YYYY-MM-DD.
        observed_at: when its facts were read [unix s]; None if this reporter did not.
        signers: who signed what is posted; before that, whose signatures this reporter holds.
        transmitted: the fate of this reporter's transaction, or `by another`, or empty.
        posted: whether the oracle has it.
        final_at: when it is or becomes final [unix s]; None if it is not posted.
        is_final: whether it is final.
        settled: for each series that pays the day, whether it is settled.
        late_seconds: from the day's end to its posting, or to now while it is not posted, by the
            chain's clock [s]; None where the node cannot tell.
    """

    day: str
    observed_at: int | None
    signers: tuple[str, ...]
    transmitted: str
    posted: bool
    final_at: int | None
    is_final: bool
    settled: dict[str, bool]
    late_seconds: int | None


def show(config: Path | None, days: int, *, as_json: bool) -> None:
    """Print the last days.

    Raises:
        HashrateError: the journal or the chain cannot be read.
    """
    settings = load_settings(config)
    with ExitStack() as stack:
        rpc = stack.enter_context(open_nodes(settings, Redactor()))
        rpc.choose(SystemClock().now())
        store = open_store(settings.journal, writes=False)
        stack.callback(store.close)
        history = History(store)
        series = series_of(settings, rpc)
        rows = read_status(rpc, oracle_of(settings, rpc), series, history, days)
        waiting = history.waiting()
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    _print(rows)
    if waiting:
        _print_waiting(waiting)


def read_status(
    rpc: EvmRpc,
    oracle: OracleContract,
    series: Sequence[SeriesContract],
    history: History,
    days: int,
) -> list[DayStatus]:
    """Read how far the last days are, the oldest first; the day being mined now is not among them.

    Raises:
        HashrateError: the journal or the chain cannot be read.
    """
    now = number_from_hex(rpc.block().get("timestamp"))
    first, next_day = oracle.first_day(), oracle.next_day()
    newest = max(next_day - 1, day_from_time(now) - 1)
    settled = {str(each.address): (each.paid_days(), each.next_day()) for each in series}
    rows = []
    for number in range(max(first, newest - days + 1), newest + 1):
        day = DayIndex(number)
        posted = oracle.posted_day(day)
        row = _status(day, history.of_day(day), posted, settled, now)
        rows.append(_with_proof(row, rpc, oracle, posted) if posted else row)
    return rows


def _with_proof(
    row: DayStatus, rpc: EvmRpc, oracle: OracleContract, posted: PostedDay
) -> DayStatus:
    """Add who signed a posted day and how late it was, where the node can tell."""
    event = oracle.posting_of(posted)
    if event is None:
        return row
    posted_at = number_from_hex(rpc.block(event.block).get("timestamp"))
    signers = tuple(proven.signer for proven in signers_of(rpc, oracle, event))
    late = posted_at - (posted.day + 1) * DAY_SECONDS
    return replace(row, signers=signers or row.signers, late_seconds=late)


def _status(
    day: DayIndex,
    past: DayHistory,
    posted: PostedDay | None,
    settled: dict[str, tuple[range, DayIndex]],
    now: int,
) -> DayStatus:
    return DayStatus(
        day=iso_from_day(day),
        observed_at=past.observed_at,
        signers=past.signers,
        transmitted=past.fate or ("by another" if posted else ""),
        posted=posted is not None,
        final_at=posted.final_at if posted else None,
        is_final=posted is not None and posted.final_at <= now,
        settled={
            series: next_day > day for series, (paid, next_day) in settled.items() if day in paid
        },
        late_seconds=None if posted else now - (day + 1) * DAY_SECONDS,
    )


def _print(rows: Sequence[DayStatus]) -> None:
    table = Table(title="Days")
    for name in ("day", "observed", "signed by", "transmitted", "final", "settled", "late"):
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row), style="" if row.posted else "yellow")
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)


def _print_waiting(waiting: Sequence[Waiting]) -> None:
    table = Table(title="Transactions that wait")
    for name in ("nonce", "what", "day", "hash", "waits for"):
        table.add_column(name, no_wrap=True)
    for each in waiting:
        short = f"{each.hash[:10]}…"
        table.add_row(str(each.nonce), each.kind, iso_from_day(each.day), short, each.waits_for)
    console = Console()
    (console if console.is_terminal else Console(width=240)).print(table)


def _cells(row: DayStatus) -> tuple[str, ...]:
    final = "final" if row.is_final else ("pending" if row.posted else "")
    signers = ", ".join(f"{signer[:6]}…{signer[-4:]}" for signer in row.signers)
    settled = ", ".join(
        f"{series[:6]}… {'yes' if done else 'no'}" for series, done in row.settled.items()
    )
    return (
        row.day,
        "yes" if row.observed_at is not None else "",
        signers,
        row.transmitted,
        final,
        settled,
        _span(row.late_seconds),
    )


def _span(seconds: int | None) -> str:
    """Write a span of time in hours and minutes."""
    if seconds is None:
        return "?"
    return f"{seconds // _HOUR}:{seconds % _HOUR // _MINUTE:02d}"
